import Broadcast
import Foundation
import Storage

/// People as the commands on contacts print them for programs; every key is always there.
enum ContactJSON {
    /// A person, as the columns of a list name it.
    static func value(of member: Member) -> JSONValue {
        let contact = member.contact
        let suppressions = member.suppressions.sorted { $0.key < $1.key }.flatMap(\.value)
        return .object([
            "id": .string(contact.id.rawValue), "name": .string(contact.name),
            "email": text(contact.addresses[.email]?.value), "phone": text(contact.addresses[.phone]?.value),
            "telegram": text(contact.addresses[.telegram]?.value), "locale": text(contact.locale),
            "timezone": text(contact.timezone), "tags": list(contact.tags),
            "prefer": list(contact.prefer.map(\.rawValue)), "consent": list(contact.consent.words),
            "consentSource": .string(contact.consentSource), "consentDate": .string(contact.consentDate),
            "attributes": .object(contact.attributes.mapValues(JSONValue.string)),
            "suppressions": .array(suppressions.map(value)),
        ])
    }

    /// What became of one delivery, and why.
    static func value(of delivery: ReportedDelivery, why: String?) -> JSONValue {
        .object([
            "announcement": .string(delivery.announcement.rawValue),
            "channel": .string(delivery.channel.rawValue),
            "state": .string(delivery.state.rawValue), "why": text(why),
            "attempts": .number(String(delivery.attempts)), "providerID": text(delivery.providerID),
            "settledAt": text(delivery.settledAt.map(TimeText.text)),
            "nextAt": text(delivery.nextAt.map(TimeText.text)),
        ])
    }

    /// A standing order not to send.
    static func value(of suppression: Suppression) -> JSONValue {
        .object([
            "kind": .string(suppression.kind.rawValue), "extent": .string(suppression.extent.rawValue),
            "reason": .string(suppression.reason.rawValue), "source": .string(suppression.source),
            "since": .string(TimeText.text(for: suppression.since)),
        ])
    }

    private static func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
    private static func list(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }
}

extension Consent {
    /// The channels and kinds of addresses, sorted; `all` alone, or nothing.
    var words: [String] {
        switch self {
        case .none: []
        case .all: ["all"]
        case .only(let names): names.sorted()
        }
    }
}

extension Output {
    /// A result as JSON on standard output, laid out for people too.
    func result(_ json: JSONValue) { result(bytes: Array(json.pretty.utf8)) }
}
