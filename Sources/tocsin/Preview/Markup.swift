import Broadcast

/// A page that grows: every tag that is opened is closed, and whatever else is written is escaped.
///
/// It is HTML and well-formed XML alike, so that a strict reader finds what does not balance.
struct Markup {
    /// The names and values of attributes.
    typealias Attributes = KeyValuePairs<String, String>

    private(set) var bytes: [UInt8]

    /// Begins a page.
    init() { bytes = Array("<!DOCTYPE html>\n".utf8) }

    /// An element and what `content` writes into it.
    mutating func element(
        _ name: String, _ attributes: Attributes = [:], _ content: (inout Markup) -> Void
    ) {
        begin(name, attributes)
        bytes.append(UInt8(ascii: ">"))
        content(&self)
        bytes += Array("</\(name)>".utf8)
    }

    /// An element that holds nothing but text.
    mutating func element(_ name: String, _ attributes: Attributes = [:], text: String) {
        element(name, attributes) { $0.text(text) }
    }

    /// An element that never holds anything, such as `meta`.
    mutating func void(_ name: String, _ attributes: Attributes) {
        begin(name, attributes)
        bytes += Array("/>".utf8)
    }

    /// Text; what would reorder or hide it becomes visible.
    mutating func text(_ text: String) {
        for scalar in text.unicodeScalars {
            let isHidden = scalar.isControl && scalar != "\n" && scalar != "\t"
            append(isHidden ? Self.replacement : scalar)
        }
    }

    /// A style sheet of our own, which needs no escape and gets none.
    mutating func style(_ sheet: [UInt8]) { element("style") { $0.bytes += sheet } }

    /// A line break in the source, for those who read that.
    mutating func newLine() { bytes.append(UInt8(ascii: "\n")) }

    private static let replacement: Unicode.Scalar = "\u{FFFD}"

    private mutating func begin(_ name: String, _ attributes: Attributes) {
        bytes += Array("<\(name)".utf8)
        for (name, value) in attributes {
            bytes += Array(" \(name)=\"".utf8)
            for scalar in value.unicodeScalars {
                switch scalar {
                // A reader of XML makes blanks of them.
                case "\n", "\t", "\r": bytes += Array("&#\(scalar.value);".utf8)
                default: append(scalar)
                }
            }
            bytes.append(UInt8(ascii: "\""))
        }
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "&": bytes += Array("&amp;".utf8)
        case "<": bytes += Array("&lt;".utf8)
        case ">": bytes += Array("&gt;".utf8)
        case "\"": bytes += Array("&quot;".utf8)
        case "'": bytes += Array("&#39;".utf8)
        case "\n", "\t": bytes.append(UInt8(scalar.value))
        // Neither HTML nor XML may hold these: https://www.w3.org/TR/xml/#charsets (2026-11).
        case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": bytes += Array(Self.replacement.utf8)
        default: bytes += Array(scalar.utf8)
        }
    }
}
