/// The terms of an audience, by their heads.
enum AudienceTerm {
    static let examples = "a term such as all, tag:vip, locale:it or has:email"

    private static let heads = [
        "all", "id", "ids", "tag", "locale", "has", "only", "attr.NAME", "reached", "told", "missed",
    ]

    static func read(_ head: String, _ value: String?, _ channels: KnownChannels) throws(ValueProblem)
        -> Audience
    {
        if head == "all", value == nil { return .all }
        if head.hasPrefix("attr.") { return try attribute(String(head.dropFirst(5)), value) }
        guard heads.contains(head), head != "all" else { throw noTerm(head, value) }
        guard let value, !value.isEmpty else {
            throw ValueProblem(.missing, "\(head) has no value", expected: "\(head):VALUE")
        }
        switch head {
        case "id": return .id(try contact(value))
        case "ids": return .ids(file: value)
        case "tag": return .tag(try tag(value))
        case "locale": return .locale(try LocaleTag.canonical(value))
        case "has": return .has(channel: value, kind: try channels.meaning(of: value).addressKind)
        case "only": return .only(channel: value, kind: try channels.meaning(of: value).addressKind)
        case "reached": return .reached(try announcement(value))
        case "told": return .told(try announcement(value))
        default: return .missed(try announcement(value))
        }
    }

    private static func tag(_ text: String) throws(ValueProblem) -> String {
        let tag = FreeText.cleaned(text).text
        // In a list, `;` stands between tags: none can hold one.
        guard !tag.isEmpty, !tag.contains(";") else {
            throw ValueProblem(.malformed, "\(Excerpt.of(text)) is no tag", expected: "one tag, without ;")
        }
        return tag
    }

    private static func attribute(_ name: String, _ value: String?) throws(ValueProblem) -> Audience {
        guard let value, !value.isEmpty else {
            throw ValueProblem(
                .missing, "attr.\(Excerpt.of(name)) has no value", expected: "attr.NAME:VALUE",
                nearest: value == nil ? withColon("attr." + name) : nil)
        }
        return .attribute(
            name: try ContactField.checked(attribute: name), value: FreeText.cleaned(value).text)
    }

    private static func contact(_ text: String) throws(ValueProblem) -> Contact.ID {
        if let id = Contact.ID(parsing: text) { return id }
        throw ValueProblem(
            .malformed, "\(Excerpt.of(text)) is no id of a contact", expected: "1 to 200 characters")
    }

    private static func announcement(_ text: String) throws(ValueProblem) -> Announcement.ID {
        if let id = Announcement.ID(rawValue: text) { return id }
        throw ValueProblem(
            .malformed, "\(Excerpt.of(text)) is no id of an announcement",
            expected: "1 to 64 letters, digits, _ and -")
    }

    /// `tag:vip` of `tag=vip`; nil where that is no term either.
    private static func withColon(_ text: String) -> String? {
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, parts[0].hasPrefix("attr.") || heads.dropFirst().contains(String(parts[0]))
        else {
            return nil
        }
        return Excerpt.of("\(parts[0]):\(parts[1])")
    }

    private static func noTerm(_ head: String, _ value: String?) -> ValueProblem {
        let text = head + (value.map { ":" + $0 } ?? "")
        if head == "all" {
            return ValueProblem(.malformed, "all has a value", expected: "all")
        }
        let nearest = (value == nil ? withColon(head) : nil) ?? NearestName.of(head, in: heads)
        return ValueProblem(.unknown, "\(Excerpt.of(text)) is no term", expected: examples, nearest: nearest)
    }
}
