/// Follows the author's HTML just far enough to know how a value must be escaped where it stands.
struct HTMLPlace: Sendable {
    private enum State: Sendable, Equatable {
        case text, comment
        /// Between `<` and `>`, outside any quotes.
        case tag
        case attribute(quote: UInt8, AttributeKind, Depth)
        /// The content of `style` or `script`, where no escaping helps.
        case code
    }

    /// How far into an attribute a place is.
    private enum Depth: Sendable {
        case start, inside
        /// At the start for some readers, inside for others.
        case either
    }

    /// What an attribute does with its text.
    private enum AttributeKind: Sendable {
        case words, link
        /// Takes it for code, a list of links, or what we cannot tell: no escaping helps.
        case code

        /// Source: https://html.spec.whatwg.org/multipage/indices.html#attributes-3 (2026-11).
        init(_ name: String) {
            switch name {
            case "href", "xlink:href", "src", "action", "formaction", "background", "poster", "data", "cite",
                "longdesc", "ping":
                self = .link
            case "", "style", "srcset", "imagesrcset", "srcdoc", "content": self = .code
            default: self = name.hasPrefix("on") ? .code : .words
            }
        }
    }

    private var state = State.text
    /// What stood last in the current tag or text, in lower case.
    private var recent: [UInt8] = []
    private var tagName: [UInt8] = []

    /// How a value is escaped here; nil where none may stand.
    var escape: Escape? {
        switch state {
        case .text, .comment: .html
        case .tag, .code, .attribute(_, .code, _): nil
        case .attribute(_, .words, _): .html
        case .attribute(_, .link, .start): .linkInHTML
        case .attribute(_, .link, .inside): .component
        case .attribute(_, .link, .either): nil
        }
    }

    /// Whether whole elements may stand here.
    var isBetweenTags: Bool { state == .text }

    /// Whether a link begins here for some readers, and has begun for others.
    var mayBeginLink: Bool { if case .attribute(_, .link, .either) = state { true } else { false } }

    /// Whether both stand in the same kind of place, however far into it.
    func isLike(_ other: HTMLPlace) -> Bool { inside(state) == inside(other.state) }

    private func inside(_ state: State) -> State {
        guard case .attribute(let quote, let kind, _) = state else { return state }
        return .attribute(quote: quote, kind, .inside)
    }

    /// Goes on where some readers are here, and others at a place that is like this one.
    mutating func join(_ other: HTMLPlace) {
        guard state != other.state, case .attribute(let quote, let kind, _) = state else { return }
        state = .attribute(quote: quote, kind, .either)
    }

    /// Walks over the author's own text.
    mutating func pass(_ bytes: [UInt8]) {
        for byte in bytes { pass(byte) }
    }

    /// Walks over a value.
    mutating func passValue() {
        state = inside(state)
    }

    private mutating func pass(_ byte: UInt8) {
        recent.append(byte | (byte >= 0x41 && byte <= 0x5A ? 0x20 : 0))
        if recent.count > 64 { recent.removeFirst(32) }
        switch state {
        case .text: if byte == UInt8(ascii: "<") { enter(.tag) }
        case .comment:
            // Outlook reads what a conditional comment holds: `<!--[if mso]>` is no more than a tag.
            if recent == Array("!--[".utf8) { state = .tag } else if endsWith("-->") { enter(.text) }
        case .code: if endsWith("</style") || endsWith("</script") { enter(.tag) }
        case .tag: passInTag(byte)
        case .attribute(let quote, _, _):
            if byte == quote {
                enter(.tag, keepsName: true)
            } else if byte > 0x20 {
                // Blanks before a link do not belong to it.
                state = inside(state)
            }
        }
    }

    private mutating func passInTag(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: ">"):
            enter(tagName == Array("style".utf8) || tagName == Array("script".utf8) ? .code : .text)
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            state = .attribute(quote: byte, AttributeKind(attributeName), .start)
        default:
            if recent.count == tagName.count + 1, byte > 0x20 { tagName.append(recent[recent.count - 1]) }
            if recent == Array("!--".utf8) { state = .comment }
        }
    }

    private mutating func enter(_ next: State, keepsName: Bool = false) {
        state = next
        recent = []
        if !keepsName { tagName = [] } else { recent = [0x20] }
    }

    private func endsWith(_ text: String) -> Bool {
        recent.suffix(text.utf8.count).elementsEqual(text.utf8)
    }

    /// What stands before `=` and the quote that was just read; empty when that cannot be told.
    private var attributeName: String {
        let isBlank = { (byte: UInt8) in byte <= 0x20 }
        let before = recent.dropLast().reversed().drop(while: isBlank)
        guard before.first == UInt8(ascii: "=") else { return "" }
        let name = before.dropFirst().drop(while: isBlank).prefix {
            !isBlank($0) && !"/\"'".utf8.contains($0)
        }
        return String(decoding: name.reversed(), as: UTF8.self)
    }
}
