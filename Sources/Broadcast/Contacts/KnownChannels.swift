/// What names of channels and kinds of addresses mean here: in consent, preferences, suppressions and audiences.
public struct KnownChannels: Sendable, Hashable {
    /// What such a name stands for.
    public enum Meaning: Sendable, Hashable {
        /// Whatever goes to addresses of this kind.
        case kind(AddressKind)
        /// A configured channel; `kind` is nil when it needs no address.
        case channel(ChannelName, kind: AddressKind?)

        /// The kind of address meant; nil when none is needed.
        public var addressKind: AddressKind? {
            switch self {
            case .kind(let kind), .channel(_, let kind?): kind
            case .channel(_, nil): nil
            }
        }
    }

    /// Each configured channel with the kind of address it needs; nil when it needs none.
    public let kinds: [ChannelName: AddressKind?]

    /// The channels of a configuration; none when there is no configuration yet.
    public init(_ kinds: [ChannelName: AddressKind?] = [:]) { self.kinds = kinds }

    /// The channels of a configuration.
    public init(_ facts: [ChannelFacts]) {
        kinds = Dictionary(facts.map { ($0.name, $0.traits.audience.addressKind) }) { first, _ in first }
    }

    /// What `name` stands for: a channel first, then a kind; `sms` is the kind `phone` where no channel is called so.
    ///
    /// - Throws: when it is neither, with the nearest name.
    public func meaning(of name: String) throws(ValueProblem) -> Meaning {
        if let channel = ChannelName(rawValue: name), let kind = kinds[channel] {
            return .channel(channel, kind: kind)
        }
        if let kind = Self.kind(named: name) { return .kind(kind) }
        throw ValueProblem(
            .unknown, "\(Excerpt.of(name)) is no channel",
            expected: "one of \(names.joined(separator: ", "))",
            nearest: NearestName.of(name, in: names))
    }

    /// Everything that can be named, sorted.
    public var names: [String] {
        Set(kinds.keys.map(\.rawValue) + AddressKind.allCases.map(\.rawValue)).sorted()
    }

    private static func kind(named name: String) -> AddressKind? {
        name == "sms" ? .phone : AddressKind(rawValue: name)
    }
}
