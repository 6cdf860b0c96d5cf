import Broadcast
import Foundation
import Storage
import Synchronization
import Templating

/// The announcements that may be sent, each compiled once for all lanes; what is not among them is not claimed.
final class Editions: Sendable {
    /// An announcement that cannot be made ready.
    struct Problem {
        let announcement: Announcement.ID
        let why: String
    }

    private let store: Store
    /// The channels as this process has read them.
    private let channels: [ChannelFacts]
    private let known = Mutex<[Announcement.ID: Edition]>([:])

    init(store: Store, over channels: [ChannelFacts] = []) {
        self.store = store
        self.channels = channels
    }

    /// The announcement, if ``prepare(_:)`` has made it ready.
    subscript(id: Announcement.ID) -> Edition? { known.withLock { $0[id] } }

    /// Every announcement that has been made ready.
    var all: [Edition] { known.withLock { Array($0.values) } }

    /// By announcement, the channels that another process knows better.
    var beyond: [Announcement.ID: Set<ChannelName>] {
        known.withLock { $0.mapValues(\.beyond).filter { !$0.value.isEmpty } }
    }

    /// Reads and compiles what is not ready yet, away from the network's thread; returns what cannot be.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    @concurrent
    func prepare(_ ids: Set<Announcement.ID>) async throws(StoreError) -> [Problem] {
        var problems: [Problem] = []
        for id in ids where self[id] == nil {
            do throws(StoreError) {
                if let problem = try await prepare(id) { problems.append(problem) }
            } catch {
                // One announcement that a later version froze must not keep all others from being sent.
                guard error.code == .corrupt else { throw error }
                problems.append(Problem(announcement: id, why: error.message))
            }
        }
        return problems
    }

    private func prepare(_ id: Announcement.ID) async throws(StoreError) -> Problem? {
        let announcement = try await store.wholeAnnouncement(id)
        let record = try await EditionRecord(of: announcement, in: store, over: channels)
        do throws(TemplateProblems) {
            let edition = try Edition(announcement, after: record)
            known.withLock { $0[id] = $0[id] ?? edition }
            return nil
        } catch {
            return Problem(announcement: id, why: "its template no longer compiles: \(error)")
        }
    }

    /// Withdraws all but `open`, and returns what that was: of what is in hand nothing leaves that has not begun to.
    func withdraw(allBut open: Set<Announcement.ID>) -> Set<Announcement.ID> {
        let gone = known.withLock { Set($0.keys) }.subtracting(open)
        for id in gone { withdraw(id) }
        return gone
    }

    /// Withdraws one, which is read anew when it may be sent again.
    func withdraw(_ id: Announcement.ID) { known.withLock { $0.removeValue(forKey: id) }?.withdraw() }

    // MARK: Claiming

    /// What one claim may take of each announcement, and from where it takes it.
    struct Reservation {
        fileprivate let editions: [Announcement.ID: Edition]
        /// At most so many of each; of others none.
        let caps: [Announcement.ID: Int]

        /// Gives back what was reserved and not claimed.
        func release(but claimed: [ClaimedDelivery]) {
            var left = caps
            for delivery in claimed { left[delivery.announcement]? -= 1 }
            for (id, count) in left where count > 0 { editions[id]?.release(count) }
        }

        /// Where `delivery` was claimed from.
        func edition(of delivery: ClaimedDelivery) -> Edition? { editions[delivery.announcement] }
    }

    /// Reserves up to `limit` of each announcement over `channel`, as far as its brake allows.
    func reserve(_ limit: Int, over channel: ChannelName) -> Reservation {
        let editions = known.withLock { $0 }
        return Reservation(editions: editions, caps: editions.mapValues { $0.reserve(limit, over: channel) })
    }
}
