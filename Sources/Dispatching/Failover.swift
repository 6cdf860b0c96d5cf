import Broadcast
import Foundation
import Storage
import Templating

/// Leads people under reach `first` from a channel that does not get through to their next one.
///
/// Who was refused goes on at once. Who waits on a channel that is down goes on at once when a person said so, after a
/// while on our own evidence (`failoverAfter`, else 30 s when urgent, 5 min else; at most half the time that is left),
/// after as long a wait of their own during a rest that its provider asked for and that outlasts it, and only to
/// a channel that is not down too: all the others stay where they are. A channel that is configured no more is left at
/// once. What only this process lacks, a secret or what was configured later, is no word on the channel, and another
/// process may have it: nobody leaves for that, and nobody goes there who can stay.
struct Failover {
    /// Where a lane's channel stands at the moment.
    struct Standing {
        let facts: ChannelFacts
        /// Whether people or outside word hold it for down.
        let isMarked: Bool
        /// What our own evidence and its provider say; nothing where its secret is missing.
        let standstill: Standstill

        /// Whether those who wait there leave sooner or later, so that nobody comes who may stay elsewhere.
        func isDown(for announcement: Announcement) -> Bool {
            isMarked || endOfPatience(of: announcement) != nil
        }

        /// Whether whoever waits elsewhere had better stay there: what lacks its secret here is not down, but no help.
        func isNoHelp(for announcement: Announcement) -> Bool {
            isDown(for: announcement) || facts.missing != nil
        }

        /// When those leave who wait there since the announcement was due; nil when they need not.
        func endOfPatience(of announcement: Announcement) -> Date? {
            standstill.end(ofPatienceOn: facts, for: announcement)
        }
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

    /// What is left of an announcement's bound, and what it was spent on in one transaction.
    private struct Purse {
        struct Copy: Hashable {
            let channel: ChannelName
            let address: Address
        }

        var bound: CostBound
        /// Whether an address gets one copy, however many people have it.
        let sharesCopies: Bool
        var copies: Set<Copy> = []

        /// Whether there is money for `delivery`, which is spent then.
        mutating func pay(_ cost: Money, for delivery: Delivery) -> Bool {
            guard bound.admits(cost) else { return false }
            if let address = delivery.address {
                copies.insert(Copy(channel: delivery.channel, address: address))
            }
            return true
        }
    }

    /// How many people are looked at in one transaction, and how many of those in one tick.
    private static let page = 500
    private static let pagesPerTick = 4
    /// Walks that find nobody to move are costly with a million who wait: they take at most a fifth of the time.
    private static let leastPause = Duration.seconds(1)

