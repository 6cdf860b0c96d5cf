import Broadcast
import Foundation
import Storage
import Synchronization
import Templating

/// The announcements that are being sent, each compiled once for all lanes.
final class Editions: Sendable {
    private let store: Store
    private let known = Mutex<[Announcement.ID: Edition]>([:])

    init(store: Store) { self.store = store }

    /// The announcement, if ``prepare(_:)`` has made it ready.
    subscript(id: Announcement.ID) -> Edition? { known.withLock { $0[id] } }

    /// Reads and compiles what is not ready yet, away from the network's thread.
    ///
    /// - Throws: a ``StoreError`` when an announcement cannot be read, or was frozen by a version we cannot follow.
    @concurrent
    func prepare(_ ids: Set<Announcement.ID>) async throws(StoreError) {
        for id in ids where self[id] == nil {
            let announcement = try await store.announcement(id)
            let counts = try await store.progress(id).channels.values
            do throws(TemplateProblems) {
                let edition = try Edition(announcement, counts: Array(counts))
                known.withLock { $0[id] = $0[id] ?? edition }
            } catch {
                throw StoreError(
                    .corrupt, path: store.path, "holds \(id), whose template no longer compiles: \(error)")
            }
        }
    }

    /// Every announcement that has been made ready.
    var all: [Edition] { known.withLock { Array($0.values) } }

    /// Forgets what is over.
    func forget(allBut open: Set<Announcement.ID>) {
        known.withLock { $0 = $0.filter { open.contains($0.key) } }
    }

    // MARK: Bulk

    /// Reserves up to `limit` of each bulk announcement, as far as its brake allows.
    func reserve(_ limit: Int) -> [Announcement.ID: Int] {
        known.withLock { $0.compactMapValues { $0.reserve(limit) } }
    }

    /// Gives back what was reserved and not claimed.
    func release(_ reserved: [Announcement.ID: Int], but claimed: [ClaimedDelivery]) {
        if reserved.isEmpty { return }
        var left = reserved
        for delivery in claimed { left[delivery.announcement]? -= 1 }
        for (id, count) in left { self[id]?.release(count) }
    }
}
