/// Reads Mustache text: interpolation, sections, inverted sections, comments, partials, inheritance, delimiters.
///
/// Lines on which a tag other than an interpolation stands alone leave no trace, as the specification asks.
/// Source: https://github.com/mustache/spec, version 1.4.2.
struct MustacheParser {
    /// Deeper sections are refused, so that no later step runs out of stack.
    static let maxDepth = 64

    /// What is open, and read to its end.
    struct Frame {
        enum Kind {
            case source
            case section(MustacheName, isInverted: Bool)
            case parent(String)
            case block(String)
        }

        var kind = Kind.source
        var place: Place
        var nodes: [MustacheNode] = []
        /// The blanks before its tag when that begins a line, taken out of the text; nil when it does not.
        var indent: [UInt8]?
        /// Whether nothing follows its tag on its line.
        var isAlone = false
    }

    struct Tag {
        /// `#`, `^`, `/`, `!`, `=`, `>`, `<`, `$`, `&`, `{`; nil for a plain interpolation.
        var sigil: UInt8?
        var content: String
        var start: Int
        var end: Int
        var place: Place
    }

    let source: [UInt8]
    private let file: String
    var position = 0
    private var countedTo = 0
    /// Nil where lines are not those of the file.
    private var line: Int?
    private var opening = Array("{{".utf8)
    private var closing = Array("}}".utf8)
    private(set) var text: [UInt8] = []
    var frames: [Frame]
    /// Where the tags stand in the source.
    private var tags: [Range<Int>] = []

    private init(_ source: [UInt8], file: String, firstLine: Int?) {
        self.source = source
        self.file = file
        line = firstLine
        frames = [Frame(place: Place(file: file, line: firstLine))]
    }

    /// The pieces of `source`, whose first line has the number `firstLine` in `file`; nil when it has none.
    static func nodes(
        of source: [UInt8], file: String, firstLine: Int? = 1
    ) throws(TemplateProblem) -> [MustacheNode] {
        var parser = Self(source, file: file, firstLine: firstLine)
        return try parser.parse()
    }

    /// `source` with blanks where its tags stand, every line where it was.
    static func withoutTags(_ source: [UInt8]) throws(TemplateProblem) -> [UInt8] {
        var parser = Self(source, file: "", firstLine: nil)
        _ = try parser.parse()
        var text = source
        for index in parser.tags.joined() where text[index] != UInt8(ascii: "\n") {
            text[index] = UInt8(ascii: " ")
        }
        return text
    }

    private mutating func parse() throws(TemplateProblem) -> [MustacheNode] {
        while let start = find(opening, from: position) {
            text += source[position..<start]
            let tag = try readTag(at: start)
            tags.append(tag.start..<tag.end)
            let indent = skip(tag)
            try take(tag, indent: indent)
        }
        text += source[position...]
        flushText()
        let frame = frames[frames.count - 1]
        guard let name = frame.name else { return frame.nodes }
        throw problem(frame.place, "\(frame.word) \(frame.tag) is never closed; add {{/\(name)}}")
    }

    private mutating func readTag(at start: Int) throws(TemplateProblem) -> Tag {
        let place = place(at: start)
        var cursor = start + opening.count
        while cursor < source.count, isBlank(source[cursor]) || isLineEnd(source[cursor]) { cursor += 1 }
        var sigil =
            cursor < source.count && "#^/!=>&{<$*".utf8.contains(source[cursor]) ? source[cursor] : nil
        if sigil == UInt8(ascii: "{"), opening != Array("{{".utf8) { sigil = nil }
        var terminator = closing
        if sigil == UInt8(ascii: "=") { terminator = [UInt8(ascii: "=")] + closing }
        if sigil == UInt8(ascii: "{") { terminator = [UInt8(ascii: "}")] + closing }
        let from = sigil == nil ? cursor : cursor + 1
        guard let stop = find(terminator, from: from) else {
            throw problem(
                place, "a tag is never closed; expected \(String(decoding: terminator, as: UTF8.self))")
        }
        let content = String(decoding: source[from..<stop], as: UTF8.self)
        return Tag(
            sigil: sigil, content: trimmed(content), start: start, end: stop + terminator.count, place: place)
    }

    /// Moves behind the tag, and behind its whole line when it stands alone there; answers what stood before it.
    private mutating func skip(_ tag: Tag) -> [UInt8]? {
        position = tag.end
        guard let sigil = tag.sigil, "#^/!=>".utf8.contains(sigil), !isClosingInheritance(tag),
            let left = lineStart(before: tag.start),
            let right = lineEnd(after: tag.end)
        else { return nil }
        position = right
        return cutBlanks(from: left, to: tag.start)
    }

    /// Where the line begins on which nothing but blanks stands before `offset`; nil when there is more.
    func lineStart(before offset: Int) -> Int? {
        var left = offset
        while left > 0, isBlank(source[left - 1]) { left -= 1 }
        return left == 0 || source[left - 1] == UInt8(ascii: "\n") ? left : nil
    }

