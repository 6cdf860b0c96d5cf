import Broadcast
import Foundation

/// A proof, verified from its file alone.
struct ProofCheck {
    let head: ProofHead
    let deliveries: Int
    /// Whether its key is the one that was given; nil when none was.
    let isKnownKey: Bool?

    /// Reads the proof in the file `path`; `key` is the file of the key that has to have signed it, if known.
    ///
    /// - Throws: `badContent` with the line at fault, `notFound` when there is no such file.
    init(of path: String, signedWith key: String?) throws(CommandFailure) {
        let known = try key.map(Self.key)
        let finding = try Self.finding(in: LineReader(path), path)
        let found = finding.head.key
        if let known, known != found {
            throw CommandFailure(
                .badContent,
                "\(Plain.text(path)): it is whole, but signed with the key \(found.fingerprint), not with "
                    + "that of \(Plain.text(key ?? "")), \(known.fingerprint)")
        }
        (head, deliveries) = (finding.head, finding.deliveries)
        isKnownKey = known.map { _ in true }
    }

    private static func key(_ path: String) throws(CommandFailure) -> ProofPublicKey {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(.notFound, "\(Plain.text(path)): there is no such file to read")
        }
        guard let key = ProofPublicKey(pem: String(decoding: bytes, as: UTF8.self)) else {
            throw CommandFailure(
                .badContent, "\(Plain.text(path)) holds no key as tocsin report --proof-key prints it")
        }
        return key
    }

    private static func finding(
        in reader: consuming LineReader, _ path: String
    ) throws(CommandFailure) -> ProofAudit.Finding {
        var audit = ProofAudit()
        var problem: ProofAudit.Problem?
        var line = try reader.next() ?? []
        while problem == nil, let next = try reader.next() {
            do throws(ProofAudit.Problem) { try audit.take(line) } catch { problem = error }
            line = next
        }
        do throws(ProofAudit.Problem) {
            if let problem { throw problem }
            return try audit.end(with: line)
        } catch {
            throw CommandFailure(
                .badContent, Plain.text("\(path):\(error.line): this line \(error.what)", limit: 500))
        }
    }

    /// The same for a script.
    var json: JSONValue { .object(members) }

    /// What is to be said of it, by name.
    var members: [String: JSONValue] {
        let counts = head.contacts.merging(["selected": head.selected]) { $1 }
        return [
            "announcement": .string(head.announcement.rawValue), "template": .string(head.template.rawValue),
            "state": .string(head.state.rawValue), "acceptedAt": .string(TimeText.text(for: head.acceptedAt)),
            "madeAt": .string(TimeText.text(for: head.madeAt)), "isFinal": .bool(head.isFinal),
            "deliveries": .number(String(deliveries)),
            "attachments": .object(head.files.mapValues(JSONValue.string)),
            "contacts": .object(counts.mapValues { .number(String($0)) }),
            "fingerprint": .string(head.key.fingerprint),
            "isKnownKey": isKnownKey.map(JSONValue.bool) ?? .null,
        ]
    }

    private var files: String {
        let list = head.files.sorted { $0.key < $1.key }.map { "\($0), SHA-256 \($1)" }
        return list.isEmpty ? "" : Plain.text("With it went \(list.joined(separator: "; ")).", limit: 4_000)
    }

    /// What is to be said of it, at most 80 columns wide.
    func text(in zone: TimeZone) -> String {
        let counts = ProofHead.standings.map { "\(head.contacts[$0] ?? 0) \($0)" }
        let (accepted, made) = (
            TimeText.text(for: head.acceptedAt, in: zone), TimeText.text(for: head.madeAt, in: zone)
        )
        let end = head.isFinal ? "" : ", and was not over: more may have followed"
        let key = isKnownKey == true ? " That is the key you gave." : ""
        return [
            "\(head.announcement), template \(head.template): whole, and unchanged since it was signed.",
            "It was accepted \(accepted), stood as \(head.state.rawValue) when this was made at \(made)\(end).",
            "\(CountText.people(head.selected)): \(counts.joined(separator: ", ")). "
                + "\(CountText.deliveries(deliveries)), each on a line.",
            files, "Signed with the key \(head.key.fingerprint).\(key)",
            "This proves that whoever holds that key wrote every line, and that none was changed, added or taken "
                + "out, and that the deliveries add up. It does not prove when, nor how many people they reached: "
                + "those are the times and the counts that the holder wrote; nor that a message was read: "
                + "\"accepted\" is what a provider took."
                + (isKnownKey == true
                    ? ""
                    : " Whose key it is you know by comparing it with the one they lodged beforehand (--key)."),
        ].filter { !$0.isEmpty }.map { Paragraph.folded($0) }.joined(separator: "\n")
    }
}
