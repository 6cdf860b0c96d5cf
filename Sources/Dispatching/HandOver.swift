import Broadcast
import Foundation
import Storage
import Synchronization

/// How a place goes from a dispatcher to a follower that can send what it cannot.
///
/// A dispatcher writes down what it lacks: what was accepted over channels that somebody else knows better, and channels
/// that fail for a secret of this process. A follower that can send something of that, as far as it knows, offers to,
/// now and then again until it has served; then the dispatcher gives. Others who follow leave the place alone for
/// a while, so that it is that one who takes it, however many wait. Whoever has served offers nothing more unless it
/// was overtaken: two of whom each lacks something do not take turns for ever.
final class HandOver: Sendable {
    /// How long a free place is left to those who can send what the last one could not.
    static let aside = Duration.seconds(1)
    /// How soon one that could not take the place offers again.
    private static let interval = Duration.seconds(5)

    private struct State {
        /// How often somebody had offered when this one began, offered or gave last.
        var known: Int64
        /// The uptime from which it may offer; nil once it has served.
        var offersAt: Duration? = .zero
        /// The channels that it lacked for all announcements when it gave.
        var lacked: Set<ChannelName> = []
        /// Whether another one has been seen to serve.
        var hasFollowed = false
        /// The place that is free, and since when that is known.
        var vacancy: (token: Int64, since: Duration)?
    }

    private let state: Mutex<State>

    /// Of a process that begins when somebody has offered `known` times.
    init(known: Int64) { state = Mutex(State(known: known)) }

    // MARK: Serving

    /// It has become the dispatcher.
    func serves() { state.withLock { $0.offersAt = nil } }

    /// Whether it gives its place away, lacking `lacks`, once somebody has offered `count` times.
    func gives(_ count: Int64, lacking lacks: Set<Lack>) -> Bool {
        state.withLock { state in
            guard !lacks.isEmpty, count > state.known else { return false }
            state.known = count
            state.lacked.formUnion(lacks.filter { $0.announcement == nil }.map(\.channel))
            state.hasFollowed = true
            return true
        }
    }

    /// Another one took its place without being given it.
    func overtaken() { state.withLock { $0.offersAt = .zero } }

    // MARK: Following

    /// Another one serves.
    func follows() { state.withLock { $0.hasFollowed = true } }

    /// Whether another one was seen to serve: whoever has just begun does not wait.
    var hasFollowed: Bool { state.withLock { $0.hasFollowed } }

    /// Whether it may offer at `uptime`.
    func mayOffer(at uptime: Duration) -> Bool {
        state.withLock { $0.offersAt.map { uptime >= $0 } ?? false }
    }

    /// It has offered, as the last of `count` times.
    func offered(as count: Int64, at uptime: Duration) {
        state.withLock { ($0.known, $0.offersAt) = (count, uptime + Self.interval) }
    }

    /// Whether it has found out that it can send nothing over `channel`.
    func hasLacked(_ channel: ChannelName) -> Bool { state.withLock { $0.lacked.contains(channel) } }

    /// Whether it still leaves the place alone that `token` had.
    func standsAside(from token: Int64, at uptime: Duration) -> Bool {
        state.withLock { state in
            if state.vacancy?.token != token { state.vacancy = (token, uptime) }
            return state.vacancy.map { uptime < $0.since + Self.aside } ?? false
        }
    }
}

extension Dispatcher {
    /// Whether a free place is left to others, who may be able to send what the last one could not, and this one cannot.
    func standsAside(_ handOver: HandOver) async throws(StoreError) -> Bool {
        guard handOver.hasFollowed else { return false }
        let last = try await store.lacking()
        guard !last.lacks.isEmpty, try await store.leaseOwner(at: clock.bootTime) == nil else { return false }
        var isLeft = false
        for lack in last.lacks where try await store.isWaiting(lack) {
            if try await canSend(lack, handOver) { return false }
            isLeft = true
        }
        return isLeft && handOver.standsAside(from: last.token, at: clock.now().uptime)
    }

    /// Tells the dispatcher when this one can send something that waits and that one cannot.
    func offer(_ handOver: HandOver) async throws(StoreError) {
        let uptime = clock.now().uptime
        guard handOver.mayOffer(at: uptime) else { return }
        for lack in try await store.lacks(at: clock.bootTime) {
            guard try await store.isWaiting(lack), try await canSend(lack, handOver) else { continue }
            return handOver.offered(as: try await store.offer(), at: uptime)
        }
    }

    private func canSend(_ lack: Lack, _ handOver: HandOver) async throws(StoreError) -> Bool {
        let facts = outlets.map(\.facts).filter { $0.name == lack.channel && $0.missing == nil }
        if facts.isEmpty || handOver.hasLacked(lack.channel) { return false }
        guard let id = lack.announcement else { return true }
        return facts.beyond(among: try await store.settingsSince(of: id), chosen: [lack.channel]).isEmpty
    }
}

extension Chores {
    /// Whether this dispatcher lets a follower take its place now.
    func handsOver(_ handOver: HandOver) async throws(StoreError) -> Bool {
        lacks.isEmpty ? false : handOver.gives(try await store.offers(), lacking: lacks)
    }

    /// What another process may be able to send, and this one cannot.
    var lacking: Set<Lack> {
        get async {
            var lacks = Set(editions.beyond.flatMap { id, channels in channels.map { Lack($0, of: id) } })
            for lane in lanes {
                // Taken over from another one it says nothing of the secret that this one has.
                let breaker = await lane.governor.breaker
                let isRefused = breaker.fault?.code == .credentialsRefused && !breaker.isUntested
                if lane.facts.missing != nil || isRefused { lacks.insert(Lack(lane.facts.name)) }
            }
            return lacks
        }
    }
}
