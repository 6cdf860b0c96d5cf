internal import Broadcast

extension Store {
    /// Writes the contacts an audience selects as a list that reads back as the same contacts: UTF-8, `,`, LF.
    ///
    /// Suppressions of addresses that no contact has are not in it: only their hashes are known. A backup holds them.
    ///
    /// - Parameters:
    ///   - selection: whom.
    ///   - write: takes the next bytes; the first ones are the line of columns.
    /// - Throws: a ``StoreError`` of ours or of `write`.
    public func export(
        _ selection: AudienceSelection, _ write: ([UInt8]) throws(StoreError) -> Void
    ) throws(StoreError) {
        let attributes = try attributeNames(selection)
        let fields = ContactField.known + attributes.map(ContactField.attribute)
        var lines: [UInt8] = []
        Self.append(fields.map(\.exportedName), to: &lines)
        try forEachMember(selection) { (members) throws(StoreError) in
            for member in members { Self.append(fields.map { Self.text(of: $0, member) }, to: &lines) }
            try write(lines)
            lines.removeAll(keepingCapacity: true)
        }
        if !lines.isEmpty { try write(lines) }
    }

    /// The names of all attributes of the contacts an audience selects, sorted.
    public func attributeNames(_ selection: AudienceSelection) throws(StoreError) -> [String] {
        var names: Set<String> = []
        let sql = "SELECT c.attributes FROM contacts c WHERE c.attributes <> '' AND (\(selection.condition))"
        try connection.each(sql, selection.parameters) { (row: borrowing Row) throws(StoreError) in
            for name in ContactRow.attributes(row.text(0)).keys where !names.contains(name) {
                names.insert(name)
            }
        }
        return names.sorted()
    }

    private static func append(_ cells: [String], to lines: inout [UInt8]) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { lines.append(UInt8(ascii: ",")) }
            CSVText.append(cell, to: &lines)
        }
        lines.append(0x0A)
    }

    private static func text(of field: ContactField, _ member: Member) -> String {
        let contact = member.contact
        return switch field {
        case .id: contact.id.rawValue
        case .name: contact.name
        case .email: contact.addresses[.email]?.value ?? ""
        case .phone: contact.addresses[.phone]?.value ?? ""
        case .telegram: contact.addresses[.telegram]?.value ?? ""
        case .locale: contact.locale ?? ""
        case .timezone: contact.timezone ?? ""
        case .tags: contact.tags.joined(separator: ";")
        case .prefer: contact.prefer.map(\.rawValue).joined(separator: ";")
        case .consent: text(of: contact.consent)
        case .consentSource: contact.consentSource
        case .consentDate: contact.consentDate
        case .suppressed: text(of: member.suppressions)
        case .attribute(let name): contact.attributes[name] ?? ""
        case .rejectedReason, .unnamed: ""
        }
    }

    private static func text(of consent: Consent) -> String {
        switch consent {
        case .none: "none"
        case .all: "all"
        case .only(let names): names.sorted().joined(separator: ";")
        }
    }

    private static func text(of suppressions: [AddressKind: [Suppression]]) -> String {
        suppressions.sorted { $0.key < $1.key }.flatMap(\.value)
            .map { SuppressionOrder($0).entry }.joined(separator: ";")
    }
}
