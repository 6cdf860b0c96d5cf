import Foundation

/// The name of a language as a region writes it (BCP 47), such as `it-IT`.
public enum LocaleTag {
    /// The tag in its usual capitals, `zh-Hant-TW`; `it_IT` is understood too.
    ///
    /// - Throws: when `text` is not language, then script, region and variants, or the language or region is unknown.
    public static func canonical(_ text: String) throws(ValueProblem) -> String {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "_" }.map(String.init)
        guard text.utf8.count <= 35, parts.allSatisfy({ $0.utf8.allSatisfy(isLetterOrDigit) && !$0.isEmpty })
        else {
            throw problem(.malformed, "is no locale", of: text)
        }
        let language = parts[0].lowercased()
        guard languages.contains(language) else {
            throw problem(.unknown, "names a language that does not exist", of: text)
        }
        var tag = language
        var rest = parts.dropFirst()
        if let script = rest.first, script.count == 4, script.allSatisfy(\.isLetter) {
            tag += "-" + script.capitalized
            rest = rest.dropFirst()
        }
        if let region = rest.first?.uppercased(), isRegionShaped(region) {
            guard regions.contains(region) else {
                throw problem(.unknown, "names a region that does not exist", of: text)
            }
            tag += "-" + region
            rest = rest.dropFirst()
        }
        for variant in rest {
            guard isVariantShaped(variant) else {
                throw problem(.malformed, "has a part that is no region or variant", of: text)
            }
            tag += "-" + variant.lowercased()
        }
        return tag
    }

    private static let languages = Set(Locale.LanguageCode.isoLanguageCodes.map(\.identifier))
    private static let regions = Set(Locale.Region.isoRegions.map(\.identifier))

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }

    private static func isRegionShaped(_ part: String) -> Bool {
        part.count == 2 && part.allSatisfy(\.isLetter) || part.count == 3 && part.allSatisfy(\.isNumber)
    }

    private static func isVariantShaped(_ part: String) -> Bool {
        (5...8).contains(part.count) || part.count == 4 && part.first?.isNumber == true
    }

    private static func problem(
        _ code: ValueProblem.Code, _ reason: String, of text: String
    ) -> ValueProblem {
        let nearest = LanguageName.code(of: String(text.prefix(40)))
        return ValueProblem(code, reason, expected: "a locale such as it or it-IT", nearest: nearest)
    }
}
