import Testing

/// Telegram's own rules for the entities of a message, as strict as their wording.
///
/// Source: https://core.telegram.org/bots/api#formatting-options and #html-style (2026-11): only its tags; every `<`,
/// `>` and `&` that is no markup is an entity; entities lie one within the other; bold, italic, underline,
/// strikethrough and spoiler go with all but code and pre; quotes are not nested; no other entity contains another,
/// which we read, as Telegram's own library does, as: links no code, code nothing, quotes everything but quotes.
enum TelegramRules {
    private static let styles: Set<String> = [
        "b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "tg-spoiler",
    ]
    private static let allowed: [String: Set<String>] = [
        "a": ["href"], "code": [], "pre": [], "blockquote": ["expandable"],
    ]

    /// What Telegram would refuse, drop, or not show as meant.
    static func problems(in html: String) -> [String] {
        let tags = Tags(html)
        var problems = tags.problems
        var open: [String] = []
        for token in tags.tokens {
            switch token {
            case .text(let text):
                let controls = text.unicodeScalars.filter {
                    $0.value < 0x20 && $0 != "\n" || $0.value == 0x7F
                }
                if !controls.isEmpty { problems.append("a control in \(text)") }
            case .open(let tag, let attributes):
                problems += problem(of: tag, attributes).map { [$0] } ?? []
                problems += open.compactMap { problem(of: tag, within: $0) }
                open.append(tag)
            case .close(let tag): if open.popLast() != tag { problems.append("</\(tag)> closes nothing") }
            }
        }
        return problems + open.map { "<\($0)> is not closed" }
    }

    private static func problem(of tag: String, _ attributes: [String: String]) -> String? {
        if styles.contains(tag), attributes.isEmpty { return nil }
        guard let known = allowed[tag] else { return "<\(tag)> is unknown" }
        guard known.isSuperset(of: attributes.keys) else { return "<\(tag)> with \(attributes.keys)" }
        guard tag == "a" else { return nil }
        let isWeb =
            attributes["href"]?.wholeMatch(of: /(?i:https?):\/\/[^\/?#\s]+([\/?#][\x21-\x7E]*)?/) != nil
        return isWeb ? nil : "a link to \(attributes["href"] ?? "nothing")"
    }

    private static func problem(of tag: String, within outer: String) -> String? {
        let isAllowed =
            switch outer {
            case tag, "code", "pre": false
            case "a",
                _ where styles.contains(outer):
                tag != "code" && tag != "pre" && tag != "blockquote"
            default: true
            }
        return isAllowed ? nil : "<\(tag)> within <\(outer)>"
    }
}
