internal import Broadcast
public import Foundation

/// What a new dispatcher found in the hands of a dead one.
public struct Recovery: Sendable, Hashable {
    /// Deliveries whose outcome nobody knows and that are sent again under the same key.
    public var retried = 0
    /// Deliveries whose outcome nobody knows and that are left so.
    public var left = 0
}

extension Store {
    /// Settles what dead dispatchers left `sending`: its outcome is unknown; channels that retry have it queued again.
    ///
    /// It counts as a doubt, like a lost reply.
    /// - Throws: ``StoreError/Code/leaseLost`` when `token` is no longer the dispatcher's.
    public func recover(token: Int64, now: Date) throws(StoreError) -> Recovery {
        try connection.write { () throws(StoreError) in
            try requireLease(token)
            var recovery = Recovery()
            var tally = Tally()
            for row in try orphans(notOf: token) {
                let old = Tally.Place(announcement: row.announcement, channel: row.channel, state: .sending)
                var new = old
                new.state = row.retries ? .queued : .unknown
                tally.move(1, from: old, to: new)
                try settleOrphan(row, now: now)
                if row.retries { recovery.retried += 1 } else { recovery.left += 1 }
            }
            try tally.write(to: connection)
            for seq in tally.announcements {
                try skipIfCancelled(seq, now: now)
                _ = try finishIfDone(seq, now: now)
            }
            return recovery
        }
    }

    private struct Orphan {
        var id: Int64
        var announcement: Int64
        var channel: String
        var retries: Bool
        /// Under reach `first`, whether the next channel follows.
        var movesOn: Bool
    }

    private func orphans(notOf token: Int64) throws(StoreError) -> [Orphan] {
        try connection.rows(
            """
            SELECT d.id, d.announcement, d.channel, ac.repeats IS NULL OR d.in_doubt < ac.repeats,
              a.reach = 'first' AND d.contact IS NOT NULL AND ac.after_unknown = 'next'
            FROM deliveries d JOIN announcements a ON a.seq = d.announcement
              JOIN announcement_channels ac ON ac.announcement = d.announcement AND ac.channel = d.channel
            WHERE d.state = 'sending' AND d.token IS NOT :token
            """, ["token": .integer(token)]
        ) { (row: borrowing Row) throws(StoreError) in
            Orphan(
                id: row.integer(0), announcement: row.integer(1), channel: row.text(2), retries: row.flag(3),
                movesOn: row.flag(4))
        }
    }

    private func settleOrphan(_ row: Orphan, now: Date) throws(StoreError) {
        try connection.execute(
            """
            UPDATE deliveries SET state = :state, next_at = :now, stranded = :stranded,
              settled_at = CASE :state WHEN 'unknown' THEN :now END,
              in_doubt = in_doubt + 1, fault_scope = 'channel', fault_code = :code,
              fault_detail = 'the dispatcher ended before the outcome was known'
            WHERE id = :id
            """,
            [
                "state": row.retries ? "queued" : "unknown", "now": .time(now),
                "stranded": .flag(row.movesOn && !row.retries),
                "code": .text(Fault.Code.dispatcherEnded.rawValue), "id": .integer(row.id),
            ])
        if row.movesOn, !row.retries { try strandFollowers(of: row.id) }
    }

    // MARK: Time

    /// Ends what is still queued past its expiry, with its last fault; returns how many deliveries that were.
    ///
    /// Also completes what else is over: cancellations that a crash cut short, next channels for removed contacts.
    /// - Throws: a ``StoreError``; what was committed before it stays.
    public func expire(now: Date) throws(StoreError) -> Int {
        var total = 0
        try connection.write { () throws(StoreError) in
            try clearRemoved()
            for seq in try openSeqs() { _ = try finishIfDone(seq, now: now) }
        }
        for seq in try halfCancelled() { total += try skipQueued(ofCancelled: seq, now: now) }
        for place in try expiring(now: now) {
            while true {
                let count = try connection.write { () throws(StoreError) in try expire(place, now: now) }
                total += count
                if count == 0 { break }
            }
        }
        return total
    }

