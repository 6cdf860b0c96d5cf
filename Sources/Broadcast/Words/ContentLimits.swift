/// How long a message may be on a channel, and what becomes of one that is longer; nil bounds nothing.
public struct ContentLimits: Sendable, Hashable {
    /// What becomes of a message that is too long.
    public enum Overflow: String, Sendable, Codable, CaseIterable {
        /// It is not made, and whoever would have got it is told so before anything leaves.
        case refuse
        /// Its end is left out, and a link to the announcement's page stands there.
        case cutWithLink = "cut-with-link"
    }

    /// UTF-16 units of one Telegram message, counted after its tags and entities are parsed.
    ///
    /// Source: https://core.telegram.org/bots/api#sendmessage (2026-11).
    public static let telegramText = 4_096
    /// Segments of one SMS, unless the channel says otherwise: a longer one is seldom meant, and always paid for.
    public static let usualSegments = 4
    /// The most segments that a channel may be set to.
    ///
    /// Source: https://developers.telnyx.com/docs/messaging/messages/message-encoding (ten parts, 2026-11).
    public static let mostSegments = 10
    /// Bytes that the body of a webhook should stay below.
    ///
    /// Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    /// ("Payload size", 20 kB; 2026-11).
    public static let advisedBody = 20_000
    /// UTF-16 units below a photo on Telegram, counted after its tags and entities are parsed.
    ///
    /// Source: https://core.telegram.org/bots/api#sendphoto (2026-11).
    public static let telegramCaption = 1_024
    /// Bytes of a mail with all its files, unless the channel says otherwise: what most relays take.
    ///
    /// Source: https://www.postfix.org/postconf.5.html#message_size_limit (10,240,000 by default); Gmail takes 25 MB:
    /// https://support.google.com/mail/answer/6584 (2026-11).
    public static let usualMail = 10_000_000
    /// Characters of a subject that stay on one line of 78, behind `Subject: `.
    ///
    /// Source: https://www.rfc-editor.org/rfc/rfc5322 section 2.1.1 (2026-11).
    public static let advisedSubject = 69

    /// Segments of one SMS.
    public var segments: Int?
    /// UTF-16 units of the text, after Telegram's tags and entities are parsed.
    public var characters: Int?
    /// Bytes of the whole request's body, or of a whole mail that has files.
    public var bytes: Int?
    /// Bytes of the body beyond which a plan warns.
    public var advisedBytes: Int?
    /// Characters of the subject beyond which a plan warns.
    public var advisedSubject: Int?
    /// What becomes of a message that is too long.
    public var overflow: Overflow
    /// Whether typographic characters are written as GSM 7-bit has them, where that keeps an SMS short.
    public var transliterates: Bool

    /// Limits; those left out bound nothing.
    public init(
        segments: Int? = nil, characters: Int? = nil, bytes: Int? = nil, advisedBytes: Int? = nil,
        advisedSubject: Int? = nil, overflow: Overflow = .refuse,
        transliterates: Bool = true
    ) {
        self.segments = segments
        self.characters = characters
        self.bytes = bytes
        self.advisedBytes = advisedBytes
        self.advisedSubject = advisedSubject
        self.overflow = overflow
        self.transliterates = transliterates
    }
}
