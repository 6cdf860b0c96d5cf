public import Broadcast
public import Foundation

extension Store {
    /// Stops an announcement from being claimed until it is resumed; one in planning is paused when that ends.
    ///
    /// A dispatcher gives its `token`; a person has none.
    /// - Throws: ``StoreError/Code/wrongState`` when it is over.
    public func pause(_ id: Announcement.ID, why: String, token: Int64? = nil) throws(StoreError) {
        try connection.write { () throws(StoreError) in
            if let token { try requireLease(token) }
            let seq = try seq(id)
            guard try !pauseOpen(why: why, only: seq).isEmpty else { throw try isOver(id, "paused") }
        }
    }

    /// Pauses everything that is not over; returns how many announcements are paused by that.
    ///
    /// One that is still being planned does not count: it pauses if it is confirmed.
    /// - Throws: a ``StoreError``; then nothing was paused.
    public func pauseAll(why: String) throws(StoreError) -> Int {
        try connection.write { () throws(StoreError) in
            try pauseOpen(why: why, only: nil).count { $0 == .paused }
        }
    }

    /// The states in which it leaves them.
    func pauseOpen(why: String, only seq: Int64?) throws(StoreError) -> [AnnouncementState?] {
        try connection.rows(
            """
            UPDATE announcements SET state = CASE state WHEN 'planning' THEN state ELSE 'paused' END,
              pause_reason = :why
            WHERE \(Schema.openStates) AND (:seq IS NULL OR seq = :seq)
              AND NOT (state = 'paused' AND :seq IS NULL)
            RETURNING state
            """, ["why": .text(why.isEmpty ? "paused" : why), "seq": .integer(orNull: seq)]
        ) { (row: borrowing Row) throws(StoreError) in AnnouncementState(rawValue: row.text(0)) }
    }

    /// Lets a paused announcement go on, lifts its channels' holds, and returns the state it is in.
    ///
    /// However the clock on the wall was set until `moment`, it goes on: that is what a person has decided.
    /// - Throws: ``StoreError/Code/wrongState`` when it is over.
    public func resume(
        _ id: Announcement.ID, at moment: BootTime, now: Date
    ) throws(StoreError) -> AnnouncementState {
        try connection.write { () throws(StoreError) in
            let seq = try seq(id)
            try resumeOpen(only: seq, at: moment, now: now)
            let state = try state(seq)
            guard state != .finished, state != .cancelled else { throw try isOver(id, "resumed") }
            return state
        }
    }

    /// As ``resume(_:at:now:)``, but everything; returns the announcements that were paused.
    ///
    /// - Throws: a ``StoreError``; then nothing was resumed.
    public func resumeAll(at moment: BootTime, now: Date) throws(StoreError) -> [Announcement.ID] {
        try connection.write { () throws(StoreError) in
            let paused = try connection.rows(
                "SELECT id FROM announcements WHERE \(Schema.openStates) AND pause_reason <> '' ORDER BY seq"
            ) { (row: borrowing Row) throws(StoreError) in Announcement.ID(valid: row.text(0)) }
            try resumeOpen(only: nil, at: moment, now: now)
            return paused
        }
    }

    private func resumeOpen(
        only seq: Int64?, at moment: BootTime, now: Date
    ) throws(StoreError) {
        try rememberLook(only: seq)
        try rememberClock(only: seq, moment, now: now)
        try connection.execute(
            """
            UPDATE announcement_channels SET hold = NULL WHERE hold IS NOT NULL AND announcement IN (
              SELECT seq FROM announcements WHERE \(Schema.openStates) AND (:seq IS NULL OR seq = :seq))
            """, ["seq": .integer(orNull: seq)])
        try connection.execute(
            """
            UPDATE announcements SET pause_reason = '', state = CASE
              WHEN state = 'planning' THEN state WHEN due > :now THEN 'scheduled' ELSE 'running' END
            WHERE \(Schema.openStates) AND state <> 'running' AND (:seq IS NULL OR seq = :seq)
            """, ["now": .time(now), "seq": .integer(orNull: seq)])
        for open in try openSeqs() where seq == nil || seq == open { _ = try finishIfDone(open, now: now) }
    }

    /// Whoever resumes what was halted has seen how it went so far: from here its guard rails count anew.
    private func rememberLook(only seq: Int64?) throws(StoreError) {
        let count = { (states: String) in
            """
            (SELECT ifnull(sum(t.count), 0) FROM tallies t WHERE t.announcement = announcement_channels.announcement
              AND t.channel = announcement_channels.channel AND t.state \(states))
            """
        }
        try connection.execute(
            """
            UPDATE announcement_channels SET looked_refused = \(count("= 'refused'")),
              looked_ended = \(count("NOT IN ('skipped', 'queued', 'sending')"))
            WHERE announcement IN (
              SELECT seq FROM announcements WHERE \(Schema.openStates) AND (:seq IS NULL OR seq = :seq)
              AND (state = 'paused' OR announcement_channels.hold IS NOT NULL))
            """, ["seq": .integer(orNull: seq)])
    }

