import Broadcast
import Foundation
import Storage

/// Lists the people of a report with what became of each of their deliveries, a page at a time.
struct PeopleList {
    let session: Session
    let store: Store

    private struct Person: Encodable {
        let id: String?
        let name: String
        let deliveries: [Line]

        struct Line: Encodable {
            let channel: String
            let state: String
            let reason: String?
            let attempts: Int
        }

        init(_ contact: ReportedContact) {
            id = contact.id?.rawValue
            name = contact.name
            deliveries = contact.deliveries.map {
                Line(
                    channel: $0.channel.rawValue, state: $0.state.rawValue, reason: $0.why, attempts: $0.attempts)
            }
        }
    }

    /// Prints everybody of `id` who stands at `standing`.
    func show(_ id: Announcement.ID, _ standing: ReportedContact.Standing) async throws(CommandFailure) {
        var people: [Person] = []
        var count = 0
        var after: Int64?
        repeat {
            let from = after
            let page = try await session.translating { () async throws(StoreError) in
                try await store.people(of: id, standing: standing, after: from)
            }
            count += page.people.count
            for person in page.people {
                if session.output.isJSON { people.append(Person(person)) } else { session.output.result(line(person)) }
            }
            after = page.next
        } while after != nil
        if session.output.isJSON { session.output.result(json: people) }
        session.output.say("\(count) \(standing.rawValue)")
    }

    private func line(_ person: ReportedContact) -> String {
        let name = person.name.isEmpty ? "" : " \(person.name)"
        let ways = person.deliveries.map { delivery in
            "\(delivery.channel) \(delivery.state.rawValue)" + (delivery.why.map { " (\($0))" } ?? "")
        }
        return Plain.text("\(person.id?.rawValue ?? "(erased)")\(name): \(ways.joined(separator: "; "))", limit: 1000)
    }
}

extension ReportedDelivery {
    /// Why it is not settled well: the reason of a skip, or the last fault.
    var why: String? { reason?.rawValue ?? fault.map { "\($0.code.rawValue): \($0.detail)" } }
}
