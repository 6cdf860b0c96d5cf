import Broadcast
import Foundation
import TestPeers
import Testing

@testable import Storage

struct ContactImportTests {
    let book: AddressBook

    init() throws { book = try AddressBook() }

    private func failure(_ list: String, map: [String: String] = [:]) async -> ContactListError? {
        await #expect(throws: ContactListError.self) { try await book.take(list, map: map) }
    }

    @Test func `a list becomes contacts`() async throws {
        let report = try await book.take(
            "id;nome;Cellulare;email;plan\nc1;Anna;333 1234567;Anna@X.it;gold\nc2;Bob;;b@münchen.example;\n",
            map: ["Cellulare": "phone", "nome": "name"], country: "IT")
        #expect(report.rows == 2 && report.added == 2 && report.changed == 0 && report.rejected == 0)
        #expect(
            report.delimiter == "semicolon" && report.encoding == "UTF-8" && report.attributes == ["plan"])
        let anna = try #require(try await book.contact("c1"))
        #expect(anna.name == "Anna" && anna.attributes == ["plan": "gold"])
        #expect(anna.addresses[.phone]?.value == "+393331234567")
        #expect(anna.addresses[.email]?.value == "Anna@x.it")
        #expect(try await book.contact("c2")?.addresses[.email]?.value == "b@xn--mnchen-3ya.example")
    }

    @Test func `a second list changes what it names and leaves the rest`() async throws {
        try await book.take("id,name,email,plan\nc1,Anna,a@x.it,gold\nc2,Bob,b@x.it,\nc3,Cy,c@x.it,\n")
        let list = "id,name,plan\nc1,Anna,gold\nc2,,silver\nc4,Dan,-\nc3,-,\n"
        let dry = try await book.take(list, isDryRun: true)
        #expect(try await book.store.count(book.selection("all")) == 3)
        #expect(try await book.contact("c2")?.attributes == [:])
        let report = try await book.take(list)
        #expect(dry == report)
        #expect(report.added == 1 && report.changed == 2 && report.unchanged == 1)
        #expect(report.warnings.map(\.line) == [4])
        let bob = try #require(try await book.contact("c2"))
        #expect(bob.name == "Bob" && bob.attributes == ["plan": "silver"])
        #expect(bob.addresses[.email]?.value == "b@x.it")
        #expect(try await book.contact("c3")?.name == "")
        #expect(try await book.take(list).unchanged == 4)
    }

    @Test(
        arguments: [
            ("id,email\nc1,a@x.it\nc2,anna@\n", 3, "email", "anna@"),
            ("id,email\nc1,\"a\n@x.it\"\n", 2, "email", "a\\u{A}@x.it"),
            ("id,phone\n\n\nc1,+39 12\n", 4, "phone", "+39 12"),
            ("id,email\nc1,a@x.it\nc1,b@x.it\n", 3, "id", "c1"),
            ("id,email\n,a@x.it\n", 2, "id", ""),
            ("id,name,email\nc1,Anna\n", 2, nil, ""),
            ("id,name\nc1,Anna,x\n", 2, nil, ""),
            ("id,name\nc1,An\0na\n", 2, nil, ""),
            ("id,name\nc1,\"Anna\"x\n", 2, nil, ""),
            ("id,timezone\nc1,Europe/Rom\n", 2, "timezone", "Europe/Rom"),
            ("id,suppressed,email\nc1,phone,a@x.it\n", 2, "suppressed", "phone"),
            ("id,name,\nc1,Anna,stray\n", 2, "", "stray"),
        ] as [(String, Int, String?, String)])
    func `a bad row stops everything and is named`(
        list: String, line: Int, column: String?, value: String
    ) async throws {
        try await book.take("id,email\nold,o@x.it\n")
        let error = await failure(list)
        #expect(error?.code == .row)
        #expect(error?.line == line)
        #expect(error?.column == column)
        #expect(error?.value == value)
        #expect(error?.path.hasSuffix("customers.csv") == true)
        #expect(try await book.ids("all") == ["old"])
    }

    @Test(arguments: [
        ("", ContactListError.Code.malformed), ("name\nAnna\n", .columns), ("id,emial\nc1,x\n", .columns),
        ("id,id\nc1,c2\n", .columns), ("id,\"na\0me\"\nc1,x\n", .columns),
        ("id,name\nc1,\"Anna\n", .malformed),
        ("\n\n\n", .malformed),
    ])
    func `what is no list changes nothing`(list: String, code: ContactListError.Code) async throws {
        #expect(await failure(list)?.code == code)
        #expect(try await book.ids("all") == [])
    }

    @Test func `the same id twice names both lines`() async {
        let error = await failure("id,name\nc1,a\nc2,b\nc1,c\n")
        #expect(error?.line == 4)
        #expect(error?.message.contains("line 2") == true)
    }

    @Test func `bad rows can go to a private file that can be mended and taken again`() async throws {
        let list =
            "id,email,name\nc1,a@x.it,Anna\nc2,@@,\"=cmd|'/C calc'!A0\"\nc1,z@x.it,\nc3,c@x.it\nc4,d@x.it,Dan\n"
        let dry = try await book.take(list, skipsInvalid: true, isDryRun: true)
        let path = book.scratch.file("customers.rejected.csv")
        #expect(!FileManager.default.fileExists(atPath: path))
        var report = try await book.take(list, skipsInvalid: true)
        #expect(report.rejectedPath == path)
        report.rejectedPath = nil
        #expect(report == dry)
        #expect(report.added == 2 && report.rejected == 3 && report.rows == 5)
        #expect(try await book.ids("all") == ["c1", "c4"])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let rejected = try String(contentsOfFile: path, encoding: .utf8)
        let lines = rejected.split(separator: "\n")
        #expect(lines[0] == "id,email,name,rejectedReason,rejectedID")
        #expect(lines[1].hasPrefix("c2,\"'@@\",\"'=cmd|'/C calc'!A0\",\"line 3: email"), "\(lines[1])")
        #expect(lines[2].hasPrefix("c1,z@x.it,,"))
        #expect(lines[3].hasPrefix("c3,c@x.it,,"))
        let mended = rejected.replacing("'@@", with: "b@x.it").replacing("c1,z", with: "c5,z")
        #expect(try await book.take(mended).added == 3)
        #expect(try await book.contact("c2")?.name == "=cmd|'/C calc'!A0")
        #expect(try await book.contact("c2")?.attributes == [:])
    }

    @Test func `an import that fails leaves no file of rejected rows`() async throws {
        await #expect(throws: ContactListError.self) {
            try await book.take("id,email\nc1,@\nc2,\"open\n", skipsInvalid: true)
        }
        #expect(!FileManager.default.fileExists(atPath: book.scratch.file("customers.rejected.csv")))
    }

    @Test func `oddities are taken with a warning that names the line`() async throws {
        let report = try await book.take("id,name,email\nc1,\"An\r\nna\",a@x.it\nc2,Bob,\n")
        #expect(report.warningCount == 2)
        #expect(report.warnings.map(\.line) == [2, 4])
        #expect(try await book.contact("c1")?.name == "An na")
        let many = (1...50).map { "n\($0),x," }.joined(separator: "\n")
        let report2 = try await book.take("id,name,email\n" + many + "\n")
        #expect(report2.warningCount == 50 && report2.warnings.count == ImportReport.maxWarnings)
    }

    @Test func `a new number inherits no consent, a stated one stays`() async throws {
        try await book.take(
            "id,email,phone,consent\na,a@x.it,+393331234567,all\nb,b@x.it,+393331234568,email;sms\nc,c@x.it,,all\n"
        )
        let report = try await book.take("id,phone\na,+393339999999\nb,+393339999998\nc,\n")
        #expect(report.consentWithdrawn == 2)
        #expect(try await book.contact("a")?.consent == .only(["email", "telegram"]))
        #expect(try await book.contact("b")?.consent == .only(["email"]))
        #expect(try await book.contact("c")?.consent == .all)
        let stated = try await book.take("id,phone,consent\na,+393338888888,all\n")
        #expect(stated.consentWithdrawn == 0)
        #expect(try await book.contact("a")?.consent == .all)
    }

    @Test func `a list suppresses and never lifts`() async throws {
        let report = try await book.take(
            "id,email,suppressed\na,a@x.it,email:marketing:opt-out:20260101T000000Z:form\nb,b@x.it,email\n")
        #expect(report.added == 2)
        let since = try Date("2026-01-01T00:00:00Z", strategy: .iso8601)
        let order = Suppression(
            kind: .email, extent: .marketing, reason: .optOut, source: "form", since: since)
        #expect(try await book.member("a")?.suppressions == [.email: [order]])
        let made = try #require(try await book.member("b")?.suppressions[.email]?.first)
        #expect(made.extent == .all && made.source == "import customers.csv" && made.since == AddressBook.now)
        let again = try await book.take("id,email,suppressed\na,A@x.it,\nb,b@x.it,email:all:complaint\n")
        #expect(again.changed == 1 && again.unchanged == 1)
        #expect(try await book.member("a")?.suppressions == [.email: [order]])
        #expect(try await book.member("b")?.suppressions[.email] == [made])
        let more = try await book.take("id,suppressed\na,email:all\n")
        #expect(more.changed == 1)
        #expect(try await book.member("a")?.suppressions[.email]?.count == 2)
    }

    @Test func `many columns and rows are one import`() async throws {
        let names = (1...63).map { "attribute \($0)" }.joined(separator: ",")
        let cells = (1...63).map { "v\($0)" }.joined(separator: ",")
        let rows = (1...2500).map { "c\($0),\(cells)" }.joined(separator: "\n")
        let report = try await book.take("id,\(names)\n\(rows)\n")
        #expect(report.added == 2500 && report.warningCount == 2500)
        #expect(try await book.contact("c2500")?.attributes.count == 63)
    }

    @Test func `a store that cannot be written can still say what would change`() async throws {
        try await book.take("id,name\na,Anna\n")
        let frozen = try Store.openReadOnly(book.store.path)
        let path = book.scratch.file("new.csv")
        try Data("id,name\na,Bob\nb,Cy\n".utf8).write(to: URL(fileURLWithPath: path))
        var order = ContactImport(path: path, channels: AddressBook.channels, isDryRun: true)
        let report = try await frozen.importContacts(order, now: AddressBook.now)
        #expect(report.added == 1 && report.changed == 1)
        order.isDryRun = false
        let error = await #expect(throws: ContactListError.self) {
            try await frozen.importContacts(order, now: AddressBook.now)
        }
        #expect(error?.store?.code == .readOnly)
    }

    @Test func `a running send can write while a list is read`() async throws {
        try await book.take("id,email\na,a@x.it\nb,b@x.it\n")
        let other = try Store.open(book.store.path, now: AddressBook.now)
        let pass = try await book.store.readHalfway(book.scratch.file("customers.csv"))
        try await other.suppress(
            Address(email: "z@x.it"),
            Suppression(kind: .email, extent: .all, reason: .manual, source: "test", since: AddressBook.now))
        #expect(pass == 2)
    }

    @Test func `a contact that changed meanwhile is not overwritten with stale values`() async throws {
        try await book.take("id,name,email,plan\na,Anna,a@x.it,gold\n")
        let other = try Store.open(book.store.path, now: AddressBook.now)
        let isMerged = try await book.store.stageThenMerge("a", name: "Anna B") { () async throws in
            let change = try ContactAssignments.change(
                of: Contact.ID(valid: "a"), ["plan=silver"], channels: AddressBook.channels)
            _ = try await other.apply(
                change, to: .existing, channels: AddressBook.channels, now: AddressBook.now)
        }
        #expect(!isMerged)
        #expect(try await book.contact("a")?.attributes == ["plan": "silver"])
        #expect(try await book.contact("a")?.name == "Anna")
    }
}

extension Store {
    /// Stages a whole list and stops before the merge; returns the number of its rows.
    fileprivate func readHalfway(_ path: String) throws -> Int {
        let order = ContactImport(path: path, channels: AddressBook.channels)
        var pass = try ContactImportPass(order, self, now: AddressBook.now)
        return try pass.run().rows
    }

    /// Lays a new name ready, lets `body` run, and then merges.
    fileprivate func stageThenMerge(
        _ id: String, name: String, while body: @Sendable () async throws -> Void
    ) async throws -> Bool {
        let staging = try ContactStaging(self, channels: AddressBook.channels, now: AddressBook.now)
        var change = ContactChange(id: Contact.ID(valid: id))
        change.name = .set(name)
        _ = try staging.stage(change, line: 1, source: "test")
        try await body()
        return try connection.write { () throws(StoreError) in try staging.merge() }
    }
}
