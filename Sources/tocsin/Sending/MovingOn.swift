import Broadcast
import Dispatching
import Foundation

/// What it comes to when people under reach `first` go on from channels that stand still, or are too slow for them, to
/// their next one.
struct MovingOn {
    private let edition: Edition
    private let planner: Planner
    private let channels: [ChannelFacts]
    private let now: Date
    /// The channels that people leave sooner or later.
    private let left: Set<ChannelName>
    private var costs: [ChannelName: [String: Decimal]] = [:]
    private var expiredCosts: [ChannelName: [String: Decimal]] = [:]
    /// The channels that rest when their day is over; who waits there does not wait until they expire.
    private let daily: Set<ChannelName>
    /// How many of the people of each channel another one tells if they expire there.
    private(set) var followed: [ChannelName: Int] = [:]

    init(_ draft: Draft, _ planner: Planner, at now: Date) {
        edition = draft.edition
        channels = draft.facts
        self.planner = planner
        self.now = now
        daily = Set(draft.days.keys)
        left = Set(draft.waits.filter { $0.value.movesOnAt != nil }.keys)
    }

    /// Counts the next channel of `member`, for whom `delivery` is planned, and what it costs; those that `failed` are none.
    mutating func count(
        _ delivery: Delivery, for member: PlanningMember, except failed: Set<ChannelName>
    ) {
        let channel = delivery.channel
        let gone = left.union(failed)
        if left.contains(channel) {
            guard let next = planner.successor(for: member, after: gone, now: now) else { return }
            add(edition.cost(of: next, to: member.contact, over: channels), to: &costs[channel, default: [:]])
        } else if let end = end(of: delivery),
            let next = planner.successor(for: member, after: gone.union([channel]), now: end)
        {
            followed[channel, default: 0] += 1
            add(
                edition.cost(of: next, to: member.contact, over: channels),
                to: &expiredCosts[channel, default: [:]])
        }
    }

    /// When who waits for `delivery` goes on; nil under reach `every`.
    private func end(of delivery: Delivery) -> Date? {
        guard edition.announcement.reach == .first,
            let facts = channels.first(where: { $0.name == delivery.channel })
        else { return nil }
        if daily.contains(delivery.channel) { return delivery.due }
        return delivery.due.adding(edition.announcement.within(over: facts))
    }

    private func add(_ cost: Money?, to sums: inout [String: Decimal]) {
        if let cost { sums[cost.currency, default: 0] += cost.amount }
    }

    /// What all of them cost who leave `channel` because it stands still, one amount for each currency.
    func costs(from channel: ChannelName) -> [Money] { Self.sorted(costs[channel]) }

    /// What all of them would cost who leave it because they expire there.
    func followedCosts(from channel: ChannelName) -> [Money] { Self.sorted(expiredCosts[channel]) }

    private static func sorted(_ sums: [String: Decimal]?) -> [Money] {
        (sums ?? [:]).sorted { $0.key < $1.key }.map { Money($0.value, $0.key) }
    }
}
