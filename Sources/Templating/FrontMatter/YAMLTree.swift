import CYAML

/// A parsed YAML text: scalars stay text, each with its line.
struct YAMLNode: Sendable {
    indirect enum Kind: Sendable {
        /// `isPlain` when it was written without quotes, so that `~` can mean nothing.
        case scalar(String, isPlain: Bool)
        case list([YAMLNode])
        case map([Entry])
    }

    struct Entry: Sendable {
        var key: String
        var line: Int
        var value: YAMLNode
    }

    var kind: Kind
    /// Counted from 1 in the file the YAML stands in.
    var line: Int
    /// The line of the `#` at which its text, written without quotes, ends: from there on all is a comment.
    var commentLine: Int?
}

/// Reads YAML through libyaml, without aliases (so that nothing small can become something large), within limits.
enum YAMLReader {
    /// Front matter needs three levels.
    static let maxDepth = 8
    /// Front matter has some dozens.
    static let maxEvents = 20_000

    /// What libyaml reports, as values.
    enum Event: Sendable {
        case scalar(String, isPlain: Bool)
        case listStart, mapStart, end
        case alias, anchor, tag, documentStart
    }

    /// An event where it was met.
    struct Met: Sendable {
        var event: Event
        /// Counted from 1 in the file.
        var line: Int
        /// As ``YAMLNode/commentLine``.
        var commentLine: Int?
    }

    /// The tree of `text`, whose first line has the number `firstLine`; an empty text is an empty map.
    static func tree(
        of text: [UInt8], file: String, firstLine: Int
    ) throws(TemplateProblem) -> YAMLNode {
        let events = try events(of: text, place: Place(file: file, line: firstLine))
        var builder = YAMLBuilder(events: events, file: file)
        return try builder.document(emptyLine: firstLine)
    }

    private static func events(of text: [UInt8], place: Place) throws(TemplateProblem) -> [Met] {
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        unsafe parser.initialize(to: yaml_parser_t())
        guard unsafe yaml_parser_initialize(parser) == 1 else {
            unsafe parser.deallocate()
            throw TemplateProblem(.frontMatterInvalid, place, "no memory for reading YAML")
        }
        defer {
            unsafe yaml_parser_delete(parser)
            unsafe parser.deallocate()
        }
        let lines = YAMLLines(text)
        return try unsafe text.withUnsafeBufferPointer { buffer throws(TemplateProblem) in
            unsafe yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
            unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
            return try unsafe drain(parser, lines, place)
        }
    }

    private static func drain(
        _ parser: UnsafeMutablePointer<yaml_parser_t>, _ lines: YAMLLines, _ place: Place
    ) throws(TemplateProblem) -> [Met] {
        let firstLine = place.line ?? 1
        var events: [Met] = []
        var trail = YAMLTrail(lines)
        while true {
            var raw = unsafe yaml_event_t()
            guard unsafe yaml_parser_parse(parser, &raw) == 1 else {
                throw unsafe fault(of: parser, trail, place)
            }
            defer { unsafe yaml_event_delete(&raw) }
            if unsafe raw.type == YAML_STREAM_END_EVENT { return events }
            let line = unsafe firstLine + Int(raw.start_mark.line)
            let comment = unsafe trail.follow(raw)
            for event in unsafe translated(raw) {
                var met = Met(event: event, line: line, commentLine: nil)
                if case .scalar(_, isPlain: true) = event { met.commentLine = comment.map { firstLine + $0 } }
                events.append(met)
            }
            guard events.count <= maxEvents else {
                let here = Place(file: place.file, line: line)
                throw TemplateProblem(.tooComplex, here, "front matter holds more than \(maxEvents) things")
            }
        }
    }

    private static func translated(_ raw: yaml_event_t) -> [Event] {
        switch unsafe raw.type {
        case YAML_SCALAR_EVENT:
            let scalar = unsafe raw.data.scalar
            let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            let text = unsafe String(decoding: bytes, as: UTF8.self)
            let event = Event.scalar(text, isPlain: unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE)
            if unsafe scalar.anchor != nil { return [.anchor, event] }
            return unsafe scalar.tag == nil ? [event] : [.tag, event]
        case YAML_SEQUENCE_START_EVENT:
            return unsafe raw.data.sequence_start.anchor == nil ? [.listStart] : [.anchor, .listStart]
        case YAML_MAPPING_START_EVENT:
            return unsafe raw.data.mapping_start.anchor == nil ? [.mapStart] : [.anchor, .mapStart]
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return [.end]
        case YAML_ALIAS_EVENT: return [.alias]
        case YAML_DOCUMENT_START_EVENT: return [.documentStart]
        default: return []
        }
    }
}

/// Puts events together; keys are scalars and stand once.
private struct YAMLBuilder {
    let events: [YAMLReader.Met]
    let file: String
    private var index = 0

    init(events: [YAMLReader.Met], file: String) {
        self.events = events
        self.file = file
    }

    mutating func document(emptyLine: Int) throws(TemplateProblem) -> YAMLNode {
        let empty = YAMLNode(kind: .map([]), line: emptyLine)
        guard !events.isEmpty else { return empty }
        index = 1
        guard index < events.count else { return empty }
        let node = try node(depth: 0)
        if index < events.count { throw problem("one YAML document expected, found another") }
        if case .scalar("", _) = node.kind { return empty }
        return node
    }

    private mutating func node(depth: Int) throws(TemplateProblem) -> YAMLNode {
        guard depth <= YAMLReader.maxDepth else {
            throw problem("YAML nests deeper than \(YAMLReader.maxDepth)")
        }
        let met = events[index]
        let line = met.line
        switch met.event {
        case .scalar(let text, let isPlain):
            index += 1
            return YAMLNode(
                kind: .scalar(text, isPlain: isPlain), line: line, commentLine: met.commentLine)
        case .listStart:
            index += 1
            var items: [YAMLNode] = []
            while !isAtEnd { items.append(try node(depth: depth + 1)) }
            index += 1
            return YAMLNode(kind: .list(items), line: line)
        case .mapStart:
            index += 1
            let entries = try entries(depth: depth)
            index += 1
            return YAMLNode(kind: .map(entries), line: line)
        case .alias, .anchor:
            throw problem(
                "YAML anchors and aliases are not allowed; write the value out, a text that begins with & or * "
                    + "in double quotes")
        case .tag: throw problem("YAML tags are not allowed; put a text that begins with ! in double quotes")
        case .documentStart, .end: throw problem("not valid YAML")
        }
    }

    private mutating func entries(depth: Int) throws(TemplateProblem) -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        var seen = Set<String>()
        while !isAtEnd {
            let line = events[index].line
            guard case .scalar(let key, _) = try node(depth: depth + 1).kind else {
                throw problem("a plain key expected; put a text that begins with { in double quotes")
            }
            guard seen.insert(key).inserted else { throw problem("key \(key) stands twice", line: line) }
            entries.append(YAMLNode.Entry(key: key, line: line, value: try node(depth: depth + 1)))
        }
        return entries
    }

    private var isAtEnd: Bool {
        if case .end = events[index].event { true } else { false }
    }

    private func problem(_ what: String, line: Int? = nil) -> TemplateProblem {
        let here = line ?? events[min(index, events.count - 1)].line
        return TemplateProblem(.frontMatterInvalid, Place(file: file, line: here), what)
    }
}
