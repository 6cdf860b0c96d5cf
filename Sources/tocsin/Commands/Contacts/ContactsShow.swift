import Broadcast
import Foundation
import Storage

extension Commands {
    /// Shows people with what was sent to them.
    static let contactsShow = CommandSpec(
        path: ["contacts", "show"], summary: "Show a person: addresses, consent, suppressions and history",
        operands: [
            .init(name: "WHO", help: "an id, an e-mail address, a phone number or a Telegram chat id")
        ],
        options: [countryOption]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        let text = invocation.required(0)
        let region = try invocation.region()
        let store = try session.storeForReading()
        let found = try await session.translating { () async throws(StoreError) in
            var found: [ContactHistory] = []
            for member in try await store.find(text, region: region) {
                found.append(
                    ContactHistory(member: member, deliveries: try await store.history(of: member.contact.id))
                )
            }
            return found
        }
        if found.isEmpty {
            return try await session.showRemoved(text, in: store, hint: invocation.phoneHint(text))
        }
        if session.output.isJSON {
            session.output.result(JSONValue.array(found.map(\.json)))
        } else {
            let zone = session.zone
            session.output.result(found.map { $0.text(in: zone) }.joined(separator: "\n\n"))
        }
        return .success
    }
}

extension Session {
    /// Somebody who was removed is known by history alone.
    fileprivate func showRemoved(
        _ text: String, in store: Store, hint: String
    ) async throws(CommandFailure) -> ExitCode {
        let deliveries = try await translating { () async throws(StoreError) in
            guard let id = Contact.ID(parsing: text) else { return [ReportedDelivery]() }
            return try await store.history(of: id)
        }
        guard !deliveries.isEmpty else {
            throw CommandFailure(
                .notFound,
                "there is no contact \(Excerpt.of(text)), nor anybody with such an address\(hint)")
        }
        if output.isJSON {
            let history = JSONValue.array(deliveries.map { ContactJSON.value(of: $0, why: $0.why) })
            output.result(JSONValue.array([.object(["id": .string(text), "history": history])]))
        } else {
            output.result(
                "\(Plain.text(text)) was removed; what was sent:\n"
                    + ContactHistory.table(deliveries, in: zone))
        }
        return .success
    }
}

/// A person with what was sent to them.
private struct ContactHistory: Sendable {
    let member: Member
    let deliveries: [ReportedDelivery]

    var json: JSONValue {
        guard case .object(var members) = ContactJSON.value(of: member) else { return .null }
        members["history"] = .array(deliveries.map { ContactJSON.value(of: $0, why: $0.why) })
        return .object(members)
    }

    /// The person's facts, one a line, and a table of the history.
    func text(in zone: TimeZone) -> String {
        let contact = member.contact
        let name = contact.name.isEmpty ? "" : "  \(Plain.text(contact.name))"
        var lines = [Paragraph.folded(Plain.text(contact.id.rawValue) + name)]
        for (label, value) in facts(in: zone) where !value.isEmpty {
            let head = "  " + label + String(repeating: " ", count: 13 - label.count)
            lines.append(Paragraph.hanging(head, Plain.text(value, limit: 1000)))
        }
        let history = Self.table(deliveries, in: zone)
        return lines.joined(separator: "\n")
            + (history.isEmpty ? "\n  nothing was sent yet" : "\n\n" + history)
    }

    private func facts(in zone: TimeZone) -> [(label: String, value: String)] {
        let contact = member.contact
        let recorded = [contact.consentSource, contact.consentDate].filter { !$0.isEmpty }
        let attributes = contact.attributes.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return [
            ("E-mail", contact.addresses[.email]?.display ?? ""),
            ("Phone", contact.addresses[.phone]?.display ?? ""),
            ("Telegram", contact.addresses[.telegram]?.display ?? ""), ("Locale", contact.locale ?? ""),
            ("Time zone", contact.timezone ?? ""), ("Tags", contact.tags.joined(separator: ", ")),
            ("Attributes", attributes.joined(separator: "; ")),
            ("Prefers", contact.prefer.map(\.rawValue).joined(separator: ", ")),
            (
                "Marketing",
                contact.consent.words.isEmpty
                    ? "no consent"
                    : ([contact.consent.words.joined(separator: ", ")] + recorded).joined(separator: "; ")
            ),
            (
                "Suppressed",
                member.suppressions.values.flatMap(\.self).map { $0.sentence(in: zone) }.sorted()
                    .joined(separator: "; ")
            ),
        ]
    }

    /// One line for each delivery; empty when there are none.
    static func table(_ deliveries: [ReportedDelivery], in zone: TimeZone) -> String {
        var table = TextTable([
            ("Announcement", .left), ("Channel", .left), ("State", .left), ("When", .left), ("Why", .left),
        ])
        for delivery in deliveries {
            let when = (delivery.settledAt ?? delivery.nextAt).map { TimeText.text(for: $0, in: zone) } ?? ""
            table.add([
                delivery.announcement.rawValue, delivery.channel.rawValue, delivery.state.word, when,
                delivery.why ?? "",
            ])
        }
        return table.text()
    }
}

extension Suppression {
    /// Such as `email: everything, opt-out since 2026-11-21 10:15:00 +01:00 (import list.csv)`.
    fileprivate func sentence(in zone: TimeZone) -> String {
        let what = extent == .all ? "everything" : "marketing"
        let start = TimeText.text(for: since, in: zone)
        return "\(kind.rawValue): \(what), \(reason.rawValue) since \(start) (\(source))"
    }
}
