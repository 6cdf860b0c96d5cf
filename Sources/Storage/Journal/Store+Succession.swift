public import Broadcast
public import Foundation

/// A person under reach `first` whose present channel does not get through, and who may need the next one.
public struct Straggler: Sendable {
    /// The delivery that does not get through.
    public var delivery: Delivery.ID
    /// The announcement it belongs to.
    public var announcement: Announcement.ID
    /// The channel that does not get through.
    public var channel: ChannelName
    /// When the failed delivery was due.
    public var due: Date
    /// The person as known now.
    public var contact: Contact
    /// What must not be sent to the person's addresses.
    public var suppressions: [AddressKind: [Suppression]]
    /// Every channel that has had its turn, this one included.
    public var tried: Set<ChannelName>
}

/// What is decided for a straggler.
public struct Succession: Sendable, Hashable {
    /// The straggler's delivery.
    public var delivery: Delivery.ID
    /// The next channel's delivery; nil when no channel is left.
    public var successor: Delivery?
    /// What the successor costs, in the currency of the announcement's bound.
    public var cost: Decimal = 0
    /// Deliveries that would have been next, but for their price: skipped rows.
    public var overLimit: [Delivery] = []

    /// Goes on from `delivery` to `successor`.
    public init(_ delivery: Delivery.ID, to successor: Delivery?) {
        self.delivery = delivery
        self.successor = successor
    }
}

extension Store {
    /// People whose delivery ended without reaching them, and for whom nobody has chosen the next channel.
    ///
    /// They keep their announcement from finishing until ``moveOn(_:now:)`` has decided; a crash forgets none.
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func stranded(limit: Int) throws(StoreError) -> [Straggler] {
        try stragglers(
            "d.stranded = 1 AND a.state IN ('running', 'scheduled')", ["limit": .integer(Int64(limit))])
    }

    /// People of running announcements with reach `first` whose delivery has waited on `channel` since before `moment`.
    ///
    /// Urgent ones first. `after` is the last delivery of the page before; 0 begins.
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func waiting(
        on channel: ChannelName, since moment: Date, after: Delivery.ID = 0, limit: Int
    ) throws(StoreError) -> [Straggler] {
        try stragglers(
            """
            a.state = 'running' AND a.reach = 'first' AND d.state = 'queued' AND d.channel = :channel
            AND d.due <= :moment AND d.id > :after
            """,
            [
                "channel": .text(channel.rawValue), "moment": .time(moment), "after": .integer(after),
                "limit": .integer(Int64(limit)),
            ])
    }

    private func stragglers(
        _ condition: String, _ parameters: Parameters
    ) throws(StoreError) -> [Straggler] {
        let found = try connection.rows(
            """
            SELECT d.id, a.id, d.channel, d.due, c.email_key, c.phone_key, c.telegram_key,
              (SELECT group_concat(t.channel, ';') FROM deliveries t
                WHERE t.announcement = d.announcement AND t.contact = d.contact),
              \(ContactRow.columns(of: "c"))
            FROM announcements a CROSS JOIN deliveries d ON d.announcement = a.seq
              JOIN contacts c ON c.seq = d.contact
            WHERE a.\(Schema.openStates) AND \(condition)
            ORDER BY a.rank, d.id LIMIT :limit
            """, parameters
        ) { (row: borrowing Row) throws(StoreError) in
            let straggler = Straggler(
                delivery: row.integer(0), announcement: Announcement.ID(valid: row.text(1)),
                channel: ChannelName(valid: row.text(2)), due: row.time(3),
                contact: ContactRow.contact(row, from: 8), suppressions: [:],
                tried: Set(ContactRow.list(row.text(7)).map(ChannelName.init(valid:))))
            let keys: [(AddressKind, [UInt8]?)] = [
                (.email, row.optionalBlob(4)), (.phone, row.optionalBlob(5)),
                (.telegram, row.optionalBlob(6)),
            ]
            return (straggler, keys)
        }
        var stragglers: [Straggler] = []
        for (straggler, keys) in found {
            var straggler = straggler
            for case (let kind, let key?) in keys {
                let orders = try suppressions(of: key, kind: kind)
                if !orders.isEmpty { straggler.suppressions[kind] = orders }
            }
            stragglers.append(straggler)
        }
        return stragglers
    }

