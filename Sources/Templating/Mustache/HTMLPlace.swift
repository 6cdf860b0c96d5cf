/// Follows the author's HTML just far enough to know how a value must be escaped where it stands.
struct HTMLPlace: Sendable {
    private enum State: Sendable, Equatable {
        case text, comment
        /// Between `<` and `>`, outside any quotes.
        case tag
        case attribute(quote: UInt8, isLink: Bool, isStart: Bool)
        /// The content of `style` or `script`, where no escaping helps.
        case code
    }

    private var state = State.text
    /// What stood last in the current tag or text, in lower case.
    private var recent: [UInt8] = []
    private var tagName: [UInt8] = []

    /// How a value is escaped here; nil where none may stand.
    var escape: Escape? {
        switch state {
        case .text, .comment: .html
        case .tag, .code: nil
        case .attribute(_, isLink: false, _): .html
        case .attribute(_, isLink: true, let isStart): isStart ? .linkInHTML : .component
        }
    }

    /// Walks over the author's own text.
    mutating func pass(_ bytes: [UInt8]) {
        for byte in bytes { pass(byte) }
    }

    /// Walks over a value.
    mutating func passValue() {
        if case .attribute(let quote, let isLink, _) = state {
            state = .attribute(quote: quote, isLink: isLink, isStart: false)
        }
    }

    private mutating func pass(_ byte: UInt8) {
        recent.append(byte | (byte >= 0x41 && byte <= 0x5A ? 0x20 : 0))
        if recent.count > 64 { recent.removeFirst(32) }
        switch state {
        case .text: if byte == UInt8(ascii: "<") { enter(.tag) }
        case .comment: if endsWith("-->") { enter(.text) }
        case .code: if endsWith("</style") || endsWith("</script") { enter(.tag) }
        case .tag: passInTag(byte)
        case .attribute(let quote, let isLink, let isStart):
            if byte == quote {
                enter(.tag, keepsName: true)
            } else if isStart {
                state = .attribute(quote: quote, isLink: isLink, isStart: false)
            }
        }
    }

    private mutating func passInTag(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: ">"):
            enter(tagName == Array("style".utf8) || tagName == Array("script".utf8) ? .code : .text)
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            let isLink = ["href=", "src=", "action=", "background="].contains { endsWith($0, before: 1) }
            state = .attribute(quote: byte, isLink: isLink, isStart: true)
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

    private func endsWith(_ text: String, before skipped: Int = 0) -> Bool {
        recent.dropLast(skipped).suffix(text.utf8.count).elementsEqual(text.utf8)
    }
}
