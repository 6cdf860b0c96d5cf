import Foundation
import TestPeers
import Testing

@testable import Storage

struct CSVReaderTests {
    let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func read(_ bytes: [UInt8], chunkSize: Int = 262_144) throws -> [[String]] {
        let path = scratch.file("list.csv")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        var reader = try CSVReader(try ListFile(path: path, chunkSize: chunkSize))
        var row = CSVRow()
        var rows: [[String]] = []
        while try reader.next(&row) {
            if let problem = row.problem {
                rows.append(["!\(row.line): \(problem)"])
            } else {
                rows.append((0..<row.count).map(row.text))
            }
        }
        return rows
    }

    private func read(_ text: String, chunkSize: Int = 262_144) throws -> [[String]] {
        try read(Array(text.utf8), chunkSize: chunkSize)
    }

    private func failure(_ bytes: [UInt8], chunkSize: Int = 262_144) -> ContactListError? {
        #expect(throws: ContactListError.self) { try read(bytes, chunkSize: chunkSize) }
    }

    static let records: [(String, [[String]])] = [
        ("id\n1\n", [["id"], ["1"]]),
        ("id,name\r\n1,Anna\r\n", [["id", "name"], ["1", "Anna"]]),
        ("id,name\r1,Anna", [["id", "name"], ["1", "Anna"]]),
        ("id,a,b\n1,,\n2,x,\n", [["id", "a", "b"], ["1", "", ""], ["2", "x", ""]]),
        ("id,a\n\n\r\n1,x\n\n", [["id", "a"], ["1", "x"]]),
        ("id,a\n1,x\n,\n\"\",\n", [["id", "a"], ["1", "x"]]),
        ("id;a;b\r\n1;x;\r\n;;\r\n;;\r\n", [["id", "a", "b"], ["1", "x", ""]]),
        ("id,a\n1,\"x,\"\"y\"\"\"\n", [["id", "a"], ["1", "x,\"y\""]]),
        (
            "id,a\n1,\"line one\r\nline two\"\n2,z\n",
            [["id", "a"], ["1", "line one\r\nline two"], ["2", "z"]]
        ),
        ("id,a\n1,\"\"\n\"2\",\"\"\"\"", [["id", "a"], ["1", ""], ["2", "\""]]),
        ("id;a,b\n1;x,y\n", [["id", "a,b"], ["1", "x,y"]]),
        ("id\ta\n1\tx;y,z\n", [["id", "a"], ["1", "x;y,z"]]),
        ("sep=;\nid;a\n1;x\n", [["id", "a"], ["1", "x"]]),
        ("id|a,b|c\n1|x,y;z|\n", [["id", "a,b", "c"], ["1", "x,y;z", ""]]),
        ("SEP=,\r\nid,\"a;b;c\"\n1,x\n", [["id", "a;b;c"], ["1", "x"]]),
        ("\"id;;\",a\n1,x\n", [["id;;", "a"], ["1", "x"]]),
        ("id,a\n1,x\"y\"\n", [["id", "a"], ["1", "x\"y\""]]),
        ("id,a\n\"1\"\n", [["id", "a"], ["1"]]),
        ("id,a\n1, \"x\"\n", [["id", "a"], ["1", " \"x\""]]),
        ("id,name\n1,José 🎉\n", [["id", "name"], ["1", "José 🎉"]]),
    ]

    @Test(arguments: records)
    func `records are read as written, however the file falls into chunks`(text: String, rows: [[String]])
        throws
    {
        for chunkSize in [1, 2, 3, 5, 7, 262_144] {
            guard chunkSize > 5 || !text.lowercased().hasPrefix("sep=") else { continue }
            guard chunkSize > 100 || !text.contains("\t") && !text.contains(";") else { continue }
            #expect(try read(text, chunkSize: chunkSize) == rows, "chunks of \(chunkSize)")
        }
    }

    @Test func `lines are counted whatever ends them`() throws {
        let rows = try read("id,a\r\n1,\"a\nb\r\nc\rd\"\n2,\"x\"y\r3,\"p\"q\r\n\r\n4,\"r\"s")
        #expect(rows.map { $0[0].prefix(3) } == ["id", "1", "!6:", "!7:", "!9:"])
    }

    @Test func `a row that cannot be taken does not spoil the next`() throws {
        let long = String(repeating: "x", count: CSVRow.maxField + 1)
        let many = String(repeating: ",", count: 2000)
        let rows = try read("id,a\n1,\(long)\n2,a\0b\n3,\"a\"b\"\n\(many)\n4,x\n")
        #expect(rows.count == 6)
        #expect(rows[1...4].map { $0[0].prefix(3) } == ["!2:", "!3:", "!4:", "!5:"])
        #expect(rows[5] == ["4", "x"])
        #expect(try read("id,a\n1,\(long.dropLast())\n")[1][1].utf8.count == CSVRow.maxField)
    }

    @Test(
        arguments: [
            ("", nil), ("id,a\n1,\"x\n2,y\n", 2), ("id,a\n1,x\n\"", 3),
            ("id,a\n1,x\n2,\"" + String(repeating: "y\n", count: 60_000) + "\"\n", 3),
        ] as [(String, Int?)])
    func `a file that is no list is refused at its line`(text: String, line: Int?) {
        let error = failure(Array(text.utf8))
        #expect(error?.code == .malformed)
        #expect(error?.line == line)
    }

