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
    private let escape: Escape
    private var builder = ProgramBuilder()
    /// What every line of the block at hand begins with.
    private var indent = ""
    private var isLink = false

    /// The program of `tree`; `escape` is `plain`, or `html` for text that goes between tags.
    static func program(
        of tree: MarkdownTree, draft: MarkdownDraft, style: Style, escape: Escape = .plain
    ) -> Program {
        var writer = Self(draft: draft, style: style, escape: escape)
        writer.write(tree, isTight: false)
        if style == .mail, !tree.isEmpty { writer.builder.literal("\n") }
        return writer.builder.built()
    }

    private init(draft: MarkdownDraft, style: Style, escape: Escape) {
        self.draft = draft
        self.style = style
        self.escape = escape
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
        if !isTight { builder.text(bareIndent + "\n", as: escape) }
        builder.text(indent, as: escape)
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
        if !isFirstMarked { builder.text(more, as: escape) }
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
            return builder.text(words, of: draft, as: escape)
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in (lines.last?.isEmpty == true ? lines.dropLast() : lines[...]).enumerated() {
            if index > 0 { builder.text("\n" + (line.isEmpty ? bareIndent : indent), as: escape) }
            builder.text(String(line), of: draft, as: escape)
        }
    }

    private mutating func write(_ inlines: [MarkdownInline], indent: String) {
        for inline in inlines {
            switch inline {
            case .text(let text), .code(let text), .html(let text): builder.text(text, of: draft, as: escape)
            case .emphasis(let inlines), .strong(let inlines): write(inlines, indent: indent)
            case .link(let url, let words), .image(let url, let words): link(url, words, indent: indent)
            case .softBreak: builder.literal(" ")
            case .hardBreak: style.isOneLine ? builder.literal(" ") : builder.text("\n" + indent, as: escape)
            }
        }
    }

    private mutating func link(_ url: String, _ words: [MarkdownInline], indent: String) {
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
            builder.write(address.pieces, as: escape)
        } else {
            builder.link(pieces, as: escape)
        }
        builder.literal(words.isWordless ? "" : ")")
    }
}
