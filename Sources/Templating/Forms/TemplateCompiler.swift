import Broadcast

/// Takes a template's sources apart by locale.
struct TemplateCompiler {
    private let content: FrozenContent
    private let unset: UnsetVariables
    private let files: SourceFiles
    /// The locales of the `message` files as their names have them; the first is empty.
    let suffixes: [String]
    private(set) var frontMatter: FrontMatter?
    private(set) var problems: [TemplateProblem] = []
    private(set) var warnings: [TemplateProblem] = []
    private(set) var asked: [AskedAttribute] = []
    private var fronts: [String: LocatedFrontMatter] = [:]

    init(_ content: FrozenContent, unset: UnsetVariables) {
        self.content = content
        self.unset = unset
        files = SourceFiles(content)
        suffixes = files.locales[.message] ?? []
    }

    /// One variant for each locale, that of `message.md` first; of use only when there are no problems.
    mutating func variants() -> [Variant] {
        let file = "\(content.template)/message.md"
        guard suffixes.first?.isEmpty == true else {
            let what = "there is no message.md, which every template needs"
            problems.append(TemplateProblem(.fileUnreadable, Place(file: file), what))
            return []
        }
        checkSources()
        let variants = suffixes.compactMap { variant($0) }
        checkLanguages()
        checkLocales()
        return variants
    }

    private mutating func variant(_ suffix: String) -> Variant? {
        guard let source = files.source(.message, locales: [suffix]) else { return nil }
        do throws(TemplateProblem) {
            let message = try MessageSource(source)
            let front = front(of: message, source.file, suffix)
            let own = suffix.isEmpty ? front.values.locale : suffix
            let shown = (own ?? content.sender.locale).replacing("_", with: "-")
            let context = TemplateContext(content, front: front.values, locale: shown)
            var enclosing = EnclosureCompiler(content)
            let enclosures = enclosing.enclosures(front.values)
            problems += enclosing.problems
            var compiler = VariantCompiler(
                files: files, front: front, enclosures: enclosures, context: context, message: message,
                file: source.file,
                locale: shown,
                locales: (own.flatMap { LocaleTag($0) }?.chain ?? []) + [""])
            let variant = compiler.variant()
            problems += compiler.problems
            warnings += compiler.warnings
            asked += compiler.asked
            return variant
        } catch {
            problems.append(error)
            return nil
        }
    }

    private mutating func front(
        of message: MessageSource, _ file: String, _ suffix: String
    ) -> LocatedFrontMatter {
        let language = LocaleTag(suffix)?.language
        let base = suffix.isEmpty ? nil : language.flatMap { fronts[$0] } ?? fronts[""]
        var reader = FrontMatterReader(file: file, base: base)
        let front = reader.read(message.yaml)
        problems += reader.problems
        fronts[suffix.lowercased()] = front
        if suffix.isEmpty { frontMatter = front.values }
        problems += front.problems(
            with: content.variables, unset: unset, file: "\(content.template)/message.md", base: base)
        return front
    }

    /// Of two texts in one language nobody would ever read `message.md`, whatever language it is really in.
    private mutating func checkLanguages() {
        let declared = frontMatter?.locale
        let language = declared ?? content.sender.locale
        // A sender of it-IT who writes message.it.md means message.md for others.
        let general = declared == nil ? LocaleTag(language)?.language : nil
        let isTwin = { (suffix: String) in
            LocaleTag.isSame(suffix, language) || general.map { LocaleTag.isSame(suffix, $0) } ?? false
        }
        guard let suffix = suffixes.dropFirst().first(where: isTwin) else { return }
        let file = "\(content.template)/message.md"
        let whose = declared == nil ? "as the sender's locale is" : "as its front matter says"
        let what =
            "counts as \(language), \(whose), and so does message.\(suffix).md; name its own language, such as locale: en"
        problems.append(
            TemplateProblem(.valueInvalid, Place(file: file, line: declared == nil ? nil : 1), what))
    }

    /// An override in a language that has no message would mix two languages in one announcement.
    private mutating func checkLocales() {
        let declared = frontMatter?.locale ?? ""
        for role in SourceRole.allCases where role != .message {
            for locale in files.locales[role] ?? [] {
                let isKnown = (suffixes + [declared]).contains { LocaleTag.isSame($0, locale) }
                guard !isKnown, let name = role.rawValue.split(separator: ".").first else { continue }
                let file = "\(content.template)/\(name).\(locale).\(role.fileExtension)"
                let what = "there is no message.\(locale).md, whose form this would be"
                problems.append(TemplateProblem(.fileUnknown, Place(file: file), what))
            }
        }
    }

    /// Sources hold none of the characters that stand for values, no NUL, which C libraries take for an end, and no
    /// other control that a reader's program might obey.
    private mutating func checkSources() {
        for source in files.all {
            let text = String(decoding: source.text, as: UTF8.self)
            for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                guard let bad = line.unicodeScalars.first(where: Self.isForbidden) else { continue }
                let which =
                    bad.value == 0 || MarkdownDraft.isStandIn(bad)
                    ? "a NUL or a character of private-use plane 15" : "the control character \(bad.code)"
                problems.append(
                    TemplateProblem(
                        .textInvalid, Place(file: source.file, line: number + 1),
                        "\(which) cannot stand in a template; take it out"))
            }
        }
    }

    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0C: false
        case 0x00...0x1F, 0x7F...0x9F: true
        default: MarkdownDraft.isStandIn(scalar)
        }
    }
}
