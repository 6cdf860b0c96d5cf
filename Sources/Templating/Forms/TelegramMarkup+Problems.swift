import Broadcast

extension TelegramMarkup {
    /// What is wrong with an author's own markup, with its line where the text has the file's.
    static func problems(in text: [UInt8], file: String, hasLines: Bool = true) -> [TemplateProblem] {
        var tags = TelegramTags(text)
        var open = OpenTags()
        var problems: [TemplateProblem] = []
        while problems.count < 20 {
            let line = tags.line
            let found = tags.next()
            if let what = problem(inWords: tags.words) {
                let place = Place(
                    file: file, line: hasLines ? line + lines(before: what.name, tags.words) : nil)
                problems.append(TemplateProblem(.markupInvalid, place, what.text))
            }
            guard let found else { break }
            if let what = problem(of: found, tags, &open) {
                let place = Place(file: file, line: hasLines ? tags.line : nil)
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

    private static func problem(
        of found: TelegramTags.Finding, _ tags: TelegramTags, _ open: inout OpenTags
    ) -> String? {
        switch found {
        case .sign: return "a < that begins no tag is written &lt; in Telegram's HTML"
        case .unfinished(let tag): return "<\(tag) is never ended by >"
        case .tag(let tag, isClosing: false):
            guard let rule = TelegramTagRule.all[tag] else { return unknown(tag) }
            defer { open.open(tag) }
            return rule.problem(of: tags.attributes) ?? TelegramTagRule.problem(of: tag, within: open)
        case .tag(let tag, isClosing: true):
            guard TelegramTagRule.all[tag] != nil else { return unknown(tag) }
            return open.close() == tag ? nil : "</\(tag)> closes a tag that is not open here"
        }
    }

    private static func unknown(_ tag: String) -> String {
        "Telegram knows no <\(tag)>; \(TelegramTagRule.all.keys.sorted().joined(separator: ", ")) are allowed"
    }

    /// The first entity that readers would see as it is written.
    private static func problem(inWords words: ArraySlice<UInt8>) -> (name: String, text: String)? {
        guard words.contains(UInt8(ascii: "&")) else { return nil }
        for match in String(decoding: words, as: UTF8.self).matches(of: /&([A-Za-z][A-Za-z0-9]*);/)
        where !isNamed(match.1) {
            let what =
                "Telegram shows \(match.0) as it is written: of named entities it knows &lt; &gt; &amp; and &quot;; "
                + "write the character itself"
            return (String(match.0), what)
        }
        return nil
    }

    private static func lines(before name: String, _ words: ArraySlice<UInt8>) -> Int {
        let end = words.firstRange(of: Array(name.utf8))?.lowerBound ?? words.startIndex
        return words[..<end].count { $0 == UInt8(ascii: "\n") }
    }
}
