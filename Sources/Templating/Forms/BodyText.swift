import Synchronization

/// The Markdown of one locale, and the forms made of it so far.
final class BodyText: Sendable {
    /// More sections that depend on readers are refused, since each doubles the trees there may be.
    static let maxConditions = 12
    /// Forms for further choices are made anew each time, so that sections cannot fill the memory.
    private static let capacity = 256

    /// What readers' sections depend on, each once.
    let conditions: [SlotUse]
    private let text: Text
    private let context: TemplateContext
    private let made = Mutex<[UInt64: DerivedForms]>([:])

    /// The parsed Markdown, the partials it may ask for, and the subject that goes with it.
    struct Text: Sendable {
        var nodes: [MustacheNode]
        var partials: PartialShelf
        var subject: (plain: Program, html: Program)
        /// Nil where no picture stands at its head.
        var image: HeadImage?
    }

    /// A text whose readers' sections depend on `conditions`.
    init(_ text: Text, conditions: [SlotUse], context: TemplateContext) {
        self.text = text
        self.context = context
        var seen = Set<Slot>()
        self.conditions = conditions.filter { seen.insert($0.slot).inserted }
    }

    /// The forms in which this reader's sections stand.
    func forms(for reader: Reader) throws(MarkdownTooDeep) -> DerivedForms {
        var choice: UInt64 = 0
        for (bit, condition) in conditions.enumerated() where !reader.text(of: condition).isEmpty {
            choice |= 1 << UInt64(bit)
        }
        return try forms(choice: choice)
    }

    /// The forms for one choice: a bit for each of ``conditions`` that holds.
    func forms(choice: UInt64) throws(MarkdownTooDeep) -> DerivedForms {
        if let forms = made.withLock({ $0[choice] }) { return forms }
        let (tree, draft) = try tree(choice: choice)
        let forms = DerivedForms(tree, draft, subject: text.subject, image: text.image, in: context)
        made.withLock { made in
            if made.count < Self.capacity { made[choice] = forms }
        }
        return forms
    }

    /// The Markdown for one choice, read, and the values that stand in it.
    func tree(choice: UInt64) throws(MarkdownTooDeep) -> (MarkdownTree, MarkdownDraft) {
        let bits = Dictionary(uniqueKeysWithValues: conditions.enumerated().map { ($1.slot, $0) })
        var draft = MarkdownDraft(choice: choice, conditions: bits)
        var expansion = Expansion(rules: .strict, partials: text.partials, fallbacks: context.fallbacks)
        expansion.expand(text.nodes, in: context.stack(), into: &draft)
        return (BareLinks(draft: draft).applied(to: try MarkdownReader.tree(of: draft.markdown)), draft)
    }
}
