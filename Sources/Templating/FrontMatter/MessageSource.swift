/// A `message.md` taken apart: YAML between two lines `---`, then the text.
struct MessageSource: Sendable {
    /// Nil when the file does not begin with a line `---`.
    let yaml: [UInt8]?
    let body: [UInt8]
    /// The number of the body's first line.
    let bodyLine: Int

    /// - Throws: when the front matter does not end.
    init(_ source: Source) throws(TemplateProblem) {
        var lines = source.text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
        guard let first = lines.popFirst(), Self.isMark("---", first) else {
            (yaml, body, bodyLine) = (nil, source.text, 1)
            return
        }
        guard let end = lines.firstIndex(where: { Self.isMark("---", $0) || Self.isMark("...", $0) }) else {
            let place = Place(file: source.file, line: 1)
            throw TemplateProblem(
                .frontMatterInvalid, place, "front matter is never closed; a line --- expected")
        }
        yaml = Array(lines[..<end].joined(separator: [UInt8(ascii: "\n")]))
        body = Array(lines[(end + 1)...].joined(separator: [UInt8(ascii: "\n")]))
        bodyLine = end + 2
    }

    private static func isMark(_ mark: String, _ line: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: line, as: UTF8.self)
        return text.hasPrefix(mark) && text.dropFirst(mark.count).allSatisfy(\.isWhitespace)
    }
}
