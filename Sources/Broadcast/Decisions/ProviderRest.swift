public import Foundation

/// A rest that a channel's provider has asked for, that follows its "too fast", or that its daily limit needs: no fault
/// of the channel, and kept whoever sends.
public struct ProviderRest: Sendable, Hashable {
    /// The longest that is kept; a provider that asks for more is wrong, or wants to be rid of us.
    public static let longest = Duration.seconds(7 * 86_400)

    /// A rest that begins so long after the last one ended has nothing to do with it.
    public static let longestGap = Duration.seconds(300)

    /// Why there is a rest.
    public enum Origin: String, Sendable, CaseIterable {
        /// The provider asked for it.
        case asked
        /// The provider said "too fast" without a time, which is ours.
        case tooFast = "too-fast"
        /// It has taken what it takes in a day.
        case perDay = "per-day"
    }

    /// When the first of it, or of a row of them between which nothing was accepted, was asked for.
    public var since: Date
    /// When it is over.
    public var until: Date
    /// What the provider said; empty when nothing is known of it.
    public var why: String
    /// Why there is one.
    public var origin: Origin

    /// A rest from `since` to `until`.
    public init(since: Date, until: Date, why: String, origin: Origin = .asked) {
        self.since = since
        self.until = until
        self.why = why
        self.origin = origin
    }

    /// From beginning to end.
    public var length: Duration { .seconds(until.timeIntervalSince(since)) }

    /// Whose wish it is, for people.
    public var cause: String {
        switch origin {
        case .asked: "its provider asked"
        case .tooFast: "too fast for its provider"
        case .perDay: "its provider takes no more today"
        }
    }

    /// Why the channel rests, for people.
    public var reason: String { cause + (why.isEmpty ? "" : " (\(why))") }

    /// The rest that a used daily limit of `limit` needs.
    public static func ofDay(_ limit: Int, since: Date, until: Date) -> ProviderRest {
        ProviderRest(since: since, until: until, why: "perDay is \(limit)", origin: .perDay)
    }

    /// Whether it still means something for a channel as it is configured now: a daily limit may have been changed.
    public func concerns(_ facts: ChannelFacts) -> Bool {
        origin != .perDay || facts.perDay.map { why == "perDay is \($0)" } ?? false
    }

    /// When those who wait under reach `first` since `due` go on to their next channel; nil when the rest is over by then.
    func end(
        ofPatienceOn facts: ChannelFacts, _ priority: Priority, since due: Date, expiry: Date?
    ) -> Date? {
        let end = Outage.end(ofPatienceOn: facts, priority, from: max(since, due), expiry: expiry)
        return end < until ? end : nil
    }
}

/// What keeps a channel from sending though nobody says that it is down.
public struct Standstill: Sendable, Hashable {
    /// Our own evidence; nil while that holds the channel for up.
    public var outage: Outage?
    /// A rest that is not over; nil while there is none.
    public var rest: ProviderRest?

    /// What is known of one channel.
    public init(outage: Outage? = nil, rest: ProviderRest? = nil) {
        self.outage = outage
        self.rest = rest
    }

    /// When those who wait under reach `first` since `due` go on to their next channel; nil when they need not.
    ///
    /// For them a rest that lasts longer than their patience is as good as an outage. When it ends is known, so that
    /// nobody has to give the channel time to show whether it is back; and since it is no fault, whoever comes late has
    /// as much patience as those who came before.
    /// What waits until `expiry` leaves half way to that at the latest.
    public func end(
        ofPatienceOn facts: ChannelFacts, _ priority: Priority, since due: Date, expiry: Date? = nil
    ) -> Date? {
        [
            outage?.end(ofPatienceOn: facts, priority, expiry: expiry),
            rest?.end(ofPatienceOn: facts, priority, since: due, expiry: expiry),
        ].compactMap(\.self).min()
    }

    /// When the people of `announcement` who wait under reach `first` go on to their next channel.
    public func end(ofPatienceOn facts: ChannelFacts, for announcement: Announcement) -> Date? {
        end(
            ofPatienceOn: facts, announcement.priority, since: announcement.due, expiry: announcement.expiry)
    }
}
