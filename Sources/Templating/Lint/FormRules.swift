import Broadcast

/// Forms that nobody wrote, though somebody reads them.
enum FormRules {
    /// An HTML of the author's own beside a text that is still derived of the message.
    static func plainText(_ origin: VariantOrigin) -> [TemplateProblem] {
        guard let html = origin.source(.mailHTML), origin.source(.mailText) == nil else { return [] }
        let name = html.file.split(separator: "/").last.map { String($0) } ?? ""
        let text = name.replacing(".html", with: ".txt")
        let what =
            "there is no \(text) beside it: who reads mail as plain text gets what the message says; "
            + "write \(text) so that both say the same"
        return [TemplateProblem(.plainTextMissing, Place(file: html.file), what)]
    }

    /// Words that readers of one language get in another, since nobody wrote them in theirs.
    ///
    /// `base` is the language of the files that have none in their names, `forms` what of them somebody gets.
    static func borrowed(
        _ origin: VariantOrigin, locale: String, base: String, forms: Set<ContentForm>
    ) -> [TemplateProblem] {
        guard let own = LocaleTag(locale)?.language, own != base else { return [] }
        let isForeign = { (file: String) in language(of: file, base) != own }
        var findings: [TemplateProblem] = []
        let front = origin.front
        let keys =
            [("subject", front.values.subject, front.subjectPlace)]
            + (origin.source(.sms) == nil && forms.contains(.sms)
                ? [("sms", front.values.sms ?? "", front.smsPlace)] : [])
        for (key, text, place) in keys where isForeign(place.file) && hasWords(text, isHTML: false) {
            let what = "has no \(key), so that its readers get the one of \(name(place.file)); add \(key): …"
            findings.append(TemplateProblem(.languageMixed, Place(file: origin.file, line: 1), what))
        }
        for source in origin.shownSources where isForeign(source.file) {
            let isHTML = source.file.hasSuffix(".html")
            guard hasWords(String(decoding: source.text, as: UTF8.self), isHTML: isHTML) else { continue }
            let localized = source.file.replacing(/\.(?=[a-z]+$)/, with: ".\(own).")
            let what = "is read by those whose language is \(own) as well; write \(localized) for them"
            findings.append(TemplateProblem(.languageMixed, Place(file: source.file), what))
        }
        return findings + unseen(origin, own: own, isForeign)
    }

    /// What stands elsewhere than in a text: the words of a picture, and those of a webhook's own body.
    private static func unseen(
        _ origin: VariantOrigin, own: String, _ isForeign: (String) -> Bool
    ) -> [TemplateProblem] {
        var findings: [TemplateProblem] = []
        if let image = origin.front.values.image, isForeign(image.place.file),
            hasWords(image.alt, isHTML: false)
        {
            let what =
                "has no image, so that its readers get the alt of the one of \(name(image.place.file)); "
                + "add image: { file: …, alt: … }"
            findings.append(TemplateProblem(.languageMixed, Place(file: origin.file, line: 1), what))
        }
        if let body = origin.source(.webhook), isForeign(body.file),
            let tree = try? JSONValue(parsing: body.text), tree.leaves.contains(where: isSentence)
        {
            let what =
                "has words that are read by those whose language is \(own) as well; write webhook.\(own).json "
                + "for them, or {{text}}, {{title}} and {{locale}} in their place"
            findings.append(TemplateProblem(.languageMixed, Place(file: body.file), what))
        }
        return findings
    }

    /// Whether two words stand side by side: one alone is rather for a machine.
    private static func isSentence(_ text: String) -> Bool {
        let rest = (try? MustacheParser.withoutTags(Array(text.utf8))) ?? []
        return String(decoding: rest, as: UTF8.self).contains(/\p{L}{2}[,;:]?\s+\p{L}{2}/)
    }

    private static func language(of file: String, _ base: String) -> String {
        let locale = SourceName(name(file))?.locale ?? ""
        return LocaleTag(locale)?.language ?? base
    }

    private static func name(_ file: String) -> String {
        file.split(separator: "/").last.map(String.init) ?? file
    }

    /// Whether more than tags, links and markup stands in it.
    private static func hasWords(_ text: String, isHTML: Bool) -> Bool {
        var rest = String(
            decoding: (try? MustacheParser.withoutTags(Array(text.utf8))) ?? [], as: UTF8.self)
        if isHTML {
            rest.replace(/(?is)<(style|script)\b.*?<\/\1>|<!--.*?-->/, with: " ")
            rest.replace(/<[^>]*>|&[A-Za-z0-9#]+;/, with: " ")
        }
        rest.replace(/https?:\/\/\S*/, with: " ")
        return rest.contains(/\p{L}{3}/)
    }
}

extension VariantOrigin {
    /// The overrides it uses, and the partials that they and its message take in; of a webhook's body only some words are for people.
    fileprivate var shownSources: [Source] {
        let overrides = [SourceRole.mailHTML, .mailText, .sms, .telegram].compactMap(source)
        let message = files.all.filter { $0.file == file }
        return overrides
            + (message + overrides).flatMap { source -> [Source] in
                let kind = source.file.split(separator: ".").last.map { String($0) } ?? ""
                let nodes = (try? MustacheParser.nodes(of: source.text, file: source.file)) ?? []
                return PartialShelf(of: files, locales: locales, fileExtension: kind)
                    .sources(reachedFrom: nodes.partialNames)
            }
    }
}

extension JSONValue {
    /// Every text in it but the keys.
    fileprivate var leaves: [String] {
        switch self {
        case .string(let text): [text]
        case .array(let items): items.flatMap(\.leaves)
        case .object(let members): members.values.flatMap(\.leaves)
        case .null, .bool, .number: []
        }
    }
}
