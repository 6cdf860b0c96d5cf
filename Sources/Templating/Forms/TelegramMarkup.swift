/// Telegram's HTML subset: what an author may write, and how long what is written is.
public enum TelegramMarkup {
    /// The most a message may hold.
    ///
    /// Source: https://core.telegram.org/bots/api#sendmessage (2026-11).
    public static let maxLength = 4_096

    /// Source: https://core.telegram.org/bots/api#html-style (2026-11).
    static let tags: Set<String> = [
        "b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "a", "blockquote",
    ]

    /// The length of `html` after its tags and entities are parsed, in UTF-16 units, which is never too few.
    public static func length(of html: [UInt8]) -> Int {
        var length = 0
        var isTag = false
        var isEntity = false
        for byte in html {
            switch byte {
            case UInt8(ascii: "<"): isTag = true
            case UInt8(ascii: ">"): isTag = false
            case UInt8(ascii: "&") where !isTag:
                isEntity = true
                length += 1
            case UInt8(ascii: ";") where isEntity: isEntity = false
            default:
                // Each scalar has one byte that continues none; those beyond the basic plane begin with F0 or more.
                guard !isTag, !isEntity, byte & 0xC0 != 0x80 else { continue }
                length += byte >= 0xF0 ? 2 : 1
            }
        }
        return length
    }

    /// What is wrong with an author's own markup, with its line.
    static func problems(in text: [UInt8], file: String) -> [TemplateProblem] {
        var problems: [TemplateProblem] = []
        var open: [String] = []
        for (number, line) in String(decoding: text, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false
        ).enumerated() {
            let place = Place(file: file, line: number + 1)
            for match in line.matches(of: /<(\/?)([A-Za-z!][A-Za-z0-9-]*)[^>]*>/) {
                let tag = match.2.lowercased()
                if !tags.contains(tag) {
                    let what =
                        "Telegram knows no <\(tag)>; \(tags.sorted().joined(separator: ", ")) are allowed"
                    problems.append(TemplateProblem(.markupInvalid, place, what))
                } else if match.1.isEmpty {
                    open.append(tag)
                } else if open.popLast() != tag {
                    problems.append(
                        TemplateProblem(.markupInvalid, place, "</\(tag)> closes a tag that is not open here")
                    )
                }
            }
        }
        if let tag = open.last {
            problems.append(TemplateProblem(.markupInvalid, Place(file: file), "<\(tag)> is never closed"))
        }
        return problems
    }
}
