/// Every form that follows from one Markdown text, for one choice of the reader's sections.
final class DerivedForms: Sendable {
    /// Plain text of a mail.
    let mailText: Program
    /// Plain text with each paragraph on one line.
    let text: Program
    /// What a template says in an SMS that has no short form.
    let sms: Program
    let telegram: Program
    /// HTML without styles.
    let fragment: Program
    /// What layouts, overrides and webhook bodies may take over.
    let parts: Parts
    /// The links that no form shows.
    let droppedLinks: [DroppedLink]
    /// Whether nothing is said at all.
    let isEmpty: Bool

    /// `subject` is the subject as a plain text, and escaped for HTML; `image` what a mail begins with.
    init(
        _ tree: MarkdownTree, _ draft: MarkdownDraft, subject: (plain: Program, html: Program),
        image: HeadImage?, in context: TemplateContext
    ) {
        // A heading of the highest level says what the text is about, as the subject does elsewhere.
        let isHeaded = if case .heading(level: 1, let words)? = tree.first { !words.isEmpty } else { false }
        let style = MailStyle(direction: context.direction)
        let opening = Opening(of: tree, draft: draft)
        isEmpty = tree.allSatisfy(\.isWordless)
        let plain = TextWriter.mail(of: tree, draft: draft, foot: context.pageFoot)
        mailText = image?.text.followed(by: plain) ?? plain
        let title = HTMLWriter.program(of: Array(tree.prefix(isHeaded ? 1 : 0)), draft: draft, style: style)
        let rest = HTMLWriter.program(
            of: Array(tree.dropFirst(isHeaded ? 1 : 0)), draft: draft, style: style, isWhole: !isHeaded)
        text = TextWriter.program(of: tree, draft: draft, style: .unfolded)
        sms = TextWriter.program(of: opening.shortForm, draft: draft, style: .folded)
        telegram = TelegramWriter.program(of: tree, draft: draft, hasTitle: !isHeaded)
        fragment = HTMLWriter.program(of: tree, draft: draft)
        parts = Parts(programs: [
            .content: title.followed(by: image?.html.followed(by: rest) ?? rest),
            .heading: isHeaded ? Program() : HTMLWriter.heading(style: style),
            .preheader: TextWriter.program(of: opening.glimpse, draft: draft, style: .glimpse),
            .subject: subject.html, .title: subject.plain, .text: text, .html: fragment,
        ])
        droppedLinks = tree.urls.filter { draft.linkPieces(of: $0) == nil }.map { DroppedLink($0, of: draft) }
    }
}
