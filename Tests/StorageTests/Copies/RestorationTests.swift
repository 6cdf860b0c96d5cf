import Broadcast
import Foundation
import TestPeers
import Testing

@testable import Storage

struct RestorationTests {
    let scratch: ScratchDirectory
    let path: String
    let backup: String

    init() async throws {
        scratch = try ScratchDirectory()
        path = scratch.file("a.db")
        backup = scratch.file("b")
        let store = try Store.open(path, now: start)
        try await store.seed(["1"])
        try await store.planned([.sample("1")])
        _ = try await store.backUp(to: backup, now: start)
        try await store.seed(["2"])
    }

    private func restore(
        to target: String? = nil, replacing: Bool = false, passphrase: String? = nil
    ) throws -> Restoration.Result {
        try Restoration(of: backup).restore(
            to: target ?? path, passphrase: passphrase, replacing: replacing, now: start + 60)
    }

    private var leftovers: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: scratch.path).filter {
                $0.contains("partial")
            }
        }
    }

    @Test func `a restored store knows that it is one, is private, and sends once it is adopted`()
        async throws
    {
        let target = scratch.file("c.db")
        let result = try restore(to: target)
        #expect(result.contents.contacts == 1 && result.contents.openDeliveries == 1 && result.aside == nil)
        let mode = try FileManager.default.attributesOfItem(atPath: target)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let store = try Store.open(target, now: start)
        #expect(store.copy?.restoredAt == start + 60 && store.copy?.copiedAt == start)
        #expect(store.copy?.title(in: .gmt) == "restored from a backup made 2027-01-15 08:00:00 UTC")
        let error = await #expect(throws: StoreError.self) { try await store.lead() }
        #expect(error?.code == .unadopted)
        try await store.adopt(now: start)
        _ = try await store.lead()
        #expect(try Store.open(target, now: start).copy == nil)
        #expect(try leftovers == [])
    }

    @Test func `a store that stands is kept, or put aside whole when that is said`() async throws {
        let refused = #expect(throws: StoreError.self) { try restore() }
        #expect(refused?.code == .fileExists)
        #expect(try await Store.open(path, now: start).number("SELECT count(*) FROM contacts") == 2)

        let result = try restore(replacing: true)
        let aside = try #require(result.aside)
        #expect(aside.hasPrefix(path + ".replaced-"))
        #expect(try await Store.openReadOnly(path).number("SELECT count(*) FROM contacts") == 1)
        // The original under another name is still the original.
        let original = try Store.open(aside, now: start)
        #expect(original.copy == nil)
        #expect(try await original.number("SELECT count(*) FROM contacts") == 2)
        #expect(try leftovers == [])
    }

    @Test func `nothing takes the place of a store that somebody works with`() async throws {
        let user = try Store.open(path, now: start)
        let error = #expect(throws: StoreError.self) { try restore(replacing: true) }
        #expect(error?.code == .inUse)
        _ = try await user.lead()
        let dispatching = #expect(throws: StoreError.self) { try restore(replacing: true) }
        #expect(dispatching?.code == .inUse)
        try await user.seed(["3"])
        #expect(try await user.number("SELECT count(*) FROM contacts") == 3)
        #expect(try leftovers == [])
    }

    @Test func `who opened the store before it was replaced writes into neither`() async throws {
        let old = try Connection(path: path, .readWrite)
        // Open, and not yet looked at: no lock is held that could be seen.
        _ = try restore(replacing: true)
        let error = #expect(throws: StoreError.self) {
            try old.script(
                "PRAGMA journal_mode = WAL; INSERT INTO contacts(id, created_at, updated_at) VALUES('9', 0, 0)"
            )
        }
        #expect(error?.code == .readOnly)
        #expect(try await Store.openReadOnly(path).number("SELECT count(*) FROM contacts") == 1)
    }

    @Test func `a damaged store gives way, and its log goes along`() async throws {
        try Data("no store at all".utf8).write(to: URL(filePath: path))
        try Data("its log".utf8).write(to: URL(filePath: path + "-wal"))
        let aside = try #require(try restore(replacing: true).aside)
        #expect(FileManager.default.contents(atPath: aside) == Data("no store at all".utf8))
        #expect(FileManager.default.contents(atPath: aside + "-wal") == Data("its log".utf8))
        let store = try Store.open(path, now: start)
        #expect(try await store.number("SELECT count(*) FROM contacts") == 1)
        #expect(try await store.lines("PRAGMA integrity_check") == ["ok"])
    }

    @Test func `what cannot be put aside stays where it is, with its log`() async throws {
        // Its new name is the longest that there can be, and its log's would be longer.
        let path = scratch.file(String(repeating: "a", count: 255 - ".replaced-20270115-080100".count))
        try Data("no store at all".utf8).write(to: URL(filePath: path))
        try Data("its log".utf8).write(to: URL(filePath: path + "-wal"))
        let error = #expect(throws: StoreError.self) { try restore(to: path, replacing: true) }
        #expect(error?.path == path + ".replaced-20270115-080100-wal")
        #expect(FileManager.default.contents(atPath: path) == Data("no store at all".utf8))
        #expect(FileManager.default.contents(atPath: path + "-wal") == Data("its log".utf8))
        #expect(!FileManager.default.fileExists(atPath: path + ".replaced-20270115-080100"))
        #expect(try leftovers == [])
    }

    @Test func `stores that are replaced within one second are all kept, and take no other's log`() throws {
        let name = path + ".replaced-20270115-080100"
        #expect(try restore(replacing: true).aside == name)
        #expect(try restore(replacing: true).aside == name + "-2")
        // Taken by the log alone of another.
        try Data("a log".utf8).write(to: URL(filePath: name + "-3-wal"))
        #expect(try restore(replacing: true).aside == name + "-4")
        for file in [path, name, name + "-2", name + "-4"] {
            #expect(FileManager.default.fileExists(atPath: file), "\(file)")
        }
    }

    @Test func `a log that lies where no store is does not get into the restored one`() async throws {
        let target = scratch.file("c.db")
        do {
            let other = try Store.open(target, now: start)
            try await other.seed(["7", "8", "9"])
            try FileManager.default.copyItem(atPath: target + "-wal", toPath: target + "-kept")
        }
        try FileManager.default.removeItem(atPath: target)
        try FileManager.default.moveItem(atPath: target + "-kept", toPath: target + "-wal")
        _ = try restore(to: target)
        let store = try Store.open(target, now: start)
        #expect(try await store.lines("SELECT id FROM contacts") == ["1"])
        #expect(try await store.lines("PRAGMA integrity_check") == ["ok"])
    }

    @Test func `a store of ours is a backup too, if all of it lies in the file`() async throws {
        let copy = scratch.file("copy.db")
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        let result = try Restoration(of: copy).restore(to: scratch.file("c.db"), now: start)
        #expect(result.contents.contacts == 2 && result.contents.copiedAt == nil)
        let store = try Store.openReadOnly(scratch.file("c.db"))
        #expect(store.copy?.restoredAt == start && store.copy?.copiedAt == nil)
        try Data("log".utf8).write(to: URL(filePath: copy + "-wal"))
        let error = #expect(throws: StoreError.self) {
            try Restoration(of: copy).restore(to: scratch.file("d.db"), now: start)
        }
        #expect(error?.code == .notBackup && error?.message.contains("log") == true)
    }

    /// What is wrong with a file, and how it is told.
    struct Bad: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var code: StoreError.Code
        var make: @Sendable (String) throws -> Void
    }

    static let bad = [
        Bad(testDescription: "another program's database", code: .notBackup) { path in
            try FileManager.default.removeItem(atPath: path)
            try Connection(path: path, .readWrite).script("CREATE TABLE t(a); INSERT INTO t VALUES (1)")
        },
        Bad(testDescription: "a newer store", code: .newer) { path in
            try Connection(path: path, .readWrite).script("PRAGMA user_version = 99")
        },
        Bad(testDescription: "a store with other tables", code: .older) { path in
            try Connection(path: path, .readWrite).script("ALTER TABLE marks DROP COLUMN until")
        },
        Bad(testDescription: "cut in half", code: .backupDamaged) { path in
            let handle = try FileHandle(forUpdating: URL(filePath: path))
            try handle.truncate(atOffset: try handle.seekToEnd() / 2)
        },
        Bad(testDescription: "torn in the middle", code: .backupDamaged) { path in
            let handle = try FileHandle(forUpdating: URL(filePath: path))
            try handle.seek(toOffset: 3 * 4096)
            try handle.write(contentsOf: Data(repeating: 0xEE, count: 8 * 4096))
        },
    ]

    @Test(arguments: bad)
    func `a bad backup is told by name and changes nothing`(bad: Bad) async throws {
        try bad.make(backup)
        let before = try Data(contentsOf: URL(filePath: path))
        let error = #expect(throws: StoreError.self) { try restore(replacing: true) }
        #expect(error?.code == bad.code && error?.path == backup)
        #expect(error?.description.contains("\n") == false)
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
        #expect(try leftovers == [])
        #expect(try Store.open(path, now: start).copy == nil)
    }
}
