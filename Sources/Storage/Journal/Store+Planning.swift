public import Broadcast
public import Foundation

extension Store {
    private static let batchLimit = 10_000

    /// Begins to plan an accepted announcement, from nothing: what an interrupted pass left is deleted.
    ///
    /// - Throws: ``StoreError/Code/wrongState`` when its planning is over.
    public func beginPlanning(_ id: Announcement.ID) throws(StoreError) -> PlanningRun {
        try beginPlanning(id, after: nil)
    }

    /// As ``beginPlanning(_:)``, but only while `last` is the latest pass, or whatever it is (nil).
    func beginPlanning(_ id: Announcement.ID, after last: Int64?) throws(StoreError) -> PlanningRun {
        let announcement = try announcement(id)
        let seq = try seq(id)
        let pass = try beginPass(id, seq, after: last)
        ownPasses[seq] = pass
        while try deletePlanned(seq, in: pass) > 0 {}
        let channels = try connection.rows(
            "SELECT channel, company, within FROM announcement_channels WHERE announcement = :seq",
            ["seq": .integer(seq)]
        ) { (row: borrowing Row) throws(StoreError) in
            PlannedChannel(
                name: ChannelName(valid: row.text(0)), company: row.text(1), within: row.integer(2))
        }
        let place = PlanningRun.Place(seq: seq, pass: pass)
        return PlanningRun(
            announcement, at: place, number: try nextRun(), over: channels,
            closing: try announcement.closes.map(self.seq))
    }

    /// Begins to plan an announcement that the journal never sees: the same counts, nothing written.
    ///
    /// - Throws: a ``StoreError`` when temporary space is lacking.
    public func beginDryPlanning(
        _ announcement: Announcement, over channels: [ChannelFacts]
    ) throws(StoreError) -> PlanningRun {
        let planned = channels.map { facts in
            let within = announcement.within(over: facts)
            return PlannedChannel(name: facts.name, company: facts.company, within: within.milliseconds)
        }
        return PlanningRun(
            announcement, at: nil, number: try nextRun(), over: planned,
            closing: try announcement.closes.map(seq))
    }

    /// Writes deliveries down in short transactions; of several to one address, the first keeps the copy.
    ///
    /// - Throws: a ``StoreError``; planning then begins again from nothing.
    public func plan(_ batch: [Delivery], in run: PlanningRun) throws(StoreError) -> PlanningRun {
        var run = run
        run.beginBatch()
        var rest = batch[...]
        while !rest.isEmpty {
            let part = rest.prefix(Self.batchLimit)
            rest = rest.dropFirst(part.count)
            let before = run
            run = try connection.write { () throws(StoreError) in
                var after = before
                try requirePass(of: after)
                try write(part, in: &after)
                return after
            }
        }
        return run
    }

    /// Ends planning: from here on deliveries may leave, when `state` lets them.
    ///
    /// Returns the state it is in: finished when nothing is queued, paused when somebody paused it meanwhile.
    /// - Throws: a ``StoreError``; nothing leaves then.
    public func finishPlanning(
        _ run: PlanningRun, as state: AnnouncementState, pauseReason: String = "", now: Date
    ) throws(StoreError) -> AnnouncementState {
        try connection.write { () throws(StoreError) -> AnnouncementState in
            try end(run, as: state, pauseReason: pauseReason, now: now)
        }
    }

    /// Ends planning within a transaction.
    func end(
        _ run: PlanningRun, as state: AnnouncementState, pauseReason: String = "", now: Date
    ) throws(StoreError) -> AnnouncementState {
        try forgetAddresses(of: run)
        if run.isDry { return state }
        try requirePass(of: run)
        try writeTallies(of: run)
        let left = try connection.first(
            """
            UPDATE announcements SET
              state = CASE WHEN pause_reason = '' THEN :state ELSE 'paused' END,
              pause_reason = CASE WHEN pause_reason = '' THEN :why ELSE pause_reason END, spent = :spent
            WHERE seq = :seq RETURNING state
            """,
            [
                "state": .text(state.rawValue), "why": .text(pauseReason), "seq": .integer(run.seq),
                "spent": .text("\(run.cost)"),
            ]
        ) { (row: borrowing Row) throws(StoreError) in AnnouncementState(rawValue: row.text(0)) }
        return try finishIfDone(run.seq, now: now) ? .finished : (left ?? nil) ?? state
    }

