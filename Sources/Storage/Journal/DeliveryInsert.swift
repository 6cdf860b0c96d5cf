internal import Broadcast

/// A delivery on its way into the journal.
struct DeliveryInsert {
    /// Nil lets the journal choose.
    var id: Int64?
    var announcement: Int64
    var contact: Int64?
    var delivery: Delivery
    var plan: Delivery.Planned
    /// UTC milliseconds.
    var expires: Int64
    var leader: Int64?

    /// Does nothing when the contact has a delivery of this announcement on this channel already.
    static let sql = """
        INSERT INTO deliveries(id, announcement, contact, channel, state, reason, due, next_at, expires, leader)
        VALUES (:id, :announcement, :contact, :channel, :state, :reason, :due, :due, :expires, :leader)
        ON CONFLICT DO NOTHING
        """

    var parameters: Parameters {
        [
            "id": .integer(orNull: id), "announcement": .integer(announcement),
            "contact": .integer(orNull: contact),
            "channel": .text(delivery.channel.rawValue), "state": .text(plan.state.rawValue),
            "reason": .text(plan.reason?.rawValue ?? ""), "due": .integer(delivery.due.milliseconds),
            "expires": .integer(expires), "leader": .integer(orNull: leader),
        ]
    }
}

extension Delivery.Planned {
    /// The state of a row so planned.
    var state: DeliveryState { self == .queued ? .queued : .skipped }

    /// Why it was skipped.
    var reason: SkipReason? {
        if case .skipped(let reason) = self { reason } else { nil }
    }
}
