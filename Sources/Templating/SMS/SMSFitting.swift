import Foundation

/// A text with typographic characters written as GSM 7-bit has them, where that saves a segment.
///
/// It is done unless the channel says otherwise, and shown: one typographic apostrophe leaves 70 characters of 160. A text that needs
/// UCS-2 anyway, for an emoji or another script, or is short in either alphabet, is left as its author wrote it.
public struct SMSFitting: Sendable, Hashable {
    /// One kind of replacement.
    public struct Replacement: Sendable, Hashable {
        /// What the author or a value had.
        public let from: String
        /// What is sent.
        public let to: String
    }

    /// What is sent.
    public let text: String
    /// What was replaced, each once, in order; empty when nothing was.
    public let replacements: [Replacement]
    /// What the text costs as it is sent.
    public let length: SMSLength
    /// How many segments were saved.
    public let saved: Int

    /// Fits `original`; nothing but its canonical form changes unless it `transliterates`.
    public init(_ original: String, transliterates: Bool = true) {
        // A letter and its accent as two characters, as macOS writes them, are none of GSM 7-bit.
        let isASCII = original.utf8.allSatisfy { $0 < 0x80 }
        let original = isASCII ? original : original.precomposedStringWithCanonicalMapping
        let before = SMSLength(original)
        guard transliterates, before.segments > 1, Self.canSpell(before.costly) else {
            self.init(text: original, replacements: [], length: before, saved: 0)
            return
        }
        let text = original.unicodeScalars.map { Self.spellings[$0] ?? String($0) }.joined()
        let replacements = before.costly.map { Replacement(from: String($0), to: Self.spellings[$0] ?? "") }
        let after = SMSLength(text)
        guard after.segments < before.segments else {
            self.init(text: original, replacements: [], length: before, saved: 0)
            return
        }
        self.init(
            text: text, replacements: replacements, length: after, saved: before.segments - after.segments)
    }

    private init(text: String, replacements: [Replacement], length: SMSLength, saved: Int) {
        self.text = text
        self.replacements = replacements
        self.length = length
        self.saved = saved
    }

    /// `text` with its blanks, dashes and quotes as GSM 7-bit has them, and all its letters as they are.
    ///
    /// Of dates and numbers: as some locales write them, one narrow blank before PM or between two thousands would cost
    /// the whole text its encoding, and nobody wrote it.
    static func plainSigns(of text: String) -> String {
        text.unicodeScalars.map { scalar in
            scalar.properties.isAlphabetic ? String(scalar) : spellings[scalar] ?? String(scalar)
        }.joined()
    }

    /// Whether each of the characters can be written in GSM 7-bit.
    static func canSpell(_ costly: [Unicode.Scalar]) -> Bool { costly.allSatisfy { spellings[$0] != nil } }

    private static let spellings: [Unicode.Scalar: String] = {
        let groups: [(String, String)] = [
            ("'", "‘’‚‛‹›′ʼ`´"), ("\"", "“”„‟″«»"), ("-", "‐‑‒–—―−•"), ("...", "…"), ("x", "×"),
            (" ", "\t\u{A0}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\u{2007}\u{2008}\u{2009}\u{200A}\u{202F}"),
            ("", "\u{200B}\u{2060}\u{AD}"), ("A'", "À"), ("E'", "È"), ("I'", "Ì"), ("O'", "Ò"), ("U'", "Ù"),
            ("c", "ç"),
        ]
        var spellings: [Unicode.Scalar: String] = [:]
        for (plain, originals) in groups {
            for scalar in originals.unicodeScalars { spellings[scalar] = plain }
        }
        return spellings
    }()
}
