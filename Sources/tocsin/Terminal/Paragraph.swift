/// Running text broken into lines for a terminal of 80 columns.
enum Paragraph {
    /// The columns of a terminal.
    static let width = 80

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

    /// `text` behind `head`, its later lines set in by as much: `sms    failed: …`.
    static func hanging(_ head: String, _ text: String, width: Int = width) -> String {
        let indent = String(repeating: " ", count: head.count)
        let lines = lines(of: text, width: max(20, width - head.count))
        return lines.enumerated().map { ($0 == 0 ? head : indent) + $1 }.joined(separator: "\n")
    }
}
