/// A person or company we know.
public struct Contact: Sendable, Hashable, Identifiable {
    /// What the owner of the list calls this contact: 1 to 200 characters, no controls, no surrounding blanks.
    public struct ID: RawRepresentable, Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
        /// The text of the id.
        public let rawValue: String

        /// Nil when empty, longer than 200 characters, or with controls or surrounding blanks.
        public init?(rawValue: String) {
            guard (1...200).contains(rawValue.count), !rawValue.unicodeScalars.contains(where: \.isControl),
                rawValue.first != " ", rawValue.last != " "
            else { return nil }
            self.rawValue = rawValue
        }

        /// Wraps an id that has been found valid.
        public init(valid rawValue: String) { self.rawValue = rawValue }

        /// The id itself.
        public var description: String { rawValue }

        /// Orders ids by their bytes.
        public static func < (left: ID, right: ID) -> Bool { left.rawValue < right.rawValue }
    }

    /// The owner's own key.
    public let id: ID
    /// How the contact is called; empty when not known.
    public var name: String
    /// BCP 47, such as `it-IT`; nil means the sender's.
    public var locale: String?
    /// IANA name, such as `Europe/Rome`; nil means the sender's.
    public var timezone: String?
    /// Sorted, without repeats.
    public var tags: [String]
    /// What the import brought beside the known columns: `contact.NAME` in templates.
    public var attributes: [String: String]
    /// The channels reach `first` tries first, in this order.
    public var prefer: [ChannelName]
    /// Where marketing is allowed.
    public var consent: Consent
    /// Who or what recorded the consent; empty when not known.
    public var consentSource: String
    /// When the consent was given, as the list said it; empty when not known.
    public var consentDate: String
    /// At most one address of each kind.
    public var addresses: [AddressKind: Address]

    /// A contact of whom only the given facts are known.
    public init(
        id: ID, name: String = "", locale: String? = nil, timezone: String? = nil, tags: [String] = [],
        attributes: [String: String] = [:], prefer: [ChannelName] = [], consent: Consent = .none,
        consentSource: String = "", consentDate: String = "", addresses: [AddressKind: Address] = [:]
    ) {
        self.id = id
        self.name = name
        self.locale = locale
        self.timezone = timezone
        self.tags = tags
        self.attributes = attributes
        self.prefer = prefer
        self.consent = consent
        self.consentSource = consentSource
        self.consentDate = consentDate
        self.addresses = addresses
    }
}

/// The channels on which a contact allows marketing.
public enum Consent: Sendable, Hashable {
    /// On none (also when nobody ever asked).
    case none
    /// On all, including ones added later.
    case all
    /// On these; a name is a channel's, or that of an address kind (`email`, `phone`, `telegram`).
    case only(Set<String>)

    /// Whether marketing may go over `channel`, whose addresses are of `kind` (nil: it needs none).
    public func allows(_ channel: ChannelName, kind: AddressKind?) -> Bool {
        switch self {
        case .none: false
        case .all: true
        case .only(let names):
            names.contains(channel.rawValue) || kind.map { names.contains($0.rawValue) } ?? false
        }
    }
}
