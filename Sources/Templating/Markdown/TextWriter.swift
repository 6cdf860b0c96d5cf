/// Makes plain text of a Markdown tree.
///
/// Mail folds at 76 columns with real line ends, which every mail program shows alike (format=flowed is ignored by
/// many); webhooks keep a paragraph on one line; an SMS is one paragraph. Links stand behind their words in brackets.
struct TextWriter {
    enum Style: Sendable {
        case mail, unfolded
        /// Everything in one line.
        case folded
    }

    /// The widest line of a mail's text, within the 78 of RFC 5322, 2.1.1.
    static let width = 76

    private let draft: MarkdownDraft
    private let style: Style
    private let escape: Escape
    private var builder = ProgramBuilder()
    /// What every line of the block at hand begins with.
    private var indent = ""

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
        for (index, block) in blocks.enumerated() {
            if index > 0 { separate(isTight: isTight) }
            write(block)
        }
    }

    private mutating func separate(isTight: Bool) {
        guard style != .folded else { return builder.literal(" ") }
        builder.literal("\n")
        if !isTight {
            // No blanks at the end of an empty line.
            let bare = String(indent.reversed().drop { $0 == " " }.reversed())
            builder.text(bare + "\n", as: escape)
        }
        builder.text(indent, as: escape)
    }

    private mutating func write(_ block: MarkdownBlock) {
        switch block {
        case .paragraph(let inlines), .heading(_, let inlines): paragraph(inlines)
        case .quote(let blocks): indented("> ") { $0.write(blocks, isTight: false) }
        case .list(let start, let isTight, let items):
            for (index, item) in items.enumerated() {
                if index > 0 { separate(isTight: isTight) }
                let mark = start.map { "\($0 + index). " } ?? "- "
                builder.literal(mark)
                indented(String(repeating: " ", count: mark.count), isFirstMarked: true) { writer in
                    writer.write(item, isTight: isTight)
                }
            }
        case .code(let text), .html(let text): verbatim(text)
        case .rule: builder.literal(style == .folded ? "-" : "----------")
        }
    }

    private mutating func indented(
        _ more: String, isFirstMarked: Bool = false, _ content: (inout Self) -> Void
    ) {
        guard style != .folded else { return content(&self) }
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
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let kept = lines.last?.isEmpty == true ? lines.dropLast() : lines[...]
        for (index, line) in kept.enumerated() {
            if index > 0 { style == .folded ? builder.literal(" ") : builder.text("\n" + indent, as: escape) }
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
            case .hardBreak: style == .folded ? builder.literal(" ") : builder.text("\n" + indent, as: escape)
            }
        }
    }

    private mutating func link(_ url: String, _ words: [MarkdownInline], indent: String) {
        write(words, indent: indent)
        guard let pieces = draft.linkPieces(of: url) else { return }
        if words.count == 1, case .text(let shown) = words[0], shown == url || "mailto:" + shown == url {
            return
        }
        builder.literal(words.isEmpty ? "" : " (")
        builder.link(pieces, as: escape)
        builder.literal(words.isEmpty ? "" : ")")
    }
}