    /// A contact removed meanwhile needs no next channel.
    private func clearRemoved() throws(StoreError) {
        try connection.execute(
            """
            UPDATE deliveries SET stranded = 0 WHERE stranded = 1
              AND NOT EXISTS (SELECT 1 FROM contacts c WHERE c.seq = deliveries.contact)
            """)
    }

    private func halfCancelled() throws(StoreError) -> [Int64] {
        try connection.rows(
            """
            SELECT seq FROM announcements a WHERE state = 'cancelled' AND finished_at IS NULL
              AND EXISTS (SELECT 1 FROM deliveries d WHERE d.announcement = a.seq AND d.state = 'queued')
            """
        ) { (row: borrowing Row) throws(StoreError) in row.integer(0) }
    }

    private struct Expiring {
        var announcement: Int64
        var channel: String
        var isFirst: Bool
        /// Whether what ends as unknown leads to the next channel as well.
        var unknownMovesOn: Bool
    }

    private func expiring(now: Date) throws(StoreError) -> [Expiring] {
        try connection.rows(
            """
            SELECT a.seq, ac.channel, a.reach = 'first', ac.after_unknown = 'next' FROM announcements a
              JOIN announcement_channels ac ON ac.announcement = a.seq
            WHERE a.\(Schema.openStates) AND a.state <> 'planning' AND ac.first_expiry <= :now
            """, ["now": .time(now)]
        ) { (row: borrowing Row) throws(StoreError) in
            Expiring(
                announcement: row.integer(0), channel: row.text(1), isFirst: row.flag(2),
                unknownMovesOn: row.flag(3))
        }
    }

    private func expire(_ place: Expiring, now: Date) throws(StoreError) -> Int {
        let ended = try connection.rows(
            """
            UPDATE deliveries SET \(QueueEnding.expired.assignments),
              stranded = contact IS NOT NULL AND :first AND (:next OR in_doubt = 0)
            WHERE id IN (
              SELECT id FROM deliveries WHERE announcement = :announcement AND channel = :channel
                AND state = 'queued' AND expires <= :now LIMIT 10000)
            RETURNING id, in_doubt, stranded
            """,
            [
                "announcement": .integer(place.announcement), "channel": .text(place.channel),
                "now": .time(now), "first": .flag(place.isFirst), "next": .flag(place.unknownMovesOn),
            ]
        ) { (row: borrowing Row) throws(StoreError) in
            (id: row.integer(0), isInDoubt: row.flag(1), isStranded: row.flag(2))
        }
        let queued = Tally.Place(
            announcement: place.announcement, channel: place.channel, state: .queued)
        var tally = Tally()
        for (id, isInDoubt, isStranded) in ended {
            if isStranded { try strandFollowers(of: id) }
            tally.move(1, from: queued, to: QueueEnding.expired.place(from: queued, isInDoubt: isInDoubt))
        }
        try tally.write(to: connection)
        if ended.isEmpty { try findFirstExpiry(place) }
        _ = try finishIfDone(place.announcement, now: now)
        return ended.count
    }

    /// What is on the wire may come back to the queue, so it counts too.
    private func findFirstExpiry(_ place: Expiring) throws(StoreError) {
        try connection.execute(
            """
            UPDATE announcement_channels SET first_expiry = (
              SELECT min(expires) FROM (
                SELECT expires FROM deliveries
                WHERE announcement = :announcement AND channel = :channel AND state = 'queued'
                UNION ALL
                SELECT expires FROM deliveries
                WHERE announcement = :announcement AND channel = :channel AND state = 'sending'))
            WHERE announcement = :announcement AND channel = :channel
            """, ["announcement": .integer(place.announcement), "channel": .text(place.channel)])
    }
}
