import Broadcast

extension TelegramMarkup {
    /// What is wrong with an author's own markup, with its line where the text has the file's.
    static func problems(in text: [UInt8], file: String, hasLines: Bool = true) -> [TemplateProblem] {
        var tags = TelegramTags(text)
        var open: [String] = []
        var problems: [TemplateProblem] = []
        while problems.count < 20, let found = tags.next() {
            let place = Place(file: file, line: hasLines ? tags.line : nil)
            if let what = problem(of: found, &open) {
                problems.append(TemplateProblem(.markupInvalid, place, what))
            }
        }
        if problems.isEmpty, let tag = open.last {
            problems.append(TemplateProblem(.markupInvalid, Place(file: file), "<\(tag)> is never closed"))
        }
        return problems
    }

    /// What is wrong with the sections of a text whose markup is well as a whole: some readers see no tag of theirs.
    static func problems(in sink: FlatSink) -> [TemplateProblem] {
        let bytes = sink.builder.program.bytes
        return sink.sections.compactMap { section in
            let found = problems(
                in: Array(bytes[section.text]), file: section.use.place.file, hasLines: false)
            return found.first.map { problem in
                let what =
                    "in the section of \(section.use.name) \(problem.what); a section must close what it opens"
                return TemplateProblem(.markupInvalid, section.use.place, what)
            }
        }
    }

    private static func problem(of found: TelegramTags.Finding, _ open: inout [String]) -> String? {
        switch found {
        case .sign: return "a < that begins no tag is written &lt; in Telegram's HTML"
        case .unfinished(let tag): return "<\(tag) is never ended by >"
        case .tag(let tag, _) where !tags.contains(tag):
            return "Telegram knows no <\(tag)>; \(tags.sorted().joined(separator: ", ")) are allowed"
        case .tag(let tag, isClosing: false):
            open.append(tag)
            return nil
        case .tag(let tag, isClosing: true):
            return open.popLast() == tag ? nil : "</\(tag)> closes a tag that is not open here"
        }
    }
}

/// Walks over HTML once, from tag to tag.
struct TelegramTags {
    enum Finding {
        /// In lower case.
        case tag(String, isClosing: Bool)
        /// Nothing follows it that could be read.
        case unfinished(String)
        /// A `<` without a name.
        case sign
    }

    private let text: [UInt8]
    private var index = 0
    private var countedTo = 0
    /// Of the last finding, counted from 1.
    private(set) var line = 1

    init(_ text: [UInt8]) { self.text = text }

    mutating func next() -> Finding? {
        guard let start = text[index...].firstIndex(of: UInt8(ascii: "<")) else { return nil }
        line += text[countedTo..<start].count { $0 == UInt8(ascii: "\n") }
        countedTo = start
        index = start + 1
        let isClosing = index < text.count && text[index] == UInt8(ascii: "/")
        let name = text[(isClosing ? index + 1 : index)...].prefix(32).prefix { isNameByte($0) }
        guard let first = name.first, first >= 0x41 || first == UInt8(ascii: "!") else { return .sign }
        let tag = String(decoding: name, as: UTF8.self).lowercased()
        guard let end = end(of: name) else {
            index = text.count
            return .unfinished(tag)
        }
        index = end
        return .tag(tag, isClosing: isClosing)
    }

    /// The `>` that ends a tag, outside of quotes.
    private func end(of name: ArraySlice<UInt8>) -> Int? {
        var quote: UInt8?
        for index in name.endIndex..<text.count {
            let byte = text[index]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                return index
            }
        }
        return nil
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "!"):
            true
        default: false
        }
    }
}
