import Broadcast

/// The paragraphs that a message opens with.
struct Opening {
    /// A first paragraph of fewer characters, such as a greeting, says too little to stand alone.
    private static let leastCharacters = 40

    private let tree: MarkdownTree
    private let draft: MarkdownDraft
    private let paragraphs: [MarkdownBlock]

    init(of tree: MarkdownTree, draft: MarkdownDraft) {
        self.tree = tree
        self.draft = draft
        paragraphs = Array(tree.lazy.filter(isParagraph).prefix(2))
    }

    /// What mail programs show in their lists: the text from its first paragraph on, as far as a ``Glimpse`` may need it,
    /// without headings and code; of a text without paragraphs, all that stands first.
    var glimpse: MarkdownTree {
        let start = tree.firstIndex(where: isParagraph) ?? 0
        var shown: MarkdownTree = []
        var count = 0
        for block in tree[start...] where count < Glimpse.maxCharacters + ContentLimits.advisedSubject {
            guard paragraphs.isEmpty || isRunning(block) else { continue }
            shown.append(block)
            count += characters(in: block) + 1
        }
        return shown
    }

    private func isRunning(_ block: MarkdownBlock) -> Bool {
        switch block {
        case .paragraph, .list, .quote: true
        case .heading, .code, .html, .rule: false
        }
    }

    /// What an SMS says: the first paragraph, after a greeting the next one as well; all of a text without paragraphs.
    var shortForm: MarkdownTree {
        guard let first = paragraphs.first else { return tree }
        return characters(in: first) < Self.leastCharacters ? paragraphs : [first]
    }

    /// How many characters the author wrote, without what readers bring.
    private func characters(in block: MarkdownBlock) -> Int {
        let written = TextWriter.program(of: [block], draft: draft, style: .glimpse).bytes
        return String(decoding: written, as: UTF8.self).count
    }
}

private func isParagraph(_ block: MarkdownBlock) -> Bool {
    if case .paragraph = block { true } else { false }
}
