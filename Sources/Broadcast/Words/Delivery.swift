public import Foundation

/// One announcement × one contact (or public place) × one channel: the unit of work and of accounting.
public struct Delivery: Sendable, Hashable {
    /// The journal's own number of the row.
    public typealias ID = Int64

    /// The contact; nil for a public place.
    public var contact: Contact.ID?
    /// The way out.
    public var channel: ChannelName
    /// Where to; nil for a public place, a webhook per contact, or when the contact has none.
    public var address: Address?
    /// How planning left it.
    public var plan: Planned
    /// When it may leave.
    public var due: Date

    /// How planning leaves a delivery.
    public enum Planned: Sendable, Hashable {
        case queued
        case skipped(SkipReason)
    }

    /// A planned delivery.
    public init(contact: Contact.ID?, channel: ChannelName, address: Address?, plan: Planned, due: Date) {
        self.contact = contact
        self.channel = channel
        self.address = address
        self.plan = plan
        self.due = due
    }
}

/// A delivery that a lane has claimed: it is `sending` on disk, and its attempt is counted.
public struct ClaimedDelivery: Sendable {
    /// The row.
    public let id: Delivery.ID
    /// The announcement it belongs to.
    public let announcement: Announcement.ID
    /// The contact as it was at the first attempt; nil for a public place.
    public let contact: Contact?
    /// The way out.
    public let channel: ChannelName
    /// Where to; nil for a public place or a webhook per contact.
    public let address: Address?
    /// 1 for the first attempt.
    public let attempt: Int
    /// When the first attempt was claimed.
    public let firstAttemptAt: Date
    /// When it was due; expiry counts from here.
    public let due: Date
    /// After this moment nothing leaves any more.
    public var expires: Date
    /// How many earlier attempts may have been handed over.
    public let doubts: Int
    /// Whether this is an adopted copy and the original may have sent it: a doubt that uses up no repeat.
    public let originalMayHaveSent: Bool
    /// Whether reach `first` goes on when it ends as unknown, as chosen when it was planned.
    public let afterUnknown: AfterUnknown
    /// Whether its request may leave at once; else that is written down first, so that a crash before is no doubt.
    public let isBegun: Bool

    /// What the journal hands out.
    public init(
        id: Delivery.ID, announcement: Announcement.ID, contact: Contact?, channel: ChannelName,
        address: Address?, attempt: Int, firstAttemptAt: Date, due: Date, expires: Date,
        doubts: Int = 0, originalMayHaveSent: Bool = false, afterUnknown: AfterUnknown = .stop,
        isBegun: Bool = true
    ) {
        self.id = id
        self.announcement = announcement
        self.contact = contact
        self.channel = channel
        self.address = address
        self.attempt = attempt
        self.firstAttemptAt = firstAttemptAt
        self.due = due
        self.expires = expires
        self.doubts = doubts
        self.originalMayHaveSent = originalMayHaveSent
        self.afterUnknown = afterUnknown
        self.isBegun = isBegun
    }

    /// Whether an earlier attempt may have been handed over: then this one cannot prove that nothing arrived.
    public var isInDoubt: Bool { doubts > 0 || originalMayHaveSent }
}
