import Broadcast
import Foundation

/// A proof, verified from its file alone.
struct ProofCheck: Encodable {
    let announcement: String
    let template: String
    let state: String
    let acceptedAt: String
    let madeAt: String
    /// Whether every delivery was final when it was made.
    let isFinal: Bool
    let deliveries: Int
    let contacts: [String: Int]
    let fingerprint: String
    /// Whether it is the key that was given; nil when none was.
    let isKnownKey: Bool?

    /// Reads the proof in the file `path`; `key` is the file of the key that has to have signed it, if known.
    ///
    /// - Throws: `badContent` with the line at fault, `notFound` when there is no such file.
    init(of path: String, signedWith key: String?) throws(CommandFailure) {
        let known = try key.map(Self.key)
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw CommandFailure(.notFound, "\(Plain.text(path)): there is no such file to read")
        }
        let finding = try Self.finding(in: LineReader(handle), path)
        if let known, known != finding.key {
            throw CommandFailure(
                .badContent,
                "\(Plain.text(path)): it is whole, but signed with the key \(finding.key.fingerprint), not with "
                    + "that of \(Plain.text(key ?? "")), \(known.fingerprint)")
        }
        let head = finding.head
        announcement = head.member("id").string
        template = head.member("template").string
        state = head.member("report").member("state").string
        acceptedAt = head.member("acceptedAt").string
        madeAt = head.member("madeAt").string
        isFinal = head.member("isFinal") == .bool(true)
        contacts = Dictionary(
            uniqueKeysWithValues: ["selected", "reached", "missed", "unknown", "waiting"].map {
                ($0, Int(head.member("report").member("contacts").member($0).string) ?? 0)
            })
        deliveries = finding.deliveries
        fingerprint = finding.key.fingerprint
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

    /// What is to be said of it, at most 80 columns wide.
    func text(in zone: TimeZone) -> String {
        let people = CountText.people(contacts["selected"] ?? 0)
        let counts = ["reached", "missed", "unknown", "waiting"].map { "\(contacts[$0] ?? 0) \($0)" }
        let end = isFinal ? "" : ", and was not over: more may have followed"
        let read = { (time: String) in
            (try? TimeText.date(time)).map { TimeText.text(for: $0, in: zone) } ?? Plain.text(time)
        }
        let key = isKnownKey == true ? " That is the key you gave." : ""
        return [
            Plain.text("\(announcement), template \(template): whole, and unchanged since it was signed."),
            "It was accepted \(read(acceptedAt)), stood as \(state) when this was made at "
                + "\(read(madeAt))\(end).",
            "\(people): \(counts.joined(separator: ", ")). \(CountText.deliveries(deliveries)), each on a line.",
            "Signed with the key \(fingerprint).\(key)",
            "This proves that whoever holds that key wrote every line, and that none was changed, added or taken "
                + "out. It does not prove when: the times are those of their clock; nor that a message was read: "
                + "\"accepted\" is what a provider took."
                + (isKnownKey == true
                    ? ""
                    : " Whose key it is you know by comparing it with the one they lodged beforehand (--key)."),
        ].map { Paragraph.folded($0) }.joined(separator: "\n")
    }
}
