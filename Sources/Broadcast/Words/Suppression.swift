public import Foundation

/// A standing order not to send to an address; it is kept by keyed hash, so that it outlives the contact.
public struct Suppression: Sendable, Hashable {
    /// What is not sent.
    public enum Extent: String, Sendable, Codable, CaseIterable {
        case all, marketing
    }

    /// Why.
    public enum Reason: String, Sendable, Codable, CaseIterable {
        case optOut = "opt-out"
        case bounce, complaint, manual
    }

    /// The kind of the address.
    public var kind: AddressKind
    /// What is not sent.
    public var extent: Extent
    /// Why.
    public var reason: Reason
    /// Who or what said so, such as `import customers.csv` or `email 550 5.1.1`.
    public var source: String
    /// Since when.
    public var since: Date

    /// A suppression of an address that the caller names beside it.
    public init(kind: AddressKind, extent: Extent, reason: Reason, source: String, since: Date) {
        self.kind = kind
        self.extent = extent
        self.reason = reason
        self.source = source
        self.since = since
    }

    /// Whether it keeps an announcement of `purpose` from going out.
    public func blocks(_ purpose: Purpose) -> Bool { extent == .all || purpose == .marketing }
}
