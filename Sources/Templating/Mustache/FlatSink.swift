/// Makes a program of a text that is no Markdown: both branches of every section stay in it.
struct FlatSink: ExpansionSink {
    enum Kind: Sendable {
        /// One line: a subject, an SMS.
        case line
        /// The same, for HTML that is not the author's.
        case lineInHTML
        /// Plain text of several lines, or a leaf of a JSON tree.
        case text
        /// Only looked over: what is wrong, and what depends on readers.
        case markdown
        /// HTML written by the author, mail's or Telegram's.
        case html
    }

    let kind: Kind
    private(set) var builder = ProgramBuilder()
    private(set) var problems: [TemplateProblem] = []
    private(set) var conditions: [SlotUse] = []
    private var place = HTMLPlace()
    /// The sections that are open, and the one that was closed last.
    private var opened: [Section] = []
    private var closed: Section?
    /// The text of each section, within ``ProgramBuilder/program``'s bytes, inner ones first.
    private(set) var sections: [(text: Range<Int>, use: SlotUse)] = []

    /// A section that depends on the reader.
    private struct Section {
        var use: SlotUse
        var isInverted: Bool
        /// Where those are who see it: at its beginning, and once it is closed at its end.
        var place: HTMLPlace
        /// Where those are who do not.
        var others: HTMLPlace
        /// How much had been written when it began, or once it had ended.
        var bytes: Int
        var steps = 0
    }

    init(_ kind: Kind) { self.kind = kind }

    mutating func literal(_ bytes: [UInt8]) {
        switch kind {
        case .line: builder.literal(bytes.inOneLine)
        case .lineInHTML: builder.text(String(decoding: bytes.inOneLine, as: UTF8.self), as: .html)
        case .text, .markdown, .html: builder.literal(bytes)
        }
        if kind == .html { place.pass(bytes) }
    }

    mutating func value(_ use: ValueUse) {
        switch kind {
        case .line: builder.value(use, as: .plain)
        case .lineInHTML: builder.value(use, as: .html)
        case .markdown: if use.isRaw { rawValue(use) }
        case .text:
            guard use.isRaw, case .fixed(let text) = use.content else {
                return builder.value(use, as: .plain)
            }
            builder.literal(CleanText.lines(text))
        case .html: htmlValue(use)
        }
    }

    mutating func open(_ condition: SlotUse, isInverted: Bool) -> Int? {
        conditions.append(condition)
        var section = Section(
            use: condition, isInverted: isInverted, place: place, others: place,
            bytes: builder.program.bytes.count)
        if let other = closed, other.use.slot == condition.slot, other.isInverted != isInverted,
            other.bytes == section.bytes, other.steps == builder.program.steps.count
        {
            // What one section of a pair does not show, the other one does.
            (section.place, section.others) = (other.others, other.place)
            place = section.place
        }
        opened.append(section)
        return builder.open(condition, isInverted: isInverted)
    }

    mutating func close(_ mark: Int) {
        builder.close(mark)
        guard var section = opened.popLast() else { return }
        sections.append((section.bytes..<builder.program.bytes.count, section.use))
        section.place = place
        if section.others.isLike(place) {
            // What follows stands in one place for those who see the section, and in another for those who do not.
            place.join(section.others)
        } else if kind == .html {
            let what =
                "the section of \(section.use.name) must end where it began: both between tags, or in one attribute"
            problems.append(TemplateProblem(.valueUnsafe, section.use.place, what))
        }
        section.bytes = builder.program.bytes.count
        section.steps = builder.program.steps.count
        closed = section
    }

    private mutating func htmlValue(_ use: ValueUse) {
        if case .part(let part) = use.content {
            let isWhole = [.content, .heading, .html].contains(part)
            guard isWhole ? place.isBetweenTags : place.escape == .html else { return reportUnsafe(use) }
            return builder.value(use, as: .html)
        }
        guard !use.isRaw else { return rawValue(use) }
        guard !place.mayBeginLink else {
            let what =
                "\(use.name) begins the link for some readers and goes on with it for others; "
                + "write {{#A}}{{A}}{{/A}}{{^A}}{{B}}{{/A}} to choose one of two"
            return report(use, what)
        }
        guard let escape = place.escape else { return reportUnsafe(use) }
        if escape == .linkInHTML, case .fixed(let text) = use.content, !use.isPlaceholder,
            LinkPolicy.link(text) == nil
        {
            report(use, "\(use.name) begins a link, but is none: https, http, mailto or tel expected")
            return
        }
        builder.value(use, as: escape)
        place.passValue()
    }

    private mutating func reportUnsafe(_ use: ValueUse) {
        report(use, "\(use.name) cannot be made safe here; put it between tags or into a quoted attribute")
    }

    private mutating func rawValue(_ use: ValueUse) {
        guard case .fixed(let text) = use.content else {
            report(use, "a contact's value never stands unescaped; write {{\(use.name)}}")
            return
        }
        literal(Array(CleanText.lines(text).utf8))
    }

    private mutating func report(_ use: ValueUse, _ what: String) {
        problems.append(TemplateProblem(.valueUnsafe, use.place, what))
    }
}
