public import Broadcast
public import Foundation

/// What a new dispatcher found in the hands of a dead one.
public struct Recovery: Sendable, Hashable {
    /// Deliveries whose outcome nobody knows and that are sent again under the same key.
    public var retried = 0
    /// Deliveries that were claimed and whose request had not left: they go out as if nothing had happened.
    public var freed = 0
    /// Deliveries whose outcome nobody knows and that are left so.
    public var left = 0
}

extension Store {
    /// Settles what dead dispatchers left `sending`: its outcome is unknown; channels that retry have it queued again.
    ///
    /// It counts as a doubt, but however many there are, it is sent again: much of what was claimed never left.
    /// - Throws: ``StoreError/Code/leaseLost`` when `token` is no longer the dispatcher's.
    public func recover(token: Int64, now: Date) throws(StoreError) -> Recovery {
        try recover(only: nil, token: token, now: now)
    }

    /// Settles what a dead dispatcher left of a cancelled announcement; nil when nothing is, or a living one will do so.
    ///
    /// - Throws: a ``StoreError``; the next dispatcher does it then.
    public func recover(
        cancelled id: Announcement.ID, as owner: String, at moment: BootTime, now: Date
    ) throws(StoreError) -> Recovery? {
        guard try cancelling().contains(id) else { return nil }
        let lease: Lease
        do throws(StoreError) {
            lease = try acquireLease(as: owner, at: moment, for: .seconds(15))
        } catch {
            guard error.code == .leaseHeld || error.code == .unadopted else { throw error }
            return nil
        }
        // The lock is let go with it; the lease runs out by itself if that cannot be written.
        defer { do { try release(lease) } catch { lock = nil } }
        return try recover(only: try seq(id), token: lease.token, now: now)
    }

    private func recover(only seq: Int64?, token: Int64, now: Date) throws(StoreError) -> Recovery {
        try connection.write { () throws(StoreError) in
            try requireLease(token)
            var recovery = Recovery()
            var tally = Tally()
            for orphan in try orphans(notOf: token, only: seq) {
                let old = Tally.Place(
                    announcement: orphan.announcement, channel: orphan.channel, state: .sending)
                var new = old
                new.state = orphan.fate == .left ? .unknown : .queued
                tally.move(1, from: old, to: new)
                try settle(orphan, now: now)
                switch orphan.fate {
                case .freed: recovery.freed += 1
                case .retried: recovery.retried += 1
                case .left: recovery.left += 1
                }
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
        /// What becomes of it.
        enum Fate { case freed, retried, left }

        var id: Int64
        var announcement: Int64
        var channel: String
        var fate: Fate
        /// Under reach `first`, whether the next channel follows.
        var movesOn: Bool
    }

    private func orphans(notOf token: Int64, only seq: Int64?) throws(StoreError) -> [Orphan] {
        try connection.rows(
            """
            SELECT d.id, d.announcement, d.channel, ac.repeats IS NULL OR ac.repeats > 0, d.begun,
              a.reach = 'first' AND d.contact IS NOT NULL AND ac.after_unknown = 'next'
            FROM deliveries d JOIN announcements a ON a.seq = d.announcement
              JOIN announcement_channels ac ON ac.announcement = d.announcement AND ac.channel = d.channel
            WHERE d.state = 'sending' AND d.token IS NOT :token AND (:seq IS NULL OR d.announcement = :seq)
            """, ["token": .integer(token), "seq": .integer(orNull: seq)]
        ) { (row: borrowing Row) throws(StoreError) in
            let fate: Orphan.Fate = row.flag(3) ? .retried : row.flag(4) ? .left : .freed
            return Orphan(
                id: row.integer(0), announcement: row.integer(1), channel: row.text(2), fate: fate,
                movesOn: fate == .left && row.flag(5))
        }
    }

    private func settle(_ orphan: Orphan, now: Date) throws(StoreError) {
        if orphan.fate == .freed {
            let update = SettleUpdate(.returned(nextAt: now, nil), now: now)
            try connection.execute(
                SettleUpdate.sql, update.parameters(id: orphan.id, isStranded: false, now: now))
            return
        }
        try connection.execute(
            """
            UPDATE deliveries SET state = :state, next_at = :now, stranded = :stranded,
              settled_at = CASE :state WHEN 'unknown' THEN :now END,
              in_doubt = in_doubt + 1, fault_scope = 'channel', fault_code = :code,
              fault_detail = 'the dispatcher ended before the outcome was known'
            WHERE id = :id
            """,
            [
                "state": orphan.fate == .retried ? "queued" : "unknown", "now": .time(now),
                "stranded": .flag(orphan.movesOn),
                "code": .text(Fault.Code.dispatcherEnded.rawValue), "id": .integer(orphan.id),
            ])
        if orphan.movesOn { try strandFollowers(of: orphan.id) }
    }

    // MARK: Time

    /// Ends what is still queued past its expiry, with its last fault: at most a batch; returns how many deliveries.
    ///
    /// Also completes what else is over: cancellations that a crash cut short, next channels for removed contacts. As
    /// long as it returns more than none there may be more.
    /// - Throws: ``StoreError/Code/leaseLost`` when `token` is no longer the dispatcher's.
    public func expire(token: Int64, now: Date) throws(StoreError) -> Int {
        try connection.write { () throws(StoreError) in
            try requireLease(token)
            try clearRemoved()
            for seq in try openSeqs() { _ = try finishIfDone(seq, now: now) }
            var left = batch
            for seq in try halfCancelled() where left > 0 {
                left -= try endQueued(ofCancelled: seq, atMost: left, now: now)
            }
            for place in try expiring(now: now) where left > 0 {
                left -= try expire(place, atMost: left, now: now)
            }
            return batch - left
        }
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
            "SELECT seq FROM announcements WHERE state = 'cancelled' AND finished_at IS NULL ORDER BY seq"
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

    private func expire(_ place: Expiring, atMost limit: Int, now: Date) throws(StoreError) -> Int {
        let ended = try connection.rows(
            """
            UPDATE deliveries SET \(QueueEnding.expired.strandingAssignments)
            WHERE id IN (
              SELECT id FROM deliveries WHERE announcement = :announcement AND channel = :channel
                AND state = 'queued' AND expires <= :now LIMIT :limit)
            RETURNING id, state, stranded
            """,
            [
                "announcement": .integer(place.announcement), "channel": .text(place.channel),
                "now": .time(now), "first": .flag(place.isFirst), "next": .flag(place.unknownMovesOn),
                "limit": .integer(Int64(limit)),
            ]
        ) { (row: borrowing Row) throws(StoreError) in
            (id: row.integer(0), state: row.text(1), isStranded: row.flag(2))
        }
        let queued = Tally.Place(
            announcement: place.announcement, channel: place.channel, state: .queued)
        var tally = Tally()
        for (id, state, isStranded) in ended {
            if isStranded { try strandFollowers(of: id) }
            tally.move(1, from: queued, to: QueueEnding.expired.place(from: queued, in: state))
        }
        try tally.write(to: connection)
        if ended.count < limit { try findFirstExpiry(place) }
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
