/// A rule that selects contacts.
///
/// ```
/// rule = both *( "or" both )        both = one *( "and" one )        one = "not" one / "(" rule ")" / term
/// ```
/// Values may stand in quotes, with `\` before a quote or `\` inside them.
public indirect enum Audience: Sendable, Hashable {
    case all
    /// One contact.
    case id(Contact.ID)
    /// The contacts whose ids stand in a file, one a line; `-` is standard input.
    case ids(file: String)
    case tag(String)
    /// BCP 47; a language alone also matches its regions.
    case locale(String)
    /// Has an address for the channel; a `kind` of nil means that it needs none.
    case has(channel: String, kind: AddressKind?)
    /// Has an address for the channel, and no other address.
    case only(channel: String, kind: AddressKind?)
    case attribute(name: String, value: String)
    /// Was reached by an announcement.
    case reached(Announcement.ID)
    /// Was reached, or perhaps.
    case told(Announcement.ID)
    /// Was selected, nothing of it is open any more, and it did not reach them, not even perhaps.
    case missed(Announcement.ID)
    case not(Audience)
    /// All of at least two.
    case and([Audience])
    /// Any of at least two.
    case or([Audience])

    /// How deep brackets and `not` may be nested.
    public static let maxDepth = 32
    /// How many terms a rule may have; longer lists of people belong into a file (`ids:FILE`).
    public static let maxTerms = 500

    /// The files whose ids it asks for, each once, in the order in which they are named.
    public var files: [String] {
        var seen: [String] = []
        visit { if case .ids(let file) = $0, !seen.contains(file) { seen.append(file) } }
        return seen
    }

    /// The contacts that it names one by one, each once.
    public var contacts: [Contact.ID] {
        var seen: [Contact.ID] = []
        visit { if case .id(let id) = $0, !seen.contains(id) { seen.append(id) } }
        return seen
    }

    /// The tags and attributes that it asks for, each once.
    public var labels: [Audience] {
        var seen: [Audience] = []
        visit { term in
            switch term {
            case .tag, .attribute: if !seen.contains(term) { seen.append(term) }
            default: break
            }
        }
        return seen
    }

    /// The announcements whose outcome it asks for, sorted.
    public var announcements: [Announcement.ID] {
        var seen: Set<Announcement.ID> = []
        visit {
            switch $0 {
            case .reached(let id), .told(let id), .missed(let id): seen.insert(id)
            default: break
            }
        }
        return seen.sorted()
    }

    private func visit(_ body: (Audience) -> Void) {
        body(self)
        switch self {
        case .not(let inner): inner.visit(body)
        case .and(let parts), .or(let parts): for part in parts { part.visit(body) }
        default: break
        }
    }
}

/// The one text of the rule: parsed, it gives the same rule again.
extension Audience: CustomStringConvertible {
    /// The shortest brackets, such as `tag:vip and not (locale:it or has:sms)`.
    public var description: String {
        switch self {
        case .all: "all"
        case .id(let id): "id:" + Self.quoted(id.rawValue)
        case .ids(let file): "ids:" + Self.quoted(file)
        case .tag(let tag): "tag:" + Self.quoted(tag)
        case .locale(let tag): "locale:" + tag
        case .has(let channel, _): "has:" + channel
        case .only(let channel, _): "only:" + channel
        case .attribute(let name, let value): "attr." + Self.quoted(name) + ":" + Self.quoted(value)
        case .reached(let id): "reached:\(id)"
        case .told(let id): "told:\(id)"
        case .missed(let id): "missed:\(id)"
        case .not(let inner): "not " + inner.text(inside: 2)
        case .and(let parts): parts.map { $0.text(inside: 1) }.joined(separator: " and ")
        case .or(let parts): parts.map { $0.text(inside: 0) }.joined(separator: " or ")
        }
    }

    /// 0 for `or`, 1 for `and`, 2 for what binds more strongly.
    private var strength: Int {
        switch self {
        case .or: 0
        case .and: 1
        default: 2
        }
    }

    private func text(inside outer: Int) -> String {
        let needsBrackets = strength < outer || (strength == outer && outer < 2)
        return needsBrackets ? "(\(description))" : description
    }

    private static func quoted(_ text: String) -> String {
        let isPlain = text.allSatisfy { $0.isLetter || $0.isNumber || "_-./@+".contains($0) }
        if isPlain, !text.isEmpty { return text }
        let escaped = text.unicodeScalars.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
        return "\"" + String(String.UnicodeScalarView(escaped)) + "\""
    }
}

/// Why a text is no audience.
public struct AudienceProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where, counted in characters from 1.
    public let column: Int
    /// What is wrong there.
    public let problem: ValueProblem

    /// One line: the column, what is wrong there, and what was probably meant.
    public var description: String { "audience, column \(column): \(problem)" }
}
