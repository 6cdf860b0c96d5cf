extension [MarkdownInline] {
    /// The words, when they are nothing but text.
    var plainText: String? {
        guard count == 1, case .text(let text) = self[0] else { return nil }
        return text
    }

    /// Whether no word is among them, as in a picture without any.
    var isWordless: Bool {
        allSatisfy { inline in
            switch inline {
            case .text(let text), .code(let text), .html(let text): text.allSatisfy(\.isWhitespace)
            case .emphasis(let words), .strong(let words), .link(_, let words), .image(_, let words):
                words.isWordless
            case .softBreak, .hardBreak: true
            }
        }
    }
}
