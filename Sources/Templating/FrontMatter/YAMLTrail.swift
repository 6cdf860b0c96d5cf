import CYAML

/// What libyaml does not say of the texts it reads: which of them a comment cuts.
struct YAMLTrail {
    let lines: YAMLLines
    /// The line, counted from 0, of a comment behind the last text within `{…}` or `[…]`, which would
    /// swallow their end.
    private(set) var swallowing: Int?
    /// The comment that ends the last text, which is outside of those and without quotes.
    private(set) var ending: Ending?
    private var flowDepth = 0
    /// Where what stood before began: of a value, its key.
    private var column = 0

    init(_ lines: YAMLLines) { self.lines = lines }

    /// Where a comment ends a text.
    struct Ending {
        /// Counted from 0.
        let line: Int
        /// What is set in deeper would be more of the text.
        let keyColumn: Int
    }

    /// Takes in an event; of a text, the line, counted from 0, of the comment that ends it.
    mutating func follow(_ event: yaml_event_t) -> Int? {
        let (start, end) = unsafe (event.start_mark, event.end_mark)
        let keyColumn = flowDepth > 0 ? -1 : column
        column = Int(start.column)
        if let step = unsafe Self.flowStep(event, isWithin: flowDepth > 0) {
            flowDepth += step
            swallowing = nil
        }
        guard unsafe event.type == YAML_SCALAR_EVENT else { return nil }
        let isEmpty = start.index == end.index
        let comment = lines.comment(
            behind: Int(end.column), line: Int(end.line), deeperThan: isEmpty ? nil : keyColumn)
        swallowing = flowDepth > 0 ? comment : nil
        let mayGoOn = unsafe flowDepth == 0 && event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE
        ending = mayGoOn ? comment.map { Ending(line: $0, keyColumn: keyColumn) } : nil
        return comment
    }

    /// The line, counted from 0, of the comment in front of which a text ends that goes on at `line`.
    func comment(cutting line: Int) -> Int? {
        guard let ending, let depth = lines.depth(ofLine: line), depth > ending.keyColumn, line > ending.line
        else { return nil }
        return ending.line
    }

    /// How much deeper it leads into `{…}` and `[…]`, within which all are such; nil when it changes nothing.
    private static func flowStep(_ event: yaml_event_t, isWithin: Bool) -> Int? {
        switch unsafe event.type {
        case YAML_MAPPING_START_EVENT:
            unsafe event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE ? 1 : nil
        case YAML_SEQUENCE_START_EVENT:
            unsafe event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE ? 1 : nil
        case YAML_MAPPING_END_EVENT, YAML_SEQUENCE_END_EVENT: isWithin ? -1 : nil
        default: nil
        }
    }
}

extension YAMLReader {
    /// Why `parser` gave up, where that can be mended.
    static func fault(
        of parser: UnsafeMutablePointer<yaml_parser_t>, _ trail: YAMLTrail, _ place: Place
    ) -> TemplateProblem {
        let firstLine = place.line ?? 1
        let what = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "cannot be read"
        let context = unsafe parser.pointee.context.map { unsafe String(cString: $0) } ?? ""
        let (began, met) = unsafe (
            Int(parser.pointee.context_mark.line), Int(parser.pointee.problem_mark.line)
        )
        let isFlow = context.contains("parsing a flow")
        if isFlow, let line = trail.swallowing {
            return problem(
                at: Place(file: place.file, line: firstLine + line),
                "behind the # everything is a comment, a , and what closes { or [ as well; put a text that holds # "
                    + "in double quotes, and a , between two entries")
        }
        if isFlow {
            let extent = began < met ? " until line \(firstLine + met)" : ""
            return problem(
                at: Place(file: place.file, line: firstLine + began),
                "\(what)\(extent); close what { or [ opens, and put the texts in it in double quotes")
        }
        if what.contains("did not find expected"), let line = trail.comment(cutting: met) {
            return problem(
                at: Place(file: place.file, line: firstLine + line),
                "behind the # everything is a comment, and a text does not go on below it; put a text that holds # "
                    + "in double quotes, and a comment above the text")
        }
        // A quote that is never closed shows only where the front matter ends.
        let line = context.contains("quoted scalar") ? began : met
        // The only such character that nobody sees.
        let isTab = what.contains("cannot start any token")
        let mend =
            trail.lines.mend(ofLine: line).map { "; " + $0 }
            ?? (isTab ? " (a tab? set in with blanks instead)" : "")
        return problem(at: Place(file: place.file, line: firstLine + line), what + mend)
    }

    private static func problem(at place: Place, _ what: String) -> TemplateProblem {
        TemplateProblem(.frontMatterInvalid, place, "not valid YAML: \(what)")
    }
}
