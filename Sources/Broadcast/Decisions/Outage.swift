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

    /// How long those who wait under reach `first` stay on a channel that does not send.
    static func patience(on facts: ChannelFacts, _ priority: Priority) -> Duration {
        facts.failoverAfter ?? (priority == .urgent ? patience.urgent : patience.other)
    }

    /// When those who wait under reach `first` go on to their next channel.
    public func end(ofPatienceOn facts: ChannelFacts, _ priority: Priority) -> Date {
        let patience = Self.patience(on: facts, priority)
        return max(since.adding(patience), knownSince.adding(min(patience, Self.grace)))
    }
}
