/// What of an author's own HTML mail programs take away, and filters hold against a mail.
///
/// Source: https://www.caniemail.com/features/html-form/, https://developers.google.com/workspace/gmail/design/css,
/// https://learn.microsoft.com/en-us/previous-versions/office/developer/office-2007/aa338201(v=office.12) (2026-11).
enum MailMarkupRules {
    private static let running: Set<String> = [
        "script", "iframe", "frame", "frameset", "object", "embed", "applet",
    ]
    private static let asking: Set<String> = ["form", "input", "button", "select", "textarea"]

    /// What is told of the HTML of `variant`, of each kind the first place in each file.
    static func findings(_ variant: Variant) -> [TemplateProblem] {
        let origin = variant.origin
        guard let frame = origin.source(.mailHTML) ?? origin.files.layout(locales: origin.locales) else {
            return []
        }
        let nodes = (try? MustacheParser.nodes(of: frame.text, file: frame.file)) ?? []
        let partials = PartialShelf(of: origin.files, locales: origin.locales, fileExtension: "html")
            .sources(reachedFrom: nodes.partialNames)
        return ([frame] + partials).flatMap(findings(in:))
    }

    private static func findings(in source: Source) -> [TemplateProblem] {
        guard let html = try? MustacheParser.withoutTags(source.text) else { return [] }
        var tokens = HTMLTokens(html)
        var told: Set<String> = []
        var findings: [TemplateProblem] = []
        while let token = tokens.next() {
            for what in problems(of: token) where told.insert(what).inserted {
                // What belongs to a form is told with it.
                if told.contains(asked("form")), what != asked("form"), asking.map(asked).contains(what) {
                    continue
                }
                let line = 1 + html[..<tokens.start].count { $0 == UInt8(ascii: "\n") }
                findings.append(TemplateProblem(.htmlUnsupported, Place(file: source.file, line: line), what))
            }
        }
        return findings
    }

    private static func problems(of token: HTMLTokens.Token) -> [String] {
        switch token {
        case .start(let name, let attributes), .raw(let name, let attributes, _):
            [problem(of: name, attributes)].compactMap(\.self) + handlers(attributes)
        case .doctype, .text, .end: []
        }
    }

    private static func problem(of name: String, _ attributes: [HTMLTokens.Attribute]) -> String? {
        let words = { (key: String) in
            (attributes.first { $0.name == key }?.value ?? "").lowercased().split(
                whereSeparator: \.isWhitespace)
        }
        if running.contains(name) { return taken("<\(name)>") }
        if asking.contains(name) { return asked(name) }
        switch name {
        case "base": return "mail programs take <base> away; write every link whole, and remove it"
        case "link" where words("rel").contains("stylesheet"):
            return
                "mail programs load no <link rel=stylesheet>; write its rules into <style>, or into style=…"
        case "meta" where words("http-equiv") == ["refresh"]: return taken("<meta http-equiv=refresh>")
        default: return nil
        }
    }

    private static func handlers(_ attributes: [HTMLTokens.Attribute]) -> [String] {
        attributes.map(\.name).filter { $0.wholeMatch(of: /on[a-z]{3,30}/) != nil }.map { taken("\($0)=…") }
    }

    private static func taken(_ shown: String) -> String {
        "mail programs take \(shown) away, and filters hold it against the mail; remove it"
    }

    private static func asked(_ name: String) -> String {
        "many mail programs take <\(name)> away, and filters hold it against the mail; put it onto a page, and link "
            + "to it"
    }
}
