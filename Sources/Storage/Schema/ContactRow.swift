internal import Broadcast

/// How a contact stands in a row, in both directions.
enum ContactRow {
    /// The columns that ``contact(_:from:)`` reads, in order, each of the table or alias `of`.
    static func columns(of table: String) -> String {
        columnNames.map { "\(table).\($0)" }.joined(separator: ", ")
    }

    /// As they stand in `contacts` and `contact_revisions`.
    static let columnNames = [
        "id", "name", "locale", "timezone", "tags", "attributes", "prefer", "consent", "consent_source",
        "consent_date", "email", "phone", "telegram",
    ]

    /// How many columns one contact takes.
    static let width: Int32 = 13

    /// Reads the contact whose columns begin at `first`.
    static func contact(_ row: borrowing Row, from first: Int32) -> Contact {
        var addresses: [AddressKind: Address] = [:]
        addresses[.email] = row.optionalText(first + 10).flatMap { Address(.email, canonical: $0) }
        addresses[.phone] = row.optionalText(first + 11).flatMap { Address(.phone, canonical: $0) }
        addresses[.telegram] = row.optionalText(first + 12).flatMap { Address(.telegram, canonical: $0) }
        return Contact(
            id: Contact.ID(valid: row.text(first)), name: row.text(first + 1),
            locale: row.optionalText(first + 2),
            timezone: row.optionalText(first + 3), tags: list(row.text(first + 4)),
            attributes: attributes(row.text(first + 5)),
            prefer: list(row.text(first + 6)).map(ChannelName.init(valid:)),
            consent: consent(row.text(first + 7)),
            consentSource: row.text(first + 8), consentDate: row.text(first + 9), addresses: addresses)
    }

    // MARK: Lists

    /// `;a;b;`, empty for none.
    static func text(_ list: [String]) -> String {
        list.isEmpty ? "" : ";" + list.joined(separator: ";") + ";"
    }

    /// The parts of `;a;b;`.
    static func list(_ text: String) -> [String] {
        text.isEmpty ? [] : text.utf8.split(separator: UInt8(ascii: ";")).map { String(Substring($0)) }
    }

    /// As ``text(_:)``, sorted; `*` for all.
    static func text(_ consent: Consent) -> String {
        switch consent {
        case .none: ""
        case .all: "*"
        case .only(let names): text(names.sorted())
        }
    }

    /// The consent that ``text(_:)`` wrote.
    static func consent(_ text: String) -> Consent {
        switch text {
        case "": .none
        case "*": .all
        default: .only(Set(list(text)))
        }
    }

    // MARK: Attributes

    // Two controls no attribute may hold: a claim splits them much faster than it parses JSON, and a query finds
    // one pair with instr().
    private static let pairMark: Unicode.Scalar = "\u{1F}"
    private static let valueMark: Unicode.Scalar = "\u{1E}"

    /// The pairs sorted by name, each between unit separators; the separators themselves become blanks.
    static func text(_ attributes: [String: String]) -> String {
        guard !attributes.isEmpty else { return "" }
        let pairs = attributes.sorted { $0.key < $1.key }.map {
            cleaned($0.key) + "\u{1E}" + cleaned($0.value)
        }
        return "\u{1F}" + pairs.joined(separator: "\u{1F}") + "\u{1F}"
    }

    /// What ``text(_:)`` writes of an attribute before its value.
    static func beginning(ofAttribute name: String) -> String { "\u{1F}" + cleaned(name) + "\u{1E}" }

    /// The pairs that ``text(_:)`` wrote.
    static func attributes(_ text: String) -> [String: String] {
        guard !text.isEmpty else { return [:] }
        var attributes: [String: String] = [:]
        for pair in text.utf8.split(separator: UInt8(ascii: pairMark)) {
            guard let mark = pair.firstIndex(of: UInt8(ascii: valueMark)) else { continue }
            attributes[String(Substring(pair[..<mark]))] = String(Substring(pair[pair.index(after: mark)...]))
        }
        return attributes
    }

    private static func cleaned(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0 == pairMark || $0 == valueMark }) else { return text }
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0 == pairMark || $0 == valueMark ? " " : $0 }))
    }
}
