/// Images that say nothing to those who do not see them.
enum ImageRules {
    /// The addresses of Markdown's images without words.
    static func wordless(in tree: MarkdownTree) -> [String] {
        tree.flatMap { block -> [String] in
            switch block {
            case .paragraph(let inlines), .heading(_, let inlines): wordless(in: inlines)
            case .quote(let blocks): wordless(in: blocks)
            case .list(_, _, let items): items.flatMap(wordless(in:))
            case .code, .rule, .html: []
            }
        }
    }

    private static func wordless(in inlines: [MarkdownInline]) -> [String] {
        inlines.flatMap { inline -> [String] in
            switch inline {
            case .image(let url, let words): words.isWordless ? [url] : []
            case .link(_, let words), .emphasis(let words), .strong(let words): wordless(in: words)
            case .text, .code, .softBreak, .hardBreak, .html: []
            }
        }
    }

    /// The tags of images that do not even say that they are mere decoration (`alt=""`).
    ///
    /// Source: https://html.spec.whatwg.org/multipage/images.html#alt (2026-11).
    static func wordless(inHTML html: String) -> [String] {
        html.matches(of: /(?i)<img\b(?:[^>"']|"[^"]{0,4000}"|'[^']{0,4000}'){0,400}>/).map { String($0.0) }
            .filter { tag in
                !tag.contains(/(?i)[\s"']alt\s*=/)
            }
    }

    /// What is told of an image in a Markdown text.
    static func advice(url: String) -> Advice {
        Advice(
            .imageWordless, .text("](\(url.prefix { $0 != LinkRules.unknown })"),
            "the image \(url.prefix(80)) has no words; write ![what it shows](…)")
    }

    /// What is told of an image in HTML.
    static func advice(tag: String) -> Advice {
        let shown = tag.prefix(80).replacing(String(LinkRules.unknown), with: "…")
        return Advice(
            .imageWordless, .text(String(tag.prefix { $0 != LinkRules.unknown && !$0.isNewline })),
            "\(shown) has no alt text; write alt=\"what it shows\", or alt=\"\" when it only decorates")
    }
}
