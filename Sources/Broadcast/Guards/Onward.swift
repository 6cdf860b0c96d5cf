public import Foundation

/// Where people under reach `first` would go on to from the channel that is planned for them, in the order in which they
/// try.
///
/// People with the same way are one number, so that it stays small however many there are.
public struct Onward: Sendable, Hashable {
    /// A channel that somebody could go on to.
    struct Step: Sendable, Hashable {
        let channel: ChannelName
        /// What their message costs there; nil when it is free.
        let cost: Money?
        /// How long quiet hours hold it back there.
        let wait: Duration
    }

    /// The channel that is planned, how long after the others it may leave there, and what follows.
    struct Way: Sendable, Hashable {
        let channel: ChannelName
        let wait: Duration
        let steps: [Step]
    }

    private var counts: [Way: Int] = [:]

    /// Nobody yet.
    public init() {}

    /// Takes in one person, for whom `delivery` is planned of an announcement that is due at `start`, and who could go on to
    /// each of `next`, were they to do that at `moment`.
    public mutating func add(
        _ delivery: Delivery, from start: Date, next: [(delivery: Delivery, cost: Money?)], at moment: Date
    ) {
        let steps = next.map {
            Step(channel: $0.delivery.channel, cost: $0.cost, wait: moment.wait(until: $0.delivery.due))
        }
        let wait = delivery.due == start ? .zero : start.wait(until: delivery.due)
        counts[Way(channel: delivery.channel, wait: wait, steps: steps), default: 0] += 1
    }

    /// Those who have the same ahead of them after `wait` on `channel`, always in the same order.
    func ways(from channel: ChannelName, after wait: Duration) -> [(steps: [Step], count: Int)] {
        counts.filter { $0.key.channel == channel && $0.key.wait == wait }
            .map { (steps: $0.key.steps, count: $0.value) }
            .sorted { $0.steps.lexicographicallyPrecedes($1.steps) }
    }

    /// The currencies of what they would get.
    var currencies: Set<String> { Set(counts.keys.flatMap(\.steps).compactMap { $0.cost?.currency }) }
}

extension Onward.Step: Comparable {
    /// By name, then the cheaper one, then the sooner one.
    static func < (left: Self, right: Self) -> Bool {
        (left.channel, left.cost?.amount ?? 0, left.wait)
            < (right.channel, right.cost?.amount ?? 0, right.wait)
    }
}
