import Broadcast
import Foundation
import TestPeers
import Testing

@testable import Storage

/// What an import does with rows it cannot take, so that none of them is lost and none overwrites another.
struct RejectedRowsTests {
    let book: AddressBook

    init() throws { book = try AddressBook() }

    private func path(_ number: Int = 1) -> String {
        book.scratch.file(number == 1 ? "customers.rejected.csv" : "customers.rejected-\(number).csv")
    }

    private func text(_ number: Int = 1) throws -> String {
        try String(contentsOfFile: path(number), encoding: .utf8)
    }

    private func email(_ id: String) async throws -> String? {
        try await book.contact(id)?.addresses[.email]?.value
    }

    private static let twins = "id,email,name\nc1,a@x.it,Anna\nc1,z@x.it,Zoe\nc2,b@x.it,Bea\n"

    @Test func `a row never overwrites the one that was taken with its id as long as nobody mends it`()
        async throws
    {
        let report = try await book.take(Self.twins, skipsInvalid: true)
        #expect(report.added == 2 && report.rejected == 1)
        let lines = try text().split(separator: "\n")
        #expect(lines.count == 2 && lines[1].hasPrefix("c1,z@x.it,Zoe,\"line 3: id \"\"c1\"\": "), "\(lines)")
        #expect(lines[1].hasSuffix(",c1"), "\(lines)")
        let unmended = try text()
        let error = await #expect(throws: ContactListError.self) { try await book.take(unmended) }
        #expect(error?.line == 2 && error?.column == "id" && error?.value == "c1")
        #expect(error?.message.contains("nothing in rejectedID if this row shall change") == true)
        for number in 2...3 {
            let again = try await book.take(unmended, skipsInvalid: true)
            #expect(again.changed == 0 && again.rejected == 1)
            #expect(try text(2).contains("Zoe") && text(2).hasSuffix(",c1\n"), "round \(number)")
        }
        #expect(try await email("c1") == "a@x.it")
    }

    @Test(
        arguments: [
            ("c1,z", "c3,z", "a@x.it", "z@x.it"), (",c1\n", ",\n", "z@x.it", nil),
        ] as [(String, String, String, String?)])
    func `mended, it is another contact, or changes this one because somebody says so`(
        slip: String, mend: String, first: String, third: String?
    ) async throws {
        try await book.take(Self.twins, skipsInvalid: true)
        let mended = try text().replacing(slip, with: mend)
        #expect(try await book.take(mended).rows == 1)
        #expect(try await email("c1") == first)
        #expect(try await email("c3") == third)
    }

    @Test func `of an id whose first row is bad no other row is taken, and either can be mended`()
        async throws
    {
        let report = try await book.take("id,email\nc1,bad\nc1,a@x.it\nc2,b@x.it\n", skipsInvalid: true)
        #expect(report.added == 1 && report.rejections.map(\.line) == [2, 3])
        #expect(report.rejections[1].reason.contains("stands in line 2 too"))
        let rows = try text()
        #expect(try await book.ids("all") == ["c2"])
        let second = rows.split(separator: "\n").filter { !$0.contains("c1,bad") }.joined(separator: "\n")
        #expect(try await book.take(second + "\n").added == 1)
        #expect(try await email("c1") == "a@x.it")
    }

    @Test func `the rows that an earlier import rejected stay as somebody has mended them`() async throws {
        try await book.take("id,email\na,bad\n", skipsInvalid: true)
        let mended = try text().replacing("bad", with: "a@x.it")
        try Data(mended.utf8).write(to: URL(fileURLWithPath: path()))
        for _ in 1...2 {
            // The same rows again are not kept twice.
            #expect(try await book.take("id,email\nb,bad\n", skipsInvalid: true).rejectedPath == path(2))
        }
        await #expect(throws: ContactListError.self) {
            try await book.take("id,email\nc,bad\nd,\"open\n", skipsInvalid: true)
        }
        #expect(try text() == mended && text(2).contains("\nb,bad,"))
        #expect(!FileManager.default.fileExists(atPath: path(3)))
        let mode = try FileManager.default.attributesOfItem(atPath: path(2))[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func `an import that fails at its end takes no earlier file away`() throws {
        let list = book.scratch.file("customers.csv")
        var paths: [String] = []
        for _ in 1...2 {
            var rows = try RejectedRows(of: list, header: ["id"], delimiter: .comma)
            try rows.close()
            paths.append(rows.path)
            if paths.count == 2 { rows.discard() }
        }
        #expect(paths == [path(), path()] && FileManager.default.fileExists(atPath: path()))
    }
}
