/// What a column of a list of contacts, or a key of `contacts set`, says of a contact.
public enum ContactField: Sendable, Hashable {
    case id, name, email, phone, telegram, locale, timezone, tags, prefer
    case consent, consentSource, consentDate, suppressed
    /// Anything else: `contact.NAME` in templates.
    case attribute(String)
    /// Why a row was rejected once: written by an import that skips bad rows, ignored when the mended rows come back.
    case rejectedReason
    /// The id under which a row was rejected because another row of its list was taken with it: written by such an
    /// import too, and as long as it is the row's id, the row is not taken.
    case rejectedID
    /// A column without a name, which may hold nothing.
    case unnamed

    /// Every field with a meaning of its own, in the order in which an export writes them.
    public static let known: [ContactField] = [
        .id, .name, .email, .phone, .telegram, .locale, .timezone, .tags, .prefer, .consent, .consentSource,
        .consentDate, .suppressed,
    ]

    /// The names of ``known``.
    public static let knownNames: [String] = known.map(\.name)

    /// The name of its column.
    public var name: String {
        switch self {
        case .attribute(let name): name
        case .rejectedReason: "rejectedReason"
        case .rejectedID: "rejectedID"
        case .unnamed: ""
        default: "\(self)"
        }
    }

    /// The name under which an export writes it so that an import reads it back, whatever the name resembles and
    /// whatever the column holds.
    public var exportedName: String {
        if case .attribute(let name) = self { "attr." + name } else { name }
    }

    /// Reads the name of a column, capitals aside; `attr.NAME` is the attribute NAME whatever it resembles.
    ///
    /// - Throws: when it resembles a known name too much, or can be no attribute's name.
    public init(column: String) throws(ValueProblem) {
        let name = FreeText.trimmed(column)
        if name.isEmpty {
            self = .unnamed
        } else if let known = Self.exactly(name) {
            self = known
        } else if name.lowercased().hasPrefix("attr.") {
            self = .attribute(try Self.checked(attribute: String(name.dropFirst(5))))
        } else if let near = NearestName.of(name, in: Self.knownNames) {
            throw ValueProblem(
                .unknown, "\(Excerpt.of(name)) resembles a known column too much to be an attribute",
                expected: "\(near), or attr.\(Excerpt.of(name)) if it is meant as an attribute", nearest: near
            )
        } else {
            self = .attribute(try Self.checked(attribute: name))
        }
    }

    /// The attribute name itself: 1 to 64 letters, digits, blanks, `_` and `-`.
    ///
    /// A dot would be a path in templates and a colon would end the name in audiences.
    ///
    /// - Throws: for any other name.
    public static func checked(attribute name: String) throws(ValueProblem) -> String {
        let (name, hadControls) = FreeText.cleaned(name)
        let isAllowed = { (character: Character) in
            character.isLetter || character.isNumber || character == "_" || character == "-"
                || character == " "
        }
        guard !hadControls, (1...64).contains(name.unicodeScalars.count), name.allSatisfy(isAllowed) else {
            throw ValueProblem(
                .character, "\(Excerpt.of(name)) cannot name an attribute",
                expected: "1 to 64 letters, digits, blanks, _ and -")
        }
        return name
    }

    private static func exactly(_ name: String) -> ContactField? {
        let folded = name.lowercased()
        return (known + [.rejectedReason, .rejectedID]).first { $0.name.lowercased() == folded }
    }
}