    /// Where the next line begins, or the source ends, when only blanks stand before that; nil when there is more.
    func lineEnd(after offset: Int) -> Int? {
        var right = offset
        while right < source.count, isBlank(source[right]) { right += 1 }
        if right < source.count, source[right] == UInt8(ascii: "\r") { right += 1 }
        guard right < source.count else { return right }
        return source[right] == UInt8(ascii: "\n") ? right + 1 : nil
    }

    /// Takes what was read last out of the text.
    mutating func cutBlanks(from start: Int, to end: Int) -> [UInt8] {
        text.removeLast(end - start)
        return Array(source[start..<end])
    }

    private mutating func take(_ tag: Tag, indent: [UInt8]?) throws(TemplateProblem) {
        switch tag.sigil.map({ Character(Unicode.Scalar($0)) }) {
        case "!": break
        case "=": try setDelimiters(tag)
        case "#": try openSection(tag, isInverted: false)
        case "^": try openSection(tag, isInverted: true)
        case "<": try openParent(tag)
        case "$": try openBlock(tag)
        case "/": try close(tag)
        case ">":
            flushText()
            frames[frames.count - 1].nodes.append(.partial(tag.content, indent: indent, tag.place))
        case "&", "{":
            append(.value(try name(of: tag), isRaw: true, tag.place))
        case nil:
            append(.value(try name(of: tag), isRaw: false, tag.place))
        case .some(let sign):
            throw problem(tag.place, "{{\(sign)…}} is not supported; # ^ / > < $ ! & = are")
        }
    }

    private mutating func openSection(_ tag: Tag, isInverted: Bool) throws(TemplateProblem) {
        try open(Frame(kind: .section(try name(of: tag), isInverted: isInverted), place: tag.place))
    }

    mutating func open(_ frame: Frame) throws(TemplateProblem) {
        flushText()
        guard frames.count <= Self.maxDepth else {
            throw problem(frame.place, "\(frame.word)s nest deeper than \(Self.maxDepth)")
        }
        frames.append(frame)
    }

    private mutating func close(_ tag: Tag) throws(TemplateProblem) {
        guard let frame = frames.last, let name = frame.name else {
            throw problem(
                tag.place, "{{/\(try self.name(of: tag))}} closes a section that was never opened")
        }
        guard name == tag.content else {
            let opened = frame.tag + (frame.place.line.map { " of line \($0)" } ?? "")
            throw problem(
                tag.place, "{{/\(try self.name(of: tag))}} found where \(opened) wants {{/\(name)}}")
        }
        switch frame.kind {
        case .source: break
        case .section(let name, let isInverted):
            append(.section(name, isInverted: isInverted, closed().nodes, frame.place))
        case .parent(let name): closeParent(name, tag)
        case .block(let name): closeBlock(name, tag)
        }
    }

    /// The frame that was opened last, complete.
    mutating func closed() -> Frame {
        flushText()
        return frames.removeLast()
    }

    private mutating func setDelimiters(_ tag: Tag) throws(TemplateProblem) {
        let words = tag.content.split(whereSeparator: \.isWhitespace).map { Array($0.utf8) }
        guard words.count == 2, !words.joined().contains(UInt8(ascii: "=")) else {
            throw problem(tag.place, "two delimiters expected, such as {{=<% %>=}}")
        }
        (opening, closing) = (words[0], words[1])
    }

    func name(of tag: Tag) throws(TemplateProblem) -> MustacheName {
        if let name = MustacheName(tag.content) { return name }
        throw problem(tag.place, "a name expected in the tag, found “\(tag.content.prefix(40))”")
    }

    mutating func append(_ node: MustacheNode) {
        flushText()
        frames[frames.count - 1].nodes.append(node)
    }

    mutating func flushText() {
        guard !text.isEmpty else { return }
        frames[frames.count - 1].nodes.append(.text(text))
        text = []
    }

    /// Counts on from the last tag, so that a long source is walked once.
    private mutating func place(at offset: Int) -> Place {
        if let before = line { line = before + source[countedTo..<offset].count { $0 == UInt8(ascii: "\n") } }
        countedTo = offset
        return Place(file: file, line: line)
    }

    private func find(_ needle: [UInt8], from start: Int) -> Int? {
        var index = start
        while index + needle.count <= source.count {
            if source[index] == needle[0], source[index..<index + needle.count].elementsEqual(needle) {
                return index
            }
            index += 1
        }
        return nil
    }

    func problem(_ place: Place, _ what: String) -> TemplateProblem {
        TemplateProblem(.tagInvalid, place, what)
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private func isLineEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }

    private func trimmed(_ text: String) -> String {
        let rest = text.drop(while: \.isWhitespace)
        guard let last = rest.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(rest[...last])
    }
}
