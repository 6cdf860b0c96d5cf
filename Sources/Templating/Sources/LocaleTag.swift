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

    /// The tag, then what is left as part after part is taken from its end; last its language.
    ///
    /// Source: RFC 4647, 3.4.
    var chain: [String] {
        let parts = key.split(separator: "-")
        return (1...parts.count).reversed().map { parts.prefix($0).joined(separator: "-") }
    }

    /// Whether two spellings mean one locale; two empty ones do.
    static func isSame(_ left: String, _ right: String) -> Bool {
        left == right || key(of: left) == key(of: right)
    }

    private static func key(of text: String) -> String { text.lowercased().replacing("_", with: "-") }
}
