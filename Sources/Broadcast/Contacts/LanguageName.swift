import Foundation

/// Names of languages as people write them where a code belongs: `italiano`, `German`, `ita`.
enum LanguageName {
    /// The code of the language that `text` begins with; nil when it is none we know.
    static func code(of text: String) -> String? {
        let word = text.split { !$0.isLetter }.first.map { $0.lowercased() } ?? ""
        if let code = codes[word] { return code }
        if word.utf8.count == 2, Locale.LanguageCode(word).isISOLanguage { return word }
        if word.utf8.count == 3, let code = Locale.LanguageCode(word).identifier(.alpha2) { return code }
        // Short words are near to far too many names.
        return word.count < 5 ? nil : NearestName.of(word, in: codes.keys).flatMap { codes[$0] }
    }

    /// By the name in the language itself and in those that our customers' lists are written in.
    private static let codes: [String: String] = {
        var codes: [String: String] = [:]
        let identifiers = Locale.LanguageCode.isoLanguageCodes.map(\.identifier).filter { $0.utf8.count == 2 }
        for code in identifiers.sorted() {
            for reader in [code, "en", "it", "de", "fr", "es"] {
                let name = Locale(identifier: reader).localizedString(forLanguageCode: code)?.lowercased()
                if let name, name != code, codes[name] == nil { codes[name] = code }
            }
        }
        return codes
    }()
}
