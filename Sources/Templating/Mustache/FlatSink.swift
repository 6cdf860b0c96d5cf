/// Makes a program of a text that is no Markdown: both branches of every section stay in it.
struct FlatSink: ExpansionSink {
    enum Kind: Sendable {
        /// One line: a subject, an SMS.
        case line
        /// The same, for HTML that is not the author's.
        case lineInHTML
        /// Plain text of several lines, or a leaf of a JSON tree.
        case text
        /// Only looked over: what is wrong, and what depends on readers.
        case markdown
        /// HTML written by the author, mail's or Telegram's.
        case html
    }

    let kind: Kind
    private(set) var builder = ProgramBuilder()
    private(set) var problems: [TemplateProblem] = []
    private(set) var conditions: [SlotUse] = []
    private var place = HTMLPlace()

    init(_ kind: Kind) { self.kind = kind }

    mutating func literal(_ bytes: [UInt8]) {
        if kind == .lineInHTML {
            builder.text(String(decoding: bytes, as: UTF8.self), as: .html)
        } else {
            builder.literal(bytes)
        }
        if kind == .html { place.pass(bytes) }
    }

    mutating func value(_ use: ValueUse) {
        switch kind {
        case .line: builder.value(use, as: .plain)
        case .lineInHTML: builder.value(use, as: .html)
        case .markdown: if use.isRaw { rawValue(use) }
        case .text:
            guard use.isRaw, case .fixed(let text) = use.content else {
                return builder.value(use, as: .plain)
            }
            builder.literal(CleanText.lines(text))
        case .html: htmlValue(use)
        }
    }

    mutating func open(_ condition: SlotUse, isInverted: Bool) -> Int? {
        conditions.append(condition)
        return builder.open(condition, isInverted: isInverted)
    }

    mutating func close(_ mark: Int) { builder.close(mark) }

    private mutating func htmlValue(_ use: ValueUse) {
        if case .part = use.content { return builder.value(use, as: .html) }
        guard !use.isRaw else { return rawValue(use) }
        guard let escape = place.escape else {
            report(use, "a value cannot be made safe here; put it between tags or into a quoted attribute")
            return
        }
        if escape == .linkInHTML, case .fixed(let text) = use.content, !LinkPolicy.allows(text) {
            report(use, "\(use.name) begins a link, but is none: https, http, mailto or tel expected")
            return
        }
        builder.value(use, as: escape)
        place.passValue()
    }

    private mutating func rawValue(_ use: ValueUse) {
        guard case .fixed(let text) = use.content else {
            report(use, "a contact's value never stands unescaped; write {{\(use.name)}}")
            return
        }
        literal(Array(CleanText.lines(text).utf8))
    }

    private mutating func report(_ use: ValueUse, _ what: String) {
        problems.append(TemplateProblem(.valueUnsafe, use.place, what))
    }
}

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
