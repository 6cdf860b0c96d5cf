public import Broadcast
public import Foundation

extension Store {
    /// What was handed over on a channel within a minute or less.
    public struct Use: Sendable, Hashable {
        /// When the last of it was.
        public var at: Date
        /// How many.
        public var count: Int
    }

    /// What was handed over on `channel` after `since`, or perhaps was, minute by minute.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func uses(of channel: ChannelName, since: Date) throws(StoreError) -> [Use] {
        // Two halves, so that each may go by the index of its kind of row.
        let half = { (kind: String) in
            """
            SELECT d.settled_at / 60000 AS minute, max(d.settled_at) AS at, count(*) AS count
            FROM announcements a CROSS JOIN deliveries d
              ON d.announcement = a.seq AND d.channel = :channel AND d.contact IS \(kind)
            WHERE (a.finished_at IS NULL OR a.finished_at > :since)
              AND d.state IN ('accepted', 'delivered', 'bounced', 'unknown') AND d.settled_at > :since
            GROUP BY 1
            """
        }
        return try connection.rows(
            """
            SELECT max(at), sum(count) FROM (\(half("NOT NULL")) UNION ALL \(half("NULL")))
            GROUP BY minute ORDER BY minute
            """, ["channel": .text(channel.rawValue), "since": .time(since)]
        ) { (row: borrowing Row) throws(StoreError) in Use(at: row.time(0), count: Int(row.integer(1))) }
    }

    /// The daily limit of `facts` with what was handed over in the last 24 hours; nil when it has none.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func dayQuota(of facts: ChannelFacts, at now: Moment) throws(StoreError) -> DayQuota? {
        guard let limit = facts.perDay else { return nil }
        var quota = DayQuota(limit)
        for use in try uses(of: facts.name, since: now.wall.adding(.zero - DayQuota.day)) {
            // What the journal dates after now, since the clock was set back, was just now.
            quota.take(use.count, at: now.uptime - .seconds(max(0, now.wall.timeIntervalSince(use.at))))
        }
        return quota
    }
}
