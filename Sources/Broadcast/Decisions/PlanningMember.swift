/// A channel as planning sees it.
public struct PlanningChannel: Sendable, Hashable {
    /// The channel as configured.
    public var facts: ChannelFacts
    /// Whether a person or outside word holds it for down.
    public var isMarkedDown: Bool

    /// A channel, up unless marked.
    public init(_ facts: ChannelFacts, isMarkedDown: Bool = false) {
        self.facts = facts
        self.isMarkedDown = isMarkedDown
    }
}

/// A contact of the audience as planning sees it.
public struct PlanningMember: Sendable, Hashable {
    /// The contact.
    public var contact: Contact
    /// The standing orders on the contact's addresses, by kind; a proposed one is no order.
    public var suppressions: [AddressKind: [Suppression]]
    /// Where the contact was told of what is closed now; nil when nothing is closed.
    public var toldOver: Set<ChannelName>?
    /// Where the contact was surely told of it, not only perhaps.
    public var surelyTold: Set<ChannelName>

    /// A member of an audience.
    public init(
        _ contact: Contact, suppressions: [AddressKind: [Suppression]] = [:],
        toldOver: Set<ChannelName>? = nil, surelyTold: Set<ChannelName> = []
    ) {
        self.contact = contact
        self.suppressions = suppressions
        self.toldOver = toldOver
        self.surelyTold = surelyTold
    }

    /// Whether the contact may hear over the channel at all.
    func hears(over channel: PlanningChannel) -> Bool { toldOver?.contains(channel.facts.name) ?? true }
}
