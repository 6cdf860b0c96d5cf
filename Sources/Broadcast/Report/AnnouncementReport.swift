public import Foundation

/// What became of an announcement: the counts of people, and those of each channel, which add up to what was planned.
public struct AnnouncementReport: Sendable, Hashable {
    /// Whose report it is.
    public var id: Announcement.ID
    /// The template's name.
    public var template: String
    /// Where it stands.
    public var state: AnnouncementState
    /// Why it is paused; empty when it is not, or nobody said.
    public var pauseReason: String
    /// When it was accepted.
    public var createdAt: Date
    /// When the first delivery might leave.
    public var due: Date
    /// When the last delivery became final; nil while some are not.
    public var finishedAt: Date?
    /// The announcement that it ends; nil when it ends none.
    public var closes: Announcement.ID?
    /// The announcement that has ended it; nil when none has.
    public var closedBy: Announcement.ID?
    /// The people it was for.
    public var contacts: ContactCounts
    /// The deliveries, by channel.
    public var channels: [ChannelName: ChannelCounts]
    /// The channels in the order in which they were planned.
    public var order: [ChannelName] = []

    /// The channels on which deliveries wait until a person has looked, how many, and why; in their order.
    public var held: [(channel: ChannelName, waiting: Int, why: String)] {
        order.compactMap { name in
            guard let counts = channels[name], let why = counts.hold, counts.count(.queued) > 0 else {
                return nil
            }
            return (name, counts.count(.queued), why)
        }
    }

    /// A report as the journal counts it.
    public init(
        id: Announcement.ID, template: String, state: AnnouncementState, pauseReason: String = "",
        createdAt: Date, due: Date, finishedAt: Date? = nil, contacts: ContactCounts = ContactCounts(),
        channels: [ChannelName: ChannelCounts] = [:]
    ) {
        self.id = id
        self.template = template
        self.state = state
        self.pauseReason = pauseReason
        self.createdAt = createdAt
        self.due = due
        self.finishedAt = finishedAt
        self.contacts = contacts
        self.channels = channels
    }

    /// Whether every person was reached; nobody to reach counts as everybody.
    public var hasReachedEveryone: Bool { contacts.reached == contacts.selected }
}

/// How many people stand where; the four last add up to the first.
public struct ContactCounts: Sendable, Hashable, Codable {
    /// All that the audience named.
    public var selected: Int
    /// At least one direct delivery was handed over; a shared address counts for all who share it.
    public var reached: Int
    /// Nothing was handed over, and nothing will be.
    public var missed: Int
    /// Perhaps handed over, and nothing waits any more.
    public var unknown: Int
    /// Not reached yet, but something is still to be tried.
    public var waiting: Int

    /// Counts, zero unless given.
    public init(selected: Int = 0, reached: Int = 0, missed: Int = 0, unknown: Int = 0, waiting: Int = 0) {
        self.selected = selected
        self.reached = reached
        self.missed = missed
        self.unknown = unknown
        self.waiting = waiting
    }
}

/// How many deliveries of a channel stand where.
public struct ChannelCounts: Sendable, Hashable {
    /// Who ran the channel when the announcement was planned.
    public var company: String
    /// By state; `skipped` is counted in ``skipped`` alone.
    public var states: [DeliveryState: Int]
    /// By reason.
    public var skipped: [SkipReason: Int]
    /// Why deliveries were not handed over, most frequent first; empty while only progress is asked for.
    public var faults: [FaultCount]
    /// Why nothing of it leaves here before a person lets it go on; nil when it is not held.
    public var hold: String?

    /// Counts of one channel.
    public init(
        company: String = "", states: [DeliveryState: Int] = [:], skipped: [SkipReason: Int] = [:],
        faults: [FaultCount] = []
    ) {
        self.company = company
        self.states = states
        self.skipped = skipped
        self.faults = faults
        self.hold = nil
    }

    /// All deliveries of the channel: every one stands in exactly one count.
    public var planned: Int { states.values.reduce(0, +) + skipped.values.reduce(0, +) }

    /// How many stand in `state`.
    public func count(_ state: DeliveryState) -> Int {
        state == .skipped ? skipped.values.reduce(0, +) : states[state, default: 0]
    }

    /// Counts one group of deliveries; `reason` only matters for skipped ones.
    public mutating func add(_ count: Int, _ state: DeliveryState, _ reason: SkipReason?) {
        guard state == .skipped else { return states[state, default: 0] += count }
        skipped[reason ?? .noAddress, default: 0] += count
    }
}
