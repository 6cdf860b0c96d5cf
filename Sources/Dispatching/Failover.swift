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
        /// What our own evidence says; nil while it holds the channel for up.
        let outage: Outage?

        var isDown: Bool { isMarked || outage != nil }
    }

    /// Those of one announcement who wait on one channel.
    private struct Place: Hashable {
        let channel: ChannelName
        let announcement: Announcement.ID
    }

    /// One walk over all who wait at one place.
    private struct Walk {
        var last: Straggler?
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
    private let editions: Editions
    private var walks: [Place: Walk] = [:]
    private var standings: [Standing] = []
    private var now = Moment(wall: .distantPast, uptime: .zero)

    init(_ dispatcher: Dispatcher, editions: Editions) {
        self.dispatcher = dispatcher
        self.editions = editions
    }

    private var store: Store { dispatcher.store }

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
        var places: Set<Place> = []
        for standing in standings where standing.isDown {
            let leaving = leaving(standing)
            // Each gets its share of every tick: nobody waits until all who are more urgent have been looked at.
            let pages = max(1, Self.pagesPerTick / max(1, leaving.count))
            for announcement in leaving {
                let place = Place(channel: standing.facts.name, announcement: announcement.id)
                places.insert(place)
                try await walk(place, pages: pages)
            }
        }
        walks = walks.filter { places.contains($0.key) }
    }

    // MARK: Waiting

    /// The announcements whose people leave a channel that is down now, because there is another one; urgent ones first.
    private func leaving(_ standing: Standing) -> [Announcement] {
        editions.all.map(\.announcement).filter { announcement in
            announcement.reach == .first && isPatienceOver(announcement, on: standing)
                && standings.contains { other in
                    !other.isDown && other.facts.traits.audience != .public
                        && announcement.channels?.contains(other.facts.name) ?? true
                }
        }.sorted { ($0.priority, $0.due, $0.id.rawValue) < ($1.priority, $1.due, $1.id.rawValue) }
    }

    private func isPatienceOver(_ announcement: Announcement, on standing: Standing) -> Bool {
        guard !standing.isMarked, let outage = standing.outage else { return standing.isMarked }
        return now.wall >= outage.end(ofPatienceOn: standing.facts, announcement.priority)
    }

    private mutating func walk(_ place: Place, pages: Int) async throws(StoreError) {
        var walk = walks[place] ?? Walk(begin: now.uptime)
        if let next = walk.nextAt {
            guard now.uptime >= next else { return }
            walk = Walk(begin: now.uptime)
        }
        let down = Set(standings.filter(\.isDown).map(\.facts.name))
        for _ in 0..<pages {
            let found = try await store.waiting(
                on: place.channel, of: place.announcement, since: now.wall, after: walk.last,
                limit: Self.page)
            try await moveOn(found) { straggler, announcement in
                // With `--wait` the planner may name a channel that is down too: waiting here is as good.
                let next = successor(of: straggler, in: announcement, avoiding: down)
                return next.flatMap { down.contains($0.channel) ? nil : $0 }
            }
            walk.last = found.last ?? walk.last
            guard found.count == Self.page else {
                walk.nextAt = now.uptime + max(Self.leastPause, (now.uptime - walk.begin) * 4)
                break
            }
        }
        walks[place] = walk
    }

    // MARK: Moving

    private func moveOn(
        _ stragglers: [Straggler], to next: (Straggler, Announcement) -> Delivery?
    ) async throws(StoreError) {
        // What cannot be made ready is not moved either; whoever makes announcements ready says why.
        _ = try await editions.prepare(Set(stragglers.map(\.announcement)))
        let decisions = stragglers.compactMap { straggler -> Succession? in
            guard let announcement = editions[straggler.announcement]?.announcement else { return nil }
            return Succession(straggler.delivery, to: next(straggler, announcement))
        }
        if !decisions.isEmpty { try await store.moveOn(decisions, now: now.wall) }
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
