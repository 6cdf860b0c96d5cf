/// A Markdown source in which a stand-in character marks each value, for one choice of the reader's sections.
///
/// Values must never become Markdown: a customer called `[x](javascript:…)` or `*a*` is shown as just that. So
/// values do not enter the source at all. Each becomes one private-use character, which CommonMark takes for a
/// letter; cmark runs on that, and what is made of its tree takes a value, escaped for its form, wherever the
/// character turns up: in a word, within emphasis, in code, in a URL. No reader costs a cmark run, for the tree
/// depends only on which sections a reader sees: one tree for each combination that occurs, made when first needed.
struct MarkdownDraft: ExpansionSink {
    /// Where stand-ins begin: the last private-use plane but one, closed to authors.
    private static let base: UInt32 = 0xF0000
    /// The most values in one text.
    static let maxUses = 0xFFFD

    private(set) var source: [UInt8] = []
    private(set) var uses: [ValueUse] = []
    /// The readers' conditions that hold: a bit for each of `conditions`.
    private let choice: UInt64
    private let conditions: [Slot: Int]

    init(choice: UInt64, conditions: [Slot: Int]) {
        self.choice = choice
        self.conditions = conditions
    }

    /// The value that a character of the tree stands for; nil for any other character.
    func use(for scalar: Unicode.Scalar) -> ValueUse? {
        guard Self.isStandIn(scalar) else { return nil }
        let index = Int(scalar.value - Self.base)
        return index < uses.count ? uses[index] : nil
    }

    /// Whether authors may not write this character.
    static func isStandIn(_ scalar: Unicode.Scalar) -> Bool { (base...0xFFFFF).contains(scalar.value) }

    /// The source as cmark may read it: a character reference to a stand-in is what CommonMark makes of every
    /// reference to no character.
    var markdown: [UInt8] {
        guard source.contains(UInt8(ascii: "&")) else { return source }
        var markdown: [UInt8] = []
        markdown.reserveCapacity(source.count)
        var index = 0
        while index < source.count {
            if source[index] == UInt8(ascii: "&"), let end = endOfStandInReference(at: index) {
                markdown += "\u{FFFD}".utf8
                index = end
            } else {
                markdown.append(source[index])
                index += 1
            }
        }
        return markdown
    }

    /// Where `&#983040;` or `&#xF0000;` ends that begins at `start`; nil when there is none.
    private func endOfStandInReference(at start: Int) -> Int? {
        let text = source[start...].prefix(12)
        guard text.starts(with: "&#".utf8), let end = text.firstIndex(of: UInt8(ascii: ";")) else {
            return nil
        }
        let digits = String(decoding: text[(start + 2)..<end], as: UTF8.self)
        let number =
            digits.first == "x" || digits.first == "X"
            ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return number.flatMap(Unicode.Scalar.init).map(Self.isStandIn) == true ? end + 1 : nil
    }

    mutating func literal(_ bytes: [UInt8]) { source += bytes }

    mutating func value(_ use: ValueUse) {
        if case .fixed(let text) = use.content {
            guard !text.isEmpty else { return }
            if use.isRaw {
                let own = CleanText.lines(text).unicodeScalars.filter { !Self.isStandIn($0) }
                source += Array(String(String.UnicodeScalarView(own)).utf8)
                return
            }
        }
        guard uses.count < Self.maxUses, let mark = Unicode.Scalar(Self.base + UInt32(uses.count)) else {
            return
        }
        uses.append(use)
        source += Array(String(Character(mark)).utf8)
    }

    mutating func open(_ condition: SlotUse, isInverted: Bool) -> Int? {
        let bit = conditions[condition.slot] ?? 0
        let holds = choice & (1 << UInt64(bit)) != 0
        return holds != isInverted ? 0 : nil
    }

    mutating func close(_ mark: Int) {}
}

/// What stands between two values in a text of the tree, and the values.
enum MarkdownPiece: Sendable {
    case text(String)
    case use(ValueUse)
}

extension MarkdownDraft {
    /// Takes a text of the tree apart; stand-ins that stand for nothing vanish.
    func pieces(of text: String) -> [MarkdownPiece] {
        guard text.unicodeScalars.contains(where: Self.isStandIn) else { return [.text(text)] }
        var pieces: [MarkdownPiece] = []
        var run = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            guard Self.isStandIn(scalar) else {
                run.append(scalar)
                continue
            }
            if !run.isEmpty { pieces.append(.text(String(run))) }
            run = String.UnicodeScalarView()
            if let use = use(for: scalar) { pieces.append(.use(use)) }
        }
        if !run.isEmpty { pieces.append(.text(String(run))) }
        return pieces
    }

}

extension ProgramBuilder {
    /// Writes a text of the tree, with its values.
    mutating func text(_ text: String, of draft: MarkdownDraft, as escape: Escape) {
        write(draft.pieces(of: text), as: escape)
    }

    /// Writes text and values one after the other.
    mutating func write(_ pieces: [MarkdownPiece], as escape: Escape) {
        for piece in pieces {
            switch piece {
            case .text(let text): self.text(text, as: escape)
            case .use(let use): value(use, as: escape)
            }
        }
    }

    /// Writes a URL into text of the kind `escape` is for.
    mutating func link(_ pieces: [MarkdownPiece], as escape: Escape) {
        for (index, piece) in pieces.enumerated() {
            switch piece {
            case .text(let text): self.text(text, as: escape.asLink)
            case .use(let use): value(use, as: index == 0 ? escape.asLink : .component)
            }
        }
    }
}