    private let dispatcher: Dispatcher
    private let shared: LaneShared
    private var walks: [Place: Walk] = [:]
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
            let stragglers = try await store.stranded(
                limit: Self.page, except: Set(editions.beyond.keys))
            if stragglers.isEmpty { break }
            let marked = Set(standings.filter(\.isMarked).map(\.facts.name))
            try await moveOn(stragglers) {
                (straggler, edition, purse: inout Purse?) async throws(StoreError) in
                try await succession(of: straggler, in: edition, avoiding: marked, within: &purse)
            }
        }
        var places: Set<Place> = []
        var left = standings.map { standing in
            (standing.facts.name, leaving { isPatienceOver($0, on: standing) })
        }
        for channel in try await unconfigured() { left.append((channel, leaving { _ in true })) }
        for (channel, leaving) in left {
            // Each gets its share of every tick: nobody waits until all who are more urgent have been looked at.
            let pages = max(1, Self.pagesPerTick / max(1, leaving.count))
            for announcement in leaving {
                let place = Place(channel: channel, announcement: announcement.id)
                places.insert(place)
                try await walk(place, of: announcement, pages: pages)
            }
        }
        walks = walks.filter { places.contains($0.key) }
    }

    // MARK: Waiting

    /// The channels on which something waits and that no lane serves, because they were taken out of the configuration.
    private func unconfigured() async throws(StoreError) -> [ChannelName] {
        guard editions.all.contains(where: { $0.announcement.reach == .first }) else { return [] }
        let known = Set(standings.map(\.facts.name))
        return try await store.backlog().keys.filter { !known.contains($0) }
    }

    /// The announcements whose people leave a channel now, because there is another one; urgent ones first.
    private func leaving(where isOver: (Announcement) -> Bool) -> [Announcement] {
        editions.all.filter(\.beyond.isEmpty).map(\.announcement).filter { announcement in
            announcement.reach == .first && isOver(announcement)
                && standings.contains { other in
                    !other.isNoHelp(for: announcement) && other.facts.traits.audience != .public
                        && announcement.channels?.contains(other.facts.name) ?? true
                }
        }.sorted { ($0.priority, $0.due, $0.id.rawValue) < ($1.priority, $1.due, $1.id.rawValue) }
    }

    private func isPatienceOver(_ announcement: Announcement, on standing: Standing) -> Bool {
        if standing.isMarked { return true }
        return standing.endOfPatience(of: announcement).map { now.wall >= $0 } ?? false
    }

    private mutating func walk(
        _ place: Place, of announcement: Announcement, pages: Int
    ) async throws(StoreError) {
        var walk = walks[place] ?? Walk(begin: now.uptime)
        if let next = walk.nextAt {
            guard now.uptime >= next else { return }
            walk = Walk(begin: now.uptime)
        }
        let down = Set(standings.filter { $0.isDown(for: announcement) }.map(\.facts.name))
        let noHelp = Set(standings.filter { $0.isNoHelp(for: announcement) }.map(\.facts.name))
        for _ in 0..<pages {
            let found = try await store.waiting(
                on: place.channel, of: place.announcement, since: now.wall, after: walk.last,
                limit: Self.page)
            try await moveOn(found) {
                (straggler, edition, purse: inout Purse?) async throws(StoreError) in
                // With `--wait` the planner may name a channel that is down too: waiting here is as good.
                let before = purse
                let next = try await succession(of: straggler, in: edition, avoiding: down, within: &purse)
                guard let successor = next.successor, noHelp.contains(successor.channel) else { return next }
                purse = before
                return Succession(straggler.delivery, to: nil)
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
        _ stragglers: [Straggler],
        as decide: (Straggler, Edition, inout Purse?) async throws(StoreError) -> Succession
    ) async throws(StoreError) {
        try await prepare(stragglers)
        var decisions: [Succession] = []
        var purses: [Announcement.ID: Purse] = [:]
        for straggler in stragglers {
            let id = straggler.announcement
            guard let edition = editions[id], edition.beyond.isEmpty else { continue }
            if let limit = edition.announcement.maxCost, purses[id] == nil {
                let bound = CostBound(limit, spent: try await store.spent(by: id))
                purses[id] = Purse(bound: bound, sharesCopies: edition.announcement.once == .address)
            }
            decisions.append(try await decide(straggler, edition, &purses[id]))
        }
        if !decisions.isEmpty {
            try await store.moveOn(decisions, token: shared.token, now: now.wall)
        }
    }

    /// What cannot be made ready is not moved either; whoever makes announcements ready says why.
    private func prepare(_ stragglers: [Straggler]) async throws(StoreError) {
        _ = try await editions.prepare(Set(stragglers.map(\.announcement)))
    }

    /// The first channel that will do and whose price the bound admits, or on which somebody carries the copy; those that
    /// it does not admit are named too.
    private func succession(
        of straggler: Straggler, in edition: Edition, avoiding down: Set<ChannelName>,
        within purse: inout Purse?
    ) async throws(StoreError) -> Succession {
        let channels = standings.filter { straggler.planned.contains($0.facts.name) }.map {
            PlanningChannel($0.facts, isMarkedDown: down.contains($0.facts.name))
        }
        let member = PlanningMember(
            straggler.contact, suppressions: straggler.suppressions, surelyTold: straggler.surelyTold)
        let planner = Planner(edition.announcement, over: channels, order: dispatcher.order)
        var succession = Succession(straggler.delivery, to: nil)
        var tried = straggler.tried.union(straggler.left.filter { $0.value <= now.wall }.keys)
        while var next = planner.successor(for: member, after: tried, now: now.wall) {
            let cost = edition.cost(of: next, to: straggler.contact, over: standings.map(\.facts))
            if let cost, cost.amount > 0, try await isCarried(next, after: straggler, purse) {
                succession.isCarried = true
            } else if let cost, purse?.pay(cost, for: next) == false {
                tried.insert(next.channel)
                next.plan = .skipped(.overLimit)
                succession.overLimit.append(next)
                continue
            }
            succession.successor = next
            if purse != nil, !succession.isCarried { succession.cost = cost?.amount ?? 0 }
            break
        }
        return succession
    }

    /// Whether somebody else carries the one copy for an address, or was just given it: money is none of its business.
    private func isCarried(
        _ next: Delivery, after straggler: Straggler, _ purse: Purse?
    ) async throws(StoreError) -> Bool {
        guard let purse, purse.sharesCopies, let address = next.address else { return false }
        if purse.copies.contains(Purse.Copy(channel: next.channel, address: address)) { return true }
        return try await store.isCarried(next, after: straggler.delivery)
    }
}
