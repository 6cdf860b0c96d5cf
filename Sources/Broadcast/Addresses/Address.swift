/// What kind of address a channel needs.
public enum AddressKind: String, Sendable, Codable, CaseIterable, Comparable {
    case email, phone, telegram

    /// Orders kinds as they are listed.
    public static func < (left: AddressKind, right: AddressKind) -> Bool { left.rawValue < right.rawValue }
}

/// One way to reach a contact, valid by construction: it holds no control character, blank, CR or LF.
public struct Address: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The kind.
    public let kind: AddressKind
    /// The canonical text: `local@xn--domain.example` with the domain in lower case, `+393331234567`, `-100123`.
    public let value: String

    /// Nil when `canonical` is not the canonical text of a valid address of this kind; meant for stored values.
    public init?(_ kind: AddressKind, canonical: String) {
        let isPlain = canonical.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
        guard !canonical.isEmpty, canonical.utf8.count <= 320, isPlain else { return nil }
        self.kind = kind
        self.value = canonical
    }

    /// The canonical text.
    public var description: String { value }
}
