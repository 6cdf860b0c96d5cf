/// Makes HTML of a Markdown tree: for mail with the styles inline; bare for webhooks.
struct HTMLWriter {
    private let draft: MarkdownDraft
    /// Nil for HTML without styles.
    private let style: MailStyle?
    private var isLink = false
    private var builder = ProgramBuilder()

    /// The program of `tree`, which is a whole text or stands behind its beginning.
    static func program(
        of tree: MarkdownTree, draft: MarkdownDraft, style: MailStyle? = nil, isWhole: Bool = true
    ) -> Program {
        var writer = Self(draft: draft, style: style)
        for (index, block) in tree.enumerated() {
            writer.write(block, index == 0 && isWhole ? .title : .plain)
        }
        return writer.builder.built()
    }

    /// The subject above a text that has no heading of its own.
    static func heading(style: MailStyle) -> Program {
        var builder = ProgramBuilder()
        builder.literal("<h1\(style.attributes(of: "h1", .title))>")
        builder.part(.subject)
        builder.literal("</h1>")
        return builder.built()
    }

    private init(draft: MarkdownDraft, style: MailStyle?) {
        self.draft = draft
        self.style = style
    }

    /// Writes what stands in a quote or an item.
    private mutating func writeWithin(_ blocks: [MarkdownBlock], isTight: Bool) {
        for (index, block) in blocks.enumerated() {
            if isTight, index > 0 { builder.literal("\n") }
            let isLast = index == blocks.count - 1
            if case .paragraph(let inlines) = block, isTight {
                write(inlines)
            } else {
                write(
                    block, MailStyle.Place(isFirst: index == 0, isLast: isLast, isTight: isTight && index > 0)
                )
            }
        }
    }

    private mutating func write(_ block: MarkdownBlock, _ place: MailStyle.Place) {
        switch block {
        case .paragraph(let inlines): element("p", place) { $0.write(inlines) }
        case .heading(let level, let inlines): element("h\(level)", place) { $0.write(inlines) }
        case .quote(let blocks):
            element("blockquote", place) { writer in
                writer.builder.literal("\n")
                writer.writeWithin(blocks, isTight: false)
            }
        case .list(let start, let isTight, let items): list(start: start, isTight: isTight, items, place)
        case .code(let text), .html(let text):
            element("pre", place) { writer in
                writer.builder.literal("<code>")
                writer.text(text)
                writer.builder.literal("</code>")
            }
        case .rule: builder.literal("<hr\(attributes("hr", place))>\n")
        }
    }

    private mutating func list(
        start: Int?, isTight: Bool, _ items: [[MarkdownBlock]], _ place: MailStyle.Place
    ) {
        let tag = start == nil ? "ul" : "ol"
        let first = start ?? 1
        let room = style?.attributes(ofListUpTo: first + items.count - 1, place) ?? ""
        builder.literal("<\(tag)\(first == 1 ? "" : " start=\"\(first)\"")\(room)>\n")
        for item in items {
            element("li", MailStyle.Place(isTight: isTight)) { $0.writeWithin(item, isTight: isTight) }
        }
        builder.literal("</\(tag)>\n")
    }

    private mutating func write(_ inlines: [MarkdownInline]) {
        for inline in inlines { write(inline) }
    }

    private mutating func write(_ inline: MarkdownInline) {
        switch inline {
        case .text(let text), .html(let text): self.text(text)
        case .code(let text): element("code", ends: "") { $0.text(text) }
        case .emphasis(let inlines): element("em", ends: "") { $0.write(inlines) }
        case .strong(let inlines): element("strong", ends: "") { $0.write(inlines) }
        case .link(let url, let words), .image(let url, let words): link(url, words)
        case .softBreak: builder.literal("\n")
        case .hardBreak: builder.literal("<br>\n")
        }
    }

    /// A picture becomes a link as well: no mail of ours fetches anything when it is opened.
    private mutating func link(_ url: String, _ words: [MarkdownInline]) {
        guard !isLink, let pieces = draft.linkPieces(of: url) else { return write(words) }
        builder.literal("<a href=\"")
        builder.link(pieces, as: .html)
        builder.literal("\"\(attributes("a"))>")
        isLink = true
        write(words.isWordless ? [.text(url)] : words)
        isLink = false
        builder.literal("</a>")
    }

    private mutating func element(
        _ tag: String, _ place: MailStyle.Place = .plain, ends: String = "\n",
        _ content: (inout Self) -> Void
    ) {
        builder.literal("<\(tag)\(attributes(tag, place))>")
        content(&self)
        builder.literal("</\(tag)>\(ends)")
    }

    private func attributes(_ tag: String, _ place: MailStyle.Place = .plain) -> String {
        style?.attributes(of: tag, place) ?? ""
    }

    private mutating func text(_ text: String) { builder.text(text, of: draft, as: .html) }
}
