public import Foundation

/// What has been kept for long enough.
public struct Purge: Sendable, Hashable {
    /// Announcements that are over.
    public var announcements = 0
    /// Their deliveries.
    public var deliveries = 0
    /// Suppressions that were proposed and that nobody said yes to.
    public var proposals = 0
    /// Names of removed people that no announcement is left of.
    public var names = 0

    /// Whether there is nothing.
    public var isEmpty: Bool { self == Purge() }
}

extension Store {
    /// What ``purge(before:pausing:)`` would remove, names apart.
    ///
    /// What was never confirmed and is older than `abandoned` counts as taken back.
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func purgeable(
        before moment: Date, abandoned: Date = .distantPast
    ) throws(StoreError) -> Purge {
        try connection.read { () throws(StoreError) in
            var purge = Purge()
            for seq in try overSeqs(before: moment, abandoned) {
                purge.announcements += 1
                purge.deliveries += try count(
                    "SELECT ifnull(sum(count), 0) FROM tallies WHERE announcement = :seq",
                    ["seq": .integer(seq)])
            }
            for seq in try orphanedSeqs() {
                purge.deliveries += try count(
                    "SELECT count(*) FROM deliveries WHERE announcement = :seq", ["seq": .integer(seq)])
            }
            purge.proposals = try count(
                "SELECT count(*) FROM suppressions WHERE proposed = 1 AND since < :moment",
                ["moment": .time(moment)])
            return purge
        }
    }

    /// Removes the announcements that were over before `moment`, with everything of theirs; never one that is open.
    ///
    /// In transactions of at most a batch, with `pausing` between them so that others who write have their turn. An
    /// announcement goes first, from then on nobody sees it, and its deliveries follow; whoever purges next completes what
    /// was cut short. Before all that, what was never confirmed and is older than `abandoned` is taken back.
    /// - Throws: a ``StoreError``; what is gone is gone, what is left is whole.
    public func purge(
        before moment: Date, abandoned: Date = .distantPast, pausing: @Sendable () async -> Void
    ) async throws(StoreError) -> Purge {
        try takeBackAbandoned(before: abandoned)
        var purge = Purge()
        for seq in try overSeqs(before: moment, abandoned)
        where try removeHead(seq, before: moment, abandoned) {
            purge.announcements += 1
            await pausing()
        }
        for seq in try orphanedSeqs() {
            var removed = batch
            while removed == batch {
                removed = try removeDeliveries(of: seq)
                purge.deliveries += removed
                await pausing()
            }
        }
        purge.proposals = try connection.execute(
            "DELETE FROM suppressions WHERE proposed = 1 AND since < :moment", ["moment": .time(moment)])
        var after: Int64? = 0
        while let start = after {
            let (count, last) = try removeNames(after: start)
            purge.names += count
            after = last
            await pausing()
        }
        after = 0
        while let start = after {
            after = try removeRevisions(after: start)
            await pausing()
        }
        return purge
    }

