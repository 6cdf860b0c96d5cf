import Foundation
import Testing

@testable import Storage

struct OpeningTests {
    let scratch: ScratchDirectory
    let now = Date(timeIntervalSince1970: 1_800_000_000)

    init() throws { scratch = try ScratchDirectory() }

    @Test func `a store is made private, with its side files, and keeps its secret`() async throws {
        let path = scratch.file("a.db")
        let store = try Store.open(path, now: now)
        #expect(store.secret.count == 32)
        for name in [path, path + "-wal", path + "-shm"] {
            let mode = try FileManager.default.attributesOfItem(atPath: name)[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(name)")
        }
        let again = try Store.open(path, now: now)
        #expect(again.secret == store.secret)
        let other = try Store.inMemory(now: now)
        #expect(other.secret != store.secret)
    }
}
