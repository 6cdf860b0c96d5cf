import Broadcast
import Foundation
import Storage

/// The announcements of a store, the latest first, each with how far it came.
struct AnnouncementList: Encodable {
    /// Counting people looks at every delivery, so that only so many are shown.
    static let limit = 100

    /// One line of it.
    struct Entry: Encodable {
        let id: String
        let template: String
        let state: AnnouncementState
        let priority: Priority
        let createdAt: Date
        let finishedAt: Date?
        let contacts: ContactCounts
    }

    let announcements: [Entry]

    /// Whether anything of it would go on if somebody sent.
    var isRunning: Bool { announcements.contains { $0.state == .running } }

    /// A table for people.
    func text(in zone: TimeZone) -> String {
        // By its id an announcement is stopped, in the middle of an incident; it mostly begins with the template.
        var table = TextTable(
            [
                ("ID", .left), ("Template", .left), ("State", .left), ("Accepted", .left),
                ("Reached", .right), ("Of", .right),
            ], yielding: "Template")
        for entry in announcements {
            table.add([
                entry.id, entry.template, entry.state.rawValue, TimeText.text(for: entry.createdAt, in: zone),
                String(entry.contacts.reached), String(entry.contacts.selected),
            ])
        }
        return table.text()
    }
}

extension Session {
    /// Prints what has been accepted; what is still planned or asked about is no announcement yet.
    func showAnnouncements(in store: Store) async throws(CommandFailure) {
        let (entries, count) = try await translating { () async throws(StoreError) in
            let accepted = try await store.announcements().filter { $0.state != .planning }
            var entries: [AnnouncementList.Entry] = []
            for one in accepted.prefix(AnnouncementList.limit) {
                let counts = try await store.report(one.id).contacts
                entries.append(
                    AnnouncementList.Entry(
                        id: one.id.rawValue, template: one.template, state: one.state, priority: one.priority,
                        createdAt: one.createdAt, finishedAt: one.finishedAt, contacts: counts))
            }
            return (entries, accepted.count)
        }
        let list = AnnouncementList(announcements: entries)
        if output.isJSON {
            output.result(json: list)
        } else if count > 0 {
            var parts = [list.text(in: zone)]
            if list.isRunning, try await dispatcher(of: store) == nil {
                let mend =
                    store.copy == nil ? "resume --all goes on with what runs" : "adopt lets this copy send"
                parts.append("Nobody sends at the moment: tocsin \(mend).")
            }
            output.result(parts.joined(separator: "\n\n"))
        }
        let more = count - entries.count
        output.say(
            CountText.text(count, "announcement", "announcements") + (more > 0 ? ", \(more) older" : ""))
    }
}
