import Broadcast
import Foundation
import TestPeers
import Testing

@testable import Storage

struct OpeningTests {
    let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    @Test func `a store is made private, with its side files, and keeps its secret`() async throws {
        let path = scratch.file("a.db")
        let store = try Store.open(path, now: start)
        _ = try await store.lead()
        #expect(store.secret.count == 32)
        for name in [path, path + "-wal", path + "-shm", path + ".lock"] {
            let mode = try FileManager.default.attributesOfItem(atPath: name)[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(name)")
        }
        let again = try Store.open(path, now: start)
        #expect(again.secret == store.secret)
        let other = try Store.inMemory(now: start)
        #expect(other.secret != store.secret)
    }

    @Test func `every commit is synced and deleted bytes are overwritten`() async throws {
        let store = try Store.open(scratch.file("a.db"), now: start)
        #expect(try await store.number("PRAGMA synchronous") == 2)
        #expect(try await store.number("PRAGMA secure_delete") == 1)
        #expect(try await store.lines("PRAGMA journal_mode") == ["wal"])
    }

    @Test func `an empty file becomes a store`() throws {
        let path = scratch.file("a.db")
        try Data().write(to: URL(fileURLWithPath: path))
        _ = try Store.open(path, now: start)
        #expect(try Store.openReadOnly(path).isReadOnly)
    }

    /// A file that must not be touched.
    struct Foreign: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var code: StoreError.Code
        var make: @Sendable (String) throws -> Void
    }

    static let foreign = [
        Foreign(testDescription: "text", code: .notOurs) { path in
            try Data(String(repeating: "id,name\n", count: 1000).utf8).write(to: URL(fileURLWithPath: path))
        },
        Foreign(testDescription: "a few bytes", code: .notOurs) { path in
            try Data("id,name\n".utf8).write(to: URL(fileURLWithPath: path))
        },
        Foreign(testDescription: "another program's database", code: .notOurs) { path in
            let other = try Connection(path: path, .readWrite)
            try other.script("CREATE TABLE secrets(a); INSERT INTO secrets VALUES (1);")
        },
        Foreign(testDescription: "another application id", code: .notOurs) { path in
            let other = try Connection(path: path, .readWrite)
            try other.script("PRAGMA application_id = 252006674; PRAGMA user_version = 1;")
        },
        Foreign(testDescription: "a newer store", code: .newer) { path in
            _ = try Store.open(path, now: start)
            let newer = try Connection(path: path, .readWrite)
            try newer.script("PRAGMA user_version = 99; PRAGMA journal_mode = DELETE;")
        },
        older("without a column", "ALTER TABLE marks DROP COLUMN until"),
        older("without a table that we have", "DROP TABLE outside"),
        older("without facts about itself", "DROP TABLE meta"),
        older("without a trigger", "DROP TRIGGER contacts_keep_revision"),
        older(
            "whose index covers other rows",
            "DROP INDEX deliveries_stranded; CREATE INDEX deliveries_stranded ON deliveries(announcement)"),
        changed(
            "with a trigger", .altered,
            "CREATE TRIGGER one AFTER DELETE ON marks BEGIN DELETE FROM health; END"),
        changed("that allows less", .altered, "CREATE UNIQUE INDEX names ON contacts(name)"),
        Foreign(testDescription: "a store with its middle torn", code: .corrupt) { path in
            do {
                _ = try Store.open(path, now: start)
                try Connection(path: path, .readWrite).script("PRAGMA journal_mode = DELETE;")
            }
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            bytes.replaceSubrange(4096..<bytes.count, with: Data(repeating: 0xEE, count: bytes.count - 4096))
            try bytes.write(to: URL(fileURLWithPath: path))
        },
    ]

    private static func older(_ description: String, _ change: String) -> Foreign {
        changed(description, .older, change)
    }

    private static func changed(_ description: String, _ code: StoreError.Code, _ change: String) -> Foreign {
        Foreign(testDescription: "a store " + description, code: code) { path in
            _ = try Store.open(path, now: start)
            try Connection(path: path, .readWrite).script("\(change); PRAGMA journal_mode = DELETE;")
        }
    }

