// announcement:  planning ─► scheduled │ running ─► paused ⇄ running ─► finished │ cancelled
//
// delivery:      queued ─► sending ─► accepted ─► delivered │ bounced        (the last two by receipt)
//                  ▲  ▲        ├────► refused
//                  │  └ defer ─┤
//                  └── retry ──┴────► unknown
//                queued ─► expired │ skipped (with a reason)

/// Where an announcement stands.
public enum AnnouncementState: String, Sendable, Codable, CaseIterable {
    /// Deliveries are being written down; nothing leaves, and planning may start again from nothing.
    case planning
    /// Planned for later.
    case scheduled
    case running
    /// Nothing is claimed until somebody resumes it.
    case paused
    /// Every delivery is final.
    case finished
    case cancelled
}

/// Where one delivery stands; the states are disjoint, so the counts of a channel add up to what was planned.
public enum DeliveryState: String, Sendable, Codable, CaseIterable {
    case queued
    /// Claimed; may be on the wire.
    case sending
    /// Handed over to the provider.
    case accepted
    case refused
    /// Perhaps handed over; nobody knows.
    case unknown
    /// Never tried, for a ``SkipReason``.
    case skipped
    /// Its time ran out.
    case expired
    /// The provider confirmed it.
    case delivered
    /// The provider gave it back.
    case bounced

    /// Whether nothing more happens by itself; an `unknown` is final unless its channel retries.
    public var isFinal: Bool { self != .queued && self != .sending }

    /// Whether a contact with such a delivery counts as reached.
    public var isReached: Bool { self == .accepted || self == .delivered }
}

/// Why a delivery was planned but never tried; the list is closed, because it stands in reports.
public enum SkipReason: String, Sendable, Codable, CaseIterable {
    case noAddress = "no-address"
    case suppressed
    case noConsent = "no-consent"
    case channelDown = "channel-down"
    case channelNotChosen = "channel-not-chosen"
    case duplicateAddress = "duplicate-address"
    case reachedElsewhere = "reached-elsewhere"
    case overLimit = "over-limit"
    case quietHours = "quiet-hours"
    case frequencyCap = "frequency-cap"
    case cancelled
    case notTold = "not-told"
    case channelGone = "channel-gone"
}
