import Broadcast
import Foundation
import Storage

/// What a proof says of an announcement, as the members of its lines.
struct ProofRecord {
    let announcement: Announcement
    let report: AnnouncementReport
    let key: ProofPublicKey
    let madeAt: Date
    /// The channels, with their companies as they were planned.
    let companies: [ChannelName: String]
    private let keys: DeliveryKey

    init(_ announcement: Announcement, _ report: AnnouncementReport, secret: [UInt8], madeAt: Date) {
        self.announcement = announcement
        self.report = report
        self.madeAt = madeAt
        key = ProofKey(secret: secret).publicKey
        companies = report.channels.mapValues(\.company)
        keys = DeliveryKey(secret: secret)
    }

    /// The first line.
    var head: [String: JSONValue] {
        let content = announcement.content
        let sources = content.files.sorted { $0.key < $1.key }.map { path, text in
            JSONValue.object([
                "path": .string(path), "text": .string(text),
                "sha256": .string(SHA256Stream.hex(of: Array(text.utf8))),
            ])
        }
        return [
            "format": .string(ProofLine.format), "version": .number(String(ProofLine.version)),
            "kind": .string("announcement"), "publicKey": .string(key.pem),
            "fingerprint": .string(key.fingerprint),
            "madeAt": time(madeAt), "isFinal": .bool(report.finishedAt != nil),
            "id": .string(announcement.id.rawValue), "template": .string(content.template),
            "sources": .array(sources), "attachments": attachments(of: content),
            "variables": .object(content.variables.mapValues(JSONValue.string)),
            "sender": sender(content.sender), "purpose": .string(announcement.purpose.rawValue),
            "priority": .string(announcement.priority.rawValue),
            "reach": .string(announcement.reach.rawValue),
            "audience": .string(announcement.audience),
            "acceptedAt": time(announcement.createdAt), "acceptedBy": text(announcement.acceptedBy),
            "expiresAfter": text(announcement.expiresAfter.map(DurationText.text)),
            "report": reported,
        ]
    }

    /// The files by their digests: whoever has one can show that it is the one that went along.
    private func attachments(of content: FrozenContent) -> JSONValue {
        .array(
            content.attachments.sorted { $0.key < $1.key }.map { path, file in
                .object([
                    "path": .string(path), "type": .string(file.type), "bytes": .number(String(file.size)),
                    "sha256": .string(file.sha256),
                ])
            })
    }

    /// The line of one delivery.
    func line(of entry: LedgerEntry) -> [String: JSONValue] {
        let delivery = entry.delivery
        let isKnown = entry.isPublic || entry.contact != nil
        let id = keys.text(for: announcement.id, to: entry.contact, over: delivery.channel)
        return [
            "kind": .string("delivery"), "contact": text(entry.contact?.rawValue),
            "name": .string(entry.name),
            "isPublic": .bool(entry.isPublic),
            "address": text(entry.address), "isAddressAsTried": .bool(entry.isAddressAsTried),
            "channel": .string(delivery.channel.rawValue),
            "company": .string(companies[delivery.channel] ?? ""),
            "state": .string(delivery.state.rawValue), "reason": text(delivery.reason?.rawValue),
            "sharesCopyOf": text(entry.sharesCopyOf?.rawValue),
            "attempts": .number(String(delivery.attempts)),
            "firstAttemptAt": time(entry.firstAttemptAt), "settledAt": time(delivery.settledAt),
            "key": isKnown ? .string(id) : .null, "providerID": text(delivery.providerID),
            "answer": text(entry.answer), "fault": fault(delivery.fault),
        ]
    }

    /// The last line: what is signed is the sum of all before it.
    static func signature(of sum: String, over deliveries: Int, with key: ProofKey) -> [String: JSONValue] {
        let signature = key.signature(of: ProofLine.statement(sum))
        return [
            "kind": .string("signature"), "deliveries": .number(String(deliveries)), "sha256": .string(sum),
            "algorithm": .string("Ed25519"), "signature": .string(Data(signature).base64EncodedString()),
        ]
    }

    private var reported: JSONValue {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        // A report is made of counts, names and times: it can always be written, and what was written be read.
        let bytes = (try? encoder.encode(report)).map { Array($0) } ?? []
        return (try? JSONValue(parsing: bytes, maxBytes: 1 << 26)) ?? .null
    }

    private func sender(_ sender: Sender) -> JSONValue {
        .object([
            "name": .string(sender.name), "locale": .string(sender.locale),
            "timezone": .string(sender.timezone), "website": .string(sender.website),
        ])
    }

    private func fault(_ fault: Fault?) -> JSONValue {
        guard let fault else { return .null }
        return .object([
            "scope": .string(fault.scope.rawValue), "code": .string(fault.code.rawValue),
            "detail": .string(fault.detail),
        ])
    }

    private func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
    private func time(_ date: Date?) -> JSONValue { text(date.map(TimeText.text)) }
}
