/// The mailbox or number that a link names which no web page stands behind: `help@acme.example` of
/// `mailto:help@acme.example?subject=Help`.
///
/// People read it easier than the link, and Telegram makes a link to `http://mailto:…` of the link.
/// Source: https://github.com/tdlib/td/blob/master/tdutils/td/utils/HttpUrl.cpp (`parse_url`, 2026-11).
struct DirectAddress {
    private static let schemes = ["mailto:", "tel:"]

    let pieces: [MarkdownPiece]

    /// Nil for other links, and where only the reader's value says which one it is.
    init?(_ link: [MarkdownPiece]) {
        guard let beginning = link.first?.knownText,
            let scheme = Self.schemes.first(where: { beginning.prefix(8).lowercased().hasPrefix($0) })
        else { return nil }
        var pieces: [MarkdownPiece] = []
        for piece in [.text(String(beginning.dropFirst(scheme.count)))] + link.dropFirst() {
            guard let text = piece.knownText, let end = text.firstIndex(of: "?") else {
                pieces.append(piece)
                continue
            }
            pieces.append(.text(String(text[..<end])))
            break
        }
        self.pieces = pieces
    }

    /// Whether `words` are the address, or there is none to show.
    func isShown(by words: [MarkdownInline]) -> Bool {
        let known = pieces.compactMap(\.knownText)
        guard known.count == pieces.count else { return false }
        return known.joined().isEmpty || known.joined() == words.plainText
    }
}

extension MarkdownPiece {
    /// What stands here for every reader; nil for a reader's value.
    fileprivate var knownText: String? {
        switch self {
        case .text(let text): text
        case .use(let use): if case .fixed(let text) = use.content { CleanText.oneLine(text) } else { nil }
        }
    }
}