    private func beginPass(
        _ id: Announcement.ID, _ seq: Int64, after last: Int64?
    ) throws(StoreError) -> Int64 {
        try connection.write { () throws(StoreError) in
            let pass = try connection.first(
                """
                UPDATE announcements SET planning = planning + 1
                WHERE seq = :seq AND state = 'planning' AND (:last IS NULL OR planning = :last)
                RETURNING planning
                """, ["seq": .integer(seq), "last": .integer(orNull: last)]
            ) { (row: borrowing Row) throws(StoreError) in row.integer(0) }
            guard let pass else {
                throw StoreError(
                    .wrongState, path: path,
                    "the announcement \(id) is planned already, or by another process")
            }
            return pass
        }
    }

    /// Two processes may plan one announcement, after a crash or by the same command twice: the later pass wins.
    func requirePass(of run: PlanningRun) throws(StoreError) {
        if run.isDry { return }
        guard try isLatest(run.pass, of: run.seq) else {
            throw StoreError(
                .wrongState, path: path,
                "the announcement \(run.announcement) was taken back meanwhile by another command: nothing of this one is sent"
            )
        }
    }

    private func isLatest(_ pass: Int64, of seq: Int64) throws(StoreError) -> Bool {
        let latest = try connection.first(
            "SELECT planning FROM announcements WHERE seq = :seq AND state = 'planning'",
            ["seq": .integer(seq)]
        ) { (row: borrowing Row) throws(StoreError) in row.integer(0) }
        return latest == pass
    }

    /// Deletes a part of what earlier passes left, as long as no later one has begun.
    private func deletePlanned(_ seq: Int64, in pass: Int64) throws(StoreError) -> Int {
        try connection.write { () throws(StoreError) in
            guard try isLatest(pass, of: seq) else { return 0 }
            return try connection.execute(
                """
                DELETE FROM deliveries WHERE id IN (
                  SELECT id FROM deliveries WHERE announcement = :seq AND contact IS NOT NULL LIMIT 10000)
                """, ["seq": .integer(seq)])
                + connection.execute(
                    "DELETE FROM deliveries WHERE announcement = :seq AND contact IS NULL",
                    ["seq": .integer(seq)])
        }
    }

    private func nextRun() throws(StoreError) -> Int64 {
        // WITHOUT ROWID and no index beside the key: one tree, looked at once per delivery.
        try connection.script(
            """
            CREATE TABLE IF NOT EXISTS temp.planned_addresses(
              run INTEGER NOT NULL, channel TEXT NOT NULL, address TEXT NOT NULL, leader INTEGER NOT NULL,
              PRIMARY KEY(run, address, channel)
            ) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS temp.told(
              run INTEGER NOT NULL, contact INTEGER NOT NULL, channel TEXT NOT NULL,
              PRIMARY KEY(run, contact, channel)
            ) WITHOUT ROWID;
            """)
        planningRuns += 1
        return planningRuns
    }

    private func forgetAddresses(of run: PlanningRun) throws(StoreError) {
        for table in ["planned_addresses", "told"] {
            try connection.execute(
                "DELETE FROM temp.\(table) WHERE run = :run", ["run": .integer(run.number)])
        }
    }

    private func writeTallies(of run: PlanningRun) throws(StoreError) {
        var tally = Tally()
        for (channel, counts) in run.channels {
            for (state, count) in counts.states {
                tally.add(count, Tally.Place(announcement: run.seq, channel: channel.rawValue, state: state))
            }
            for (reason, count) in counts.skipped {
                tally.add(
                    count,
                    Tally.Place(
                        announcement: run.seq, channel: channel.rawValue, state: .skipped,
                        reason: reason.rawValue))
            }
            try connection.execute(
                """
                UPDATE announcement_channels SET first_expiry = :expiry
                WHERE announcement = :seq AND channel = :channel
                """,
                [
                    "expiry": .integer(orNull: run.firstExpiry[channel]), "seq": .integer(run.seq),
                    "channel": .text(channel.rawValue),
                ])
        }
        try connection.execute("DELETE FROM tallies WHERE announcement = :seq", ["seq": .integer(run.seq)])
        try tally.write(to: connection)
    }
}
