/// How the names of columns in other people's lists are shown, compared, and made names of attributes.
enum ColumnName {
    /// The name on one line; spreadsheets like to break theirs.
    static func shown(_ name: String) -> String { FreeText.cleaned(name).text }

    /// Whether two names are the same but for capitals, blanks around them and line breaks inside.
    static func same(_ left: String, _ right: String) -> Bool {
        shown(left).lowercased() == shown(right).lowercased()
    }

    /// The name of an attribute that is nearest to `name`: `P.IVA` becomes `P IVA`.
    static func attribute(for name: String) -> String {
        let isAllowed = { (character: Character) in
            character.isLetter || character.isNumber || character == "_" || character == "-"
        }
        let words = name.split { !isAllowed($0) }.joined(separator: " ")
        let short = FreeText.trimmed(String(String.UnicodeScalarView(words.unicodeScalars.prefix(64))))
        return short.isEmpty ? "NAME" : short
    }
}
