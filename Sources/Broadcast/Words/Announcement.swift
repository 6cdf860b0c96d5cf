public import Foundation

/// What is said: a template plus variables, frozen at the moment it is accepted, and to whom.
public struct Announcement: Sendable, Identifiable, Codable, Hashable {
    /// `[A-Za-z0-9_-]{1,64}`: chosen with `--id`, or made from the time and the content.
    public struct ID: ShortName {
        /// The text of the id.
        public let rawValue: String

        /// Wraps an id that has been found valid.
        public init(valid rawValue: String) { self.rawValue = rawValue }
    }

    /// The key of every delivery's identity.
    public private(set) var id: ID
    /// What is said, in every form and locale.
    public var content: FrozenContent
    /// The audience expression as given.
    public var audience: String
    /// The channels asked for; nil means all that are configured.
    public var channels: [ChannelName]?
    /// Why it is sent.
    public var purpose: Purpose
    /// Whose deliveries are claimed first.
    public var priority: Priority
    /// Over how many of a contact's channels.
    public var reach: Reach
    /// What gets one copy.
    public var once: Once
    /// Whether deliveries wait for a channel that is marked down instead of being skipped.
    public var waitsForMarked: Bool
    /// When it was accepted.
    public var createdAt: Date
    /// When the first delivery may leave.
    public var due: Date
    /// How long after its due time a delivery may still leave; nil means as long as its channel retries.
    public var expiresAfter: Duration?
    /// The moment after which none leaves; nil when its channels' retries alone say so.
    public var expiry: Date? { expiresAfter.map(due.adding) }
    /// Overrides every channel's reply address; nil leaves it.
    public var replyTo: String?
    /// The owner's bound on all that it costs, failing over to a priced channel included; nil means none was given.
    public var maxCost: Money?
    /// The announcement that this one ends, telling those who were told of it; nil when it ends none.
    public var closes: ID?
    /// The account under which it was accepted, as the machine names it; nil when not known.
    public var acceptedBy: String?

    /// An announcement with the defaults of a service notice to everybody.
    public init(
        id: ID, content: FrozenContent, audience: String, channels: [ChannelName]? = nil,
        purpose: Purpose = .service, priority: Priority = .normal, reach: Reach = .every,
        once: Once = .address,
        waitsForMarked: Bool = false, createdAt: Date, due: Date? = nil, expiresAfter: Duration? = nil,
        replyTo: String? = nil, maxCost: Money? = nil, closes: ID? = nil, acceptedBy: String? = nil
    ) {
        self.id = id
        self.content = content
        self.audience = audience
        self.channels = channels
        self.purpose = purpose
        self.priority = priority
        self.reach = reach
        self.once = once
        self.waitsForMarked = waitsForMarked
        self.createdAt = createdAt
        self.due = due ?? createdAt
        self.expiresAfter = expiresAfter
        self.replyTo = replyTo
        self.maxCost = maxCost
        self.closes = closes
        self.acceptedBy = acceptedBy
    }

    /// Whether it goes to everybody, or to whoever was told of another: then public places alone are a way.
    public var isForAll: Bool {
        closes != nil || (try? Audience(parsing: audience, channels: KnownChannels())) == .all
    }

    /// How long after it is due a delivery over the channel of `facts` may still leave.
    public func within(over facts: ChannelFacts) -> Duration {
        min(expiresAfter ?? facts.retry.within, facts.retry.within)
    }

    /// The same under another id: another announcement.
    public func renamed(_ id: ID) -> Announcement {
        var other = self
        other.id = id
        return other
    }
}

/// Everything a text is made of, so that an attempt next week equals one today byte for byte.
public struct FrozenContent: Sendable, Hashable, Codable {
    /// The template's name: the folder under the templates directory.
    public var template: String
    /// Every source by its path relative to the templates directory, such as `outage/message.it.md`.
    public var files: [String: String]
    /// The variables given with `--set`, completed by the defaults of the front matter.
    public var variables: [String: String]
    /// Who says it.
    public var sender: Sender
    /// Every file that a message names, by the same kind of path, such as `outage/files/terms.pdf`.
    public var attachments: [String: FrozenFile]

    /// Frozen sources.
    public init(
        template: String, files: [String: String], variables: [String: String], sender: Sender,
        attachments: [String: FrozenFile] = [:]
    ) {
        self.template = template
        self.files = files
        self.variables = variables
        self.sender = sender
        self.attachments = attachments
    }
}

/// The `sender` block of the configuration: who speaks.
public struct Sender: Sendable, Hashable, Codable {
    /// The company's name as readers know it.
    public var name: String
    /// BCP 47: the locale of readers who have none.
    public var locale: String
    /// IANA: the time zone of readers who have none.
    public var timezone: String
    /// The company's site; empty when not configured.
    public var website: String
    /// The page of each announcement, as ``PageLink`` reads it; empty when not configured.
    public var page: String

    /// A sender; `locale` and `timezone` have been found valid.
    public init(
        name: String, locale: String = "en", timezone: String = "UTC", website: String = "", page: String = ""
    ) {
        self.name = name
        self.locale = locale
        self.timezone = timezone
        self.website = website
        self.page = page
    }
}
