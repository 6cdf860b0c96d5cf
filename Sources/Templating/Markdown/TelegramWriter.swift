/// Makes Telegram's HTML subset of a Markdown tree.
///
/// Only `b i code pre a blockquote` are written, nested as Telegram allows: quotes not within quotes, code not within
/// other styles. What it has no tag for is shown by text: headings in bold, lists and inner quotes with marks, pictures
/// as links, and addresses of mail and phone as they are, since a link to them would lead to a web page.
/// Source: https://core.telegram.org/bots/api#html-style (2026-11).
struct TelegramWriter {
    private let draft: MarkdownDraft
    private var builder = ProgramBuilder()
    private var indent = ""
    private var isQuoted = false
    private var isBold = false
    private var isItalic = false
    private var isLink = false

    /// The program of `tree`, headed by the subject in bold unless the text has a heading of its own.
    static func program(of tree: MarkdownTree, draft: MarkdownDraft, hasTitle: Bool) -> Program {
        var writer = Self(draft: draft)
        let tree = tree.filter { !$0.isHollow }
        if hasTitle {
            writer.builder.literal("<b>")
            writer.builder.part(.subject)
            writer.builder.literal(tree.isEmpty ? "</b>" : "</b>\n\n")
        }
        writer.write(tree, isTight: false)
        return writer.builder.built()
    }

    private init(draft: MarkdownDraft) { self.draft = draft }

    private mutating func write(_ blocks: [MarkdownBlock], isTight: Bool) {
        for (index, block) in blocks.filter({ !$0.isHollow }).enumerated() {
            if index > 0 { separate(isTight: isTight, isSetIn: !standsAlone(block)) }
            write(block)
        }
    }

    private mutating func separate(isTight: Bool, isSetIn: Bool = true) {
        builder.literal((isTight ? "\n" : "\n\n") + (isSetIn ? indent : ""))
    }

    /// Whether Telegram sets the block apart itself: blanks before it would be a line of their own.
    private func standsAlone(_ block: MarkdownBlock) -> Bool {
        switch block {
        case .code, .html: true
        case .quote: !isQuoted
        case .paragraph, .heading, .list, .rule: false
        }
    }

    private mutating func write(_ block: MarkdownBlock) {
        switch block {
        case .paragraph(let inlines): write(inlines)
        case .heading(_, let inlines): styled("b", \.isBold) { $0.write(inlines) }
        case .quote(let blocks): quote(blocks)
        case .list(let start, let isTight, let items): list(start: start, isTight: isTight, items)
        case .code(let text), .html(let text):
            builder.literal("<pre>")
            builder.text(text.hasSuffix("\n") ? String(text.dropLast()) : text, of: draft, as: .html)
            builder.literal("</pre>")
        case .rule: builder.literal("———")
        }
    }

    private mutating func quote(_ blocks: [MarkdownBlock]) {
        guard isQuoted else {
            let before = indent
            // Telegram sets a quote in by itself: what it holds begins anew.
            indent = ""
            styled("blockquote", \.isQuoted) { $0.write(blocks, isTight: false) }
            return indent = before
        }
        let mark = "&gt; "
        builder.literal(mark)
        indented(mark) { $0.write(blocks, isTight: false) }
    }

    private mutating func indented(_ more: String, _ content: (inout Self) -> Void) {
        let before = indent
        indent += more
        content(&self)
        indent = before
    }

    private mutating func list(start: Int?, isTight: Bool, _ items: [[MarkdownBlock]]) {
        for (index, item) in items.enumerated() {
            if index > 0 { separate(isTight: isTight) }
            let mark = start.map { "\($0 + index). " } ?? "• "
            builder.literal(mark)
            indented(String(repeating: " ", count: mark.count)) { $0.write(item, isTight: isTight) }
        }
    }

    private mutating func write(_ inlines: [MarkdownInline]) {
        for inline in inlines { write(inline) }
    }

    private mutating func write(_ inline: MarkdownInline) {
        switch inline {
        case .text(let text), .html(let text): builder.text(text, of: draft, as: .html)
        case .code(let text):
            let mayStyle = !(isBold || isItalic || isLink)
            builder.literal(mayStyle ? "<code>" : "")
            builder.text(text, of: draft, as: .html)
            builder.literal(mayStyle ? "</code>" : "")
        case .emphasis(let inlines): styled("i", \.isItalic) { $0.write(inlines) }
        case .strong(let inlines): styled("b", \.isBold) { $0.write(inlines) }
        case .link(let url, let words), .image(let url, let words):
            link(url, words)
        case .softBreak: builder.literal(" ")
        case .hardBreak: builder.literal("\n" + indent)
        }
    }

    private mutating func link(_ url: String, _ words: [MarkdownInline]) {
        guard !isLink, let pieces = draft.linkPieces(of: url) else { return write(words) }
        if let address = DirectAddress(pieces) { return show(address, words) }
        builder.literal("<a href=\"")
        builder.link(pieces, as: .html)
        builder.literal("\">")
        isLink = true
        write(words.isWordless ? [.text(url)] : words)
        isLink = false
        builder.literal("</a>")
    }

    private mutating func show(_ address: DirectAddress, _ words: [MarkdownInline]) {
        write(words)
        guard !address.isShown(by: words) else { return }
        builder.literal(words.isWordless ? "" : " (")
        builder.write(address.pieces, as: .html)
        builder.literal(words.isWordless ? "" : ")")
    }

    /// Opens a tag unless it is open already.
    private mutating func styled(
        _ tag: String, _ flag: WritableKeyPath<Self, Bool>, _ content: (inout Self) -> Void
    ) {
        guard !self[keyPath: flag] else { return content(&self) }
        builder.literal("<\(tag)>")
        self[keyPath: flag] = true
        content(&self)
        self[keyPath: flag] = false
        builder.literal("</\(tag)>")
    }
}
