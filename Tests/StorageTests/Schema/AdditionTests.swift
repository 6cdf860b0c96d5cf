import Broadcast
import Foundation
import TestPeers
import Testing

@testable import Storage

/// What somebody else keeps in a store, and is let be.
struct AdditionTests {
    let scratch: ScratchDirectory
    let path: String

    init() async throws {
        scratch = try ScratchDirectory()
        path = scratch.file("a.db")
        let store = try Store.open(path, now: start)
        try await store.seed(["1", "2", "3"])
        try await store.planned(["1", "2", "3"].map { .sample($0) })
    }

    private func add(_ sql: String) throws { try Connection(path: path, .readWrite).script(sql) }

    /// How everything was made that `store` holds.
    private func made(_ store: Store) async throws -> [String] {
        try await store.lines("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY 1")
    }

    /// Something that stands in a store, with a question whose answer must stay the same.
    struct Addition: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var sql: String
        var question = "SELECT 1"

        init(_ testDescription: String, _ sql: String, _ question: String = "SELECT 1") {
            self.testDescription = testDescription
            self.sql = sql
            self.question = question
        }
    }

    static let additions = [
        // Source: https://github.com/benbjohnson/litestream, db.go (2026-11).
        Addition(
            "Litestream's tables",
            """
            CREATE TABLE IF NOT EXISTS _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER);
            CREATE TABLE IF NOT EXISTS _litestream_lock (id INTEGER);
            INSERT INTO _litestream_seq (id, seq) VALUES (1, 7);
            """, "SELECT seq FROM _litestream_seq"),
        Addition("statistics", "ANALYZE; PRAGMA optimize", "SELECT count(*) > 0 FROM sqlite_stat1"),
        Addition("rewritten", "REINDEX; VACUUM"),
        Addition(
            "views, one of what is gone",
            "CREATE VIEW names AS SELECT name FROM contacts; CREATE VIEW broken AS SELECT * FROM nowhere"),
        Addition(
            "indexes on our tables",
            """
            CREATE INDEX names ON contacts(name COLLATE NOCASE DESC, email);
            CREATE INDEX lowered ON Contacts(lower(name) || '') WHERE (email IS NOT NULL) AND locale IN ('it', 'en');
            CREATE INDEX "match a" ON deliveries(settled_at);
            """),
        Addition(
            "foreign keys onto our tables",
            """
            CREATE TABLE notes(contact INTEGER NOT NULL REFERENCES contacts(seq) ON DELETE RESTRICT, note);
            CREATE TABLE more(name REFERENCES contacts(name), announcement REFERENCES announcements(seq));
            INSERT INTO notes SELECT seq, 'a note' FROM contacts;
            INSERT INTO more SELECT 'Name of 1', seq FROM announcements;
            """, "SELECT (SELECT count(*) FROM notes) + (SELECT count(*) FROM more)"),
        Addition(
            "strings in double quotes",
            """
            CREATE TABLE tickets(id INTEGER PRIMARY KEY, kind TEXT DEFAULT "a" CHECK (kind <> ""), x AS (kind || "-"));
            CREATE INDEX open_tickets ON tickets(id) WHERE kind = "open";
            CREATE VIEW some AS SELECT * FROM tickets WHERE kind = "open";
            INSERT INTO tickets(kind) VALUES ('open');
            """, "SELECT x FROM tickets"),
        Addition(
            "tables and triggers that go on among themselves",
            """
            CREATE TABLE log(a); CREATE TABLE log_count(n); INSERT INTO log_count VALUES (0);
            CREATE TRIGGER counted AFTER INSERT ON log BEGIN UPDATE log_count SET n = n + 1; END;
            CREATE VIEW lines AS SELECT a FROM log;
            CREATE TRIGGER written INSTEAD OF INSERT ON lines BEGIN INSERT INTO log VALUES (NEW.a); END;
            INSERT INTO lines VALUES ('x');
            """, "SELECT n FROM log_count"),
        Addition(
            "an index that reads JSON",
            """
            CREATE TABLE events(json TEXT, kind AS (json_extract(json, '$.kind')));
            CREATE INDEX kinds ON events(json ->> '$.kind'); CREATE UNIQUE INDEX events_json ON events(json);
            INSERT INTO events VALUES ('{"kind":"open"}');
            """, "SELECT kind FROM events"),
        Addition(
            "full text, with its shadow tables",
            """
            CREATE VIRTUAL TABLE texts USING fts5(name); INSERT INTO texts SELECT name FROM contacts;
            CREATE VIRTUAL TABLE boxes USING rtree(id, low, high); INSERT INTO boxes VALUES (1, 2, 3);
            """, "SELECT count(*) FROM texts WHERE texts MATCH 'name'"),
        Addition(
            "a table in which SQLite 3.40 finds NULLs that are not there",
            """
            CREATE TABLE odd(k TEXT NOT NULL, j TEXT NOT NULL, v TEXT, w TEXT NOT NULL, p TEXT NOT NULL,
              PRIMARY KEY(k, p)) WITHOUT ROWID, STRICT;
            INSERT INTO odd VALUES ('k', 'j', NULL, 'w', 'p'), ('l', 'j', 'v', 'w', 'p');
            """, "SELECT count(*) FROM odd WHERE w = 'w'"),
        Addition(
            "rows against the rules of their table",
            """
            CREATE TABLE strict_ones(a CHECK (a > 1)); PRAGMA ignore_check_constraints = ON;
            INSERT INTO strict_ones VALUES (0)
            """, "SELECT a FROM strict_ones"),
        Addition(
            "names of our temporary tables",
            """
            CREATE TABLE staged(a); CREATE TABLE staged_suppressions(a); CREATE VIEW planned_addresses AS SELECT 1;
            CREATE TABLE told(a); CREATE TABLE people(a); CREATE TABLE gone(a); INSERT INTO people VALUES (7);
            INSERT INTO told VALUES (8); INSERT INTO staged VALUES (9); INSERT INTO gone VALUES (10);
            """,
            "SELECT p.a + t.a + s.a + g.a FROM main.people p, main.told t, main.staged s, main.gone g"
        ),
        Addition("a fact of its own about the store", "INSERT INTO meta VALUES ('tables', 'x')"),
    ]

    @Test(arguments: additions)
    func `a store works whatever somebody keeps beside our tables, and keeps it`(addition: Addition)
        async throws
    {
        try add(addition.sql)
        let store = try Store.open(path, now: start)
        let (made, answer) = (try await made(store), try await store.lines(addition.question))
        #expect(try await Store.openReadOnly(path).announcements().count == 1)
        try await store.seed(["4", "5"])
        try await store.planned(.sample("second"), ["4", "5"].map { .sample($0) })
        let token = try await store.lead()
        let claimed = try await store.send(.email, limit: 9, token: token, now: start)
        let outcomes = claimed.map { Broadcast.Outcome($0.id, .accepted(providerID: "x")) }
        _ = try await store.settle(outcomes, token: token, now: start)
        try await store.release(Lease(token: token, deadline: .zero))
        #expect(try await store.erase(Contact.ID(valid: "1")))
        _ = try await store.remove(Contact.ID(valid: "2"), now: start)
        #expect(try await store.purge(before: start + 1000) {}.announcements == 2)
        #expect(try await store.compact())
        #expect(try await self.made(store) == made)
        #expect(try await store.lines(addition.question) == answer)
    }

    @Test(arguments: additions)
    func `a backup holds what somebody keeps beside our tables, and gives it back`(addition: Addition)
        async throws
    {
        try add(addition.sql)
        let store = try Store.open(path, now: start)
        let (made, answer) = (try await made(store), try await store.lines(addition.question))
        let backup = scratch.file("b")
        #expect(try await store.backUp(to: backup, now: start + 1).contacts == 3)
        // Said since, and taken over from the store that is replaced.
        try await store.suppress(
            try Address(email: "3@example.org"),
            Suppression(kind: .email, extent: .all, reason: .optOut, source: "", since: start + 2))
        _ = try await store.remove(Contact.ID(valid: "2"), now: start + 2)
        let copy = scratch.file("c.db")
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        for suffix in ["-wal"] {
            try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
        }
        let result = try Restoration(of: backup).restore(to: copy, replacing: true, now: start + 3)
        #expect(result.optOuts?.suppressions == 1 && result.optOuts?.removed == 1)
        #expect(result.optOuts?.isPartial == false)
        let restored = try Store.open(copy, now: start)
        #expect(try await self.made(restored) == made)
        #expect(try await restored.lines(addition.question) == answer)
    }

    @Test func `what only its own program can copy is told when it is in the way, and holds up nothing else`()
        async throws
    {
        try add("CREATE TABLE others(a TEXT UNIQUE COLLATE RTRIM); PRAGMA journal_mode = DELETE")
        // An order that only another program brings along.
        var bytes = try Data(contentsOf: URL(filePath: path))
        let place = try #require(bytes.range(of: Data("RTRIM".utf8)))
        bytes.replaceSubrange(place, with: Data("THEIR".utf8))
        try bytes.write(to: URL(filePath: path))
        let store = try Store.open(path, now: start)
        try await store.seed(["4"])
        let error = await #expect(throws: StoreError.self) {
            try await store.backUp(to: scratch.file("b"), now: start)
        }
        #expect(error?.code == .altered && error?.path == path)
        #expect(
            error?.message.contains("(no such collation sequence: THEIR, code 257)") == true,
            "\(error?.message ?? "")")
        #expect(error?.message.contains("DROP TABLE") == true)
        #expect(!FileManager.default.fileExists(atPath: scratch.file("b")))
        // A copy made by hand has it too, and is taken as it is.
        try await store.run("PRAGMA journal_mode = DELETE")
        let result = try Restoration(of: path).restore(to: scratch.file("c.db"), now: start)
        #expect(result.contents.contacts == 4)
    }

    @Test func `damage in our tables is found behind what is odd in others`() async throws {
        try add(
            """
            CREATE TABLE aaa(a CHECK (a > 1)); PRAGMA ignore_check_constraints = ON; INSERT INTO aaa VALUES (0);
            PRAGMA journal_mode = DELETE
            """)
        #expect(try Connection(path: path, .readWrite).damage() == nil)
        #expect(try Connection(path: path, .readWrite).damage(.quick) == nil)
        let store = try Store.open(path, now: start)
        let page = try await store.number(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'announcements_digest'")
        try await store.run("PRAGMA journal_mode = DELETE")
        // The index loses its row: the tree stays sound, and fits its table no longer.
        let handle = try FileHandle(forUpdating: URL(filePath: path))
        try handle.seek(toOffset: UInt64(page - 1) * 4096 + 3)
        try handle.write(contentsOf: Data([0, 0, 0x10, 0]))
        try handle.close()
        #expect(try Connection(path: path, .readWrite).damage() != nil)
    }

    @Test func `a store is opened while somebody has it analysed`() async throws {
        let path = path
        let analysing = Task {
            let other = try Connection(path: path, .readWrite)
            while !Task.isCancelled {
                try other.script("ANALYZE")
                await Task.yield()
            }
        }
        for _ in 0..<50 {
            let store = try Store.open(path, now: start)
            let reader = try Store.openReadOnly(path)
            #expect(try await store.announcements().count == 1)
            #expect(try await reader.number("SELECT count(*) FROM contacts") == 3)
        }
        analysing.cancel()
        try await analysing.value
    }
}
