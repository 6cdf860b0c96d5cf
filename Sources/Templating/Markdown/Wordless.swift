extension MarkdownBlock {
    /// Whether nobody reads or sees anything in it, as of `#`, of a quote or code without content.
    var isHollow: Bool {
        switch self {
        case .paragraph(let inlines), .heading(_, let inlines): inlines.isEmpty
        case .quote(let blocks): blocks.allSatisfy(\.isHollow)
        case .code(let text), .html(let text): text.allSatisfy(\.isWhitespace)
        case .list, .rule: false
        }
    }

    /// Whether it says nothing: blanks, invisible characters, rules, and what holds nothing else.
    var isWordless: Bool {
        switch self {
        case .paragraph(let inlines), .heading(_, let inlines): !inlines.saySomething
        case .quote(let blocks): blocks.allSatisfy(\.isWordless)
        case .list(_, _, let items): items.joined().allSatisfy(\.isWordless)
        case .code(let text), .html(let text): CleanText.lines(text).allSatisfy(\.isWhitespace)
        case .rule: true
        }
    }
}

extension [MarkdownInline] {
    /// Whether a word is among them, or an address, which is shown where a link or a picture has no words.
    fileprivate var saySomething: Bool {
        contains { inline in
            switch inline {
            case .text(let text), .code(let text), .html(let text):
                !CleanText.lines(text).allSatisfy(\.isWhitespace)
            case .emphasis(let words), .strong(let words): words.saySomething
            case .link(let url, let words), .image(let url, let words): !url.isEmpty || words.saySomething
            case .softBreak, .hardBreak: false
            }
        }
    }
}