    /// Writes decisions on stragglers down, all or none: the old delivery ends, the next one is queued.
    ///
    /// One that still waits on its channel ends as `channel-down`, but only if it has a successor. What was claimed
    /// or settled meanwhile is left. Returns how many successors were written.
    /// - Throws: a ``StoreError``; then none was written.
    @discardableResult
    public func moveOn(_ decisions: [Succession], now: Date) throws(StoreError) -> Int {
        try connection.write { () throws(StoreError) in
            var tally = Tally()
            var count = 0
            for decision in decisions {
                guard let announcement = try leave(decision, &tally, now: now) else { continue }
                for skipped in decision.overLimit { try insert(skipped, of: announcement, &tally) }
                guard let successor = decision.successor else { continue }
                if try insert(successor, of: announcement, &tally) {
                    count += 1
                    try spend(decision.cost, by: announcement)
                }
            }
            try tally.write(to: connection)
            for seq in try openSeqs() { _ = try finishIfDone(seq, now: now) }
            return count
        }
    }

    /// Ends the straggler's delivery; nil when it is no straggler any more.
    private func leave(
        _ decision: Succession, _ tally: inout Tally, now: Date
    ) throws(StoreError) -> Int64? {
        let id: SQLValue = .integer(decision.delivery)
        let stranded = try connection.first(
            "UPDATE deliveries SET stranded = 0 WHERE id = :id AND stranded = 1 RETURNING announcement",
            ["id": id]
        ) { (row: borrowing Row) throws(StoreError) in row.integer(0) }
        if let stranded { return stranded }
        guard decision.successor != nil else { return nil }
        let ending = QueueEnding.skipped(.channelDown)
        let left = try connection.first(
            """
            UPDATE deliveries SET \(ending.assignments)
            WHERE id = :id AND state = 'queued' RETURNING announcement, channel, in_doubt
            """, ["id": id, "now": .time(now)]
        ) { (row: borrowing Row) throws(StoreError) in
            (
                place: Tally.Place(announcement: row.integer(0), channel: row.text(1), state: .queued),
                isInDoubt: row.flag(2)
            )
        }
        guard let (place, isInDoubt) = left else { return nil }
        tally.move(1, from: place, to: ending.place(from: place, isInDoubt: isInDoubt))
        try strandFollowers(of: decision.delivery)
        return place.announcement
    }

    /// Queues one more delivery of a running announcement.
    ///
    /// False when its contact is gone or has one there already, or the announcement was not accepted over the channel.
    @discardableResult
    func insert(
        _ delivery: Delivery, of announcement: Int64, _ tally: inout Tally
    ) throws(StoreError) -> Bool {
        guard let id = delivery.contact, let contact = try contactSeq(id) else { return false }
        let expires = try connection.first(
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
        guard let expires else { return false }
        let leader = try liveLeader(of: delivery, contact: contact, announcement)
        let plan = leader == nil ? delivery.plan : .skipped(.duplicateAddress)
        let row = DeliveryInsert(
            id: nil, announcement: announcement, contact: contact, delivery: delivery, plan: plan,
            expires: expires, leader: leader?.id)
        guard try connection.execute(DeliveryInsert.sql, row.parameters) == 1 else { return false }
        let inserted = connection.lastInserted
        tally.add(
            1,
            Tally.Place(
                announcement: announcement, channel: delivery.channel.rawValue, state: plan.state,
                reason: plan.reason?.rawValue ?? ""))
        if plan == .queued {
            try lowerFirstExpiry(of: announcement, delivery.channel.rawValue, to: expires)
        } else if leader?.hasFailed == true {
            try connection.execute(
                "UPDATE deliveries SET stranded = 1 WHERE id = :id", ["id": .integer(inserted)])
        }
        return true
    }

    /// Another contact's delivery that carries, or carried, this announcement to the same address on this channel.
    private func liveLeader(
        of delivery: Delivery, contact: Int64, _ announcement: Int64
    ) throws(StoreError) -> (id: Int64, hasFailed: Bool)? {
        guard delivery.plan == .queued, let address = delivery.address else { return nil }
        return try connection.first(
            """
            SELECT d.id, d.state FROM announcements a CROSS JOIN contacts c CROSS JOIN deliveries d
              ON d.announcement = a.seq AND d.contact = c.seq AND d.channel = :channel
            WHERE a.seq = :announcement AND a.once = 'address' AND \(AddressLookup.condition(address.kind))
              AND c.seq <> :contact AND d.state <> 'skipped'
            ORDER BY d.id LIMIT 1
            """,
            [
                "announcement": .integer(announcement), "channel": .text(delivery.channel.rawValue),
                "address": .text(address.value), "contact": .integer(contact),
            ]
        ) { (row: borrowing Row) throws(StoreError) in
            (row.integer(0), ["refused", "expired", "bounced"].contains(row.text(1)))
        }
    }
}
