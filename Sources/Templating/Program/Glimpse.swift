/// What mail programs show of a message in their lists, behind its subject.
enum Glimpse {
    /// Most programs show between 40 and 140 characters, webmail up to 120.
    ///
    /// Sources: https://www.mailjet.com/email-playbook/open-rates/email-preheader and
    /// https://www.emailonacid.com/blog/article/email-marketing/preview-vs-preheader-text-how-long-should-preheader-text-be/
    /// (2026-11).
    static let maxCharacters = 100

    /// The beginning of `text`, cut at a word, without the subject that stands before it anyway.
    static func of(_ text: [UInt8], after subject: [UInt8]) -> String {
        let text = without(subject, text[...])
        guard let end = end(of: text) else { return String(decoding: text, as: UTF8.self) }
        let blank = text[...end].lastIndex(of: UInt8(ascii: " ")) ?? text.startIndex
        // Of a script without blanks, and of an endless word, all that there is room for.
        let isEndless = blank < text.startIndex + maxCharacters / 2
        var kept = String(decoding: text[..<(isEndless ? end : blank)], as: UTF8.self)
        // What follows may belong to the last character.
        if isEndless { kept.removeLast() }
        while let last = kept.last, " ,;:–—-(".contains(last) { kept.removeLast() }
        return kept.last.map(".!?。".contains) == true ? kept : kept + "…"
    }

    /// Where the character stands that is one too many; nil when there is none.
    private static func end(of text: ArraySlice<UInt8>) -> Int? {
        guard text.count > maxCharacters else { return nil }
        var count = 0
        // Each character has one byte, or begins with one, that continues none.
        for index in text.indices where text[index] & 0xC0 != 0x80 {
            count += 1
            if count > maxCharacters { return index }
        }
        return nil
    }

    /// `text` behind the subject, with which it may begin as a sentence of its own.
    private static func without(_ subject: [UInt8], _ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard !subject.isEmpty, text.starts(with: subject) else { return text }
        let rest = text.dropFirst(subject.count)
        let ends = rest.prefix { ".!?: ".utf8.contains($0) }
        return rest.isEmpty || ends.contains { $0 != UInt8(ascii: " ") } ? rest.dropFirst(ends.count) : text
    }
}
