public import Foundation

/// How many people hear over which channels, and how long each of these is held back for them.
///
/// People with the same ways are one number, so that it stays small however many there are.
public struct Hearers: Sendable, Hashable {
    /// A channel, and how long after the others its delivery to somebody may leave.
    struct Way: Sendable, Hashable {
        let channel: ChannelName
        let wait: Duration

        init(_ channel: ChannelName, after wait: Duration) {
            self.channel = channel
            self.wait = wait
        }
    }

    private var counts: [[Way]: Int] = [:]

    /// Nobody yet.
    public init() {}

    /// Takes in one person, who gets `deliveries` in the order of the channels; what is not held back is due at `start`.
    public mutating func add(_ deliveries: [Delivery], from start: Date) {
        if deliveries.isEmpty { return }
        // Nearly all are due at once, and reckoning with dates takes its time.
        let ways = deliveries.map {
            Way($0.channel, after: $0.due == start ? .zero : start.wait(until: $0.due))
        }
        counts[ways, default: 0] += 1
    }

    /// Those who hear alike.
    var groups: [(ways: [Way], count: Int)] { counts.map { (ways: $0.key, count: $0.value) } }
}
