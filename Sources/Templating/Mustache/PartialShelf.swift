import Broadcast

/// The partials one source may ask for: those of its own kind, in its own locale where there is one.
struct PartialShelf: Sendable {
    /// The folder of partials, relative to the templates directory.
    static let folder = "_partials"

    /// The sources by name.
    private var sources: [String: Source]
    /// What their files' names end with; nil where no file is meant.
    private var fileExtension: String?
    /// The files of partials of other kinds, by name.
    private var others: [String: [String]] = [:]

    init(_ sources: [String: Source]) { self.sources = sources }

    /// Takes `_partials/NAME.LOCALE.EXTENSION`, or `_partials/NAME.EXTENSION`, out of `files`; `locales` best first.
    init(of files: SourceFiles, locales: [String], fileExtension: String) {
        var found: [String: Source] = [:]
        for locale in locales.reversed() {
            for (name, source) in files.partials(locale: locale, fileExtension: fileExtension) {
                found[name] = source
            }
        }
        sources = found
        self.fileExtension = fileExtension
        others = files.partialFiles.filter { !$0.hasSuffix("." + fileExtension) }.reduce(into: [:]) {
            others, file in
            let name = file.split(separator: "/").last?.prefix { $0 != "." } ?? ""
            others[String(name), default: []].append(file)
        }
    }

    /// The same for a text of one line: the end of a partial's last line, and blanks before it, are none of its words.
    var endingNoLine: PartialShelf {
        var shelf = self
        shelf.sources = sources.mapValues { source in
            let text = source.text.reversed().drop(while: \.isASCIIBlank).reversed()
            return Source(file: source.file, String(decoding: Array(text), as: UTF8.self))
        }
        return shelf
    }

    /// The pieces of a partial; nil when there is none and the rules do not mind.
    func nodes(
        of name: String, indent: [UInt8] = [], at place: Place, rules: Expansion.Rules
    ) throws(TemplateProblem) -> [MustacheNode]? {
        if rules == .strict, FileStem(rawValue: name) == nil {
            let what = "“\(name.prefix(64))” cannot name a partial; A-Z a-z 0-9 _ - expected, no path"
            throw TemplateProblem(.pathRefused, place, what)
        }
        guard let source = sources[name] else {
            guard rules == .strict else { return nil }
            let nearest = NearestName.of(name, in: sources.keys)
            throw TemplateProblem(.partialUnknown, place, "there is no \(missing(name))", nearest: nearest)
        }
        let bytes = indent.isEmpty ? source.text : indented(source.text, by: indent)
        return try MustacheParser.nodes(of: bytes, file: source.file)
    }

    /// The file that would be such a partial, and the one that is mistaken for it.
    private func missing(_ name: String) -> String {
        let file = fileExtension.map { "\(Self.folder)/\(name).\($0)" } ?? "partial \(name)"
        guard let other = others[name]?.first else { return file }
        return "\(file); \(other) is for another kind of file"
    }

    /// Whether there is such a partial.
    func has(_ name: String) -> Bool { sources[name] != nil }

    /// Whether its last line is ended.
    func endsLine(_ name: String) -> Bool { sources[name]?.text.last == UInt8(ascii: "\n") }

    /// The names of all blocks that a partial has, or that the partials within it have.
    func blockNames(of name: String) -> Set<String> {
        sources(reachedFrom: [name]).reduce(into: []) { names, source in
            names.formUnion(Self.nodes(of: source).blockNames)
        }
    }

    /// The partials of these names, and those that they take in.
    func sources(reachedFrom names: Set<String>) -> [Source] {
        var asked = names
        var waiting = names.sorted()
        var reached: [Source] = []
        while let next = waiting.popLast() {
            guard let source = sources[next] else { continue }
            reached.append(source)
            waiting += Self.nodes(of: source).partialNames.filter { asked.insert($0).inserted }.sorted()
        }
        return reached
    }

    /// None where it cannot be read, which is told where it is taken in.
    private static func nodes(of source: Source) -> [MustacheNode] {
        (try? MustacheParser.nodes(of: source.text, file: source.file)) ?? []
    }

    private func indented(_ text: [UInt8], by indent: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var isLineStart = true
        for byte in text {
            if isLineStart { result += indent }
            result.append(byte)
            isLineStart = byte == UInt8(ascii: "\n")
        }
        return result
    }
}
