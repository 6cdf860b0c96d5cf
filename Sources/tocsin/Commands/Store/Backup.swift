import Broadcast
import Dispatching
import Foundation
import Storage
import Wire

extension Commands {
    /// Copies of the store, and what is no longer kept in it.
    static let copies: [CommandSpec] = [backup, restore, adopt, purge]

    /// Writes all there is into one file.
    static let backup = CommandSpec(
        path: ["backup"], summary: "Write contacts and journal into one file, also while sending",
        operands: [.init(name: "FILE", help: "where to; nobody but you can read it")],
        options: [
            .flag("replace", "take the place of a FILE that stands already, once the new one is whole"),
            .flag("encrypt", "with a passphrase, which is asked for twice"), Passphrase.option,
        ],
        details: [
            "The copy is the store at one moment, looked through before it gets its name. It holds your contacts and "
                + "the key of every hash: encrypt it when it leaves your hands. A passphrase that is lost "
                + "cannot be replaced. Configuration, templates and secrets are files of their own: "
                + "keep copies of them too."
        ],
        examples: [
            "tocsin backup /mnt/usb/tocsin.backup --encrypt",
            "tocsin backup nightly.backup --replace --passphrase-file passphrase",
        ]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        let file = invocation.required(0)
        let passphrase = try Passphrase.new(invocation, session)
        let store = try session.storeForReading()
        let now = session.clock.now().wall
        let contents = try await session.translating { () async throws(StoreError) in
            try await store.backUp(
                to: file, passphrase: passphrase?.reveal(), replacing: invocation.isSet("replace"), now: now)
        }
        let text = contents.text(in: session.zone)
        session.output.say("\(Plain.text(file)): \(text)\(passphrase == nil ? "" : "; encrypted")")
        if session.output.isJSON {
            session.output.result(json: BackupResult(file, contents, isEncrypted: passphrase != nil))
        }
        return .success
    }

    /// Brings back what a backup holds.
    static let restore = CommandSpec(
        path: ["restore"], summary: "Put a backup in the place of the store; nothing leaves it until adopt",
        operands: [.init(name: "FILE", help: "what tocsin backup wrote")],
        options: [
            .flag("replace", "put the store that stands there aside, under a name that is said"),
            Passphrase.option,
        ],
        details: [
            "The backup is looked through before it takes its place, in one step. Nobody may work with the store "
                + "meanwhile. Then look at tocsin adopt: what the original sent since would be sent again.",
            "With --replace, whoever was suppressed or removed, or withdrew consent, after the backup in the store that "
                + "stands there is so in the restored one too; where one of them is an adopted copy, after the two "
                + "parted. Without it nobody knows who did since the backup: import a list that says so, or give "
                + "each address to tocsin contacts suppress, before anything leaves.",
            "Whoever was erased since the backup is in it again, with --replace too: nothing is left that could tell. "
                + "Give each of them to tocsin contacts erase once more. An address that was cleared is back too.",
        ],
        examples: ["tocsin restore nightly.backup", "tocsin restore nightly.backup --store other.db"]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        let file = invocation.required(0)
        let path = try session.storeFile()
        let restoration = try session.translating { () throws(StoreError) in try Restoration(of: file) }
        let passphrase = restoration.isSealed ? try Passphrase.known(invocation, session) : nil
        let now = session.clock.now().wall
        let result = try session.translating { () throws(StoreError) in
            try restoration.restore(
                to: path, passphrase: passphrase?.reveal(), replacing: invocation.isSet("replace"), now: now)
        }
        if let aside = result.aside {
            session.output.say("what stood there is \(Plain.text(aside, limit: 1000)) now")
            if let count = result.lackingAnnouncements, count > 0 {
                let list = Paragraph.command("tocsin report --all --store \(Plain.text(aside, limit: 1000))")
                session.output.say(
                    "what stood there is newer: \(CountText.text(count, "announcement", "announcements")) that the "
                        + "backup lacks; \(list) shows \(count == 1 ? "it" : "them")")
            }
            session.output.say(result.optOuts?.text(in: session.zone) ?? OptOuts.unread)
        }
        let text = result.contents.text(in: session.zone)
        session.output.say("\(Plain.text(path, limit: 1000)): \(text)")
        let copiedAt = result.contents.copiedAt
        let partedAt = result.optOuts?.partedAt
        let isKnown = result.aside != nil && result.optOuts?.isComplete != false
        if isKnown || partedAt != nil {
            session.output.say(OptOuts.erased(since: partedAt ?? copiedAt, in: session.zone))
        }
        if !isKnown { session.output.say(OptOuts.unknown(since: copiedAt, in: session.zone)) }
        session.output.say("nothing leaves it until tocsin adopt, which first says what would")
        if session.output.isJSON { session.output.result(json: RestoreResult(path, result)) }
        return .success
    }
}

