import Broadcast

extension CompiledTemplate {
    /// What is worth changing in its texts though it stops nothing, in every locale and form that is `used`, each once.
    ///
    /// Without `sms` nothing is said of the short form, since nobody gets one.
    public func findings(sms: ShortFormRules?, in used: UsedForms = .all) -> [TemplateProblem] {
        let base = variants.first.flatMap { LocaleTag($0.locale)?.language } ?? ""
        var seen: Set<TemplateProblem> = []
        return variants.flatMap { variant -> [TemplateProblem] in
            let forms = used.of(variant.locale)
            if forms.isEmpty { return [] }
            let findings =
                variant.findings(forms.contains(.sms) ? sms : nil, in: forms)
                + (forms.isDisjoint(with: [.email, .telegram]) ? [] : AttachmentRules.findings(variant))
                + FormRules.plainText(variant.origin)
                + (forms.contains(.email) ? MailMarkupRules.findings(variant) : [])
                + FormRules.borrowed(variant.origin, locale: variant.locale, base: base, forms: forms)
            return findings.filter { $0.isRead(in: forms) }
        }.filter { seen.insert($0).inserted }
    }

    /// Those of `locales` whose readers get a text in another language, or in another script of theirs.
    public func unspoken(_ locales: some Sequence<String>) -> [String] {
        locales.filter { locale in
            guard let own = ReaderLanguage(locale) else { return false }
            return ReaderLanguage(self.locale(inPlaceOf: locale)).map { !own.isRead(as: $0) } ?? false
        }
    }
}

extension Variant {
    fileprivate func findings(_ sms: ShortFormRules?, in forms: Set<ContentForm>) -> [TemplateProblem] {
        let bodies = readsBody(in: forms) ? bodies : []
        let advice =
            linkAdvice(bodies, forms) + imageAdvice(bodies, forms)
            + bodies.flatMap(\.cutAddresses).map(CutAddressRules.advice)
            + bodies.flatMap(\.tableRulers).map(TableRules.advice)
            + bodies.flatMap(\.shownMarkup).map(MarkupRules.advice)
        return (forms == [.sms] ? [] : subjectFindings()) + origin.problems(advice)
            + (sms.map(shortFindings) ?? [])
    }

    /// Whether one of `forms` is made of its message, and not of a text of its own.
    private func readsBody(in forms: Set<ContentForm>) -> Bool {
        forms.contains { form in
            switch form {
            case .sms: sms == nil
            case .telegram: telegram == nil
            case .email, .webhook: true
            }
        }
    }

    private func subjectFindings() -> [TemplateProblem] {
        let source = origin.front.values.subject
        let bytes = (try? MustacheParser.withoutTags(Array(source.utf8))) ?? []
        return SubjectRules.findings(
            example(subject), authored: String(decoding: bytes, as: UTF8.self), at: origin.front.subjectPlace)
    }

    private func linkAdvice(_ bodies: [LintedBody], _ forms: Set<ContentForm>) -> [Advice] {
        let own = { (program: Program?, form: ContentForm) in forms.contains(form) ? program : nil }
        let overrides = [own(mailHTML ?? layout, .email), own(telegram, .telegram)]
        let pages = (bodies.map(\.content) + overrides.compactMap(\.self)).flatMap(known)
        let plain = [own(mailText, .email), own(sms, .sms)].compactMap(\.self)
        let texts = bodies.map(\.text) + plain + (forms.contains(.webhook) ? webhook?.programs ?? [] : [])
        let links =
            pages.flatMap(LinkRules.links(inHTML:)) + texts.flatMap(known).flatMap(LinkRules.links(inText:))
        return links.compactMap { link in
            LinkRules.finding(link).map { code, what in Advice(code, .link(LinkRules.known(of: link)), what) }
        }
    }

    private func imageAdvice(_ bodies: [LintedBody], _ forms: Set<ContentForm>) -> [Advice] {
        let pages = forms.contains(.email) ? known(mailHTML ?? layout) : []
        return bodies.flatMap(\.wordlessImages).map(ImageRules.advice(url:))
            + pages.flatMap(ImageRules.wordless(inHTML:)).map(ImageRules.advice(tag:))
    }

    private func shortFindings(_ rules: ShortFormRules) -> [TemplateProblem] {
        guard let form = sms ?? bodies.first?.sms else { return [] }
        let isOfFront = sms != nil && origin.source(.sms) == nil
        let text = String(
            decoding: short(form.outline(hasValues: true) { $0.example }), as: UTF8.self)
        return rules.findings(text) { character in
            isOfFront
                ? origin.front.smsPlace : origin.place(of: character, first: origin.source(.sms))
        }
    }

    private func example(_ program: Program) -> String {
        String(decoding: program.outline(hasValues: true) { $0.example }, as: UTF8.self)
    }

    /// Its text with every section, without any, and so on; the readers' values marked as unknown.
    private func known(_ program: Program) -> [String] {
        program.judged { _ in String(LinkRules.unknown) }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The message as those read it by whom it is judged.
    private var bodies: [LintedBody] { body.judged.compactMap { try? LintedBody(body, choice: $0) } }
}

/// One text of a message, as far as the rules look at it.
private struct LintedBody {
    let content: Program
    let text: Program
    let sms: Program
    let wordlessImages: [String]
    let shownMarkup: [String]
    let tableRulers: [String]
    let cutAddresses: [CutAddress]

    init(_ body: BodyText, choice: UInt64) throws(MarkdownTooDeep) {
        let (tree, draft) = try body.tree(choice: choice)
        let forms = try body.forms(choice: choice)
        (content, text, sms) = (forms.fragment, forms.text, forms.sms)
        shownMarkup = MarkupRules.shown(in: tree)
        tableRulers = TableRules.rulers(in: tree)
        cutAddresses = BareLinks(draft: draft).cut(in: tree)
        wordlessImages = ImageRules.wordless(in: tree).map { url in
            draft.pieces(of: url).map { piece in
                switch piece {
                case .text(let text): text
                case .use(let use):
                    if case .fixed(let text) = use.content { text } else { String(LinkRules.unknown) }
                }
            }.joined()
        }
    }
}
