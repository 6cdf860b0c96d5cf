import Foundation

/// HTML in a Markdown text, which readers see as it is written.
enum MarkupRules {
    /// Each piece of it, up to the first value, blank or line end, and never empty.
    static func shown(in tree: MarkdownTree) -> [String] {
        tree.flatMap { block -> [String] in
            switch block {
            case .paragraph(let inlines), .heading(_, let inlines): shown(in: inlines)
            case .quote(let blocks): shown(in: blocks)
            case .list(_, _, let items): items.flatMap(shown(in:))
            case .html(let text): opening(of: text)
            case .code, .rule: []
            }
        }
    }

    private static func shown(in inlines: [MarkdownInline]) -> [String] {
        inlines.flatMap { inline -> [String] in
            switch inline {
            case .html(let text): opening(of: text)
            case .link(_, let words), .image(_, let words), .emphasis(let words), .strong(let words):
                shown(in: words)
            case .text, .code, .softBreak, .hardBreak: []
            }
        }
    }

    /// None where it only closes: what is closed was opened, and told there.
    private static func opening(of text: String) -> [String] {
        guard let first = text.firstRange(of: /<[^\/\s]/) else { return [] }
        return [beginning(of: text[first.lowerBound...])]
    }

    private static func beginning(of text: Substring) -> String {
        let line = text.prefix { !$0.isNewline }
        let known = line.unicodeScalars.prefix { !MarkdownDraft.isStandIn($0) }
        return String(Substring(known)).trimmingCharacters(in: .whitespaces)
    }

    /// What is told of such a piece.
    static func advice(_ text: String) -> Advice {
        let mend =
            text.hasPrefix("<!--")
            ? "a note that nobody shall read is written {{! … }}"
            : "write it in Markdown, or in an email.html of its own"
        return Advice(
            .htmlShown, .text(text), "readers see “\(text.prefix(80))” as it is written; \(mend)")
    }
}