extension StoreContents {
    /// Such as `200 contacts, 3 announcements, 0 deliveries open, as of 2026-11-21 18:30:00 +01:00`.
    fileprivate func text(in zone: TimeZone) -> String {
        let counts = [
            CountText.text(contacts, "contact", "contacts"),
            CountText.text(announcements, "announcement", "announcements"),
            "\(CountText.deliveries(openDeliveries)) open",
        ].joined(separator: ", ")
        return counts + (copiedAt.map { ", as of \(TimeText.text(for: $0, in: zone))" } ?? "")
    }
}

extension OptOuts {
    /// How they get into a copy of the store by hand.
    private static let remedy =
        "tocsin contacts import takes a list over that has them, tocsin contacts suppress one address"

    /// Such as `taken over from it: 2 suppressions, 1 removed person`.
    fileprivate func text(in zone: TimeZone) -> String {
        let parted = partedAt.map {
            "it and the store of the backup parted at \(TimeText.text(for: $0, in: zone)); "
        }
        return (parted ?? "") + takenOver
    }

    private var takenOver: String {
        let counts = [
            (suppressions, "suppression", "suppressions"),
            (consents, "withdrawn consent", "withdrawn consents"),
            (removed, "removed person", "removed people"),
        ].filter { $0.0 > 0 }.map { CountText.text($0.0, $0.1, $0.2) }
        let carried = "taken over from it: " + counts.joined(separator: ", ")
        if isPartial {
            return isEmpty ? "damaged: nothing is taken over from it" : carried + "; the rest is damaged"
        }
        return isEmpty ? "nobody has opted out in it since, or was removed" : carried
    }

    /// When the store that was replaced says nothing.
    fileprivate static let unread =
        "who opted out in it cannot be taken over, as it is damaged, another store, or of another Tocsin before 1.0: "
        + remedy

    /// When there is no other store in hand that knows.
    static func unknown(since copiedAt: Date?, in zone: TimeZone) -> String {
        "whoever opted out, withdrew consent or was erased \(moment(copiedAt, in: zone)) is not known in it: "
            + "\(remedy), tocsin contacts erase one person"
    }

    /// When `restore` had one.
    static func known(since copiedAt: Date?, in zone: TimeZone) -> String {
        "whoever opted out or withdrew consent \(moment(copiedAt, in: zone)) in the store that stood here: "
            + "restore took that over; \(erased(since: copiedAt, in: zone))"
    }

    /// What no other store can tell either.
    fileprivate static func erased(since copiedAt: Date?, in zone: TimeZone) -> String {
        "whoever was erased \(moment(copiedAt, in: zone)) is in it again, and so is each address that was cleared: "
            + "tocsin contacts erase or set, once more"
    }

    private static func moment(_ copiedAt: Date?, in zone: TimeZone) -> String {
        copiedAt.map { "since \(TimeText.text(for: $0, in: zone))" } ?? "since it was copied"
    }
}

private struct BackupResult: Encodable {
    let file: String
    let contacts: Int
    let announcements: Int
    let openDeliveries: Int
    let copiedAt: Date?
    let isEncrypted: Bool

    init(_ file: String, _ contents: StoreContents, isEncrypted: Bool) {
        self.file = file
        contacts = contents.contacts
        announcements = contents.announcements
        openDeliveries = contents.openDeliveries
        copiedAt = contents.copiedAt
        self.isEncrypted = isEncrypted
    }
}

private struct RestoreResult: Encodable {
    struct Carried: Encodable {
        let suppressions: Int
        let consents: Int
        let removed: Int
        /// Whether the store is damaged, so that only suppressions were.
        let isPartial: Bool
        /// When it and the store of the backup parted; left out when they are one.
        let partedAt: Date?
    }

    let store: String
    let aside: String?
    /// What was taken over from the store that was replaced.
    let optOuts: Carried?
    /// Whether the store holds who has opted out of the original since.
    let knowsOptOuts: Bool
    /// How many announcements that one holds which this store lacks.
    let lackingAnnouncements: Int?
    let contacts: Int
    let announcements: Int
    let openDeliveries: Int
    let copiedAt: Date?

    init(_ store: String, _ result: Restoration.Result) {
        self.store = store
        aside = result.aside
        optOuts = result.optOuts.map {
            Carried(
                suppressions: $0.suppressions, consents: $0.consents, removed: $0.removed,
                isPartial: $0.isPartial, partedAt: $0.partedAt)
        }
        knowsOptOuts = result.optOuts?.isComplete ?? false
        lackingAnnouncements = result.lackingAnnouncements
        contacts = result.contents.contacts
        announcements = result.contents.announcements
        openDeliveries = result.contents.openDeliveries
        copiedAt = result.contents.copiedAt
    }
}
