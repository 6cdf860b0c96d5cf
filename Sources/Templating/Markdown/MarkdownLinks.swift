extension MarkdownTree {
    /// Every URL of the tree, in order.
    var urls: [String] {
        flatMap { block -> [String] in
            switch block {
            case .paragraph(let inlines), .heading(_, let inlines): inlines.urls
            case .quote(let blocks): blocks.urls
            case .list(_, _, let items): items.flatMap(\.urls)
            case .code, .rule, .html: []
            }
        }
    }
}

extension [MarkdownInline] {
    fileprivate var urls: [String] {
        flatMap { inline -> [String] in
            switch inline {
            case .link(let url, let words), .image(let url, let words): [url] + words.urls
            case .emphasis(let inlines), .strong(let inlines): inlines.urls
            case .text, .code, .softBreak, .hardBreak, .html: []
            }
        }
    }
}
