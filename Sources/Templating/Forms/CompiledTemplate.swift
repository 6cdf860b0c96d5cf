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
    private let choice: LocaleChoice
    private let sender: Sender
    private let texts = LocalTexts()

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
        sender = content.sender
        choice = LocaleChoice(
            compiler.suffixes, declared: front.locale, unsuffixed: 0, sender: content.sender.locale)
    }

    /// The locale of the text this reader gets; nil stands for a public place.
    public func locale(for contact: Contact?) -> String {
        variants[choice.index(for: contact?.locale)].locale
    }

    /// One message for one reader; nil stands for a public place, where every value of a contact is empty.
    ///
    /// Equal arguments give equal bytes.
    ///
    /// - Throws: when a value is unfit, or the message says nothing or more than its form allows.
    public func render(
        _ form: ContentForm, for contact: Contact?, announcement: AnnouncementFacts
    ) throws(RenderProblem) -> RenderedContent {
        let (variant, reader) = reading(contact, announcement)
        var content = try variant.render(form, for: reader)
        if content.isBlank {
            throw RenderProblem(.empty, form, "nothing is left of the text for this reader")
        }
        switch form {
        case .telegram: try check(content)
        case .sms: content.text = fitted(content.text)
        case .email, .webhook: break
        }
        return content
    }

    /// Every required value that this reader lacks in that form, each place once; empty when the message can be made.
    ///
    /// It costs less than rendering: a send asks it of all selected contacts before the first message leaves.
    public func unfit(
        _ form: ContentForm, for contact: Contact?, announcement: AnnouncementFacts
    ) -> [UnfitValue] {
        let (variant, reader) = reading(contact, announcement)
        return variant.unfit(form, for: reader)
    }

    private func reading(_ contact: Contact?, _ announcement: AnnouncementFacts) -> (Variant, Reader) {
        let variant = variants[choice.index(for: contact?.locale)]
        let reader = Reader(
            contact: contact, announcement: announcement, sender: sender, locale: variant.locale, texts: texts
        )
        return (variant, reader)
    }

    private func check(_ content: RenderedContent) throws(RenderProblem) {
        let limit = TelegramMarkup.maxLength
        guard content.text.count > limit else { return }
        let length = TelegramMarkup.length(of: content.text)
        guard length > limit else { return }
        let what = "\(length) characters, \(length - limit) more than the \(limit) allowed"
        throw RenderProblem(.tooLong, .telegram, what)
    }

    private func fitted(_ text: [UInt8]) -> [UInt8] {
        let isPlain = text.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "`") }
        return isPlain ? text : Array(SMSFitting(String(decoding: text, as: UTF8.self)).text.utf8)
    }
}
