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
