/// One thing that is wrong with a template, in words for its author.
public struct TemplateProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of thing it is; stable, for `check --json`.
    public enum Code: String, Sendable, CaseIterable {
        case templateUnknown = "template-unknown"
        /// A name or symbolic link that leads out of the templates directory.
        case pathRefused = "path-refused"
        case fileUnreadable = "file-unreadable"
        case fileTooLarge = "file-too-large"
        case fileUnknown = "file-unknown"
        /// Not UTF-8, or a character that we use ourselves.
        case textInvalid = "text-invalid"
        case frontMatterInvalid = "front-matter-invalid"
        case keyUnknown = "key-unknown"
        case valueInvalid = "value-invalid"
        case tagInvalid = "tag-invalid"
        case nameUnknown = "name-unknown"
        case variableUnknown = "variable-unknown"
        case variableMissing = "variable-missing"
        case partialUnknown = "partial-unknown"
        case partialCycle = "partial-cycle"
        /// A block is given that its parent does not have.
        case blockUnknown = "block-unknown"
        /// A value at a place where no escaping makes it safe.
        case valueUnsafe = "value-unsafe"
        case markupInvalid = "markup-invalid"
        case tooComplex = "too-complex"
        /// Only ever a warning: the words of the link stay.
        case linkDropped = "link-dropped"

        // What only `check` says, as advice.
        case subjectLong = "subject-long"
        case subjectShouting = "subject-shouting"
        case linkInsecure = "link-insecure"
        case linkHostless = "link-hostless"
        /// An address without Markdown's signs that signs within it cut.
        case linkCut = "link-cut"
        case imageWordless = "image-wordless"
        /// HTML in Markdown, which is no markup there.
        case htmlShown = "html-shown"
        case tableUnknown = "table-unknown"
        case plainTextMissing = "plain-text-missing"
        /// The name of a file promises something else than it holds.
        case attachmentMistyped = "attachment-mistyped"
        /// A file of a kind that mail providers refuse.
        case attachmentRefused = "attachment-refused"
        /// A picture that some readers do not see where it should stand.
        case imageUnseen = "image-unseen"
        /// Words that readers of one language get in another.
        case languageMixed = "language-mixed"
        case charactersCostly = "characters-costly"
        /// HTML that mail programs take away.
        case htmlUnsupported = "html-unsupported"
        /// An SMS that its channel does not take.
        case messageTooLarge = "message-too-large"
    }

    /// What kind of thing it is.
    public let code: Code
    /// Relative to the templates directory.
    public let file: String
    /// Counted from 1; nil when the whole file is meant.
    public let line: Int?
    /// What is wrong, what was expected and what to do, without the place.
    public let what: String
    /// The nearest valid name; nil when nothing is near.
    public let nearest: String?
    /// What was given wrongly, in words: told once, at however many places it shows.
    let cause: String?

    init(_ code: Code, _ place: Place, _ what: String, nearest: String? = nil, cause: String? = nil) {
        self.code = code
        self.cause = cause
        // Names come from files and command lines: none may write to a terminal what it likes.
        file = CleanText.oneLine(place.file)
        line = place.line
        self.what = CleanText.oneLine(String(what.prefix(500)))
        self.nearest = nearest.map(CleanText.oneLine)
    }

    /// Such as `outage/message.md:12: there is no contact.nmae; did you mean contact.name?`.
    public var description: String {
        let location = line.map { "\(file):\($0)" } ?? file
        return "\(location): \(what)" + (nearest.map { "; did you mean \($0)?" } ?? "")
    }
}

/// All that is wrong with a template, in the order of its files; never empty.
public struct TemplateProblems: Error, Sendable, Hashable, CustomStringConvertible {
    /// Each once.
    public let all: [TemplateProblem]

    init(_ problems: [TemplateProblem]) {
        var seen = Set<TemplateProblem>()
        var causes = Set<String>()
        all = problems.filter { problem in
            seen.insert(problem).inserted && (problem.cause.map { causes.insert($0).inserted } ?? true)
        }
    }

    /// One line for each.
    public var description: String { all.map(\.description).joined(separator: "\n") }
}

/// Where something stands in the sources.
struct Place: Sendable, Hashable {
    var file: String
    /// Counted from 1; nil when the whole file is meant.
    var line: Int?
}
