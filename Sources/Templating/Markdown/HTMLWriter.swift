/// Makes HTML of a Markdown tree: for mail with the styles inline, since mail programs drop others; bare for webhooks.
struct HTMLWriter {
    /// What the tags of a mail carry.
    ///
    /// Colours are left to the layout, so that dark mode can change them.
    private static let mailStyles = [
        "p": "margin:0 0 16px", "ul": "margin:0 0 16px;padding-left:24px",
        "ol": "margin:0 0 16px;padding-left:24px",
        "li": "margin:0 0 6px", "h1": "margin:24px 0 12px;font-size:22px;line-height:1.3",
        "h2": "margin:24px 0 12px;font-size:19px;line-height:1.3",
        "h3": "margin:20px 0 10px;font-size:17px;line-height:1.3",
        "blockquote": "margin:0 0 16px;padding:2px 0 2px 16px;border-left:3px solid #9aa4b2",
        "pre": "margin:0 0 16px;padding:12px;overflow:auto;white-space:pre-wrap;border:1px solid #9aa4b2;"
            + "border-radius:6px;font-size:14px",
        "code": "font-family:ui-monospace,Menlo,Consolas,monospace;font-size:0.92em",
        "hr": "margin:24px 0;border:0;border-top:1px solid #9aa4b2", "a": "text-decoration:underline",
    ]

    private let draft: MarkdownDraft
    private let isMail: Bool
    private var isLink = false
    private var builder = ProgramBuilder()

    /// The program of `tree`.
    static func program(of tree: MarkdownTree, draft: MarkdownDraft, isMail: Bool) -> Program {
        var writer = Self(draft: draft, isMail: isMail)
        writer.write(tree, isTight: false)
        return writer.builder.built()
    }

    private init(draft: MarkdownDraft, isMail: Bool) {
        self.draft = draft
        self.isMail = isMail
    }

    private mutating func write(_ blocks: [MarkdownBlock], isTight: Bool) {
        for (index, block) in blocks.enumerated() {
            if case .paragraph(let inlines) = block, isTight {
                if index > 0 { builder.literal("\n") }
                write(inlines)
            } else {
                if isTight, index > 0 { builder.literal("\n") }
                write(block)
            }
        }
    }

    private mutating func write(_ block: MarkdownBlock) {
        switch block {
        case .paragraph(let inlines): element("p") { $0.write(inlines) }
        case .heading(let level, let inlines): element("h\(min(level, 3))") { $0.write(inlines) }
        case .quote(let blocks):
            element("blockquote") { writer in
                writer.builder.literal("\n")
                writer.write(blocks, isTight: false)
            }
        case .list(let start, let isTight, let items): list(start: start, isTight: isTight, items)
        case .code(let text), .html(let text):
            element("pre") { $0.element("code", ends: "") { $0.text(text) } }
        case .rule:
            tag("hr")
            builder.literal("\n")
        }
    }

    private mutating func list(start: Int?, isTight: Bool, _ items: [[MarkdownBlock]]) {
        let isCounted = start.map { $0 != 1 } ?? false
        element(start == nil ? "ul" : "ol", attribute: isCounted ? " start=\"\(start ?? 1)\"" : "") {
            writer in
            writer.builder.literal("\n")
            for item in items { writer.element("li") { $0.write(item, isTight: isTight) } }
        }
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
        case .link(let url, let inlines): link(url, inlines)
        case .image(let url, let words): link(url, words.isEmpty ? [.text(url)] : words)
        case .softBreak: builder.literal("\n")
        case .hardBreak: builder.literal("<br>\n")
        }
    }

    /// A picture becomes a link as well: no mail of ours fetches anything when it is opened.
    private mutating func link(_ url: String, _ words: [MarkdownInline]) {
        guard !isLink, let pieces = draft.linkPieces(of: url) else { return write(words) }
        builder.literal("<a href=\"")
        builder.link(pieces, as: .html)
        builder.literal("\"" + style("a") + ">")
        isLink = true
        write(words)
        isLink = false
        builder.literal("</a>")
    }

    private mutating func element(
        _ name: String, attribute: String = "", ends: String = "\n", _ content: (inout Self) -> Void
    ) {
        tag(name, attribute: attribute)
        content(&self)
        builder.literal("</\(name)>\(ends)")
    }

    private mutating func tag(_ name: String, attribute: String = "") {
        builder.literal("<\(name)\(attribute)\(style(name))>")
    }

    private func style(_ name: String) -> String {
        guard isMail, let style = Self.mailStyles[name] else { return "" }
        return " style=\"\(style)\""
    }

    private mutating func text(_ text: String) { builder.text(text, of: draft, as: .html) }
}
