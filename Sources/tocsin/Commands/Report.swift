import Broadcast
import Foundation
import Storage

extension Commands {
    /// Who was told, and who was not.
    static let report = CommandSpec(
        path: ["report"], summary: "Show what became of an announcement, while it runs or afterwards",
        operands: [.init(name: "ID", help: "the announcement (default: latest)", count: .optional)],
        options: [
            .value(
                "contacts", "WHICH", "list people: missed, reached, unknown or waiting, each with the reasons"
            ),
            .flag("all", "list the announcements, the latest first, instead of showing one"),
            .value(
                "csv", "FILE",
                "write people, those of --contacts or all, into FILE, which only you can read: a line per delivery"
            ),
            .value(
                "proof", "FILE",
                "write all that is known of it into FILE, which only you can read: signed, a JSON object per line"
            ),
            .flag("replace", "with --csv or --proof: take the place of an earlier one in FILE"),
            .value("verify", "FILE", "verify such a proof; needs neither store nor configuration"),
            .value("key", "FILE", "with --verify: the key it has to be signed with"),
            .flag(
                "proof-key",
                "print the key that verifies this store's proofs, to be lodged somewhere beforehand"),
        ],
        examples: [
            "tocsin report latest --json", "tocsin report outage-42 --contacts missed --csv missed.csv",
            "tocsin report outage-42 --proof outage-42.proof",
        ]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        if try await session.didProve(invocation) { return .success }
        let standing: ReportedContact.Standing? = try invocation.choice("contacts")
        let store = try session.storeForReading()
        if invocation.isSet("all") {
            for (isGiven, what) in [
                (invocation.operand(0) != nil, "an ID"), (standing != nil, "--contacts"),
                (invocation.value("csv") != nil, "--csv"),
            ] where isGiven {
                throw CommandFailure(.usage, "--all lists announcements: \(what) does not go with it")
            }
            try await session.showAnnouncements(in: store)
            return .success
        }
        let id = try await session.announcement(invocation.operand(0) ?? "latest", in: store)
        let people = try await PeopleList(of: id, standing, session, store)
        if let path = invocation.value("csv") {
            try await people.write(to: path, replacing: invocation.isSet("replace"))
            if !session.output.isJSON { return .success }
        } else if standing != nil {
            try await people.show()
            return .success
        }
        try await session.showReport(of: id, in: store)
        return .success
    }
}

extension Session {
    /// The announcement that `text` names; `latest` is the last one accepted.
    ///
    /// - Throws: `notFound` with the nearest id.
    func announcement(_ text: String, in store: Store) async throws(CommandFailure) -> Announcement.ID {
        if text != "latest" {
            let id = try Commands.announcementID(text)
            _ = try await translating { () async throws(StoreError) in try await store.progress(id) }
            return id
        }
        let known = try await translating { () async throws(StoreError) in try await store.announcements() }
        // One that is still planned, or asked about, has not been accepted.
        guard let last = known.first(where: { $0.state != .planning }) else {
            throw CommandFailure(.notFound, "nothing has been sent from this store yet")
        }
        return last.id
    }
}
