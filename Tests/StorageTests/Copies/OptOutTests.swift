import Broadcast
import Foundation
import TestPeers
import Testing

@testable import Storage

/// What a restored store takes over from the one that it replaces.
struct OptOutTests {
    let scratch: ScratchDirectory
    let path: String
    let backup: String

    init() async throws {
        scratch = try ScratchDirectory()
        path = scratch.file("a.db")
        backup = scratch.file("b")
        let store = try Store.open(path, now: start)
        try await store.seed(["1", "2", "3", "4", "5"], consent: .all)
        try await store.suppress(email: "4@example.org", proposed: true)
        try await store.planned([.sample("1"), .sample("3")])
        try await store.run("UPDATE announcements SET body = json_set(body, '$.audience', 'id:3')")
        _ = try await store.backUp(to: backup, now: start)
    }

    private func replaced() throws -> Restoration.Result {
        try Restoration(of: backup).restore(to: path, replacing: true, now: start + 60)
    }

    private func address(_ id: String) throws -> Address {
        try #require(Address(.email, canonical: "\(id)@example.org"))
    }

    private static let order = Suppression(
        kind: .email, extent: .all, reason: .optOut, source: "test", since: start + 5)

    @Test func `what was suppressed since the backup stays so, and what was lifted is so again`() async throws
    {
        do {
            let store = try Store.open(path, now: start)
            try await store.suppress(address("1"), Self.order)
            try await store.suppress(address("4"), Self.order)
            try await store.suppress(address("nobody"), Self.order)
        }
        let result = try replaced()
        #expect(result.optOuts == OptOuts(suppressions: 3))
        let store = try Store.open(path, now: start)
        for id in ["1", "4", "nobody"] {
            #expect(try await store.suppressions(of: address(id)) == [Self.order])
        }
        #expect(try await store.number("SELECT count(*) FROM suppressions") == 3)
        #expect(result.contents.contacts == 5)
    }

    @Test func `consent that was withdrawn since is not in the restored store, what was given is not either`()
        async throws
    {
        do {
            let store = try Store.open(path, now: start)
            try await store.run(
                """
                UPDATE contacts SET consent = '', consent_source = 'phone', consent_date = '2027' WHERE id = '1';
                UPDATE contacts SET consent = ';email;sms;' WHERE id = '2';
                """)
            // As a list would that is older.
            try await store.run("UPDATE contacts SET name = 'Another' WHERE id = '5'")
        }
        #expect(try replaced().optOuts == OptOuts(consents: 2))
        let store = try Store.open(path, now: start)
        #expect(
            try await store.lines(
                "SELECT id || ' ' || consent || ' ' || consent_source || ' ' || consent_date FROM contacts ORDER BY id"
            ) == ["1  phone 2027", "2 ;email;sms;  ", "3 *  ", "4 *  ", "5 *  "])
        #expect(try await store.number("SELECT count(*) FROM contacts WHERE name = 'Another'") == 0)
    }

    /// A consent in the backup, one in the store that stands, and what is left; nil when nothing is withdrawn.
    @Test(
        arguments: [
            ("", "*", nil), ("*", "*", nil), ("*", "", ""), ("*", ";sms;", ";sms;"), (";sms;", "*", nil),
            (";email;sms;", ";push;sms;", ";sms;"), (";email;", ";sms;", ""), (";email;", ";email;sms;", nil),
        ] as [(String, String, String?)])
    func `of two consents what both allow is left`(old: String, present: String, left: String?) async throws {
        do {
            let store = try Store.open(path, now: start)
            try await store.run("UPDATE contacts SET consent = '\(old)' WHERE id = '1'")
            _ = try await store.backUp(to: backup, replacing: true, now: start)
            try await store.run("UPDATE contacts SET consent = '\(present)' WHERE id = '1'")
        }
        #expect(try replaced().optOuts?.consents == (left == nil ? 0 : 1))
        let store = try Store.open(path, now: start)
        #expect(try await store.lines("SELECT consent FROM contacts WHERE id = '1'") == [left ?? old])
    }

    @Test func `who was removed or erased since is so in the restored store, without a trace`() async throws {
        do {
            let store = try Store.open(path, now: start)
            try await store.remove(Contact.ID(valid: "2"), now: start + 5)
            try await store.suppress(address("3"), Self.order)
            _ = try await store.erase(Contact.ID(valid: "3"))
            try await store.remove(Contact.ID(valid: "5"), now: start + 5)
            try await store.seed(["5", "6"])
        }
        let result = try replaced()
        #expect(result.optOuts == OptOuts(suppressions: 1, consents: 1, removed: 1, erased: 1))
        #expect(result.contents.contacts == 3)
        let store = try Store.open(path, now: start)
        #expect(try await store.lines("SELECT id FROM contacts ORDER BY id") == ["1", "4", "5"])
        #expect(
            try await store.lines("SELECT id || removed_at FROM removed_contacts") == [
                "2\((start + 5).milliseconds)"
            ])
        #expect(try await store.lines("SELECT source FROM suppressions WHERE proposed = 0") == ["erased"])
        #expect(
            try await store.lines("SELECT body FROM announcements").contains { $0.contains("id:3") } == false)
        let bytes = try Data(contentsOf: URL(filePath: path))
        #expect(
            bytes.range(of: Data("Name of 3".utf8)) == nil
                && bytes.range(of: Data("3@example.org".utf8)) == nil)
        #expect(bytes.range(of: Data("Name of 4".utf8)) != nil)
        #expect(try await store.miscounts() == [])
    }

    @Test func `nobody is taken for erased whom the store that stood there never knew`() async throws {
        let older = scratch.file("older")
        do {
            let store = try Store.open(path, now: start)
            _ = try await store.backUp(to: older, now: start)
            try await store.seed(["6", "7"])
            _ = try await store.backUp(to: backup, replacing: true, now: start)
        }
        _ = try Restoration(of: older).restore(to: path, replacing: true, now: start + 30)
        let newer = try replaced()
        #expect(newer.optOuts == OptOuts() && newer.contents.contacts == 7)
        // It went its own way, and gave a number to somebody else.
        _ = try Restoration(of: older).restore(to: path, replacing: true, now: start + 90)
        do {
            let store = try Store.open(path, now: start)
            try await store.seed(["x", "y"])
            _ = try await store.erase(Contact.ID(valid: "y"))
        }
        let forked = try Restoration(of: backup).restore(to: path, replacing: true, now: start + 120)
        #expect(forked.optOuts == OptOuts() && forked.contents.contacts == 7)
    }

    @Test func `from another store, or a damaged one, nothing is taken over`() async throws {
        try FileManager.default.removeItem(atPath: path)
        do {
            let other = try Store.open(path, now: start)
            try await other.seed(["1"])
            try await other.suppress(address("1"), Self.order)
        }
        let result = try replaced()
        #expect(result.aside != nil && result.optOuts == nil && result.contents.contacts == 5)
        #expect(try Restoration(of: backup).restore(to: scratch.file("c.db"), now: start).optOuts == nil)
        try Data("no store at all".utf8).write(to: URL(filePath: path))
        let damaged = try Restoration(of: backup).restore(to: path, replacing: true, now: start + 90)
        #expect(damaged.aside != nil && damaged.optOuts == nil)
    }
}
