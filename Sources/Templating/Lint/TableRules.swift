/// Tables, which CommonMark does not have, so that readers see their bars and dashes.
enum TableRules {
    /// The lines below the heads of tables, in the paragraphs of `tree`.
    static func rulers(in tree: MarkdownTree) -> [String] {
        tree.flatMap { block -> [String] in
            switch block {
            case .paragraph(let inlines): rulers(in: inlines)
            case .quote(let blocks): rulers(in: blocks)
            case .list(_, _, let items): items.flatMap(rulers(in:))
            case .heading, .code, .rule, .html: []
            }
        }
    }

    /// Lines of their own: a table's first line stands above.
    private static func rulers(in inlines: [MarkdownInline]) -> [String] {
        zip(inlines, inlines.dropFirst()).compactMap { before, inline in
            guard case .softBreak = before, case .text(let text) = inline else { return nil }
            let isRuler = text.wholeMatch(of: /\s*\|?(\s*:?-+:?\s*\|)+(\s*:?-+:?\s*)?/) != nil
            return isRuler ? text : nil
        }
    }

    /// What is told of a table, by the line below its head.
    static func advice(_ ruler: String) -> Advice {
        Advice(
            .tableUnknown, .text(ruler),
            "Markdown here has no tables: readers get it as it is typed; write a list")
    }
}
