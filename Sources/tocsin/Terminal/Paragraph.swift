/// Running text broken into lines for a terminal of 80 columns.
enum Paragraph {
    /// The columns of a terminal.
    static let width = 80

    /// A command to be copied: ``lines(of:width:)`` breaks it nowhere, and ``spaced(_:)`` makes it readable again.
    static func command(_ text: String) -> String { text.replacing(" ", with: "\u{A0}") }

    /// `text` with the blanks of its commands as a shell wants them.
    static func spaced(_ text: String) -> String { text.replacing("\u{A0}", with: " ") }

    /// The lines of `text`, broken at blanks; a word wider than a line stands on one of its own.
    static func lines(of text: String, width: Int = width) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] += " \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    /// `text` behind `head`, its later lines set in by as much: `sms    failed: …`; by less when the head is long.
    static func hanging(_ head: String, _ text: String) -> String {
        guard head.count <= width / 2 else { return folded(head + text) }
        let indent = String(repeating: " ", count: head.count)
        let lines = lines(of: text, width: width - head.count)
        return lines.enumerated().map { ($0 == 0 ? head : indent) + $1 }.joined(separator: "\n")
    }

    /// Each line of `text` that is too wide, broken; its later parts are set in two blanks more than its beginning.
    static func folded(_ text: String, width: Int = width) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            guard line.count > width else { return String(line) }
            let margin = String(line.prefix { $0 == " " })
            let lines = lines(of: String(line), width: width - margin.count - 2)
            return lines.enumerated().map { ($0 == 0 ? margin : margin + "  ") + $1 }.joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
