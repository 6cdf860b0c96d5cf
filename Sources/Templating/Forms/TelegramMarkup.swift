/// Telegram's HTML subset: what an author may write, and how long what is written is.
public enum TelegramMarkup {
    /// The most a message may hold.
    ///
    /// Source: https://core.telegram.org/bots/api#sendmessage (2026-11).
    public static let maxLength = 4_096

    /// Source: https://core.telegram.org/bots/api#html-style (2026-11).
    static let tags: Set<String> = [
        "b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "a", "blockquote", "span",
        "tg-spoiler", "tg-emoji",
    ]

    /// The length of `html` after its tags and entities are parsed, in UTF-16 units, which is never too few.
    public static func length(of html: [UInt8]) -> Int {
        var length = 0
        var isTag = false
        var index = 0
        while index < html.count {
            let byte = html[index]
            index += 1
            switch byte {
            case UInt8(ascii: "<"): isTag = true
            case UInt8(ascii: ">"): isTag = false
            // Each scalar has one byte that continues none; those beyond the basic plane begin with F0 or more.
            case _ where isTag || byte & 0xC0 == 0x80: continue
            case UInt8(ascii: "&"):
                length += 1
                index = endOfEntity(in: html, from: index) ?? index
            default: length += byte >= 0xF0 ? 2 : 1
            }
        }
        return length
    }

    /// Whether nothing is left of `html` but tags, blanks and line ends.
    static func isBlank(_ html: [UInt8]) -> Bool {
        var isTag = false
        for byte in html {
            switch byte {
            case UInt8(ascii: "<"): isTag = true
            case UInt8(ascii: ">"): isTag = false
            case _ where isTag || byte.isASCIIBlank: continue
            default: return false
            }
        }
        return true
    }

    /// Where the entity ends whose name begins at `start`; nil when it is none that Telegram knows.
    private static func endOfEntity(in html: [UInt8], from start: Int) -> Int? {
        guard let end = html[start...].prefix(10).firstIndex(of: UInt8(ascii: ";")) else { return nil }
        let name = String(decoding: html[start..<end], as: UTF8.self)
        let isKnown =
            ["lt", "gt", "amp", "quot"].contains(name) || name.hasPrefix("#") && name.utf8.count > 1
        return isKnown ? end + 1 : nil
    }
}

extension UInt8 {
    /// A blank, a tab or a line end.
    var isASCIIBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
