/// The first words of a page, as lists of mails show them.
struct OpeningWords {
    /// What a list has room for.
    private static let most = 140
    /// Tags that stand inside of a word.
    private static let inline = Set(
        """
        a abbr b bdi bdo big code del em font i ins kbd mark q s small span strike strong sub sup time tt u
        var wbr
        """.split(whereSeparator: \.isWhitespace).map(String.init))

    /// Blanks that do not become one: authors put them behind a preheader so that nothing else follows it.
    private static let kept: Set<Unicode.Scalar> = ["\u{A0}", "\u{2007}"]
    /// What keeps those apart.
    private static let unseen: Set<Unicode.Scalar> = [
        "\u{34F}", "\u{AD}", "\u{200B}", "\u{200C}", "\u{FEFF}",
    ]

    private var scalars: [Unicode.Scalar] = []
    /// The room that blanks take where one is there already.
    private var filled = 0
    private var isParted = false
    /// Whether it is words that there is no room for.
    private var isCut = false

    /// All of them so far.
    var text: String {
        guard isCut else { return String(String.UnicodeScalarView(scalars)) }
        return String(String.UnicodeScalarView(scalars.prefix(max(0, Self.most - filled)))) + "…"
    }

    /// Takes in text whose entities are unread.
    mutating func append(_ html: ArraySlice<UInt8>) {
        guard !isFull else { return }
        for scalar in HTMLEntities.read(html).unicodeScalars where !isFull {
            if scalar.properties.isWhitespace {
                if isParted, Self.kept.contains(scalar) { filled += 1 }
                isParted = true
            } else if !Self.unseen.contains(scalar) {
                if isParted, !scalars.isEmpty { scalars.append(" ") }
                scalars.append(scalar)
                (isParted, isCut) = (false, isFull)
            }
        }
    }

    /// Takes in a tag.
    mutating func part(at name: String) {
        if !Self.inline.contains(name) { isParted = true }
    }

    private var isFull: Bool { scalars.count + filled > Self.most }
}
