import Broadcast
import Foundation
import Storage

extension Commands {
    /// Who was told, and who was not.
    static let report = CommandSpec(
        path: ["report"], summary: "Show what became of an announcement, while it runs or afterwards",
        operands: [.init(name: "ID", help: "the announcement (default: latest)", count: .optional)],
        options: [.value("contacts", "WHICH", "list people: missed, reached, unknown or waiting, each with the reasons")]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        let store = try session.storeForReading()
        let id = try await session.announcement(invocation.operand(0) ?? "latest", in: store)
        if let which = invocation.value("contacts") {
            guard let standing = ReportedContact.Standing(rawValue: which) else {
                throw CommandFailure(
                    .usage, "--contacts \(Plain.text(which)): expected missed, reached, unknown or waiting")
            }
            try await PeopleList(session: session, store: store).show(id, standing)
            return .success
        }
        session.show(try await session.translating { () async throws(StoreError) in try await store.report(id) })
        return .success
    }
}

extension Session {
    /// The announcement that `text` names; `latest` is the last one accepted.
    ///
    /// - Throws: `notFound` with the nearest id.
    func announcement(_ text: String, in store: Store) async throws(CommandFailure) -> Announcement.ID {
        let known = try await translating { () async throws(StoreError) in try await store.announcements() }
        if text == "latest" {
            guard let last = known.first else {
                throw CommandFailure(.notFound, "nothing has been sent from this store yet")
            }
            return last.id
        }
        let id = try Commands.announcementID(text)
        guard known.contains(where: { $0.id == id }) else {
            let hint = NearestName.of(text, in: known.map(\.id.rawValue)).map { "; did you mean \($0)?" }
            throw CommandFailure(.notFound, "there is no announcement \(id)\(hint ?? "")")
        }
        return id
    }
}
