import Broadcast
import Dispatching
import Foundation

/// Where people under reach `first` go on to from channels that stand still, or are too slow for them, and what that costs.
struct MovingOn {
    private let edition: Edition
    private let planner: Planner
    private let channels: [ChannelName: ChannelFacts]
    private let order: [ChannelFacts]
    private let now: Date
    /// The channels that people leave sooner or later.
    private let left: Set<ChannelName>
    /// The channels that rest when their day is over; who waits there does not wait until they expire.
    private let daily: Set<ChannelName>
    /// What is known of all of them.
    private(set) var onward = Onward()

    init(_ draft: Draft, _ planner: Planner, at now: Date) {
        edition = draft.edition
        order = draft.facts
        channels = Dictionary(order.map { ($0.name, $0) }) { first, _ in first }
        self.planner = planner
        self.now = now
        daily = Set(draft.days.keys)
        left = Set(draft.waits.filter { $0.value.movesOnAt != nil }.keys)
    }

    /// Counts the next channels of `member`, for whom `delivery` is planned, and what each costs; those that `failed` are
    /// none.
    mutating func count(
        _ delivery: Delivery, for member: PlanningMember, except failed: Set<ChannelName>
    ) {
        guard edition.announcement.reach == .first, let facts = channels[delivery.channel] else { return }
        let moment = end(of: delivery, over: facts)
        var gone = left.union(failed).union([delivery.channel])
        var next: [(delivery: Delivery, cost: Money?)] = []
        while let way = planner.successor(for: member, after: gone, now: moment) {
            gone.insert(way.channel)
            let cost = edition.cost(of: way, to: member.contact, over: order)
            // What has a price and no cost cannot be made, and is refused.
            if cost == nil, channels[way.channel]?.price != nil { continue }
            next.append((way, cost))
        }
        onward.add(delivery, from: edition.announcement.due, next: next, at: moment)
    }

    /// When who waits for `delivery` goes on.
    private func end(of delivery: Delivery, over facts: ChannelFacts) -> Date {
        if left.contains(facts.name) { return now }
        if daily.contains(facts.name) { return delivery.due }
        return delivery.due.adding(edition.announcement.within(over: facts))
    }
}
