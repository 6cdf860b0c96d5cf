public import Broadcast

/// A template ready to be rendered for a million readers.
///
/// ```
/// sources ─► front matter ─┬─► per locale: Mustache ─► Markdown with stand-ins ─► tree ─► programs, one per form
///  frozen      YAML        └─► overrides and layout: Mustache ─► programs
///                                                          reader + program ─► bytes
/// ```
///
/// All that is known (variables, sender) is text already; a program only copies bytes and fills in what a contact
/// gives, escaped for the place where it stands. ``MarkdownDraft`` says why a value can never become markup.
public struct CompiledTemplate: Sendable {
    /// The template's name.
    public let name: String
    /// What `message.md` says about itself.
    public let frontMatter: FrontMatter
    /// BCP 47 of every variant; the first is that of `message.md`.
    public let locales: [String]
    /// What is worth knowing but stops nothing, such as a link that was dropped.
    public let warnings: [TemplateProblem]

    let variants: [Variant]
    let asked: [AskedAttribute]
    private let choice: LocaleChoice
    private let sender: Sender
    private let texts = LocalTexts()
    private let page: PageLink?

    /// Compiles frozen sources.
    ///
    /// - Throws: every problem of every file, form and locale at once.
    public init(_ content: FrozenContent, unset: UnsetVariables = .refused) throws(TemplateProblems) {
        var compiler = TemplateCompiler(content, unset: unset)
        let variants = compiler.variants()
        guard compiler.problems.isEmpty, let front = compiler.frontMatter else {
            throw TemplateProblems(compiler.problems)
        }
        name = content.template
        frontMatter = front
        locales = variants.map(\.locale)
        warnings = TemplateProblems(compiler.warnings).all
        self.variants = variants
        asked = compiler.asked
        sender = content.sender
        // Checked where it was configured; an empty one is none.
        page = try? PageLink(parsing: sender.page).filled(template: name, purpose: front.purpose)
        choice = LocaleChoice(
            compiler.suffixes, declared: front.locale, unsuffixed: 0, sender: content.sender.locale)
    }

    /// The locale of the text this reader gets; nil stands for a public place.
    public func locale(for contact: Contact?) -> String {
        locale(inPlaceOf: contact?.locale)
    }

    /// The locale of the text that readers of `locale` get; nil stands for those without one.
    public func locale(inPlaceOf locale: String?) -> String { variants[choice.index(for: locale)].locale }

    /// One message for one reader; nil stands for a public place, where every value of a contact is empty.
    ///
    /// Equal arguments give equal bytes.
    ///
    /// It is as long as the template makes it: ``RenderedContent/fitted(to:page:bodyBytes:)`` holds it to a channel's limits.
    /// - Throws: when a value is unfit, or the message says nothing.
    public func render(
        _ form: ContentForm, for contact: Contact?, announcement: AnnouncementFacts
    ) throws(RenderProblem) -> RenderedContent {
        let (variant, reader) = reading(form, contact, announcement)
        let content = try variant.render(form, for: reader)
        if content.isBlank {
            throw RenderProblem(.empty, form, "nothing is left of the text for this reader")
        }
        return content
    }

    /// Every required value that this reader lacks in that form, each place once; empty when the message can be made.
    ///
    /// It costs less than rendering: a send asks it of all selected contacts before the first message leaves.
    public func unfit(
        _ form: ContentForm, for contact: Contact?, announcement: AnnouncementFacts
    ) -> [UnfitValue] {
        let (variant, reader) = reading(form, contact, announcement)
        return variant.unfit(form, for: reader)
    }

    private func reading(
        _ form: ContentForm, _ contact: Contact?, _ announcement: AnnouncementFacts
    ) -> (Variant, Reader) {
        let variant = variants[choice.index(for: contact?.locale)]
        let reader = Reader(
            contact: contact, announcement: announcement, sender: sender, locale: variant.locale,
            texts: texts, page: page, isShort: form == .sms)
        return (variant, reader)
    }

    /// Where an announcement of it can be read; nil when not configured.
    public func page(of id: Announcement.ID) -> String? { page?.url(of: id) }
}
