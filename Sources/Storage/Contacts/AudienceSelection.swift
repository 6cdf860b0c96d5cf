internal import Broadcast

/// An audience as a condition on the rows of `contacts c`, ready to run.
public struct AudienceSelection: Sendable {
    /// The condition; never NULL, so that it can be negated.
    let condition: String
    /// What its parameters `:a0`, `:a1`, … are bound to.
    let parameters: Parameters

    init(_ audience: Audience, lists: [String: [Contact.ID]], path: String) throws(StoreError) {
        var compiler = Compiler(lists: lists, path: path)
        condition = try compiler.condition(audience)
        parameters = compiler.parameters
    }
}

/// Walks an audience and collects its parameters.
private struct Compiler {
    let lists: [String: [Contact.ID]]
    let path: String
    var parameters: Parameters = [:]

    mutating func condition(_ audience: Audience) throws(StoreError) -> String {
        switch audience {
        case .all: return "1"
        case .id(let id): return "c.id = \(bound(.text(id.rawValue)))"
        case .ids(let file): return try listed(in: file)
        case .tag(let tag): return "instr(c.tags, \(bound(.text(ContactRow.text([tag]))))) > 0"
        case .locale(let tag): return locale(tag)
        case .has(_, let kind): return kind.map { "c.\($0.rawValue) IS NOT NULL" } ?? "1"
        case .only(_, let kind): return only(kind)
        case .attribute(let name, let value):
            return "instr(c.attributes, \(bound(.text(ContactRow.text([name: value]))))) > 0"
        case .reached(let id): return exists(in: id, Self.isReached)
        case .told(let id): return exists(in: id, "(\(Self.isReached) OR \(Self.isUnknown))")
        case .missed(let id): return missed(id)
        case .not(let inner): return "NOT (\(try condition(inner)))"
        case .and(let parts): return try joined(parts, " AND ")
        case .or(let parts): return try joined(parts, " OR ")
        }
    }

    private mutating func bound(_ value: SQLValue) -> String {
        let name = "a\(parameters.pairs.count)"
        parameters.append(name, value)
        return ":" + name
    }

    private mutating func joined(_ parts: [Audience], _ word: String) throws(StoreError) -> String {
        // Halved, so that a long chain does not pass SQLite's limit on the depth of an expression.
        guard parts.count > 2 else {
            var texts: [String] = []
            for part in parts { texts.append("(\(try condition(part)))") }
            return texts.joined(separator: word)
        }
        let half = parts.count / 2
        let left = try joined(Array(parts[..<half]), word)
        return "(\(left))\(word)(\(try joined(Array(parts[half...]), word)))"
    }

    private mutating func listed(in file: String) throws(StoreError) -> String {
        guard let ids = lists[file] else {
            throw StoreError(.notFound, path: path, "the list of ids \(Excerpt.of(file)) has not been read")
        }
        return "c.id IN (SELECT value FROM json_each(\(bound(.text(JSONText.array(ids.map(\.rawValue)))))))"
    }

    private mutating func locale(_ tag: String) -> String {
        let regions = bound(.text(tag + "-"))
        let whole = bound(.text(tag))
        return "(c.locale IS \(whole) OR instr(ifnull(c.locale, ''), \(regions)) = 1)"
    }

    private func only(_ kind: AddressKind?) -> String {
        AddressKind.allCases.map { "c.\($0.rawValue) IS \($0 == kind ? "NOT NULL" : "NULL")" }
            .joined(separator: " AND ")
    }

    // MARK: Outcomes

    // As in reports: a delivery to a shared address is as good as the one that carries the copy, and one that waits
    // for its next channel is open. Who was removed and added again under the same id is the same person.
    private static let outcome = """
        CASE WHEN d.stranded = 1 THEN 'queued'
          ELSE coalesce((SELECT l.state FROM deliveries l WHERE l.id = d.leader), d.state) END
        """
    private static let isReached = "o IN ('accepted', 'delivered')"
    private static let isUnknown = "o = 'unknown'"
    private static let isOpen = "o IN ('queued', 'sending')"

    private mutating func exists(in id: Announcement.ID, _ test: String) -> String {
        """
        EXISTS (SELECT 1 FROM (SELECT \(Self.outcome) AS o FROM deliveries d \
        WHERE d.announcement = (SELECT seq FROM announcements WHERE id = \(bound(.text(id.rawValue)))) \
        AND d.contact IN (SELECT c.seq UNION ALL SELECT seq FROM removed_contacts WHERE id = c.id)) WHERE \(test))
        """
    }

    private mutating func missed(_ id: Announcement.ID) -> String {
        let selected = exists(in: id, "1")
        let other = exists(in: id, "(\(Self.isReached) OR \(Self.isUnknown) OR \(Self.isOpen))")
        return "\(selected) AND NOT \(other)"
    }
}
