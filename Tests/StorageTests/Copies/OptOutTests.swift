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
                UPDATE contacts SET updated_at = \((start + 5).milliseconds);
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
            try await store.run(
                "UPDATE contacts SET consent = '\(present)', updated_at = \((start + 5).milliseconds) WHERE id = '1'"
            )
        }
        #expect(try replaced().optOuts?.consents == (left == nil ? 0 : 1))
        let store = try Store.open(path, now: start)
        #expect(try await store.lines("SELECT consent FROM contacts WHERE id = '1'") == [left ?? old])
    }

    @Test
    func `who was removed since is so in the restored store without a trace, and who was erased is back`()
        async throws
    {
        do {
            let store = try Store.open(path, now: start)
            try await store.suppress(address("3"), Self.order)
            _ = try await store.erase(Contact.ID(valid: "3"))
            try await store.remove(Contact.ID(valid: "2"), now: start + 5)
            try await store.remove(Contact.ID(valid: "5"), now: start + 5)
            try await store.seed(["5", "6"])
            try await store.run("UPDATE contacts SET updated_at = \((start + 5).milliseconds) WHERE id = '5'")
        }
        let result = try replaced()
        #expect(result.optOuts == OptOuts(suppressions: 1, consents: 1, removed: 1))
        #expect(result.contents.contacts == 4)
        let store = try Store.open(path, now: start)
        #expect(try await store.lines("SELECT id FROM contacts ORDER BY id") == ["1", "3", "4", "5"])
        #expect(
            try await store.lines("SELECT id || removed_at FROM removed_contacts") == [
                "2\((start + 60).milliseconds + 1)"
            ])
        #expect(try await store.lines("SELECT source FROM suppressions WHERE proposed = 0") == ["erased"])
        let bytes = try Data(contentsOf: URL(filePath: path))
        #expect(
            bytes.range(of: Data("Name of 2".utf8)) == nil
                && bytes.range(of: Data("2@example.org".utf8)) == nil)
        #expect(bytes.range(of: Data("Name of 4".utf8)) != nil)
        #expect(try await store.miscounts() == [])
    }

    @Test func `an order counts from when it was entered, not from the date that a list or a proposal gives`()
        async throws
    {
        do {
            let store = try Store.open(path, now: start)
            #expect(try await store.applyProposals(until: start, now: start + 5) == 1)
            let list = scratch.file("list.csv")
            let dated = SuppressionOrder(kind: .email, reason: .optOut, since: start - 9)
            try Data("id,suppressed\n1,\(dated.entry)\n".utf8).write(to: URL(filePath: list))
            _ = try await store.importContacts(
                ContactImport(path: list, channels: AddressBook.channels), now: start + 5)
        }
        let result = try replaced()
        #expect(result.optOuts == OptOuts(suppressions: 2))
        let store = try Store.open(path, now: start)
        #expect(try await store.suppressions(of: address("1")).map(\.since) == [start - 9])
        #expect(try await store.suppressions(of: address("4")).count == 1)
        #expect(try await store.proposalCount() == 0)
    }

    @Test func `an older store takes nothing away from the backup, and nobody out of it`() async throws {
        let older = scratch.file("older")
        let order = Suppression(
            kind: .email, extent: .all, reason: .optOut, source: "test", since: start - 9)
        do {
            let store = try Store.open(path, now: start)
            try await store.run("UPDATE contacts SET consent = '', updated_at = \((start - 9).milliseconds)")
            try await store.suppress(address("3"), order)
            try await store.remove(Contact.ID(valid: "5"), now: start - 9)
            _ = try await store.backUp(to: older, now: start)
            try await store.run("UPDATE contacts SET consent = '*', updated_at = \((start + 5).milliseconds)")
            try await store.unsuppress(address("3"))
            try await store.unsuppress(address("4"))
            try await store.seed(["5", "6", "7"])
            _ = try await store.backUp(to: backup, replacing: true, now: start + 10)
        }
        func restored(_ file: String, _ seconds: Double) throws -> Restoration.Result {
            try Restoration(of: file).restore(to: path, replacing: true, now: start + seconds)
        }
        func expectWhole(_ result: Restoration.Result) async throws {
            #expect(result.optOuts == OptOuts() && result.contents.contacts == 7)
            let store = try Store.open(path, now: start)
            #expect(
                try await store.lines("SELECT id || consent FROM contacts ORDER BY id") == [
                    "1*", "2*", "3*", "4*", "5", "6", "7",
                ])
            #expect(try await store.number("SELECT count(*) FROM suppressions") == 0)
        }
        #expect(try restored(older, 20).optOuts == OptOuts())
        try await expectWhole(try restored(backup, 30))

        // It goes its own way: numbers are given and taken back that are other people's in the backup.
        _ = try restored(older, 40)
        do {
            let store = try Store.open(path, now: start)
            try await store.seed(["x", "y"])
            _ = try await store.erase(Contact.ID(valid: "x"))
            _ = try await store.erase(Contact.ID(valid: "y"))
        }
        try await expectWhole(try restored(backup, 50))
    }

    @Test
    func
        `a file that was copied by hand tells by what it holds what came after it`()
        async throws
    {
        do {
            let store = try Store.open(path, now: start)
            try await store.suppress(address("1"), Self.order)
        }
        // Nothing in a file that was copied by hand says when.
        try FileManager.default.copyItem(atPath: path, toPath: scratch.file("byhand"))
        do {
            let store = try Store.open(path, now: start)
            try await store.unsuppress(address("1"))
            try await store.suppress(
                address("2"),
                Suppression(kind: .email, extent: .all, reason: .optOut, source: "test", since: start + 4))
            try await store.suppress(
                address("3"),
                Suppression(kind: .email, extent: .all, reason: .optOut, source: "test", since: start + 6))
        }
        let byHand = try Restoration(of: scratch.file("byhand")).restore(
            to: path, replacing: true, now: start + 30)
        #expect(byHand.optOuts == OptOuts(suppressions: 1))
    }

    /// What becomes of a contact whose suppressed address is another one than in the backup.
    @Test func `who opted out by contact is not written to at the address of the backup either`() async throws
    {
        do {
            let store = try Store.open(path, now: start)
            try await store.run(
                """
                UPDATE contacts SET phone = '+399' || id, phone_key = CAST('new' || id AS BLOB) WHERE id < '4';
                UPDATE contacts SET phone = NULL, phone_key = NULL WHERE id = '4';
                INSERT INTO suppressions(key, kind, extent, reason, source, since) VALUES
                  (CAST('new1' AS BLOB), 'phone', 'marketing', 'manual', 'person', \((start + 5).milliseconds)),
                  (CAST('new2' AS BLOB), 'phone', 'all', 'bounce', 'provider', \((start + 5).milliseconds)),
                  (CAST('new3' AS BLOB), 'phone', 'all', 'opt-out', 'long ago', \((start - 5).milliseconds)),
                  (CAST('new5' AS BLOB), 'phone', 'all', 'opt-out', 'nobody', \((start + 5).milliseconds));
                """)
        }
        #expect(try replaced().optOuts == OptOuts(suppressions: 4))
        let store = try Store.open(path, now: start)
        #expect(
            try await store.lines(
                """
                SELECT c.id || c.phone || s.extent || s.source FROM contacts c
                JOIN suppressions s ON s.kind = 'phone' AND s.key = c.phone_key
                """) == ["1+391marketingperson"])
    }

    @Test func `of a damaged store only suppressions are taken over, and nobody is missed in the backup`()
        async throws
    {
        do {
            let store = try Store.open(path, now: start)
            try await store.suppress(address("nobody"), Self.order)
            try await store.run(
                "UPDATE contacts SET consent = '', updated_at = \((start + 5).milliseconds) WHERE id = '1'")
            try await store.remove(Contact.ID(valid: "5"), now: start + 5)
        }
        let page: Int64
        do {
            let file = try Connection(path: path, .readWrite)
            try file.script("PRAGMA journal_mode = DELETE")
            page = try #require(
                try file.first("SELECT rootpage FROM sqlite_master WHERE name = 'contacts'") {
                    (row: borrowing Row) throws(StoreError) in row.integer(0)
                })
        }
        let handle = try FileHandle(forUpdating: URL(filePath: path))
        // The page of contacts holds one row now, as after a write that never reached the disk.
        try handle.seek(toOffset: UInt64(page - 1) * 4096 + 3)
        try handle.write(contentsOf: Data([0, 1]))
        try handle.close()
        let result = try replaced()
        #expect(
            result.contents.contacts == 5
                && result.optOuts == OptOuts(suppressions: 1, isPartial: true, isComplete: false))
        let store = try Store.open(path, now: start)
        #expect(try await store.lines("SELECT id || consent FROM contacts") == (1...5).map { "\($0)*" })
        #expect(try await store.lines("PRAGMA integrity_check") == ["ok"])
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
