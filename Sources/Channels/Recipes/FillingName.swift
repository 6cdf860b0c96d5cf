import Broadcast
import Templating

/// What a recipe may fill in per delivery.
enum FillingName: Sendable, Hashable {
    case to, toDigits, title, text, html, id, locale
    case announcement(AnnouncementField)
    /// A field of the contact: one of ``contactFields``, or an attribute.
    case contact(String)

    /// The gateway's word for how the characters of an SMS travel.
    case encoding(gsm7: String, ucs2: String)

    /// The fields of `announcement.*`.
    enum AnnouncementField: String, Sendable, CaseIterable {
        case id, template, purpose
        /// When it was accepted, RFC 3339.
        case sentAt
    }

    /// The fields that every contact has; any other name is an attribute.
    static let contactFields = ["id", "name", "email", "phone", "telegram", "locale", "timezone"]

    /// Every fixed name that `audience` allows.
    static func names(for audience: ChannelTraits.Audience) -> [String: FillingName] {
        var names: [String: FillingName] = [
            "title": .title, "text": .text, "html": .html, "id": .id, "locale": .locale,
        ]
        for field in AnnouncementField.allCases {
            names["announcement.\(field.rawValue)"] = .announcement(field)
        }
        if audience != .public {
            for field in contactFields { names["contact.\(field)"] = .contact(field) }
        }
        if let kind = audience.addressKind {
            names["to"] = .to
            if kind == .phone { names["to.digits"] = .toDigits }
        }
        return names
    }

    /// The value for `delivery`, UTF-8; empty when there is none.
    func value(in delivery: OutboundDelivery, stamps: StampCache) -> [UInt8] {
        switch self {
        case .to: Array((delivery.address?.value ?? "").utf8)
        case .toDigits: (delivery.address?.value ?? "").utf8.filter { 0x30...0x39 ~= $0 }
        case .title: delivery.content.title
        case .text: delivery.content.text
        case .html: delivery.content.html
        case .id: Array(delivery.key.utf8)
        case .locale: Array(delivery.content.locale.utf8)
        case .announcement(.id): Array(delivery.announcement.rawValue.utf8)
        case .announcement(.template): Array(delivery.template.utf8)
        case .announcement(.purpose): Array(delivery.purpose.rawValue.utf8)
        case .announcement(.sentAt): Array(stamps.text(delivery.announcedAt).utf8)
        case .encoding(let gsm7, let ucs2):
            Array((Self.isGSM(delivery.content.text) ? gsm7 : ucs2).utf8)
        case .contact(let field): Array(Self.contactValue(field, delivery).utf8)
        }
    }

    private static func isGSM(_ text: [UInt8]) -> Bool {
        SMSLength(String(decoding: text, as: UTF8.self)).encoding == .gsm7
    }

    private static func contactValue(_ field: String, _ delivery: OutboundDelivery) -> String {
        guard let contact = delivery.contact else { return "" }
        return switch field {
        case "id": contact.id.rawValue
        case "name": CleanText.oneLine(contact.name)
        case "locale": contact.locale ?? ""
        case "timezone": contact.timezone ?? ""
        case "email", "phone", "telegram":
            AddressKind(rawValue: field).flatMap { contact.addresses[$0]?.value } ?? ""
        default: CleanText.oneLine(contact.attributes[field] ?? "")
        }
    }
}
