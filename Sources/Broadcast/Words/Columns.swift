/// How wide text stands where every letter has the same width: on a terminal, and in the plain text of a mail.
public enum Columns {
    /// East Asian wide characters, emoji and flags take two: https://www.unicode.org/reports/tr11/ (2026-11).
    public static func count(of text: some StringProtocol) -> Int { text.reduce(0) { $0 + count(of: $1) } }

    /// The longest beginning of `text` that fits `width`, at least one character of it.
    public static func beginning<Text: StringProtocol>(of text: Text, width: Int) -> Text.SubSequence {
        var (columns, end) = (0, text.startIndex)
        while end < text.endIndex {
            columns += count(of: text[end])
            guard columns <= width || end == text.startIndex else { break }
            end = text.index(after: end)
        }
        return text[..<end]
    }

    private static func count(of character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        let isEmoji = first.properties.isEmojiPresentation || character.unicodeScalars.contains("\u{FE0F}")
        let scalar = first.value
        let isWide =
            isEmoji || (0x1100...0x115F).contains(scalar) || (0x2E80...0xA4CF).contains(scalar)
            || (0xAC00...0xD7A3).contains(scalar) || (0xF900...0xFAFF).contains(scalar)
            || (0xFE30...0xFE6F).contains(scalar) || (0xFF00...0xFF60).contains(scalar)
            || (0x1F300...0x1FAFF).contains(scalar) || (0x20000...0x3FFFD).contains(scalar)
        return isWide ? 2 : 1
    }
}
