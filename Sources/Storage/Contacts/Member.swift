public import Broadcast

/// A contact as the store knows it, with what stands against sending to it.
public struct Member: Sendable, Hashable {
    /// The store's own number of the contact, never used again; members are handed out in its order.
    public let seq: Int64
    /// Who it is.
    public let contact: Contact
    /// The suppressions of its addresses that are in force, by kind; kinds without any are absent.
    public let suppressions: [AddressKind: [Suppression]]

    /// What planning asks of it.
    public var planning: PlanningMember { PlanningMember(contact, suppressions: suppressions) }
}