    /// Ends an announcement: what is queued is skipped as `cancelled`, what is on the wire is still settled.
    ///
    /// Returns how many deliveries will not leave. Doing it again, or ``expire(token:now:)``, completes an interrupted one.
    /// - Throws: ``StoreError/Code/wrongState`` when it has finished.
    public func cancel(_ id: Announcement.ID, now: Date) throws(StoreError) -> Int {
        let seq = try seq(id)
        try connection.write { () throws(StoreError) in
            let state = try state(seq)
            guard state != .finished else { throw try isOver(id, "cancelled") }
            try connection.execute(
                "UPDATE announcements SET state = 'cancelled', pause_reason = '' WHERE seq = :seq",
                ["seq": .integer(seq)])
            // Planning counts only when it ends.
            if state == .planning { try recount(seq) }
        }
        return try endQueued(ofCancelled: seq, now: now)
    }

    /// Skips all that a cancelled announcement has queued, in short transactions; returns how much that was.
    func endQueued(ofCancelled seq: Int64, now: Date) throws(StoreError) -> Int {
        var total = 0
        while true {
            let count = try connection.write { () throws(StoreError) in
                try endQueued(ofCancelled: seq, atMost: batch, now: now)
            }
            total += count
            if count < batch { return total }
        }
    }

    /// Skips so much of what a cancelled announcement has queued; the last of it completes the cancellation.
    func endQueued(ofCancelled seq: Int64, atMost limit: Int, now: Date) throws(StoreError) -> Int {
        let count = try skipQueued(ofCancelled: seq, atMost: limit, now: now)
        _ = try finishIfDone(seq, now: now)
        return count
    }

    /// Skips so much of what a cancelled announcement has queued.
    ///
    /// In a copy, what the original may have sent of it ends as unknown.
    func skipQueued(ofCancelled seq: Int64, atMost limit: Int, now: Date) throws(StoreError) -> Int {
        let led = try doubtNext(of: seq, atMost: limit, now: now)
        if led == limit { return led }
        let ending = QueueEnding.skipped(.cancelled)
        let ended = try connection.rows(
            """
            UPDATE deliveries SET \(ending.assignments)
            WHERE id IN (
              SELECT id FROM deliveries WHERE announcement = :seq AND state = 'queued' LIMIT :limit)
            RETURNING channel, state
            """, ["seq": .integer(seq), "limit": .integer(Int64(limit - led)), "now": .time(now)]
        ) { (row: borrowing Row) throws(StoreError) in (channel: row.text(0), state: row.text(1)) }
        var tally = Tally()
        for (channel, state) in ended {
            let queued = Tally.Place(announcement: seq, channel: channel, state: .queued)
            tally.move(1, from: queued, to: ending.place(from: queued, in: state))
        }
        try tally.write(to: connection)
        try connection.execute(
            "UPDATE deliveries SET stranded = 0 WHERE announcement = :seq AND stranded = 1",
            ["seq": .integer(seq)])
        return led + ended.count
    }

    /// Counts the deliveries of an announcement anew.
    private func recount(_ seq: Int64) throws(StoreError) {
        try connection.execute("DELETE FROM tallies WHERE announcement = :seq", ["seq": .integer(seq)])
        try connection.execute(
            """
            INSERT INTO tallies(announcement, channel, state, reason, count)
            SELECT announcement, channel, state, reason, count(*) FROM deliveries
            WHERE announcement = :seq GROUP BY channel, state, reason
            """, ["seq": .integer(seq)])
    }

    // MARK: One channel of one announcement

    /// Stops one channel from being claimed for one announcement, until the announcement is resumed.
    ///
    /// - Throws: ``StoreError/Code/leaseLost`` when `token` is no longer the dispatcher's.
    public func hold(
        _ id: Announcement.ID, _ channel: ChannelName, why: String, token: Int64
    ) throws(StoreError) {
        try connection.write { () throws(StoreError) in
            try requireLease(token)
            try connection.execute(
                "UPDATE announcement_channels SET hold = :why WHERE announcement = :seq AND channel = :channel",
                ["why": .text(why), "seq": .integer(try seq(id)), "channel": .text(channel.rawValue)])
        }
    }

    // MARK: Looks

    func state(_ seq: Int64) throws(StoreError) -> AnnouncementState {
        let state = try connection.first(
            "SELECT state FROM announcements WHERE seq = :seq", ["seq": .integer(seq)]
        ) { (row: borrowing Row) throws(StoreError) in AnnouncementState(rawValue: row.text(0)) }
        return (state ?? nil) ?? .planning
    }

    func openSeqs() throws(StoreError) -> [Int64] {
        try connection.rows("SELECT seq FROM announcements WHERE \(Schema.openStates) ORDER BY seq") {
            (row: borrowing Row) throws(StoreError) in row.integer(0)
        }
    }

    private func isOver(_ id: Announcement.ID, _ verb: String) throws(StoreError) -> StoreError {
        let state = try state(try seq(id))
        return StoreError(
            .wrongState, path: path, "the announcement \(id) is \(state.rawValue); it cannot be \(verb)")
    }
}
