/// A BCP 47 tag as far as choosing a text needs it: a language, perhaps more.
struct LocaleTag: Sendable, Hashable {
    /// In lower case with hyphens, such as `it-it`.
    let key: String
    /// The language alone, such as `it`.
    let language: String

    /// Nil unless it is a language of two or three letters, and parts of two to eight letters or digits.
    init?(_ text: String) {
        key = Self.key(of: text)
        let parts = key.split(separator: "-", omittingEmptySubsequences: false)
        let isAlphanumeric = { (part: Substring) in
            part.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
        }
        guard let first = parts.first, (2...3).contains(first.count), first.allSatisfy(\.isLetter),
            parts.allSatisfy(isAlphanumeric), parts.dropFirst().allSatisfy({ (2...8).contains($0.count) })
        else { return nil }
        language = String(first)
    }

    /// The tag, then its language.
    var chain: [String] { key == language ? [key] : [key, language] }

    /// Whether two spellings mean one locale; two empty ones do.
    static func isSame(_ left: String, _ right: String) -> Bool {
        left == right || key(of: left) == key(of: right)
    }

    private static func key(of text: String) -> String { text.lowercased().replacing("_", with: "-") }
}

/// Which variant of a text a reader gets.
///
/// The reader's locale, its language, the sender's locale, its language, and last the text without a locale in its
/// name; that one also stands for the locale its front matter declares.
struct LocaleChoice: Sendable {
    private let indices: [String: Int]
    private let other: Int

    /// `locales` are those of the variants in order; an empty one matches nobody by itself.
    init(_ locales: [String], declared: String?, unsuffixed: Int, sender: String) {
        var indices: [String: Int] = [:]
        if let tag = declared.flatMap({ LocaleTag($0) }) { indices[tag.key] = unsuffixed }
        for (index, locale) in locales.enumerated() {
            guard let tag = LocaleTag(locale) else { continue }
            indices[tag.key] = index
            indices[locale] = index
        }
        if let declared, indices[declared] == nil { indices[declared] = unsuffixed }
        self.indices = indices
        other = Self.match(sender, in: indices) ?? unsuffixed
    }

    /// The index of the variant for a reader with that locale.
    func index(for locale: String?) -> Int {
        guard let locale else { return other }
        return indices[locale] ?? Self.match(locale, in: indices) ?? other
    }

    private static func match(_ locale: String, in indices: [String: Int]) -> Int? {
        guard let tag = LocaleTag(locale) else { return nil }
        return tag.chain.lazy.compactMap { indices[$0] }.first
    }
}