    @Test(arguments: foreign)
    func `what is not a sound store of ours is refused by name and left as it was`(file: Foreign) throws {
        let path = scratch.file("a.db")
        try file.make(path)
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        let error = #expect(throws: StoreError.self) { try Store.open(path, now: start) }
        #expect(error?.code == file.code)
        #expect(error?.description.hasPrefix(path + ": ") == true)
        #expect(error?.description.contains("\n") == false)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test(arguments: [
        ("ALTER TABLE marks DROP COLUMN until", "(another table marks)"),
        (
            "DROP TABLE outside; DROP INDEX deliveries_stranded",
            "(no table outside, no index deliveries_stranded)"
        ),
        ("DROP TRIGGER contacts_keep_revision", "(no trigger contacts_keep_revision)"),
        (
            "DROP TABLE contacts; CREATE VIEW contacts AS SELECT 1",
            "(no table contacts, no index contacts_email, no trigger contacts_keep_revision, …)"
        ),
    ])
    func `a store of other tables is told with what is not as it should be`(change: String, named: String)
        throws
    {
        let path = scratch.file("a.db")
        _ = try Store.open(path, now: start)
        try Connection(path: path, .readWrite).script(change)
        let error = #expect(throws: StoreError.self) { try Store.open(path, now: start) }
        #expect(error?.code == .older && error?.message.contains(named) == true, "\(error?.message ?? "")")
    }

    @Test func `a store is known by its tables, not by how they were written down`() async throws {
        let path = scratch.file("a.db")
        let bare = Schema.script.split(separator: "\n").map { $0.prefix { $0 != "-" } }
        #expect(bare.joined(separator: "\n") != Schema.script)
        do {
            let other = try Connection(path: path, .readWrite)
            try other.script(
                """
                \(bare.joined(separator: "\n   "))
                INSERT INTO meta VALUES ('secret', randomblob(32));
                PRAGMA application_id = \(Schema.applicationID); PRAGMA user_version = \(Schema.version);
                """)
        }
        let store = try Store.open(path, now: start)
        try await store.mark(Mark(.channel, "sms", why: "", who: "", since: start, until: nil))
        #expect(try await store.marks(at: start).count == 1)
    }

    @Test(arguments: [
        ("missing/a.db", StoreError.Code.directoryMissing), ("", .cannotOpen),
    ])
    func `a store that cannot be made says why`(path: String, code: StoreError.Code) {
        let error = #expect(throws: StoreError.self) {
            try Store.open(scratch.file(path), now: start)
        }
        #expect(error?.code == code)
    }

    @Test func `reading does not make a store`() {
        let path = scratch.file("a.db")
        let error = #expect(throws: StoreError.self) { try Store.openReadOnly(path) }
        #expect(error?.code == .missing)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `a store opened for reading refuses to write`() async throws {
        let path = scratch.file("a.db")
        let store = try Store.open(path, now: start)
        let reader = try Store.openReadOnly(path)
        #expect(try await reader.announcements().isEmpty)
        let error = await #expect(throws: StoreError.self) {
            try await reader.mark(Mark(.channel, "sms", why: "", who: "", since: start, until: nil))
        }
        #expect(error?.code == .readOnly)
        #expect(try await store.marks(at: start).isEmpty)
    }

    @Test func `a store is read where its side files cannot be made`()
        async throws
    {
        let path = scratch.file("50% of ü?#.db")
        func make() async throws {
            let store = try Store.open(path, now: start)
            try await store.mark(Mark(.channel, "sms", why: "", who: "", since: start, until: nil))
        }
        try await make()
        // Stands in the way of the shared memory file, for root as well.
        try FileManager.default.createDirectory(atPath: path + "-shm", withIntermediateDirectories: false)
        #expect(try await Store.openReadOnly(path).marks(at: start).count == 1)
    }

    @Test func `a full disk is told, loses nothing committed, and can be outlived`() async throws {
        let store = try Store.open(scratch.file("a.db"), now: start)
        try await store.seed(["1"])
        let pages = try await store.number("PRAGMA page_count")
        try await store.run("PRAGMA max_page_count = \(pages)")
        let many = (2...2000).map(String.init)
        let error = await #expect(throws: StoreError.self) { try await store.seed(many) }
        #expect(error?.code == .diskFull)
        #expect(try await store.number("SELECT count(*) FROM contacts") == 1)
        try await store.run("PRAGMA max_page_count = 1000000")
        try await store.seed(many)
        #expect(try await store.number("SELECT count(*) FROM contacts") == 2000)
    }

    @Test func `a write that fails half way leaves nothing`() async throws {
        let store = try Store.inMemory(now: start)
        await #expect(throws: StoreError.self) { try await store.seed(["1", "2", "1"]) }
        #expect(try await store.number("SELECT count(*) FROM contacts") == 0)
        try await store.seed(["1"])
    }

    /// What SQLite and the system said, and what it means.
    ///
    /// Source: https://www.sqlite.org/rescode.html, asm-generic/errno-base.h (2026-11).
    @Test(arguments: [
        (13, 0, StoreError.Code.diskFull), (778, 28, .diskFull), (778, 5, .ioFailed), (1034, 28, .ioFailed),
        (1034, 5, .ioFailed), (1290, 28, .ioFailed), (4874, 28, .diskFull), (5, 0, .busy), (517, 0, .busy),
        (17, 0, .busy),
        (6, 0, .busy), (15, 0, .busy), (8, 0, .readOnly), (1032, 0, .readOnly), (11, 0, .corrupt),
        (779, 0, .corrupt),
        (26, 0, .notOurs), (14, 13, .cannotOpen), (14, 28, .diskFull), (14, 30, .readOnly),
        (778, 30, .ioFailed),
        (19, 0, .statementInvalid),
        (1, 0, .statementInvalid), (7, 0, .statementInvalid),
    ])
    func `a result of SQLite has one meaning`(result: Int32, errno: Int32, code: StoreError.Code) {
        let error = StoreError(result: result, errno: errno, text: "text", path: "/a.db")
        #expect(error.code == code)
        #expect(!error.message.contains("\n"))
    }
}
