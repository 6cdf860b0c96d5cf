/// Why a delivery did not succeed, and whose fault it is.
public struct Fault: Error, Sendable, Hashable, Codable {
    /// Whose fault it is, which decides who bears the consequence.
    public enum Scope: String, Sendable, Codable, CaseIterable {
        /// A bad address, or one that blocked us: ends this delivery, may suppress the address.
        case recipient
        /// Policy, length, a template not approved: ends this delivery, moves no health.
        case message
        /// Credentials, 5xx, no connection: moves the channel's health, touches no recipient.
        case channel
    }

    /// Whose fault it is.
    public let scope: Scope
    /// Stable, bounded, in kebab case, such as `mailbox-unknown`; code branches on it, never on ``detail``.
    public let code: Code
    /// Prose for people, redacted, without control characters, at most 500 characters.
    public let detail: String

    /// A fault; `detail` is cleaned of control characters and cut.
    public init(_ scope: Scope, _ code: Code, _ detail: String) {
        self.scope = scope
        self.code = code
        self.detail = Self.cleaned(detail)
    }

    /// A stable code of a fault.
    public struct Code: RawRepresentable, Hashable, Sendable, Codable, ExpressibleByStringLiteral {
        /// Kebab case.
        public let rawValue: String

        /// Wraps a code.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Wraps a literal code.
        public init(stringLiteral value: StaticString) { rawValue = value.description }
    }

    /// One line of at most `limit` characters, without control characters.
    static func cleaned(_ text: String, limit: Int = 500) -> String {
        let kept = text.unicodeScalars
        if text.utf8.count <= limit, !kept.contains(where: \.isControl) { return text }
        return String(String.UnicodeScalarView(kept.prefix(limit).map { $0.isControl ? " " : $0 }))
    }
}

/// What one reply means for one delivery.
public enum Verdict: Sendable, Hashable {
    /// Handed over; `id` is the provider's own reference, `answer` what it said, nil when it gave none.
    case accepted(id: String?, answer: String? = nil)
    /// Will not go this way, now or later.
    case refused(Fault)
    /// Not now; `after` is how long the provider asked us to wait, nil when it did not say.
    case deferred(Fault, after: Duration?)
    /// The provider names another address for the same place; try that one at once.
    case moved(to: Address)
    /// Perhaps handed over; nobody knows.
    case unknown(Fault)
}

extension Unicode.Scalar {
    /// C0, DEL, C1, line and paragraph separators, and the invisible controls that reorder text.
    public var isControl: Bool {
        switch value {
        case 0x00...0x1F, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0x061C, 0xFEFF: true
        default: false
        }
    }
}
