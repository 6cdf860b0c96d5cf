/// Telegram's HTML subset: what an author may write, and how long what is written is.
public enum TelegramMarkup {
    /// The length of `html` after its tags and entities are parsed, in UTF-16 units, which is never too few.
    public static func length(of html: [UInt8]) -> Int {
        var length = 0
        var index = 0
        while index < html.count {
            let byte = html[index]
            index += 1
            switch byte {
            case UInt8(ascii: "<"): index = endOfTag(in: html, from: index) ?? html.count
            // Each scalar has one byte that continues none; those beyond the basic plane begin with F0 or more.
            case _ where byte & 0xC0 == 0x80: continue
            case UInt8(ascii: "&"):
                let entity = entity(in: html, from: index)
                length += entity.map { UTF16.width($0.scalar) } ?? 1
                index = entity?.end ?? index
            default: length += byte >= 0xF0 ? 2 : 1
            }
        }
        return length
    }

    /// Behind the `>` that ends a tag, outside of quotes; nil when nothing does.
    static func endOfTag(in html: [UInt8], from start: Int) -> Int? {
        var quote: UInt8?
        for index in start..<html.count {
            switch html[index] {
            case let byte where quote != nil: if byte == quote { quote = nil }
            case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = html[index]
            case UInt8(ascii: ">"): return index + 1
            default: break
            }
        }
        return nil
    }

    /// Whether nothing is left of `html` but tags, blanks and line ends.
    static func isBlank(_ html: [UInt8]) -> Bool {
        var index = 0
        while index < html.count {
            let byte = html[index]
            index += 1
            if byte == UInt8(ascii: "<") {
                index = endOfTag(in: html, from: index) ?? html.count
            } else if !byte.isASCIIBlank {
                return false
            }
        }
        return true
    }

    /// The character that begins at `start`, an entity being one, and where it ends.
    static func scalar(in html: [UInt8], at start: Int) -> (scalar: Unicode.Scalar, end: Int) {
        if html[start] == UInt8(ascii: "&"), let entity = entity(in: html, from: start + 1) { return entity }
        var end = start + 1
        while end < html.count, html[end] & 0xC0 == 0x80 { end += 1 }
        let text = String(decoding: html[start..<end], as: UTF8.self)
        return (text.unicodeScalars.first ?? "\u{FFFD}", end)
    }

    /// The entity whose name begins at `start`, and where it ends; nil when it is none that Telegram knows.
    private static func entity(
        in html: [UInt8], from start: Int
    ) -> (scalar: Unicode.Scalar, end: Int)? {
        guard let end = html[start...].prefix(10).firstIndex(of: UInt8(ascii: ";")) else { return nil }
        let name = String(decoding: html[start..<end], as: UTF8.self)
        if let scalar = named[name] { return (scalar, end + 1) }
        guard name.hasPrefix("#"), name.utf8.count > 1 else { return nil }
        let digits = name.dropFirst()
        let number = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return (number.flatMap(Unicode.Scalar.init) ?? "\u{FFFD}", end + 1)
    }

    /// Whether Telegram knows the entity of that name.
    static func isNamed(_ name: some StringProtocol) -> Bool { named[String(name)] != nil }

    /// Source: https://core.telegram.org/bots/api#html-style (2026-11).
    private static let named: [String: Unicode.Scalar] = ["lt": "<", "gt": ">", "amp": "&", "quot": "\""]
}
