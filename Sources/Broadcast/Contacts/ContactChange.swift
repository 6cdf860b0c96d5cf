/// What a row of a list, or `contacts set`, changes of one contact; it knows nothing of how the contact was before.
public struct ContactChange: Sendable, Hashable {
    /// What happens to one fact.
    public enum Edit<Value: Sendable & Hashable>: Sendable, Hashable {
        /// The stored value stays.
        case keep
        case clear
        case set(Value)

        /// The fact afterwards; `empty` is what a cleared one becomes.
        func applied(to old: Value, empty: Value) -> Value {
            switch self {
            case .keep: old
            case .clear: empty
            case .set(let value): value
            }
        }

        /// The fact afterwards, for facts that may be absent.
        func applied(to old: Value?) -> Value? {
            switch self {
            case .keep: old
            case .clear: nil
            case .set(let value): value
            }
        }
    }

    /// Whom it changes, or adds.
    public let id: Contact.ID
    /// How the contact is called.
    public var name: Edit<String> = .keep
    /// BCP 47.
    public var locale: Edit<String> = .keep
    /// IANA name.
    public var timezone: Edit<String> = .keep
    /// Sorted, without repeats.
    public var tags: Edit<[String]> = .keep
    /// By name; names that are absent keep their values.
    public var attributes: [String: Edit<String>] = [:]
    /// The channels to try first.
    public var prefer: Edit<[ChannelName]> = .keep
    /// Where marketing is allowed; cleared means nowhere.
    public var consent: Edit<Consent> = .keep
    /// Who or what recorded the consent.
    public var consentSource: Edit<String> = .keep
    /// When the consent was given.
    public var consentDate: Edit<String> = .keep
    /// By kind; kinds that are absent keep their addresses.
    public var addresses: [AddressKind: Edit<Address>] = [:]
    /// Addresses not to send to, as they are after the change.
    public var suppressions: [SuppressionOrder] = []

    /// A change that keeps everything.
    public init(id: Contact.ID) { self.id = id }

    /// The contact afterwards; `old` is nil when there was none.
    ///
    /// Consent was given for an address, not for whoever has the next one: where an address is new or another, consent
    /// that covers its kind falls, unless the same change states the consent.
    public func applied(to old: Contact?, channels: KnownChannels) -> Contact {
        let before = old ?? Contact(id: id)
        var after = before
        after.name = name.applied(to: before.name, empty: "")
        after.locale = locale.applied(to: before.locale)
        after.timezone = timezone.applied(to: before.timezone)
        after.tags = tags.applied(to: before.tags, empty: [])
        after.prefer = prefer.applied(to: before.prefer, empty: [])
        after.consentSource = consentSource.applied(to: before.consentSource, empty: "")
        after.consentDate = consentDate.applied(to: before.consentDate, empty: "")
        for (name, edit) in attributes { after.attributes[name] = edit.applied(to: before.attributes[name]) }
        for (kind, edit) in addresses { after.addresses[kind] = edit.applied(to: before.addresses[kind]) }
        let renewed = AddressKind.allCases.filter {
            after.addresses[$0] != nil && after.addresses[$0] != before.addresses[$0]
        }
        let inherited = before.consent.withdrawn(from: Set(renewed), channels: channels)
        after.consent = consent.applied(to: inherited, empty: .none)
        return after
    }
}

extension Consent {
    /// The consent that is left when addresses of `kinds` were replaced: entries that cover them fall, and with them
    /// entries whose kind nobody knows any more; `all` becomes the other kinds.
    public func withdrawn(from kinds: Set<AddressKind>, channels: KnownChannels) -> Consent {
        guard !kinds.isEmpty else { return self }
        let left: Set<String>
        switch self {
        case .none: return .none
        case .all: left = Set(AddressKind.allCases.filter { !kinds.contains($0) }.map(\.rawValue))
        case .only(let names):
            left = names.filter { name in
                switch try? channels.meaning(of: name) {
                case nil: false
                case .channel(_, nil)?: true
                case let meaning?: meaning.addressKind.map { !kinds.contains($0) } ?? true
                }
            }
        }
        return left.isEmpty ? .none : .only(left)
    }
}