    /// Whether a purge, or an erasure that could not be completed, has left freed space behind, and in it perhaps traces.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func isLoose() throws(StoreError) -> Bool {
        try count("SELECT count(*) FROM meta WHERE name = 'loose'", [:]) > 0
    }

    /// Gives freed space back and overwrites what pages kept of what was removed, unless a dispatcher is at work.
    ///
    /// - Returns: false when somebody is, or reads old pages: the next purge does it.
    /// - Throws: a ``StoreError``, such as a full disk: it takes as much space again for a moment.
    public func compact() throws(StoreError) -> Bool {
        guard !connection.isFileless, lock == nil, let alone = try StoreLock.take(for: connection.file) else {
            return false
        }
        defer { withExtendedLifetime(alone) {} }
        try connection.vacuum()
        let isBusy = try connection.first("PRAGMA wal_checkpoint(TRUNCATE)") {
            (row: borrowing Row) throws(StoreError) in row.flag(0)
        }
        guard isBusy == false else { return false }
        try setTight()
        return true
    }

    /// Freed space may hold traces from now on.
    func setLoose() throws(StoreError) {
        try connection.execute("INSERT INTO meta VALUES ('loose', 1) ON CONFLICT DO NOTHING")
    }

    /// None does.
    func setTight() throws(StoreError) {
        try connection.execute("DELETE FROM meta WHERE name = 'loose'")
    }

    private func count(_ sql: String, _ parameters: Parameters) throws(StoreError) -> Int {
        let count = try connection.first(sql, parameters) {
            (row: borrowing Row) throws(StoreError) in row.integer(0)
        }
        return Int(count ?? 0)
    }

    // What an open one closes says whom that one is for; one that nobody confirmed and whose planner is gone is not open.
    private static let isOver = """
        state IN ('finished', 'cancelled') AND finished_at < :moment AND NOT EXISTS (
          SELECT 1 FROM announcements c WHERE c.closes = announcements.seq AND c.finished_at IS NULL
            AND NOT (c.state = 'planning' AND c.created_at < :abandoned))
        """

    private func overSeqs(before moment: Date, _ abandoned: Date) throws(StoreError) -> [Int64] {
        try connection.rows(
            "SELECT seq FROM announcements WHERE \(Self.isOver) ORDER BY seq",
            ["moment": .time(moment), "abandoned": .time(abandoned)]
        ) { (row: borrowing Row) throws(StoreError) in row.integer(0) }
    }

    /// Announcements that deliveries name and that are gone: each found by a step in the index, not by a scan.
    private func orphanedSeqs() throws(StoreError) -> [Int64] {
        let next = { (kind: String, after: String) in
            "SELECT min(announcement) FROM deliveries WHERE contact IS \(kind) AND announcement > \(after)"
        }
        let all = { (name: String, kind: String) in
            """
            \(name)(seq) AS (\(next(kind, "-1")) UNION ALL
              SELECT (\(next(kind, "\(name).seq"))) FROM \(name) WHERE seq IS NOT NULL)
            """
        }
        return try connection.rows(
            """
            WITH RECURSIVE \(all("people", "NOT NULL")), \(all("places", "NULL"))
            SELECT seq FROM (SELECT seq FROM people UNION SELECT seq FROM places)
            WHERE seq IS NOT NULL AND seq NOT IN (SELECT seq FROM announcements) ORDER BY seq
            """
        ) { (row: borrowing Row) throws(StoreError) in row.integer(0) }
    }

    /// False when it is not over any more, or gone.
    private func removeHead(
        _ seq: Int64, before moment: Date, _ abandoned: Date
    ) throws(StoreError) -> Bool {
        try connection.write { () throws(StoreError) in
            let removed = try connection.execute(
                "DELETE FROM announcements WHERE seq = :seq AND \(Self.isOver)",
                ["seq": .integer(seq), "moment": .time(moment), "abandoned": .time(abandoned)])
            guard removed == 1 else { return false }
            try connection.execute(
                """
                INSERT INTO meta VALUES ('purged_until', :moment), ('loose', 1)
                ON CONFLICT(name) DO UPDATE SET value = max(value, excluded.value)
                """, ["moment": .time(moment)])
            for table in ["announcement_channels", "tallies"] {
                try connection.execute(
                    "DELETE FROM \(table) WHERE announcement = :seq", ["seq": .integer(seq)])
            }
            return true
        }
    }

    private func removeDeliveries(of seq: Int64) throws(StoreError) -> Int {
        try connection.execute(
            """
            DELETE FROM deliveries WHERE id IN (
              SELECT id FROM deliveries WHERE announcement = :seq AND contact IS NOT NULL
              UNION ALL SELECT id FROM deliveries WHERE announcement = :seq AND contact IS NULL LIMIT :limit)
            """, ["seq": .integer(seq), "limit": .integer(Int64(batch))])
    }

    /// Of a page of removed people those nobody's report names any more; nobody is given a delivery after removal.
    private func removeNames(after start: Int64) throws(StoreError) -> (count: Int, last: Int64?) {
        let page = try connection.rows(
            "SELECT seq FROM removed_contacts WHERE seq > :start ORDER BY seq LIMIT 500",
            ["start": .integer(start)]
        ) { (row: borrowing Row) throws(StoreError) in row.integer(0) }
        let sql = """
            SELECT 1 FROM announcements a CROSS JOIN deliveries d ON d.announcement = a.seq AND d.contact = :seq LIMIT 1
            """
        var unnamed: [Int64] = []
        for seq in page {
            let use = try connection.first(sql, ["seq": .integer(seq)]) {
                (row: borrowing Row) throws(StoreError) in row.integer(0)
            }
            if use == nil { unnamed.append(seq) }
        }
        try connection.write { () throws(StoreError) in
            for seq in unnamed {
                try connection.execute(
                    "DELETE FROM removed_contacts WHERE seq = :seq", ["seq": .integer(seq)])
            }
        }
        return (unnamed.count, page.last)
    }

    /// Removes what a page of people was before they changed, unless an open delivery was tried with it.
    ///
    /// The end of the last open announcement does that too, which on a busy store may never come.
    private func removeRevisions(after start: Int64) throws(StoreError) -> Int64? {
        let last =
            try connection.first(
                """
                SELECT max(contact) FROM (
                  SELECT DISTINCT contact FROM contact_revisions WHERE contact > :start ORDER BY contact LIMIT 500)
                """, ["start": .integer(start)]
            ) { (row: borrowing Row) throws(StoreError) in row.optionalInteger(0) } ?? nil
        guard let last else { return nil }
        try connection.execute(
            """
            DELETE FROM contact_revisions WHERE contact > :start AND contact <= :last AND NOT EXISTS (
              SELECT 1 FROM announcements a CROSS JOIN deliveries d
                ON d.announcement = a.seq AND d.contact = contact_revisions.contact
              WHERE a.\(Schema.openStates) AND d.state IN ('queued', 'sending') AND d.revision IS NOT NULL)
            """, ["start": .integer(start), "last": .integer(last)])
        return last
    }
}
