internal import Foundation

/// What somebody reads: a language, in the script of their locale.
///
/// Source: https://www.unicode.org/reports/tr35/#Likely_Subtags, as the system's CLDR has them (2026-11).
public struct ReaderLanguage: Sendable, Hashable {
    /// The shortest locale a text can have that they find and read: `de` for `de-AT`, `zh-TW` for itself, since `zh` is
    /// written otherwise.
    public let tag: String
    private let language: String
    /// Such as `Hant`; nil where nobody knows one.
    private let script: String?

    /// Nil for what is no locale.
    public init?(_ locale: String) {
        guard let known = LocaleTag(locale) else { return nil }
        let script = Self.script(of: locale)
        let parts = locale.split { $0 == "-" || $0 == "_" }
        let tags = (1...parts.count).map { parts.prefix($0).joined(separator: "-") }
        (language, self.script) = (known.language, script)
        tag = tags.first { Self.script(of: $0) == script } ?? locale
    }

    /// Whether it is written as `other` is, in one language.
    public func isRead(as other: Self) -> Bool {
        language == other.language && (script == nil || other.script == nil || script == other.script)
    }

    /// Its name in English, with the script where `other` differs in nothing else: `Serbian (Latin)`.
    public func name(besides other: Self) -> String {
        let english = Locale(identifier: "en")
        guard let name = english.localizedString(forLanguageCode: language) else { return tag }
        let word = script.flatMap(english.localizedString(forScriptCode:))
        return language == other.language ? word.map { "\(name) (\($0))" } ?? name : name
    }

    /// The script named in `locale`, or the one that it is likely written in.
    private static func script(of locale: String) -> String? {
        let likely = Locale.Language(identifier: locale).maximalIdentifier
        return Locale.Language(identifier: likely).script?.identifier
    }
}
