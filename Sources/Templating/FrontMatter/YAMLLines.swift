/// The lines of a YAML text, for what libyaml does not say of them.
struct YAMLLines: Sendable {
    private let lines: [String]

    init(_ text: [UInt8]) {
        lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// Whether a comment follows on that line, counted from 0, behind so many characters.
    func hasComment(behind column: Int, line: Int) -> Bool {
        guard lines.indices.contains(line) else { return false }
        let rest = lines[line].unicodeScalars.dropFirst(column)
        return rest.first.map { $0 == " " || $0 == "\t" } == true
            && rest.first { $0 != " " && $0 != "\t" } == "#"
    }

    /// What helps where a line, counted from 0, is no YAML though it looks like `KEY: TEXT`; nil where it does not.
    func mend(ofLine line: Int) -> String? {
        guard lines.indices.contains(line),
            let match = lines[line].firstMatch(of: /^ *(?:- +)?([A-Za-z_][\w.]*)\s*:[ \t]+(\S.*)$/)
        else { return nil }
        guard match.2.hasPrefix("\"") else { return "put the text behind \(match.1): in double quotes" }
        return "end the text behind \(match.1): with \", and write \\\" for a quote within it"
    }
}
