/// A block of CommonMark.
indirect enum MarkdownBlock: Sendable, Hashable {
    case paragraph([MarkdownInline])
    case heading(level: Int, [MarkdownInline])
    case quote([MarkdownBlock])
    /// `start` is nil for bullets; a tight list has no blank lines between its items.
    case list(start: Int?, isTight: Bool, [[MarkdownBlock]])
    case code(String)
    case rule
    /// Raw HTML, which we show as text.
    case html(String)
}

/// A piece of a paragraph.
indirect enum MarkdownInline: Sendable, Hashable {
    case text(String)
    case code(String)
    case emphasis([MarkdownInline])
    case strong([MarkdownInline])
    case link(url: String, [MarkdownInline])
    /// The words that stand for the picture.
    case image(url: String, [MarkdownInline])
    case softBreak, hardBreak
    /// Raw HTML, which we show as text.
    case html(String)
}

/// The text nests deeper than a message ever does.
struct MarkdownTooDeep: Error {}

/// The blocks that follow each other as one text.
typealias MarkdownTree = [MarkdownBlock]
