import Broadcast
import Foundation
import TestPeers
import Testing

@testable import Storage

struct BackupTests {
    let scratch: ScratchDirectory
    let path: String

    init() throws {
        scratch = try ScratchDirectory()
        path = scratch.file("a.db")
    }

    private func filled() async throws -> Store {
        let store = try Store.open(path, now: start)
        try await store.seed((1...300).map(String.init))
        try await store.planned((1...300).map { .sample(String($0)) })
        // SQLite 3.40 reports NULLs in such a table when its key is declared in another order than its columns.
        try await store.suppress(email: "1@example.org")
        try await store.suppress(email: "2@example.org", .marketing, proposed: true)
        return store
    }

    private var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted() }
    }

    @Test func `a backup holds everything, says so, and is private whatever the umask`() async throws {
        let store = try await filled()
        let file = scratch.file("b.backup")
        let contents = try await store.backUp(to: file, now: start)
        #expect(contents.contacts == 300 && contents.announcements == 1 && contents.openDeliveries == 300)
        #expect(contents.copiedAt == start)
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let copy = try Store.openReadOnly(file)
        #expect(copy.secret == store.secret)
        #expect(copy.copy == nil ? false : copy.copy?.copiedAt == start)
        #expect(try await copy.states() == store.states())
        #expect(try await copy.miscounts() == [])
        #expect(try await copy.lines("PRAGMA integrity_check") == ["ok"])
        #expect(try await store.lines("PRAGMA integrity_check") == ["ok"])
        #expect(!(try names.contains { $0.contains("partial") }))
    }

    @Test func `a backup made while another process writes is one moment of the store`() async throws {
        let store = try await filled()
        let token = try await store.lead()
        let other = try Store.openReadOnly(path)
        let sending = Task {
            while true {
                let claimed = try await store.send(.email, limit: 7, token: token, now: start)
                if claimed.isEmpty { return }
                let outcomes = claimed.map { Broadcast.Outcome($0.id, .accepted(providerID: nil)) }
                _ = try await store.settle(outcomes, token: token, now: start)
            }
        }
        for turn in 0..<10 {
            _ = try await other.backUp(to: scratch.file("\(turn)"), now: start)
            let copy = try Store.openReadOnly(scratch.file("\(turn)"))
            #expect(try await copy.miscounts() == [])
            #expect(try await copy.report(Announcement.ID(valid: "outage")).contacts.selected == 300)
        }
        try await sending.value
    }

    @Test func `a file that stands is left alone, or replaced when that is said`() async throws {
        let store = try await filled()
        let file = scratch.file("b")
        try Data("precious".utf8).write(to: URL(filePath: file))
        let error = await #expect(throws: StoreError.self) { try await store.backUp(to: file, now: start) }
        #expect(error?.code == .fileExists && error?.path == file)
        #expect(FileManager.default.contents(atPath: file) == Data("precious".utf8))
        let foreign = await #expect(throws: StoreError.self) {
            try await store.backUp(to: file, replacing: true, now: start)
        }
        #expect(foreign?.code == .fileExists && foreign?.message.contains("is no backup") == true)
        #expect(FileManager.default.contents(atPath: file) == Data("precious".utf8))
        try FileManager.default.removeItem(atPath: file)
        for _ in 0..<2 { _ = try await store.backUp(to: file, replacing: true, now: start) }
        #expect(try Store.openReadOnly(file).secret == store.secret)
        let folder = await #expect(throws: StoreError.self) {
            try await store.backUp(to: scratch.path, replacing: true, now: start)
        }
        #expect(folder?.message.contains("is no file") == true)
        let nowhere = await #expect(throws: StoreError.self) {
            try await store.backUp(to: scratch.file("none/b"), now: start)
        }
        #expect(nowhere?.code == .directoryMissing && nowhere?.path.hasSuffix("none/b") == true)
    }

    /// How a store stands where the backup is to be.
    enum Other: CaseIterable { case open, closed, served, restored, encrypted }

    @Test(arguments: Other.allCases)
    func `only a backup loses its name to the next one`(kind: Other) async throws {
        let store = try await filled()
        let file = scratch.file("b")
        var held: [Any] = []
        switch kind {
        case .open: held.append(try Store.open(file, now: start))
        case .closed: _ = try Store.open(file, now: start)
        case .served:
            // A backup that somebody works with.
            _ = try await store.backUp(to: file, now: start)
            held.append(try #require(try StoreLock.take(for: file)))
        case .restored:
            _ = try await store.backUp(to: scratch.file("c"), now: start)
            _ = try Restoration(of: scratch.file("c")).restore(to: file, now: start)
        case .encrypted: _ = try await store.backUp(to: file, passphrase: "correct horse", now: start)
        }
        let before = FileManager.default.contents(atPath: file)
        let error = await #expect(throws: StoreError.self) {
            try await store.backUp(to: file, replacing: true, now: start)
        }
        let told = kind == .encrypted ? "is encrypted: give its passphrase" : "is a store, not a backup"
        #expect(error?.code == .fileExists && error?.path == file)
        #expect(error?.message.contains(told) == true, "\(error?.message ?? "")")
        #expect(FileManager.default.contents(atPath: file) == before)
        #expect(!(try names.contains { $0.contains("partial") }))
        withExtendedLifetime(held) {}
    }

    @Test func `a backup of a restored store is a backup`() async throws {
        _ = try await filled().backUp(to: scratch.file("b"), now: start)
        _ = try Restoration(of: scratch.file("b")).restore(to: scratch.file("c.db"), now: start)
        let restored = try Store.openReadOnly(scratch.file("c.db"))
        for _ in 0..<2 {
            _ = try await restored.backUp(to: scratch.file("c"), replacing: true, now: start)
        }
        #expect(try Store.openReadOnly(scratch.file("c")).copy?.copiedAt == start)
    }

    @Test(arguments: ["-backup", "-plain", ".plain-1", ".partial-1"])
    func `a backup under a passphrase may be called as the store and more`(suffix: String) async throws {
        let store = try await filled()
        let file = path + suffix
        for _ in 0..<2 {
            _ = try await store.backUp(to: file, passphrase: "correct horse", replacing: true, now: start)
            #expect(try Restoration(of: file).isSealed)
        }
        let known = Set(["", "-wal", "-shm", suffix].map { path + $0 })
        let present = try FileManager.default.contentsOfDirectory(atPath: scratch.path).map(scratch.file)
        #expect(Set(present).subtracting(known) == [])
    }

    @Test(arguments: ["", "-wal", "-shm", ".lock"])
    func `a backup never takes the place of the store it is of`(suffix: String) async throws {
        let store = try await filled()
        _ = try await store.lead()
        let link = scratch.file("link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path + suffix)
        for name in [path + suffix, link] {
            let error = await #expect(throws: StoreError.self) {
                try await store.backUp(to: name, replacing: true, now: start)
            }
            #expect(error?.code == .fileExists && error?.message.contains("the store itself") == true)
        }
    }

    @Test func `a failed backup leaves the one before it, and nothing beside it`() async throws {
        let store = try await filled()
        let file = scratch.file("b")
        _ = try await store.backUp(to: file, now: start)
        let before = FileManager.default.contents(atPath: file)
        // A page of the table is torn: looking the copy through must not let it pass.
        try await store.run("PRAGMA wal_checkpoint(TRUNCATE)")
        let root = try await store.number("SELECT rootpage FROM sqlite_schema WHERE name = 'contacts'")
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        try handle.seek(toOffset: UInt64(root - 1) * 4096)
        try handle.write(contentsOf: Data(repeating: 0xEE, count: 4096))
        let torn = try Store.openReadOnly(path)
        let error = await #expect(throws: StoreError.self) {
            try await torn.backUp(to: file, replacing: true, now: start)
        }
        #expect(error?.code == .corrupt)
        #expect(FileManager.default.contents(atPath: file) == before)
        #expect(!(try names.contains { $0.contains("partial") }))
    }

    @Test func `what a killed backup left behind goes with the next one`() async throws {
        let store = try await filled()
        // No process has such a number.
        let left = ["b.partial-99999999", "b.partial-99999999-journal"]
        let others = ["b.partial-", "b.partial-x", "c.partial-99999999", "b.partial-1"]
        for name in left + others { try Data().write(to: URL(filePath: scratch.file(name))) }
        _ = try await store.backUp(to: scratch.file("b"), now: start)
        let names = try names
        #expect(others.allSatisfy(names.contains))
        #expect(!left.contains(where: names.contains))
    }

    @Test func `a backup of a copy parted from the original when the copy did`() async throws {
        _ = try await filled().backUp(to: scratch.file("b"), now: start)
        let copy = try Store.openReadOnly(scratch.file("b"))
        let contents = try await copy.backUp(to: scratch.file("c"), now: start + 3600)
        #expect(contents.copiedAt == start)
    }
}
