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

    /// A member of an audience.
    public init(_ contact: Contact, suppressions: [AddressKind: [Suppression]] = [:]) {
        self.contact = contact
        self.suppressions = suppressions
    }
}
