import Broadcast
import Foundation
import TestPeers
import Testing

@testable import Storage

/// What somebody else has put onto our tables, and may not stay there.
struct MeddlingTests {
    let scratch: ScratchDirectory
    let path: String

    init() throws {
        scratch = try ScratchDirectory()
        path = scratch.file("a.db")
        _ = try Store.open(path, now: start)
    }

    private func add(_ sql: String) throws { try Connection(path: path, .readWrite).script(sql) }

    @Test(arguments: [
        (
            "CREATE TABLE audit(a); CREATE TRIGGER audited AFTER UPDATE ON Deliveries BEGIN INSERT INTO audit VALUES (1); END",
            "trigger audited on deliveries", "DROP TRIGGER \"audited\""
        ),
        (
            "CREATE TRIGGER \"a \"\"b\"\"\" BEFORE INSERT ON contacts BEGIN SELECT raise(IGNORE); END",
            "trigger a \"b\" on contacts", "DROP TRIGGER \"a \"\"b\"\"\""
        ),
        (
            "CREATE UNIQUE INDEX one_name ON contacts(name)", "unique index one_name on contacts",
            "DROP INDEX \"one_name\""
        ),
        (
            "CREATE INDEX answers ON DELIVERIES(json_extract(answer, '$.id'))",
            "index answers on deliveries", "DROP INDEX \"answers\""
        ),
        (
            "CREATE UNIQUE INDEX one_name ON contacts(name); CREATE TRIGGER t AFTER DELETE ON marks BEGIN SELECT 1; END",
            "unique index one_name on contacts, trigger t on marks",
            "DROP INDEX \"one_name\"; DROP TRIGGER \"t\""
        ),
    ])
    func `what meddles with our tables is refused by name until it is taken away`(
        sql: String, title: String, removal: String
    ) async throws {
        try add(sql)
        for open in [{ try Store.open($0, now: start) }, { try Store.openReadOnly($0) }]
            as [(String) throws -> Store]
        {
            let error = #expect(throws: StoreError.self) { try open(path) }
            #expect(error?.code == .altered && error?.path == path)
            #expect(error?.message.contains(title + ";") == true)
            #expect(error?.message.hasSuffix("with sqlite3: " + removal) == true)
        }
        let backup = try Restoration(of: path)
        try add("PRAGMA journal_mode = DELETE")
        let error = #expect(throws: StoreError.self) {
            try backup.restore(to: scratch.file("c.db"), now: start)
        }
        #expect(error?.code == .altered && error?.path == path)
        try add(removal)
        #expect(try await Store.open(path, now: start).announcements().isEmpty)
    }

    /// SQLite gives nobody such a name; a file may hold it all the same.
    @Test func `a trigger under a name of SQLite's own is seen`() async throws {
        try add("CREATE TRIGGER xqlite_t AFTER INSERT ON contacts BEGIN DELETE FROM contacts; END")
        try add("PRAGMA journal_mode = DELETE")
        var bytes = try #require(FileManager.default.contents(atPath: path))
        while let range = bytes.firstRange(of: Data("xqlite_t".utf8)) {
            bytes.replaceSubrange(range, with: Data("sqlite_t".utf8))
        }
        try bytes.write(to: URL(filePath: path))
        let error = #expect(throws: StoreError.self) { try Store.open(path, now: start) }
        #expect(error?.code == .altered)
        #expect(error?.message.contains("trigger sqlite_t on contacts") == true)
    }

    @Test func `a check of somebody else's takes no more memory than a store needs`() throws {
        try add("CREATE TABLE big(a, CHECK (length(hex(zeroblob(a))) >= 0)); INSERT INTO big VALUES (1)")
        let error = #expect(throws: StoreError.self) { try add("UPDATE big SET a = 200000000") }
        #expect(error?.message.contains("too big") == true)
    }

    @Test func `columns that somebody has added are named with what takes them away`() async throws {
        try add(
            "ALTER TABLE contacts ADD COLUMN colour TEXT; ALTER TABLE contacts ADD COLUMN size INTEGER DEFAULT 3"
        )
        try add("ALTER TABLE marks ADD COLUMN note TEXT")
        let error = #expect(throws: StoreError.self) { try Store.open(path, now: start) }
        #expect(error?.code == .altered)
        let removal = try #require(error?.message.components(separatedBy: "with sqlite3: ").last)
        #expect(
            Set(removal.components(separatedBy: "; ")) == [
                "ALTER TABLE contacts DROP COLUMN colour", "ALTER TABLE contacts DROP COLUMN size",
                "ALTER TABLE marks DROP COLUMN note",
            ])
        try add(removal)
        #expect(try await Store.open(path, now: start).announcements().isEmpty)
    }

    @Test(arguments: [
        ("CREATE INDEX i ON contacts(name)", false),
        ("CREATE INDEX i ON contacts(name COLLATE nocase, email DESC)", false),
        ("CREATE INDEX i ON contacts(name COLLATE \"RTRIM\") WHERE email IS NOT NULL", false),
        ("CREATE INDEX i ON contacts(lower ( trim(name) ), length(tags) + (revision + 1))", false),
        ("CREATE INDEX \"json(\" ON contacts(name)", true),
        ("CREATE INDEX \"regexp\" ON contacts(name)", false),
        ("CREATE INDEX i ON contacts(\n  name -- of a person (as given)\n)", false),
        (
            "CREATE INDEX i ON contacts(name) WHERE locale IN ('it') OR (locale = 'en' AND NOT (name = ''))",
            false
        ),
        ("CREATE UNIQUE INDEX i ON contacts(name)", true),
        ("CREATE INDEX i ON contacts(name COLLATE icu)", true),
        ("CREATE INDEX i ON contacts(name collate\n\"icu\")", true),
        ("CREATE INDEX i ON contacts(json(attributes))", true),
        ("CREATE INDEX i ON contacts(lower(json (attributes)))", true),
        ("CREATE INDEX i ON contacts(\"abs\"(revision))", true),
        ("CREATE INDEX i ON contacts(abs/**/(revision))", true),
        ("CREATE INDEX i ON contacts(name, abs(revision))", true),
        ("CREATE INDEX i ON contacts(attributes->>'$.a')", true),
        ("CREATE INDEX i ON contacts(name) WHERE name REGEXP 'a'", true),
        ("CREATE INDEX i ON contacts((name LIKE 'a%' ESCAPE timezone))", true),
        ("CREATE INDEX i ON contacts(name) WHERE name GLOB tags", true),
        ("CREATE INDEX i ON contacts(name) WHERE date(consent_date) IS NOT NULL", true),
    ])
    func `an index on our tables is let be when it cannot fail`(sql: String, meddles: Bool) {
        #expect(SchemaPart("index", "i", on: "contacts", sql).meddles == meddles)
    }
}
