public import Foundation

/// What the first line of a proof says, each value of the form in which Tocsin writes it.
///
/// The lines show whether its counts of deliveries are right; its times, and what became of how many people, are the
/// word of whoever signed.
public struct ProofHead: Sendable {
    /// Whose proof it is.
    public let announcement: Announcement.ID
    /// What was said.
    public let template: TemplateName
    /// Where the announcement stood.
    public let state: AnnouncementState
    /// When it was accepted.
    public let acceptedAt: Date
    /// When the proof was made.
    public let madeAt: Date
    /// Whether every delivery was final by then.
    public let isFinal: Bool
    /// The people by what became of them; ``selected`` of them in all.
    public let contacts: [String: Int]
    /// All the people it was for.
    public let selected: Int
    /// The files that went along, by path, each with its SHA-256.
    public let files: [String: String]
    /// The key that the lines are signed with.
    public let key: ProofPublicKey

    /// What becomes of people, in the order in which it is told.
    public static let standings = ["reached", "missed", "unknown", "waiting"]

    /// Reads the line.
    init(_ tree: JSONValue) throws(ProofAudit.Problem) {
        let report = tree.member("report")
        guard let id = Announcement.ID(rawValue: tree.member("id").string) else {
            throw Self.problem("holds no id of an announcement")
        }
        guard let state = AnnouncementState(rawValue: report.member("state").string) else {
            throw Self.problem("holds no state of an announcement")
        }
        guard let template = TemplateName(rawValue: tree.member("template").string) else {
            throw Self.problem("holds no name of a template")
        }
        (announcement, self.template, self.state) = (id, template, state)
        (acceptedAt, madeAt) = (try Self.time("acceptedAt", in: tree), try Self.time("madeAt", in: tree))
        isFinal = tree.member("isFinal") == .bool(true)
        guard !isFinal || [.finished, .cancelled].contains(state) else {
            throw Self.problem("says that it was over, and that it was \(state.rawValue)")
        }
        (selected, contacts) = try Self.people(in: report.member("contacts"))
        let files = tree.member("attachments").elements.map {
            ($0.member("path").string, $0.member("sha256").string)
        }
        self.files = Dictionary(files) { first, _ in first }
        guard let key = ProofPublicKey(pem: tree.member("publicKey").string) else {
            throw Self.problem("holds no public key")
        }
        guard tree.member("fingerprint").string == key.fingerprint else {
            throw Self.problem("names another fingerprint than its key has (\(key.fingerprint))")
        }
        self.key = key
    }

    private static func time(_ name: String, in tree: JSONValue) throws(ProofAudit.Problem) -> Date {
        do { return try TimeText.date(tree.member(name).string) } catch {
            throw problem("holds no time as \(name)")
        }
    }

    private static func people(
        in counts: JSONValue
    ) throws(ProofAudit.Problem) -> (selected: Int, contacts: [String: Int]) {
        func count(_ name: String) throws(ProofAudit.Problem) -> Int {
            guard let count = Int32(counts.member(name).string), count >= 0 else {
                throw problem("holds no count of people as \(name)")
            }
            return Int(count)
        }
        var contacts: [String: Int] = [:]
        for name in standings { contacts[name] = try count(name) }
        let (selected, sum) = (try count("selected"), contacts.values.reduce(0, +))
        guard selected == sum else {
            throw problem("speaks of \(selected) people, and of \(sum) by what became of them")
        }
        return (selected, contacts)
    }

    private static func problem(_ what: String) -> ProofAudit.Problem {
        ProofAudit.Problem(line: 1, what: what)
    }
}
