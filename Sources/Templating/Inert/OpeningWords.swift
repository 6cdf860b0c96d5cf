/// The first words of a page, as lists of mails show them.
struct OpeningWords {
    /// What a list has room for.
    private static let most = 140
    /// Tags that stand inside of a word.
    private static let inline: Set = [
        "a", "abbr", "b", "bdi", "bdo", "big", "code", "del", "em", "font", "i", "ins", "kbd", "mark", "q",
        "s",
        "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
    ]

    private var scalars: [Unicode.Scalar] = []
    private var isParted = false

    /// All of them so far.
    var text: String {
        let text = String(String.UnicodeScalarView(scalars.prefix(Self.most)))
        return scalars.count > Self.most ? text + "…" : text
    }

    /// Takes in text whose entities are unread.
    mutating func append(_ html: ArraySlice<UInt8>) {
        guard scalars.count <= Self.most else { return }
        for scalar in HTMLEntities.read(html).unicodeScalars {
            if scalar.properties.isWhitespace {
                isParted = true
            } else if !isFiller(scalar) {
                if isParted, !scalars.isEmpty { scalars.append(" ") }
                scalars.append(scalar)
                isParted = false
            }
        }
    }

    /// Takes in a tag.
    mutating func part(at name: String) {
        if !Self.inline.contains(name) { isParted = true }
    }

    /// What authors put behind a preheader so that nothing else follows it.
    private func isFiller(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\u{34F}" || scalar == "\u{AD}" || scalar == "\u{200B}" || scalar == "\u{200C}"
            || scalar == "\u{FEFF}"
    }
}
