public import Foundation

/// One person in a report, with what became of each of their deliveries.
public struct ReportedContact: Sendable, Hashable {
    /// Where a person stands; each stands in exactly one.
    public enum Standing: String, Sendable, Codable, CaseIterable {
        case reached, missed, unknown, waiting
    }

    /// The contact; nil when it has been erased.
    public var id: Contact.ID?
    /// How the contact is called now; empty when not known or removed.
    public var name: String
    /// Where the person stands.
    public var standing: Standing
    /// By channel name.
    public var deliveries: [ReportedDelivery]

    /// A person as the journal knows it.
    public init(id: Contact.ID?, name: String, standing: Standing, deliveries: [ReportedDelivery]) {
        self.id = id
        self.name = name
        self.standing = standing
        self.deliveries = deliveries
    }
}

/// What became of one delivery.
public struct ReportedDelivery: Sendable, Hashable {
    /// The announcement it belongs to.
    public var announcement: Announcement.ID
    /// The way out.
    public var channel: ChannelName
    /// Where it stands.
    public var state: DeliveryState
    /// Why it was skipped; nil when it was not.
    public var reason: SkipReason?
    /// For a duplicate address: where the delivery stands that carries the one copy.
    public var leaderState: DeliveryState?
    /// How often it was tried.
    public var attempts: Int
    /// The last fault; nil when there was none.
    public var fault: Fault?
    /// The provider's own reference.
    public var providerID: String?
    /// When it became final.
    public var settledAt: Date?
    /// When it is tried next, while it is queued.
    public var nextAt: Date?

    /// A delivery as the journal knows it.
    public init(
        announcement: Announcement.ID, channel: ChannelName, state: DeliveryState, reason: SkipReason? = nil,
        leaderState: DeliveryState? = nil, attempts: Int = 0, fault: Fault? = nil, providerID: String? = nil,
        settledAt: Date? = nil, nextAt: Date? = nil
    ) {
        self.announcement = announcement
        self.channel = channel
        self.state = state
        self.reason = reason
        self.leaderState = leaderState
        self.attempts = attempts
        self.fault = fault
        self.providerID = providerID
        self.settledAt = settledAt
        self.nextAt = nextAt
    }

    /// Why it is not settled well: the reason of a skip, or the last fault; nil when nothing is against it.
    public var why: String? { reason?.rawValue ?? fault.map { "\($0.code.rawValue): \($0.detail)" } }
}
