import Foundation
import TestPeers
import Testing

/// Where a passphrase comes from, and which bytes of it count.
struct PassphraseTests {
    private func stage() async throws -> Stage {
        let stage = try await Stage()
        try await stage.people(1)
        try stage.program.write("plain", "correct horse")
        return stage
    }

    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// What stands in a file, and what it is.
    static let lines: [([UInt8], String)] = [
        (Array("correct horse\n".utf8), "correct horse"),
        (Array("correct horse\r\nsecond line\n".utf8), "correct horse"),
        (mark + Array("correct horse\n".utf8), "correct horse"),
        (Array("correct\u{0B}horse\n".utf8), "correct\u{0B}horse"),
        (Array("correct\u{2028}horse\n".utf8), "correct\u{2028}horse"),
        (Array("correct\rhorse\n".utf8), "correct\rhorse"),
        (Array("correct horse \n".utf8), "correct horse "),
    ]

    @Test(arguments: lines)
    func `the first line counts, to its LF or CRLF, in a file as in the environment`(
        bytes: [UInt8], passphrase: String
    ) async throws {
        let stage = try await stage()
        try stage.program.write("file", bytes)
        let made = try await stage.run("backup", "b", "--passphrase-file", "file")
        #expect(made.exit == 0, "\(made.errors)")
        for (number, text) in [passphrase, String(decoding: bytes, as: UTF8.self)].enumerated() {
            let opened = try await stage.program.run(
                ["restore", "b", "--store", "c\(number).db"], environment: ["TOCSIN_PASSPHRASE": text])
            #expect(opened.exit == 0, "\(opened.errors)")
        }
        let cut = try await stage.program.run(
            ["restore", "b", "--store", "d.db"], environment: ["TOCSIN_PASSPHRASE": "correct"])
        #expect(cut.exit == 65, "\(cut.errors)")
    }

    @Test(arguments: [
        "tocsin backup b --passphrase-file <(echo 'correct horse')",
        "echo 'correct horse' | tocsin backup b --passphrase-file /dev/stdin",
    ])
    func `a passphrase may come through a pipe`(line: String) async throws {
        let stage = try await stage()
        let made = try await stage.program.shell(line)
        #expect(made.exit == 0 && !made.errors.contains("warning"), "\(made.errors)")
        let opened = try await stage.run("restore", "b", "--store", "c.db", "--passphrase-file", "plain")
        #expect(opened.exit == 0, "\(opened.errors)")
    }

    @Test(arguments: [
        ("\n", "has no passphrase"), ("\u{FEFF}\r\n", "has no passphrase"), ("x\n", "1 character"),
    ])
    func `a line that is none is told by its place`(text: String, told: String) async throws {
        let stage = try await stage()
        try stage.program.write("file", text)
        let refused = try await stage.run("backup", "b", "--passphrase-file", "file")
        #expect(refused.exit == 64 && refused.errors.contains(told), "\(refused.errors)")
        let variable = try await stage.program.run(
            ["backup", "b"], environment: ["TOCSIN_PASSPHRASE": text])
        #expect(variable.exit == 64 && variable.errors.contains(told), "\(variable.errors)")
        #expect(!stage.program.holds("b"))
    }

    @Test func `a variable that is set and empty is no choice of an open backup`() async throws {
        let stage = try await stage()
        #expect(try await stage.run("backup", "b", "--passphrase-file", "plain").exit == 0)
        let sealed = stage.program.read("b")
        for words in [["backup", "b", "--replace"], ["backup", "c"], ["restore", "b", "--store", "c.db"]] {
            let refused = try await stage.program.run(words, environment: ["TOCSIN_PASSPHRASE": ""])
            #expect(refused.exit == 64 && refused.told.contains("is empty"), "\(refused.errors)")
        }
        let forgotten = try await stage.run("backup", "b", "--replace")
        #expect(
            forgotten.exit == 64 && forgotten.told.contains("is encrypted: give its passphrase"),
            "\(forgotten.errors)")
        #expect(stage.program.read("b") == sealed && !stage.program.holds("c"))
        let next = try await stage.run("backup", "b", "--replace", "--passphrase-file", "plain")
        #expect(next.exit == 0 && next.told.contains("encrypted"), "\(next.errors)")
    }
}
