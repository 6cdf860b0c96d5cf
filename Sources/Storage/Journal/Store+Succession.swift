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
    /// When its next attempt is due.
    public var nextAt: Date
    /// The person as known now.
    public var contact: Contact
    /// What must not be sent to the person's addresses.
    public var suppressions: [AddressKind: [Suppression]]
    /// Every channel that has had its turn, this one included; not one that was only passed over because it was down.
    public var tried: Set<ChannelName>
    /// The channels that were tried and then left because they were down, and when their time there runs out.
    public var left: [ChannelName: Date]
    /// The channels that the announcement was accepted over, and where the person was told of what it ends: no other
    /// can follow.
    public var planned: Set<ChannelName>
    /// Where the person was surely told of what it ends: these come first.
    public var surelyTold: Set<ChannelName>
}

/// What is decided for a straggler.
public struct Succession: Sendable, Hashable {
    /// The straggler's delivery.
    public var delivery: Delivery.ID
    /// The next channel's delivery; nil when no channel is left.
    public var successor: Delivery?
    /// What the successor costs, in the currency of the announcement's bound.
    public var cost: Decimal = 0
    /// Whether no money was found for it, as somebody else carries the one copy for its address.
    public var isCarried = false
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
    /// They keep their announcement from finishing until ``moveOn(_:token:now:)`` has decided; a crash forgets none.
    /// Those of the announcements in `others` are left out.
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func stranded(
        limit: Int, except others: Set<Announcement.ID> = []
    ) throws(StoreError) -> [Straggler] {
        let others = others.map(\.rawValue).sorted().joined(separator: ";")
        return try stragglers(
            """
            d.stranded = 1 AND a.state IN ('running', 'scheduled')
            AND instr(';' || :others || ';', ';' || a.id || ';') = 0
            """, order: "a.rank, d.id", ["limit": .integer(Int64(limit)), "others": .text(others)])
    }

    /// People of one running announcement with reach `first` who have waited on `channel` since before `moment`.
    ///
    /// Who may have got it already waits on, unless an unknown outcome leads to the next channel. `last` is the last
    /// one of the page before; nil begins. Whoever is put off meanwhile may be found again, nobody is passed over.
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func waiting(
        on channel: ChannelName, of id: Announcement.ID, since moment: Date, after last: Straggler? = nil,
        limit: Int
    ) throws(StoreError) -> [Straggler] {
        try stragglers(
            """
            a.id = :id AND a.state = 'running' AND a.reach = 'first' AND d.contact IS NOT NULL
            AND d.state = 'queued' AND d.channel = :channel AND d.due <= :moment
            AND (d.next_at, d.id) > (:from, :after) AND \(Self.mayMoveOn("d"))
            """, order: "d.next_at, d.id",
            [
                "id": .text(id.rawValue), "channel": .text(channel.rawValue), "moment": .time(moment),
                "from": .time(last?.nextAt ?? .distantPast), "after": .integer(last?.delivery ?? 0),
                "limit": .integer(Int64(limit)),
            ])
    }

    /// Whether a waiting delivery may be left for the next channel: not when it may have arrived and that ends it.
    private static func mayMoveOn(_ delivery: String) -> String {
        """
        (NOT \(Original.isInDoubt(delivery)) OR EXISTS (
          SELECT 1 FROM announcement_channels ac WHERE ac.announcement = \(delivery).announcement
            AND ac.channel = \(delivery).channel AND ac.after_unknown = 'next'))
        """
    }

