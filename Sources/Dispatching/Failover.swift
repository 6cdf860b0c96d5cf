import Broadcast
import Foundation
import Storage

/// Leads people under reach `first` from a channel that does not get through to their next one.
///
/// Who was refused goes on at once. Who waits on a channel that is down goes on at once when a person said so, after a
/// while on our own evidence (`failoverAfter`, else 30 s when urgent, 5 min else), and only to a channel that is not
/// down too: all the others stay where they are.
struct Failover {
    /// Where a lane's channel stands at the moment.
    struct Standing {
        let facts: ChannelFacts
        let isMarked: Bool
        /// Since when it has been down by our own evidence; nil when it is not.
        let trippedSince: Date?

        var isDown: Bool { isMarked || trippedSince != nil }
    }

    /// One walk over all who wait on a channel.
    private struct Walk {
        var last: Delivery.ID = 0
        var begin: Duration
        /// When the next one begins; nil while this one is under way.
        var nextAt: Duration?
    }

    /// How many people are looked at in one transaction, and how many of those in one tick.
    private static let page = 500
    private static let pagesPerTick = 4
    /// Walks that find nobody to move are costly with a million who wait: they take at most a fifth of the time.
    private static let leastPause = Duration.seconds(1)

    private let dispatcher: Dispatcher
    private let shared: LaneShared
    private var walks: [ChannelName: Walk] = [:]
    private var standings: [Standing] = []
    private var now = Moment(wall: .distantPast, uptime: .zero)

    init(_ dispatcher: Dispatcher, _ shared: LaneShared) {
        self.dispatcher = dispatcher
        self.shared = shared
    }

    private var store: Store { shared.store }
    private var editions: Editions { shared.editions }

    /// Does one tick's share.
    mutating func run(_ standings: [Standing], _ now: Moment) async throws(StoreError) {
        self.standings = standings
        self.now = now
        for _ in 0..<Self.pagesPerTick {
            let stragglers = try await store.stranded(limit: Self.page)
            if stragglers.isEmpty { break }
            let marked = Set(standings.filter(\.isMarked).map(\.facts.name))
            try await moveOn(stragglers) { straggler, announcement in
                successor(of: straggler, in: announcement, avoiding: marked)
            }
        }
        for standing in standings {
            guard standing.isDown else {
                walks[standing.facts.name] = nil
                continue
            }
            try await walk(standing)
        }
    }

    // MARK: Waiting

    private mutating func walk(_ standing: Standing) async throws(StoreError) {
        let name = standing.facts.name
        var walk = walks[name] ?? Walk(begin: now.uptime)
        if let next = walk.nextAt {
            guard now.uptime >= next else { return }
            walk = Walk(begin: now.uptime)
        }
        let down = Set(standings.filter(\.isDown).map(\.facts.name))
        for _ in 0..<Self.pagesPerTick {
            let found = try await store.waiting(on: name, since: now.wall, after: walk.last, limit: Self.page)
            try await prepare(found)
            try await moveOn(found.filter { isPatienceOver($0, on: standing) }) { straggler, announcement in
                // With `--wait` the planner may name a channel that is down too: waiting here is as good.
                let next = successor(of: straggler, in: announcement, avoiding: down)
                return next.flatMap { down.contains($0.channel) ? nil : $0 }
            }
            walk.last = found.last?.delivery ?? walk.last
            guard found.count == Self.page else {
                walk.nextAt = now.uptime + max(Self.leastPause, (now.uptime - walk.begin) * 4)
                break
            }
        }
        walks[name] = walk
    }

    private func isPatienceOver(_ straggler: Straggler, on standing: Standing) -> Bool {
        guard !standing.isMarked, let since = standing.trippedSince else { return standing.isMarked }
        let isUrgent = editions[straggler.announcement]?.announcement.priority == .urgent
        let patience = standing.facts.failoverAfter ?? (isUrgent ? .seconds(30) : .seconds(300))
        return now.wall >= since.adding(patience)
    }

    // MARK: Moving

    private func moveOn(
        _ stragglers: [Straggler], to next: (Straggler, Announcement) -> Delivery?
    ) async throws(StoreError) {
        try await prepare(stragglers)
        let decisions = stragglers.compactMap { straggler -> Succession? in
            guard let announcement = editions[straggler.announcement]?.announcement else { return nil }
            return Succession(straggler.delivery, to: next(straggler, announcement))
        }
        if !decisions.isEmpty {
            try await store.moveOn(decisions, token: shared.token, now: now.wall)
        }
    }

    /// What cannot be made ready is not moved either; whoever makes announcements ready says why.
    private func prepare(_ stragglers: [Straggler]) async throws(StoreError) {
        _ = try await editions.prepare(Set(stragglers.map(\.announcement)))
    }

    private func successor(
        of straggler: Straggler, in announcement: Announcement, avoiding down: Set<ChannelName>
    ) -> Delivery? {
        let channels = standings.map { PlanningChannel($0.facts, isMarkedDown: down.contains($0.facts.name)) }
        let member = PlanningMember(straggler.contact, suppressions: straggler.suppressions)
        return Planner(announcement, over: channels, order: dispatcher.order)
            .successor(for: member, after: straggler.tried, now: now.wall)
    }
}
