internal import Broadcast

/// Writes members as a list that reads back as the same contacts, suppressions included: UTF-8, `,`, LF.
///
/// Suppressions of addresses that no contact has are not in it: only their hashes are known. A backup holds them.
public struct ContactListWriter: Sendable {
    private let fields: [ContactField]

    /// A writer of every known column and of these attributes; see ``Store/attributeNames(_:)``.
    public init(attributes: [String]) {
        fields = ContactField.known + attributes.map(ContactField.attribute)
    }

    /// The first line.
    public var header: [UInt8] {
        var line: [UInt8] = []
        Self.append(fields.map(\.exportedName), to: &line)
        return line
    }

    /// One line for each member.
    public func lines(_ members: [Member]) -> [UInt8] {
        var lines: [UInt8] = []
        lines.reserveCapacity(members.count * 200)
        for member in members { Self.append(fields.map { Self.text(of: $0, member) }, to: &lines) }
        return lines
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
        case .rejectedReason, .rejectedID, .unnamed: ""
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
