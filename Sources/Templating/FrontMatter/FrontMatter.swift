public import Broadcast

/// What `message.md` says about itself, above its text.
public struct FrontMatter: Sendable, Hashable {
    /// The subject as written, Mustache tags included.
    public var subject: String
    /// Why it is sent.
    public var purpose: Purpose
    /// The short form as written; nil means the plain text.
    public var sms: String?
    /// Whose deliveries go first.
    public var priority = Priority.normal
    /// How long after its due time a delivery may still leave; nil means as long as its channel retries.
    public var expires: Duration?
    /// The channels it goes over; nil means all that are configured.
    public var channels: [ChannelName]?
    /// The line of `message.md` that names each of them.
    public var channelLines: [ChannelName: Int] = [:]
    /// Over how many of a contact's channels; nil leaves it to the command line.
    public var reach: Reach?
    /// What gets one copy; nil means `address`.
    public var once: Once?
    /// Overrides every channel's reply address; nil leaves it.
    public var replyTo: String?
    /// BCP 47: the language of `message.md` itself; nil means the sender's.
    public var locale: String?
    /// The files that go with it, in the order of the file.
    public var attachments: [AttachmentEntry] = []
    /// The picture at its head.
    public var image: AttachmentEntry?
    /// What `--set` may give, in the order of the file.
    public var variables: [Variable] = []

    /// A value that `--set` gives, or (`contact.NAME`) that a contact gives.
    public struct Variable: Sendable, Hashable {
        /// As templates write it.
        public var name: String
        /// For the person who sends.
        public var summary: String
        /// What stands when nothing is given; nil means something must be.
        public var fallback: String?

        /// Whether it only declares or defaults a value of the contact.
        public var isOfContact: Bool { name.hasPrefix("contact.") }
    }
}

/// Front matter with its lines, and what a locale's own file says otherwise.
struct LocatedFrontMatter: Sendable {
    var values: FrontMatter
    var subjectPlace: Place
    var smsPlace: Place
    var variablePlaces: [String: Place] = [:]
}
