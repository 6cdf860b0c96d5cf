import Broadcast

/// Makes plain text of a Markdown tree.
///
/// Mail folds at 76 columns with real line ends, which every mail program shows alike (format=flowed is ignored by
/// many); webhooks keep a paragraph on one line; an SMS is one line. Links stand behind their words in brackets, code
/// is set in by four blanks and never folded.
struct TextWriter {
    enum Style: Sendable {
        case mail, unfolded
        /// Everything in one line, one blank between two words.
        case folded
        /// The same, where no link can be followed: of links only the words.
        case glimpse

        var isOneLine: Bool { self == .folded || self == .glimpse }
    }

    /// The widest line of a mail's text, within the 78 of RFC 5322, 2.1.1.
    static let width = 76

    private let draft: MarkdownDraft
    private let style: Style
    private var builder = ProgramBuilder()
    /// What every line of the block at hand begins with.
    private var indent = ""
    private var isLink = false

    /// The program of `tree`.
    static func program(of tree: MarkdownTree, draft: MarkdownDraft, style: Style) -> Program {
        var writer = Self(draft: draft, style: style)
        writer.write(tree, isTight: false)
        return writer.builder.built()
    }

    /// The text of a mail, with `foot` below it.
    static func mail(of tree: MarkdownTree, draft: MarkdownDraft, foot: PageFoot?) -> Program {
        guard !tree.isEmpty else { return Program() }
        var writer = Self(draft: draft, style: .mail)
        writer.write(tree, isTight: false)
        writer.builder.literal("\n")
        foot?.write(to: &writer.builder)
        return writer.builder.built()
    }

    private init(draft: MarkdownDraft, style: Style) {
        self.draft = draft
        self.style = style
    }

    private mutating func write(_ blocks: [MarkdownBlock], isTight: Bool) {
        // In one line a rule would part nothing.
        let blocks = style.isOneLine ? blocks.filter { $0 != .rule } : blocks
        for (index, block) in blocks.enumerated() {
            if index > 0 { separate(isTight: isTight) }
            write(block)
        }
    }

    private mutating func separate(isTight: Bool) {
        guard !style.isOneLine else { return builder.literal(" ") }
        builder.literal("\n")
        if !isTight { builder.text(bareIndent + "\n", as: .plain) }
        builder.text(indent, as: .plain)
    }

    /// What an empty line begins with: no blanks at its end.
    private var bareIndent: String { String(indent.reversed().drop { $0 == " " }.reversed()) }

    private mutating func write(_ block: MarkdownBlock) {
        switch block {
        case .paragraph(let inlines), .heading(_, let inlines): paragraph(inlines)
        case .quote(let blocks): indented("> ") { $0.write(blocks, isTight: false) }
        case .list(let start, let isTight, let items): list(start: start, isTight: isTight, items)
        case .code(let text): indented("    ") { $0.verbatim(text) }
        case .html(let text): verbatim(text)
        case .rule: builder.literal("----------")
        }
    }

    private mutating func list(start: Int?, isTight: Bool, _ items: [[MarkdownBlock]]) {
        for (index, item) in items.enumerated() {
            if index > 0 { separate(isTight: isTight) }
            let mark = start.map { "\($0 + index)." } ?? "-"
            builder.literal(mark + (item.isEmpty ? "" : " "))
            indented(String(repeating: " ", count: mark.count + 1), isFirstMarked: true) { writer in
                writer.write(item, isTight: isTight)
            }
        }
    }

    private mutating func indented(
        _ more: String, isFirstMarked: Bool = false, _ content: (inout Self) -> Void
    ) {
        guard !style.isOneLine else { return content(&self) }
        let before = indent
        if !isFirstMarked { builder.text(more, as: .plain) }
        indent += more
        content(&self)
        indent = before
    }

    private mutating func paragraph(_ inlines: [MarkdownInline]) {
        let folds = style == .mail
        if folds { builder.startWrap() }
        write(inlines, indent: folds ? "" : indent)
        if folds { builder.endWrap(width: Self.width, indent: Array(indent.utf8)) }
    }

    private mutating func verbatim(_ text: String) {
        guard !style.isOneLine else {
            let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            return builder.text(words, of: draft, as: .plain)
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in (lines.last?.isEmpty == true ? lines.dropLast() : lines[...]).enumerated() {
            if index > 0 { builder.text("\n" + (line.isEmpty ? bareIndent : indent), as: .plain) }
            builder.text(String(line), of: draft, as: .plain)
        }
    }

    private mutating func write(_ inlines: [MarkdownInline], indent: String) {
        for inline in inlines {
            switch inline {
            case .text(let text), .code(let text), .html(let text): builder.text(text, of: draft, as: .plain)
            case .emphasis(let inlines), .strong(let inlines): write(inlines, indent: indent)
            case .link(let url, let words), .image(let url, let words): link(url, words, indent: indent)
            case .softBreak: builder.literal(" ")
            case .hardBreak: style.isOneLine ? builder.literal(" ") : builder.text("\n" + indent, as: .plain)
            }
        }
    }

    private mutating func link(_ url: String, _ words: [MarkdownInline], indent: String) {
        // An address that is its own words: of one in other letters few programs make a link.
        let isBare = !isLink && style != .glimpse && words.plainText == url
        if isBare, WebLink(url)?.isInternational == true, let pieces = draft.linkPieces(of: url) {
            return builder.link(pieces, as: .plain)
        }
        let isOuter = !isLink
        isLink = true
        write(words, indent: indent)
        isLink = !isOuter
        guard isOuter, let pieces = draft.linkPieces(of: url) else { return }
        let address = DirectAddress(pieces)
        let isShown = words.plainText == url || address?.isShown(by: words) == true
        guard !isShown, style != .glimpse || words.isWordless else { return }
        builder.literal(words.isWordless ? "" : " (")
        if let address {
            builder.write(address.pieces, as: .plain)
        } else {
            builder.link(pieces, as: .plain)
        }
        builder.literal(words.isWordless ? "" : ")")
    }
}
