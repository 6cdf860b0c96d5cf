import Broadcast

/// Running text broken into lines for a terminal of 80 columns.
enum Paragraph {
    /// The columns of a terminal.
    static let width = 80

    /// A command to be copied: ``lines(of:width:)`` breaks it nowhere, and ``spaced(_:)`` makes it readable again.
    static func command(_ text: String) -> String { text.replacing(" ", with: "\u{A0}") }

    /// `text` with the blanks of its commands as a shell wants them.
    static func spaced(_ text: String) -> String { text.replacing("\u{A0}", with: " ") }

    /// The lines of `text`, broken at blanks; a word wider than a line is broken where the line ends, a command and
    /// a time, as ``TimeText`` prints it for people, nowhere.
    static func lines(of text: String, width: Int = width) -> [String] {
        var lines: [String] = []
        for word in words(of: text) {
            if let last = lines.last, Columns.count(of: last) + 1 + Columns.count(of: word) <= width {
                lines[lines.count - 1] += " \(word)"
            } else {
                lines += pieces(of: word, width: width)
            }
        }
        return lines
    }

    /// What stands between blanks; those within a time part no words.
    private static func words(of text: String) -> [Substring] {
        let times = text.ranges(of: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (?:UTC|[+-]\d\d:\d\d)/)
        var words: [Substring] = []
        for word in text.split(separator: " ") {
            let isWithin = times.contains {
                $0.lowerBound < word.startIndex && word.startIndex < $0.upperBound
            }
            if isWithin, let last = words.popLast() {
                words.append(text[last.startIndex..<word.endIndex])
            } else {
                words.append(word)
            }
        }
        return words
    }

    private static func pieces(of word: Substring, width: Int) -> [String] {
        guard !word.contains("\u{A0}") else { return [String(word)] }
        var (pieces, rest) = ([String](), word)
        while !rest.isEmpty {
            let piece = Columns.beginning(of: rest, width: width)
            pieces.append(String(piece))
            rest = rest[piece.endIndex...]
        }
        return pieces
    }

    /// `text` behind `head`, its later lines set in by as much: `sms    failed: …`; by less when the head is long.
    static func hanging(_ head: String, _ text: String) -> String {
        let columns = Columns.count(of: head)
        guard columns <= width / 2 else { return folded(head + text) }
        let indent = String(repeating: " ", count: columns)
        let lines = lines(of: text, width: width - columns)
        return lines.enumerated().map { ($0 == 0 ? head : indent) + $1 }.joined(separator: "\n")
    }

    /// Each line of `text` that is too wide, broken; its later parts are set in two blanks more than its beginning.
    static func folded(_ text: String, width: Int = width) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            guard Columns.count(of: line) > width else { return String(line) }
            let margin = String(line.prefix { $0 == " " })
            let lines = lines(of: String(line), width: width - margin.count - 2)
            return lines.enumerated().map { ($0 == 0 ? margin : margin + "  ") + $1 }.joined(separator: "\n")
        }.joined(separator: "\n")
    }

    /// The sentences that ``folded(_:width:)`` and ``hanging(_:_:)`` broke, each on one line again; none is set in.
    static func unfolded(_ text: String) -> [String] {
        spaced(text.replacing(/\n {2,}/, with: " ")).split(separator: "\n").map(String.init)
    }
}
