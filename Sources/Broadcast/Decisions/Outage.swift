public import Foundation

/// Since when our own evidence holds a channel for down.
public struct Outage: Sendable, Hashable {
    /// Under reach `first`, how long who waits is left where they are before their next channel is taken.
    private static let patience: (urgent: Duration, other: Duration) = (.seconds(30), .seconds(300))
    /// What an earlier dispatcher saw is old news: the channel gets so long to show that it works again.
    private static let grace = Duration.seconds(30)

    /// Since when it has been down.
    public var since: Date
    /// Since when this dispatcher has known: an earlier one may have seen it before.
    public var knownSince: Date

    /// An outage since `since`, which nobody looked at between its discovery by another and `knownSince`.
    ///
    /// One that seems to begin later than it was known was written down before the clock was set back.
    public init(since: Date, knownSince: Date? = nil) {
        self.since = min(since, knownSince ?? since)
        self.knownSince = knownSince ?? since
    }

    /// The same outage by a clock that was set by `step`.
    func moved(by step: Duration) -> Outage {
        Outage(since: since.adding(step), knownSince: knownSince.adding(step))
    }

    /// Until when those who wait under reach `first` since `start` stay on a channel that does not send.
    ///
    /// What expires at `expiry` leaves half way to that at the latest: the next channel needs time too.
    static func end(
        ofPatienceOn facts: ChannelFacts, _ priority: Priority, from start: Date, expiry: Date?
    ) -> Date {
        let patience = facts.failoverAfter ?? (priority == .urgent ? patience.urgent : patience.other)
        return soonest(start.adding(patience), from: start, expiry)
    }

    private static func soonest(_ end: Date, from start: Date, _ expiry: Date?) -> Date {
        expiry.map { min(end, start.addingTimeInterval($0.timeIntervalSince(start) / 2)) } ?? end
    }

    /// When those who wait under reach `first` go on to their next channel; what they wait for expires at `expiry`.
    public func end(ofPatienceOn facts: ChannelFacts, _ priority: Priority, expiry: Date? = nil) -> Date {
        let patience = Self.end(ofPatienceOn: facts, priority, from: since, expiry: expiry)
        let known = Self.end(ofPatienceOn: facts, priority, from: knownSince, expiry: expiry)
        return max(patience, min(known, knownSince.adding(Self.grace)))
    }
}
