import Broadcast
import Foundation
import Storage
import Templating

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
    private let editions: Editions
    private var walks: [ChannelName: Walk] = [:]
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
            try await moveOn(stragglers) { straggler, edition, bound in
                succession(of: straggler, in: edition, avoiding: marked, within: &bound)
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
            try await moveOn(found.filter { isPatienceOver($0, on: standing) }) { straggler, edition, bound in
                // With `--wait` the planner may name a channel that is down too: waiting here is as good.
                let before = bound
                let next = succession(of: straggler, in: edition, avoiding: down, within: &bound)
                guard let successor = next.successor, down.contains(successor.channel) else { return next }
                bound = before
                return Succession(straggler.delivery, to: nil)
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
        _ stragglers: [Straggler], as decide: (Straggler, Edition, inout CostBound?) -> Succession
    ) async throws(StoreError) {
        try await prepare(stragglers)
        var decisions: [Succession] = []
        var bounds: [Announcement.ID: CostBound] = [:]
        for straggler in stragglers {
            let id = straggler.announcement
            guard let edition = editions[id] else { continue }
            if let limit = edition.announcement.maxCost, bounds[id] == nil {
                bounds[id] = CostBound(limit, spent: try await store.spent(by: id))
            }
            decisions.append(decide(straggler, edition, &bounds[id]))
        }
        if !decisions.isEmpty { try await store.moveOn(decisions, now: now.wall) }
    }

    /// What cannot be made ready is not moved either; whoever makes announcements ready says why.
    private func prepare(_ stragglers: [Straggler]) async throws(StoreError) {
        _ = try await editions.prepare(Set(stragglers.map(\.announcement)))
    }

    /// The first channel that will do and whose price the bound admits; those that it does not are named too.
    private func succession(
        of straggler: Straggler, in edition: Edition, avoiding down: Set<ChannelName>,
        within bound: inout CostBound?
    ) -> Succession {
        let channels = standings.map { PlanningChannel($0.facts, isMarkedDown: down.contains($0.facts.name)) }
        let member = PlanningMember(straggler.contact, suppressions: straggler.suppressions)
        let planner = Planner(edition.announcement, over: channels, order: dispatcher.order)
        var succession = Succession(straggler.delivery, to: nil)
        var tried = straggler.tried
        while var next = planner.successor(for: member, after: tried, now: now.wall) {
            let cost = edition.cost(of: next, to: straggler.contact, over: standings.map(\.facts))
            if let cost, bound?.admits(cost) == false {
                tried.insert(next.channel)
                next.plan = .skipped(.overLimit)
                succession.overLimit.append(next)
                continue
            }
            succession.successor = next
            if bound != nil { succession.cost = cost?.amount ?? 0 }
            break
        }
        return succession
    }
}

extension Edition {
    /// What one delivery costs, by segments where texts have them; nil when it is free.
    fileprivate func cost(
        of delivery: Delivery, to contact: Contact, over channels: [ChannelFacts]
    ) -> Money? {
        guard let channel = channels.first(where: { $0.name == delivery.channel }), let price = channel.price
        else { return nil }
        guard channel.traits.form == .sms else { return price }
        // A text that cannot be rendered will not be sent; it is reckoned as one segment, as in the plan.
        let content = try? template.render(.sms, for: contact, announcement: facts)
        let segments = content.map { SMSLength(String(decoding: $0.text, as: UTF8.self)).segments } ?? 1
        return Money(price.amount * Decimal(max(1, segments)), price.currency)
    }
}
