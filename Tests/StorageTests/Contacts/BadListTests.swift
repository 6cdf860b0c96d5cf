import Broadcast
import Foundation
import TestPeers
import Testing

@testable import Storage

struct BadListTests {
    let book: AddressBook

    init() throws { book = try AddressBook() }

    private func failure(
        _ list: String, map: [String: String] = [:], country: String? = nil, skipsInvalid: Bool = false
    ) async -> ContactListError? {
        await #expect(throws: ContactListError.self) {
            try await book.take(list, map: map, country: country, skipsInvalid: skipsInvalid)
        }
    }

    private func rejected() throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: book.scratch.file("customers.rejected.csv"))))
    }

    // MARK: Rows

    @Test func `all bad rows are counted and the first twenty told`() async throws {
        let rows = (1...60).map { $0 % 2 == 0 ? "c\($0),a\($0)@x.it\n" : "c\($0),nowhere\n" }
        let error = await failure("id,email\n" + rows.joined())
        #expect(error?.line == 2 && error?.badRows == 30 && error?.isCutShort == false)
        #expect(error?.others.map(\.line) == (1..<20).map { $0 * 2 + 2 })
        #expect(error?.others.allSatisfy { $0.column == "email" && $0.value == "nowhere" } == true)
        #expect(try await book.ids("all") == [])
    }

    @Test func `after a thousand bad rows the rest is not read`() async throws {
        let error = await failure("id,email\n" + (1...5000).map { "c\($0),x\n" }.joined() + "c,\"open\n")
        #expect(error?.code == .row && error?.badRows == 1000 && error?.isCutShort == true)
        #expect(error?.others.count == 19)
    }

    @Test func `a file that breaks off says so rather than what its rows lack`() async {
        #expect(await failure("id,email\nc1,x\nc2,\"open\n")?.code == .malformed)
    }

    @Test func `skipped rows are told as well, in a dry run too`() async throws {
        let list = "id,email\n" + (1...30).map { "c\($0),x\n" }.joined()
        let report = try await book.take(list, skipsInvalid: true, isDryRun: true)
        #expect(report.rejected == 30 && report.rejections.map(\.line) == Array(2...21))
        #expect(report.rejections[0].reason.hasPrefix("email \"x\": has no @"))
    }

    // MARK: Columns

    @Test(
        arguments: [
            ("id;Cellulare\n1;333 1234567\n", nil, "--map Cellulare=phone"),
            ("id;Posta\n1;\n2;anna@x.it\n", nil, "--map Posta=email"),
            ("id;Recapito\n1;333 1234567\n2;\"open\n", "IT", "--map Recapito=phone"),
        ] as [(String, String?, String)])
    func `a column of addresses that nobody mapped stops the import`(
        list: String, country: String?, option: String
    ) async throws {
        let error = await failure(list, country: country, skipsInvalid: true)
        #expect(error?.code == .columns && error?.line == 1)
        #expect(error?.message.contains(option) == true, "\(error?.message ?? "")")
        #expect(try await book.ids("all") == [])
    }

    @Test func `addresses are found far below the first line`() async throws {
        let empty = (1...5000).map { "c\($0),,x\n" }.joined()
        let filled = (5001...5010).map { "c\($0),+39 333 1234567,x\n" }.joined()
        #expect(await failure("id,x,name\n" + empty + filled)?.message.contains("--map x=phone") == true)
    }

    @Test func `looking ahead loses no row, however small the pieces that are read`() async throws {
        let path = book.scratch.file("list.csv")
        let text = "id,name\r\n" + (1...200).map { "\($0),\"N\r\n\($0)\"\r\n" }.joined()
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        for size in [1, 7, 64, 262_144] {
            var reader = try CSVReader(try ListFile(path: path, chunkSize: size))
            var row = CSVRow()
            _ = try reader.next(&row)
            for skipped in [0, 1, 50, 500] {
                let kinds = try reader.lookingAhead { (ahead) throws(ContactListError) in
                    var seen = 0
                    var row = CSVRow()
                    while seen < skipped, try ahead.next(&row) { seen += 1 }
                    return seen
                }
                #expect(kinds == min(skipped, 200))
            }
            var rows: [String] = []
            while try reader.next(&row) { rows.append("\(row.line) \(row.text(0))") }
            #expect(rows == (1...200).map { "\($0 * 2) \($0)" }, "chunks of \(size)")
        }
    }

    @Test func `what an export calls an attribute comes back, even if it holds phone numbers`() async throws {
        try await book.take("id,attr.Telefono\nc1,+39 333 1234567\n")
        let copy = try AddressBook()
        try await copy.take(try await book.export())
        #expect(try await copy.contact("c1")?.attributes == ["Telefono": "+39 333 1234567"])
    }

    // MARK: Warnings

    @Test func `a landline where messages go is taken with a warning`() async throws {
        let report = try await book.take("id,phone\nc1,+39021234567\nc2,+393331234567\nc3,-\n")
        #expect(report.added == 3)
        #expect(report.warnings.map(\.line) == [2, 4])
        #expect(report.warnings[0].message == "+39021234567 is a landline: an SMS may not arrive")
    }

    // MARK: Rejected rows

    @Test func `rejected rows are the list over again, for the spreadsheet that wrote it`() async throws {
        let list = "id;Città;Cellulare\r\n1;Forlì;333 1234567\r\n2;Cefalù, \"PA\";x\r\n"
        let path = book.scratch.file("customers.csv")
        try #require(list.data(using: .windowsCP1252)).write(to: URL(fileURLWithPath: path))
        var order = ContactImport(
            path: path, map: ["Cellulare": "phone"], region: try PhoneRegion("IT"),
            channels: AddressBook.channels, skipsInvalid: true)
        let report = try await book.store.importContacts(order, now: AddressBook.now)
        #expect(report.added == 1 && report.encoding == "Windows-1252" && report.delimiter == "semicolon")
        let bytes = try rejected()
        #expect(bytes.starts(with: [0xEF, 0xBB, 0xBF]))
        let lines = String(decoding: bytes.dropFirst(3), as: UTF8.self).split(separator: "\n")
        #expect(lines[0] == "id;Città;Cellulare;rejectedReason;rejectedID")
        #expect(lines[1].hasPrefix("2;\"Cefalù, \"\"PA\"\"\";x;\"line 3: phone \"\"x\"\": "), "\(lines[1])")

        // Mended, it is taken by the same command, and a second round has each of our columns once.
        order.path = book.scratch.file("customers.rejected.csv")
        let again = try await book.store.importContacts(order, now: AddressBook.now)
        #expect(again.rejected == 1)
        let path2 = book.scratch.file("customers.rejected.rejected.csv")
        let second = try String(contentsOfFile: path2, encoding: .utf8)
        #expect(second.contains("id;Città;Cellulare;rejectedReason;rejectedID\n"))
        try Data(second.replacing(";x;", with: ";333 1234568;").utf8).write(to: URL(fileURLWithPath: path2))
        order.path = path2
        #expect(try await book.store.importContacts(order, now: AddressBook.now).added == 1)
        #expect(try await book.contact("2")?.attributes == ["Città": "Cefalù, \"PA\""])
    }

    @Test(arguments: ["'=x", "=x", "''=x", "-", "'-", "a|b", "a\tb;c,d", "'x"])
    func `a cell says in the rejected rows what it said in the list`(cell: String) async throws {
        let quoted = "\"" + cell + "\""
        let list = { (email: String) in "id,name,email\nc1,\(quoted),\(email)\n" }
        try await book.take("id,name\nc1,before\n")
        try await book.take(list("bad"), skipsInvalid: true)
        let mended = String(decoding: try rejected(), as: UTF8.self).replacing(",bad,", with: ",a@x.it,")
        try await book.take(mended)
        let copy = try AddressBook()
        try await copy.take("id,name\nc1,before\n")
        try await copy.take(list("a@x.it"))
        #expect(try await book.contact("c1") == copy.contact("c1"))
    }
}
