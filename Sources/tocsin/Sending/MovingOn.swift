import Broadcast
import Dispatching
import Foundation

/// What it comes to when people under reach `first` go on from channels that stand still to their next one.
struct MovingOn {
    private let edition: Edition
    private let planner: Planner
    private let channels: [ChannelFacts]
    private let now: Date
    /// The channels that people leave sooner or later.
    private let left: Set<ChannelName>
    private var costs: [ChannelName: [String: Decimal]] = [:]

    init(_ draft: Draft, _ planner: Planner, at now: Date) {
        edition = draft.edition
        channels = draft.facts
        self.planner = planner
        self.now = now
        left = Set(draft.waits.filter { $0.value.movesOnAt != nil }.keys)
    }

    /// Counts what the next channel of `member` costs, for whom `delivery` is planned; those that `failed` are none.
    mutating func count(
        _ delivery: Delivery, for member: PlanningMember, except failed: Set<ChannelName>
    ) {
        guard left.contains(delivery.channel),
            let next = planner.successor(for: member, after: left.union(failed), now: now),
            let cost = edition.cost(of: next, to: member.contact, over: channels)
        else { return }
        costs[delivery.channel, default: [:]][cost.currency, default: 0] += cost.amount
    }

    /// What all of them cost who leave `channel`, one amount for each currency.
    func costs(from channel: ChannelName) -> [Money] {
        costs[channel, default: [:]].sorted { $0.key < $1.key }.map { Money($0.value, $0.key) }
    }
}