    // MARK: Encodings

    private static let accents = "id,name\n1,José È perché\n2,œuvre € “x”\n"

    private static func utf16(_ text: String, isBig: Bool) -> [UInt8] {
        text.utf16.flatMap {
            isBig ? [UInt8($0 >> 8), UInt8($0 & 0xFF)] : [UInt8($0 & 0xFF), UInt8($0 >> 8)]
        }
    }

    private static let rows = [["id", "name"], ["1", "José È perché"], ["2", "œuvre € “x”"]]

    @Test(
        arguments: [
            ([], ListEncoding.utf8), ([0xEF, 0xBB, 0xBF], .utf8), ([0xFF, 0xFE], .utf16LittleEndian),
            ([0xFE, 0xFF], .utf16BigEndian), ([], .utf16LittleEndian), ([], .utf16BigEndian),
            ([], .windows1252),
        ] as [([UInt8], ListEncoding)])
    func `an encoding is found with or without a mark`(mark: [UInt8], encoding: ListEncoding) throws {
        let bytes: [UInt8] =
            switch encoding {
            case .utf8: Array(Self.accents.utf8)
            case .utf16LittleEndian: Self.utf16(Self.accents, isBig: false)
            case .utf16BigEndian: Self.utf16(Self.accents, isBig: true)
            case .windows1252: Array(Self.accents.data(using: .windowsCP1252) ?? Data())
            }
        for chunkSize in [1, 3, 262_144] where chunkSize > 1 || !mark.isEmpty || encoding != .utf16BigEndian {
            guard chunkSize > 100 || mark.isEmpty == (encoding == .utf8 || encoding == .windows1252) else {
                continue
            }
            guard chunkSize > 100 || encoding == .utf8 || encoding == .windows1252 else { continue }
            #expect(
                try read(mark + bytes, chunkSize: chunkSize) == Self.rows,
                "\(encoding), chunks of \(chunkSize)")
        }
        let path = scratch.file("list.csv")
        #expect(try CSVReader(try ListFile(path: path)).encoding == encoding)
    }

    @Test func `Excel in Italy is understood`() throws {
        let text = "id;nome;città\r\n1;\"Società \"\"È\"\"\";Forlì\r\n"
        let bytes = Array(text.data(using: .windowsCP1252) ?? Data())
        #expect(try read(bytes) == [["id", "nome", "città"], ["1", "Società \"È\"", "Forlì"]])
    }

    private static func utf8(_ text: String, _ damage: [UInt8]) -> [UInt8] { Array(text.utf8) + damage }

    private static let damaged: [([UInt8], Int)] = [
        // Among right UTF-8, one wrong byte is damage, not another encoding.
        (utf8("id,a\n1,è\n2,ì\n3,", [0xE8, 0x0A]), 4),
        (utf8("id,a\n1,è", [0xC3]), 2),
        (utf8("\u{FEFF}id\n", [0xE8, 0x0A]), 2),
        (utf8("id,a\nè,ì\n", [0xED, 0xA0, 0x80]), 3),
        (utf8("id,a\nè,ì\n", [0xC0, 0x80]), 3),
        // 0x81 is nothing in Windows-1252.
        (utf8("id,a\n1,", [0x81, 0x0A]), 2),
        ([0xFF, 0xFE] + utf16("id\n", isBig: false) + [0x00, 0xD8, 0x41, 0x00], 2),
        ([0xFF, 0xFE] + utf16("id\n1", isBig: false) + [0x41], 2),
    ]

    @Test(arguments: damaged)
    func `damaged text is refused at its line, wherever a chunk ends`(bytes: [UInt8], line: Int) {
        for chunkSize in [1, 2, 3, 262_144] {
            guard chunkSize > 100 || bytes.first != 0xFF && bytes.first != 0xEF else { continue }
            let error = failure(bytes, chunkSize: chunkSize)
            #expect(error?.code == .malformed)
            #expect(error?.line == line, "chunks of \(chunkSize): \(error?.description ?? "none")")
        }
    }

    @Test func `a file that cannot be read says why`() throws {
        #expect(
            #expect(throws: ContactListError.self) { try ListFile(path: scratch.file("no.csv")) }?.code
                == .missing)
        #expect(
            #expect(throws: ContactListError.self) { try ListFile(path: scratch.path) }?.code == .unreadable)
    }

    @Test func `random bytes never crash and never loop`() throws {
        var random = SeededNumbers(seed: 3)
        let alphabet: [UInt8] = [
            0x22, 0x2C, 0x3B, 0x0A, 0x0D, 0x09, 0x00, 0xC3, 0xA8, 0xFF, 0xFE, 0x41, 0x2D, 0x27,
        ]
        for _ in 0..<300 {
            let count = Int.random(in: 0..<200, using: &random)
            // The first 64 bytes settle encoding and delimiter for both ways of reading.
            let head = Array("\u{FEFF}id,\(String(repeating: "a", count: 57))\n".utf8)
            let bytes =
                head + (0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
            let whole = Result { try read(bytes) }
            let cut = Result { try read(bytes, chunkSize: 64) }
            if case .success(let rows) = whole, case .success(let again) = cut {
                #expect(rows.count == again.count)
            }
        }
    }
}
