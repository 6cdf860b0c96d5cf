/// Why an announcement is sent, which decides whether consent is needed.
public enum Purpose: String, Sendable, Codable, CaseIterable {
    /// The reader must know this; needs no consent.
    case service
    /// Needs the reader's consent and a way to unsubscribe.
    case marketing
}

/// Which announcement's deliveries are claimed first.
public enum Priority: String, Sendable, Codable, CaseIterable, Comparable {
    case urgent, normal, bulk

    /// 0 is claimed first.
    public var rank: Int {
        switch self {
        case .urgent: 0
        case .normal: 1
        case .bulk: 2
        }
    }

    /// `urgent` stands before `normal`, `normal` before `bulk`.
    public static func < (left: Priority, right: Priority) -> Bool { left.rank < right.rank }
}

/// Over how many of a contact's channels an announcement goes.
public enum Reach: String, Sendable, Codable, CaseIterable {
    /// Each channel the contact has.
    case every
    /// One channel per contact, the next one when it fails.
    case first
}

/// What gets one copy.
public enum Once: String, Sendable, Codable, CaseIterable {
    /// One address gets one copy, however many contacts share it.
    case address
    /// Each contact gets a copy, though two share an address.
    case contact
}

/// What happens to a delivery whose outcome was never learnt.
public enum UnknownPolicy: String, Sendable, Codable, CaseIterable {
    /// Sent again under the same key or Message-ID.
    case retry
    /// Left as it is and counted, so that nobody gets two copies.
    case leave
}

/// Whether reach `first` goes on to the next channel after an outcome that was never learnt.
public enum AfterUnknown: String, Sendable, Codable, CaseIterable {
    case next, stop

    /// What holds when the owner has not chosen: only haste is worth a second message.
    public static func standard(_ priority: Priority) -> AfterUnknown { priority == .urgent ? .next : .stop }
}

/// The form in which a channel takes a message.
public enum ContentForm: String, Sendable, Codable, CaseIterable {
    /// Subject, plain text and HTML.
    case email
    /// One short plain text.
    case sms
    /// Telegram's HTML subset.
    case telegram
    /// JSON with `title`, `text`, `html`, `locale` and `announcement`.
    case webhook
}
