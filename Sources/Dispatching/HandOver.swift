import Broadcast
import Foundation
import Storage
import Synchronization

/// When a dispatcher lets a follower take its place, because that one can send what this one cannot.
///
/// For what was accepted over channels that somebody else knows better it does so once; for that, and for what waits on
/// channels that fail for a secret of this process, once more whenever somebody new follows. Whoever has served is nobody
/// new: two of whom each lacks something do not take turns for ever.
final class HandOver: Sendable {
    /// How long it leaves the place to others.
    static let aside = Duration.seconds(1)

    private struct State {
        /// How many had come to follow when this one began.
        var known: Int64
        /// How many had at the last hand-over; nil before the first.
        var tried: Int64?
        /// Whether this one has served, or has said that it follows.
        var isKnown = false

        /// Whether somebody has come of whom this one does not know yet what he can send.
        func isMore(_ count: Int64) -> Bool { count > tried ?? known }
    }

    private let state: Mutex<State>

    /// Of a process that begins when `known` have come to follow.
    init(known: Int64) { state = Mutex(State(known: known)) }

    /// Whether to say that this one follows: once, unless it has served.
    var isNews: Bool { state.withLock { !$0.isKnown } }

    /// It has become the dispatcher.
    func serves() { state.withLock { $0.isKnown = true } }

    /// It has said that it follows, as the last of `count`.
    func arrived(as count: Int64) { state.withLock { ($0.known, $0.isKnown) = (count, true) } }

    /// Whether to look for what is beyond this process, once `count` have come to follow.
    func mayGive(_ count: Int64) -> Bool { state.withLock { $0.tried != count } }

    /// Whether to look for what waits for a secret, once `count` have come to follow.
    func mayGiveSecrets(_ count: Int64) -> Bool { state.withLock { $0.isMore(count) } }

    /// It hands over, once `count` have come to follow.
    func gives(_ count: Int64) { state.withLock { $0.tried = count } }
}

extension Chores {
    /// Whether this dispatcher lets a follower take its place now.
    func handsOver(_ handOver: HandOver) async throws(StoreError) -> Bool {
        let beyond = editions.beyond
        let lacking = await lacking
        if beyond.isEmpty, lacking.isEmpty { return false }
        let count = try await store.arrivals()
        let now = dispatcher.clock.now().wall
        var isDue = try await isBeyond(beyond, handOver.mayGive(count), now)
        if !isDue { isDue = try await isLacking(lacking, handOver.mayGiveSecrets(count), now) }
        if isDue { handOver.gives(count) }
        return isDue
    }

    private func isBeyond(
        _ beyond: [Announcement.ID: Set<ChannelName>], _ mayGive: Bool, _ now: Date
    ) async throws(StoreError) -> Bool {
        guard mayGive else { return false }
        for (id, channels) in beyond {
            if try await store.isPressing(id, over: channels, now: now) { return true }
        }
        return false
    }

    private func isLacking(
        _ lacking: Set<ChannelName>, _ mayGive: Bool, _ now: Date
    ) async throws(StoreError) -> Bool {
        guard mayGive, !lacking.isEmpty else { return false }
        return try await store.backlog().contains { channel, backlog in
            lacking.contains(channel) && backlog.nextAt.map { $0 <= now } ?? false
        }
    }

    /// The channels of which another process may have the right secret.
    private var lacking: Set<ChannelName> {
        get async {
            var names: Set<ChannelName> = []
            for lane in lanes {
                let isRefused = await lane.governor.breaker.fault?.code == .credentialsRefused
                if lane.facts.missing != nil || isRefused { names.insert(lane.facts.name) }
            }
            return names
        }
    }
}
