/// The lines of a YAML text, for what libyaml does not say of them.
struct YAMLLines: Sendable {
    private let lines: [String]

    init(_ text: [UInt8]) {
        lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// The line, counted from 0, of the comment that follows a text which ends on `line` before `column`.
    ///
    /// It stands on that line, or on the next, where that is set in deeper than `key`, so that more of the
    /// text could stand there; nil for a text that cannot go on there.
    func comment(behind column: Int, line: Int, deeperThan key: Int?) -> Int? {
        guard lines.indices.contains(line) else { return nil }
        let rest = lines[line].unicodeScalars.dropFirst(column)
        let text = rest.drop(while: Self.isBlank)
        guard text.isEmpty else { return text.first == "#" && text.count < rest.count ? line : nil }
        let next = line + 1
        guard let key, let depth = depth(ofLine: next), depth > key else { return nil }
        return lines[next].unicodeScalars.dropFirst(depth).first == "#" ? next : nil
    }

    /// How many blanks a line, counted from 0, begins with; nil for none of these.
    func depth(ofLine line: Int) -> Int? {
        guard lines.indices.contains(line) else { return nil }
        return lines[line].unicodeScalars.prefix(while: Self.isBlank).count
    }

    private static func isBlank(_ character: Unicode.Scalar) -> Bool { character == " " || character == "\t" }

    /// What helps where a line, counted from 0, is no YAML though it looks like `KEY: TEXT`; nil where it does not.
    func mend(ofLine line: Int) -> String? {
        guard lines.indices.contains(line),
            let match = lines[line].firstMatch(of: /^ *(?:- +)?([A-Za-z_][\w.]*)\s*:[ \t]+(\S.*)$/)
        else { return nil }
        guard match.2.hasPrefix("\"") else { return "put the text behind \(match.1): in double quotes" }
        return "end the text behind \(match.1): with \", and write \\\" for a quote within it"
    }
}
