internal import Broadcast
internal import Foundation

extension Store {
    /// Queues one more delivery of a running announcement.
    ///
    /// Returns what it was written as; nil when its contact is gone or has had its turn there, or the announcement was not
    /// accepted over the channel.
    @discardableResult
    func insert(
        _ delivery: Delivery, of announcement: Int64, _ tally: inout Tally
    ) throws(StoreError) -> Delivery.Planned? {
        guard let id = delivery.contact, let contact = try contactSeq(id) else { return nil }
        guard let expires = try expiry(of: delivery, announcement) else { return nil }
        var leader: LiveLeader?
        if delivery.plan == .queued, let address = delivery.address {
            leader = try liveLeader(at: address, on: delivery.channel.rawValue, for: contact, announcement)
        }
        let plan = leader == nil ? delivery.plan : .skipped(.duplicateAddress)
        let row = DeliveryInsert(
            id: nil, announcement: announcement, contact: contact, delivery: delivery, plan: plan,
            expires: expires, leader: leader?.id)
        let place = Tally.Place(
            announcement: announcement, channel: delivery.channel.rawValue, state: plan.state,
            reason: plan.reason?.rawValue ?? "")
        var written = try requeue(row, at: place, &tally)
        if written == nil { written = try add(row, at: place, &tally) }
        guard let written else { return nil }
        if plan == .queued {
            try lowerFirstExpiry(of: announcement, place.channel, to: written.expires)
        } else if leader?.hasFailed == true {
            try connection.execute(
                "UPDATE deliveries SET stranded = 1 WHERE id = :id", ["id": .integer(written.id)])
        }
        return plan
    }

    private func expiry(of delivery: Delivery, _ announcement: Int64) throws(StoreError) -> Int64? {
        try connection.first(
            """
            SELECT min(:due + ac.within, ifnull(a.deadline, :due + ac.within))
            FROM announcement_channels ac JOIN announcements a ON a.seq = ac.announcement
            WHERE ac.announcement = :seq AND ac.channel = :channel
            """,
            [
                "due": .time(delivery.due), "seq": .integer(announcement),
                "channel": .text(delivery.channel.rawValue),
            ]
        ) { (row: borrowing Row) throws(StoreError) in row.integer(0) }
    }

    private func add(
        _ row: DeliveryInsert, at place: Tally.Place, _ tally: inout Tally
    ) throws(StoreError) -> (id: Int64, expires: Int64)? {
        guard try connection.execute(DeliveryInsert.sql, row.parameters) == 1 else { return nil }
        tally.add(1, place)
        return (connection.lastInserted, row.expires)
    }

    /// Gives a channel its turn that had been passed over because it was down; nil when there is none.
    ///
    /// What was tried there before keeps its own expiry, and leads on from there when that is over by then.
    private func requeue(
        _ row: DeliveryInsert, at place: Tally.Place, _ tally: inout Tally
    ) throws(StoreError) -> (id: Int64, expires: Int64)? {
        let found = try connection.first(
            """
            UPDATE deliveries SET state = :state, reason = :reason, leader = :leader, settled_at = NULL,
              next_at = :due, due = iif(attempts = 0, :due, due), expires = iif(attempts = 0, :expires, expires)
            WHERE announcement = :announcement AND contact = :contact AND channel = :channel
              AND state = 'skipped' AND reason = 'channel-down'
            RETURNING id, expires
            """,
            [
                "state": .text(place.state.rawValue), "reason": .text(place.reason),
                "leader": .integer(orNull: row.leader), "due": .time(row.delivery.due),
                "expires": .integer(row.expires), "announcement": .integer(place.announcement),
                "contact": .integer(orNull: row.contact), "channel": .text(place.channel),
            ]
        ) { (row: borrowing Row) throws(StoreError) in (id: row.integer(0), expires: row.integer(1)) }
        guard let found else { return nil }
        var passed = place
        (passed.state, passed.reason) = (.skipped, SkipReason.channelDown.rawValue)
        tally.move(1, from: passed, to: place)
        return found
    }

    // MARK: One address, one copy

    /// Another contact's delivery that carries, or carried, the one copy for an address.
    struct LiveLeader {
        var id: Int64
        /// Whether it has ended without reaching anybody.
        var hasFailed: Bool
    }

    /// Who carries, or carried, this announcement to `address` on this channel; nil when nobody does but `contact`.
    ///
    /// A contact that has changed since its own copy left stands for nobody: who knows which address that went to.
    func liveLeader(
        at address: Address, on channel: String, for contact: Int64, _ announcement: Int64
    ) throws(StoreError) -> LiveLeader? {
        let key = "\(address.kind.rawValue)_key"
        return try connection.first(
            """
            SELECT d.id, d.state IN ('refused', 'expired', 'bounced')
              OR d.state = 'unknown' AND ac.after_unknown = 'next'
            FROM announcements a CROSS JOIN contacts c CROSS JOIN deliveries d
              ON d.announcement = a.seq AND d.contact = c.seq AND d.channel = :channel
              JOIN announcement_channels ac ON ac.announcement = a.seq AND ac.channel = d.channel
            WHERE a.seq = :announcement AND a.once = 'address' AND \(AddressLookup.condition(address.kind))
              AND c.seq <> :contact AND d.state <> 'skipped'
              AND (d.revision IS NULL OR d.revision = c.revision OR d.moved_to = :address OR c.\(key) = (
                SELECT r.\(key) FROM contact_revisions r WHERE r.contact = c.seq AND r.revision >= d.revision
                ORDER BY r.revision LIMIT 1))
            ORDER BY d.id LIMIT 1
            """,
            [
                "announcement": .integer(announcement), "channel": .text(channel),
                "address": .text(address.value), "contact": .integer(contact),
            ]
        ) { (row: borrowing Row) throws(StoreError) in LiveLeader(id: row.integer(0), hasFailed: row.flag(1))
        }
    }
}
