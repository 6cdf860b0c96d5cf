internal import Broadcast
internal import Foundation

// A follower is a delivery skipped as `duplicate-address`; its leader carries the one copy for the shared address.
extension Store {
    /// Gives the copy to the next who shares the address, when the leader was skipped for a reason of its own.
    ///
    /// `queued` is where the promoted delivery counts from then on.
    func promoteFollower(
        of leader: Int64, at queued: Tally.Place, _ tally: inout Tally
    ) throws(StoreError) {
        try promote(where: "leader = :leader", ["leader": .integer(leader)], at: queued, &tally)
    }

    /// Gives a copy of their own to those whom a leader no longer stands for, because it goes to `address` by now.
    func releaseFollowers(
        of leader: Int64, from address: Address, at queued: Tally.Place, _ tally: inout Tally
    ) throws(StoreError) {
        let condition = """
            leader = :leader AND EXISTS (
              SELECT 1 FROM contacts c WHERE c.seq = deliveries.contact
              AND NOT \(AddressLookup.condition(address.kind)))
            """
        try promote(
            where: condition, ["leader": .integer(leader), "address": .text(address.value)], at: queued,
            &tally)
    }

    /// Queues the first follower that meets `condition`; it leads the others that do.
    private func promote(
        where condition: String, _ parameters: Parameters, at queued: Tally.Place, _ tally: inout Tally
    ) throws(StoreError) {
        let next = try connection.first(
            """
            UPDATE deliveries SET state = 'queued', reason = '', leader = NULL
            WHERE id = (
              SELECT min(id) FROM deliveries
              WHERE state = 'skipped' AND reason = 'duplicate-address' AND \(condition))
            RETURNING id, expires
            """, parameters
        ) { (row: borrowing Row) throws(StoreError) in (id: row.integer(0), expires: row.integer(1)) }
        guard let next else { return }
        var others = parameters
        others.append("next", .integer(next.id))
        try connection.execute("UPDATE deliveries SET leader = :next WHERE \(condition)", others)
        try lowerFirstExpiry(of: queued.announcement, queued.channel, to: next.expires)
        var skipped = queued
        skipped.state = .skipped
        skipped.reason = SkipReason.duplicateAddress.rawValue
        tally.move(1, from: skipped, to: queued)
    }

    /// A queued delivery whose copy another one carries.
    struct Follower {
        var id: Int64
        var leader: Int64
        /// Whether that one has failed, so that the next channel is wanted.
        var isStranded: Bool
    }

    /// Skips a queued delivery for another's copy to `address`, together with whoever it stood for.
    func stepBack(
        _ follower: Follower, from address: Address, at queued: Tally.Place, _ tally: inout Tally, now: Date
    ) throws(StoreError) {
        try releaseFollowers(of: follower.id, from: address, at: queued, &tally)
        let parameters: Parameters = [
            "id": .integer(follower.id), "leader": .integer(follower.leader),
            "stranded": .flag(follower.isStranded),
        ]
        try connection.execute(
            "UPDATE deliveries SET leader = :leader, stranded = :stranded WHERE leader = :id", parameters)
        var own = parameters
        own.append("now", .time(now))
        try connection.execute(
            """
            UPDATE deliveries SET state = 'skipped', reason = 'duplicate-address', leader = :leader,
              stranded = :stranded, settled_at = :now
            WHERE id = :id
            """, own)
        var skipped = queued
        (skipped.state, skipped.reason) = (.skipped, SkipReason.duplicateAddress.rawValue)
        tally.move(1, from: queued, to: skipped)
    }

    /// Under reach `first`, those who share the address of a failed leader need their own next channel.
    func strandFollowers(of leader: Int64) throws(StoreError) {
        try connection.execute(
            "UPDATE deliveries SET stranded = 1 WHERE leader = :leader AND reason = 'duplicate-address'",
            ["leader": .integer(leader)])
    }

    /// Keeps `first_expiry` no later than any queued delivery's expiry.
    func lowerFirstExpiry(
        of announcement: Int64, _ channel: String, to expires: Int64
    ) throws(StoreError) {
        try connection.execute(
            """
            UPDATE announcement_channels SET first_expiry = min(coalesce(first_expiry, :expires), :expires)
            WHERE announcement = :announcement AND channel = :channel
            """,
            ["expires": .integer(expires), "announcement": .integer(announcement), "channel": .text(channel)])
    }

    /// What comes back from the wire to the queue of a cancelled announcement goes no further.
    func skipIfCancelled(_ seq: Int64, now: Date) throws(StoreError) {
        guard try state(seq) == .cancelled else { return }
        _ = try skipQueued(ofCancelled: seq, atMost: batch, now: now)
    }

    /// Marks an announcement finished when nothing of it is queued, sending, or waits for its next channel.
    func finishIfDone(_ seq: Int64, now: Date) throws(StoreError) -> Bool {
        let changed = try connection.execute(
            """
            UPDATE announcements SET finished_at = :now,
              state = CASE state WHEN 'cancelled' THEN state ELSE 'finished' END
            WHERE seq = :seq AND finished_at IS NULL
              AND state IN ('scheduled', 'running', 'paused', 'cancelled')
              AND NOT EXISTS (SELECT 1 FROM deliveries WHERE announcement = :seq AND state = 'queued')
              AND NOT EXISTS (SELECT 1 FROM deliveries WHERE announcement = :seq AND state = 'sending')
              AND NOT EXISTS (SELECT 1 FROM deliveries WHERE announcement = :seq AND stranded = 1)
            """, ["seq": .integer(seq), "now": .time(now)])
        guard changed == 1 else { return false }
        try connection.execute(
            """
            DELETE FROM contact_revisions WHERE NOT EXISTS (
              SELECT 1 FROM announcements WHERE \(Schema.openStates))
            """)
        return true
    }
}
