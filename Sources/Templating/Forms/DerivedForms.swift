import Synchronization

/// Every form that follows from one Markdown text, for one choice of the reader's sections.
final class DerivedForms: Sendable {
    /// Plain text of a mail.
    let mailText: Program
    /// Plain text with each paragraph on one line.
    let text: Program
    let sms: Program
    let telegram: Program
    /// HTML without styles.
    let fragment: Program
    /// What layouts, overrides and webhook bodies may take over.
    let parts: Parts
    /// The URLs that no form shows.
    let droppedLinks: [String]

    /// `subject` is the subject as a plain text, and escaped for HTML.
    init(_ tree: MarkdownTree, _ draft: MarkdownDraft, subject: (plain: Program, html: Program)) {
        let isHeaded = if case .heading? = tree.first { true } else { false }
        let opening = Array(tree.lazy.filter(\.isParagraph).prefix(2))
        mailText = TextWriter.program(of: tree, draft: draft, style: .mail)
        text = TextWriter.program(of: tree, draft: draft, style: .unfolded)
        sms = TextWriter.program(of: tree, draft: draft, style: .folded)
        telegram = TelegramWriter.program(of: tree, draft: draft, hasTitle: !isHeaded)
        fragment = HTMLWriter.program(of: tree, draft: draft, isMail: false)
        parts = Parts(programs: [
            .content: HTMLWriter.program(of: tree, draft: draft, isMail: true),
            .preheader: TextWriter.program(of: opening, draft: draft, style: .folded, escape: .html),
            .subject: subject.html, .title: subject.plain, .text: text, .html: fragment,
        ])
        droppedLinks = tree.urls.filter { draft.linkPieces(of: $0) == nil }
    }
}

extension MarkdownBlock {
    fileprivate var isParagraph: Bool { if case .paragraph = self { true } else { false } }
}

/// The Markdown of one locale, and the forms made of it so far.
final class BodyText: Sendable {
    /// More sections that depend on readers are refused, since each doubles the trees there may be.
    static let maxConditions = 12

    /// What readers' sections depend on, each once.
    let conditions: [SlotUse]
    private let nodes: [MustacheNode]
    private let context: TemplateContext
    private let partials: PartialShelf
    private let subject: (plain: Program, html: Program)
    private let made = Mutex<[UInt64: DerivedForms]>([:])

    init(
        _ nodes: [MustacheNode], conditions: [SlotUse], context: TemplateContext, partials: PartialShelf,
        subject: (plain: Program, html: Program)
    ) {
        self.nodes = nodes
        self.context = context
        self.partials = partials
        self.subject = subject
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
        let bits = Dictionary(uniqueKeysWithValues: conditions.enumerated().map { ($1.slot, $0) })
        var draft = MarkdownDraft(choice: choice, conditions: bits)
        var expansion = Expansion(rules: .strict, partials: partials, fallbacks: context.fallbacks)
        expansion.expand(nodes, in: context.stack(), into: &draft)
        let forms = DerivedForms(try MarkdownReader.tree(of: draft.source), draft, subject: subject)
        made.withLock { $0[choice] = forms }
        return forms
    }
}
