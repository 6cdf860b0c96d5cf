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
        paragraphs = Array(tree.lazy.filter { if case .paragraph = $0 { true } else { false } }.prefix(2))
    }

    /// What mail programs show in their lists: the first two paragraphs, or what stands first in a text without any.
    var glimpse: MarkdownTree { paragraphs.isEmpty ? Array(tree.prefix(2)) : paragraphs }

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
