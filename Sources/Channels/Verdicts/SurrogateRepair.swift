/// Mends JSON that escapes half a character, such as `\ud800`: gateways cut texts between the halves of an emoji, and
/// no parser takes what is left.
enum SurrogateRepair {
    /// `text` with U+FFFD for each half that stands alone; nothing else of it moves.
    static func mended(_ text: [UInt8]) -> [UInt8] {
        guard text.contains(UInt8(ascii: "\\")) else { return text }
        var mended = text
        var position = 0
        while position < text.count {
            guard text[position] == UInt8(ascii: "\\") else {
                position += 1
                continue
            }
            switch unit(in: text, at: position) {
            case nil: position += 2
            case (0xD800...0xDBFF)? where isLow(unit(in: text, at: position + 6)): position += 12
            case (0xD800...0xDFFF)?:
                mended.replaceSubrange(position..<position + 6, with: "\\ufffd".utf8)
                position += 6
            default: position += 6
            }
        }
        return mended
    }

    private static func isLow(_ unit: UInt16?) -> Bool {
        unit.map { (0xDC00...0xDFFF).contains($0) } ?? false
    }

    /// The unit of UTF-16 that is escaped there; nil when none is.
    private static func unit(in text: [UInt8], at position: Int) -> UInt16? {
        let escape = text.dropFirst(position).prefix(6)
        let digits = escape.dropFirst(2)
        // A number may have a sign, an escape has none.
        guard escape.starts(with: "\\u".utf8), digits.count == 4, digits.first != UInt8(ascii: "+"),
            digits.first != UInt8(ascii: "-")
        else { return nil }
        return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
