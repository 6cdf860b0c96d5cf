import Broadcast
import Foundation
import Storage
import TestPeers
import Testing

/// How a delivery is said to have ended: its state, how often it was tried, and the code of its last fault.
struct Ending: Equatable, CustomStringConvertible {
    let state: DeliveryState
    let attempts: Int
    let code: String

    init(_ state: DeliveryState, _ attempts: Int, _ code: String = "") {
        (self.state, self.attempts, self.code) = (state, attempts, code)
    }

    var description: String { "\(state.rawValue) after \(attempts) \(code)" }
}

extension Stage {
    /// What the journal says of every delivery to a contact, by `contact channel`.
    func endings(of id: String) async throws -> [String: Ending] {
        let store = try Store.openReadOnly(program.path("tocsin.db"))
        let people = try await store.people(of: Announcement.ID(valid: id), standing: nil).people
        var endings: [String: Ending] = [:]
        for person in people {
            for delivery in person.deliveries {
                // What was taken in the end keeps no fault.
                let code = delivery.state == .accepted ? "" : delivery.fault?.code.rawValue ?? ""
                endings["\(person.id?.rawValue ?? "") \(delivery.channel)"] = Ending(
                    delivery.state, delivery.attempts, code)
            }
        }
        return endings
    }

    /// Writes a configuration of these channels, each a member of `channels` as it stands in the file.
    func configure(_ members: [String]) throws {
        try program.write(
            "channels.json",
            """
            { "sender": {"name": "Acme", "locale": "en"}, "store": "tocsin.db",
              "channels": { \(members.joined(separator: ",\n")) } }
            """)
    }
}