    private func stragglers(
        _ condition: String, order: String, _ parameters: Parameters
    ) throws(StoreError) -> [Straggler] {
        let found = try connection.rows(
            """
            SELECT d.id, a.id, d.channel, d.due, d.next_at, c.email_key, c.phone_key, c.telegram_key,
              (SELECT group_concat(t.channel, ';') FROM deliveries t
                WHERE t.announcement = d.announcement AND t.contact = d.contact
                  AND NOT (t.state = 'skipped' AND t.reason = 'channel-down')),
              (SELECT group_concat(t.channel || '=' || t.expires, ';') FROM deliveries t
                WHERE t.announcement = d.announcement AND t.contact = d.contact AND t.attempts > 0
                  AND t.state = 'skipped' AND t.reason = 'channel-down'),
              (SELECT group_concat(ac.channel, ';') FROM announcement_channels ac
                WHERE ac.announcement = d.announcement
                  AND (a.closes IS NULL OR \(Told.over("ac.channel", of: "a.closes")))),
              (SELECT group_concat(ac.channel, ';') FROM announcement_channels ac
                WHERE ac.announcement = d.announcement
                  AND a.closes IS NOT NULL AND \(Told.surelyOver("ac.channel", of: "a.closes"))),
              \(ContactRow.columns(of: "c"))
            FROM announcements a CROSS JOIN deliveries d ON d.announcement = a.seq
              JOIN contacts c ON c.seq = d.contact
            WHERE a.\(Schema.openStates) AND \(condition)
            ORDER BY \(order) LIMIT :limit
            """, parameters
        ) { (row: borrowing Row) throws(StoreError) in
            let straggler = Straggler(
                delivery: row.integer(0), announcement: Announcement.ID(valid: row.text(1)),
                channel: ChannelName(valid: row.text(2)), due: row.time(3),
                nextAt: row.time(4), contact: ContactRow.contact(row, from: 12), suppressions: [:],
                tried: Set(ContactRow.list(row.text(8)).map(ChannelName.init(valid:))),
                left: Self.expiries(row.text(9)),
                planned: Set(ContactRow.list(row.text(10)).map(ChannelName.init(valid:))),
                surelyTold: Set(ContactRow.list(row.text(11)).map(ChannelName.init(valid:))))
            let keys: [(AddressKind, [UInt8]?)] = [
                (.email, row.optionalBlob(5)), (.phone, row.optionalBlob(6)),
                (.telegram, row.optionalBlob(7)),
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

    /// Channel and expiry of each `email=1800000000000` in a list.
    private static func expiries(_ text: String) -> [ChannelName: Date] {
        let pairs = ContactRow.list(text).compactMap { item -> (ChannelName, Date)? in
            let parts = item.split(separator: "=")
            guard parts.count == 2, let time = Int64(parts[1]) else { return nil }
            return (ChannelName(valid: String(parts[0])), Date(milliseconds: time))
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// Writes decisions on stragglers down, all or none: the old delivery ends, the next one is queued.
    ///
    /// One that still waits on its channel ends as `channel-down`, but only if it has a successor. A successor on a
    /// channel that had been passed over because it was down is queued there again. What was claimed or settled
    /// meanwhile is left, and so is who counts on somebody else's copy that is not there. Only a copy that will leave
    /// spends its cost. Returns how many successors were written.
    /// - Throws: ``StoreError/Code/leaseLost`` when `token` is no longer the dispatcher's; then none was written.
    @discardableResult
    public func moveOn(
        _ decisions: [Succession], token: Int64, now: Date
    ) throws(StoreError) -> Int {
        try connection.write { () throws(StoreError) in
            try requireLease(token)
            var tally = Tally()
            var count = 0
            for decision in decisions {
                if decision.isCarried, try !isCarried(decision) { continue }
                guard let announcement = try leave(decision, &tally, now: now) else { continue }
                for skipped in decision.overLimit { try insert(skipped, of: announcement, &tally) }
                guard let successor = decision.successor else { continue }
                guard let plan = try insert(successor, of: announcement, &tally) else { continue }
                count += 1
                if plan == .queued { try spend(decision.cost, by: announcement) }
            }
            try tally.write(to: connection)
            for seq in try openSeqs() { _ = try finishIfDone(seq, now: now) }
            return count
        }
    }

    /// Whether somebody else carries, or carried, the one copy for the address of `successor`, which is to follow
    /// `delivery`: it costs nothing then.
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func isCarried(_ successor: Delivery, after delivery: Delivery.ID) throws(StoreError) -> Bool {
        guard let address = successor.address else { return false }
        let place = try connection.first(
            "SELECT announcement, contact FROM deliveries WHERE id = :id AND contact IS NOT NULL",
            ["id": .integer(delivery)]
        ) { (row: borrowing Row) throws(StoreError) in (announcement: row.integer(0), contact: row.integer(1))
        }
        guard let place else { return false }
        return try liveLeader(
            at: address, on: successor.channel.rawValue, for: place.contact, place.announcement) != nil
    }

    /// Whether that is still so of what was decided.
    private func isCarried(_ decision: Succession) throws(StoreError) -> Bool {
        guard let successor = decision.successor else { return false }
        return try isCarried(successor, after: decision.delivery)
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
            WHERE id = :id AND state = 'queued' AND \(Self.mayMoveOn("deliveries"))
            RETURNING announcement, channel, state
            """, ["id": id, "now": .time(now)]
        ) { (row: borrowing Row) throws(StoreError) in
            (
                place: Tally.Place(announcement: row.integer(0), channel: row.text(1), state: .queued),
                state: row.text(2)
            )
        }
        guard let (place, state) = left else { return nil }
        tally.move(1, from: place, to: ending.place(from: place, in: state))
        try strandFollowers(of: decision.delivery)
        return place.announcement
    }
}
