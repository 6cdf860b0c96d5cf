import Broadcast

/// How a value is written so that it stays a value.
enum Escape: Sendable, Hashable {
    /// As it is: plain text, and leaves of a JSON tree.
    case plain
    /// Between tags or within a quoted attribute, also Telegram's.
    case html
    /// One component of a URL: everything but letters, digits and `-._~` percent-encoded.
    case component
    /// A whole URL within a quoted attribute.
    case linkInHTML
    /// A whole URL in plain text.
    case link

    /// Whether a value must be a URL of a kind that is harmless.
    var needsLink: Bool { self == .linkInHTML || self == .link }

    /// The escape of a whole URL, for text of this kind.
    var asLink: Escape { self == .html ? .linkInHTML : .link }
}

extension [UInt8] {
    /// Appends a clean value in its escaped form.
    mutating func append(_ value: String, as escape: Escape) {
        switch escape {
        case .plain: append(contentsOf: value.utf8)
        case .html: appendHTML(value)
        case .component: appendPercent(value, unless: PercentEncoding.isUnreserved)
        case .link: appendPercent(LinkPolicy.written(value)) { $0.isURLByte }
        case .linkInHTML:
            var url: [UInt8] = []
            url.append(value, as: .link)
            appendHTML(String(decoding: url, as: UTF8.self))
        }
    }

    private mutating func appendHTML(_ value: String) {
        let bytes = value.utf8.span
        var isHarmless = true
        for index in bytes.indices where bytes[index].entity != nil {
            isHarmless = false
            break
        }
        guard !isHarmless else {
            append(contentsOf: value.utf8)
            return
        }
        for index in bytes.indices {
            if let entity = bytes[index].entity {
                append(contentsOf: entity.utf8)
            } else {
                append(bytes[index])
            }
        }
    }

    private mutating func appendPercent(_ value: String, unless isAllowed: (UInt8) -> Bool) {
        for byte in value.utf8 {
            isAllowed(byte) ? append(byte) : PercentEncoding.append(byte, to: &self)
        }
    }
}

extension UInt8 {
    fileprivate var entity: String? {
        switch self {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        default: nil
        }
    }

    /// Unreserved, reserved, or the sign of what is encoded already (RFC 3986, 2).
    var isURLByte: Bool {
        PercentEncoding.isUnreserved(self) || ":/?#[]@!$&'()*+,;=%".utf8.contains(self)
    }
}

/// Which links a text may hold, and how they are written.
enum LinkPolicy {
    /// Schemes that cannot run code or carry a document in themselves.
    static let prefixes = ["https://", "http://", "mailto:", "tel:"]

    /// Whether `url`, or what is known of its beginning, has an allowed scheme.
    static func allows(_ url: some StringProtocol) -> Bool {
        let start = url.prefix(8).lowercased()
        return prefixes.contains { start.hasPrefix($0) && url.utf8.count > $0.utf8.count }
            && !url.unicodeScalars.contains(where: { $0.value <= 0x20 })
    }

    /// A whole link with its host in ASCII; nil when a text may not hold it, or there can be no such host.
    static func link(_ url: String) -> String? { allows(url) ? try? WebLink.ascii(url) : nil }

    /// A link that was looked at already, with its host in ASCII.
    ///
    /// A mail has one at least, which hardly ever holds another letter: that costs one look at its bytes.
    static func written(_ url: String) -> String {
        let isPlain = url.utf8.allSatisfy { $0 < 0x80 && $0 != UInt8(ascii: "%") }
        return isPlain ? url : link(url) ?? url
    }
}
