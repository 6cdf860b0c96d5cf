public import Broadcast
public import Foundation

/// What waits on a channel.
public struct Backlog: Sendable, Hashable {
    /// How many deliveries are queued, of announcements that are running.
    public var queued = 0
    /// When the first of them may leave; nil when none is queued.
    public var nextAt: Date?

    /// So much, the first of it at `nextAt`.
    public init(queued: Int = 0, nextAt: Date? = nil) {
        self.queued = queued
        self.nextAt = nextAt
    }
}

/// What somebody has seen of an announcement on a channel before letting it go on.
public struct Look: Sendable, Hashable {
    /// How many deliveries had been tried and were final.
    public var ended = 0
    /// How many of them were refused.
    public var refused = 0

    /// So many.
    public init(ended: Int = 0, refused: Int = 0) {
        self.ended = ended
        self.refused = refused
    }
}

extension Store {
    /// What waits on each channel of the running and scheduled announcements, or of one of them; held ones excepted.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func backlog(of id: Announcement.ID? = nil) throws(StoreError) -> [ChannelName: Backlog] {
        var backlog: [ChannelName: Backlog] = [:]
        try connection.each(
            """
            SELECT ac.channel, t.count, max(a.due, (
              SELECT min(d.next_at) FROM deliveries d
              WHERE d.announcement = a.seq AND d.channel = ac.channel AND d.state = 'queued'))
            FROM announcements a JOIN announcement_channels ac ON ac.announcement = a.seq AND ac.hold IS NULL
              JOIN tallies t ON t.announcement = a.seq AND t.channel = ac.channel AND t.state = 'queued'
            WHERE a.\(Schema.openStates) AND a.state IN ('running', 'scheduled') AND t.count > 0
              AND (:id IS NULL OR a.id = :id)
            """, ["id": .text(orNull: id?.rawValue)]
        ) { (row: borrowing Row) throws(StoreError) in
            var entry = backlog[ChannelName(valid: row.text(0))] ?? Backlog()
            entry.queued += Int(row.integer(1))
            if let next = row.optionalTime(2) { entry.nextAt = min(entry.nextAt ?? next, next) }
            backlog[ChannelName(valid: row.text(0))] = entry
        }
        return backlog
    }

    /// How many of what waits of an announcement on each channel may not leave before `date`.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func later(than date: Date, of id: Announcement.ID) throws(StoreError) -> [ChannelName: Int] {
        var later: [ChannelName: Int] = [:]
        try connection.each(
            """
            SELECT ac.channel, (
              SELECT count(*) FROM deliveries d
              WHERE d.announcement = a.seq AND d.channel = ac.channel AND d.state = 'queued'
                AND d.next_at > :date)
            FROM announcements a JOIN announcement_channels ac ON ac.announcement = a.seq AND ac.hold IS NULL
            WHERE a.id = :id
            """, ["id": .text(id.rawValue), "date": .time(date)]
        ) { (row: borrowing Row) throws(StoreError) in
            if row.integer(1) > 0 { later[ChannelName(valid: row.text(0))] = Int(row.integer(1)) }
        }
        return later
    }

    /// When the next queued delivery may expire: no later than it does; nil when none is queued.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func nextExpiry() throws(StoreError) -> Date? {
        let next = try connection.first(
            """
            SELECT min(ac.first_expiry) FROM announcements a
              JOIN announcement_channels ac ON ac.announcement = a.seq
            WHERE a.\(Schema.openStates)
            """
        ) { (row: borrowing Row) throws(StoreError) in row.optionalTime(0) }
        return next ?? nil
    }

    /// How the first deliveries of an announcement on a channel ended, in the order they did; nil for a success.
    ///
    /// What a dispatcher asks when it starts; it looks at every delivery of the channel.
    /// - Throws: ``StoreError/Code/notFound`` when there is no such announcement.
    public func firstEndings(
        _ id: Announcement.ID, _ channel: ChannelName, limit: Int = 20
    ) throws(StoreError) -> [Fault.Scope?] {
        try connection.rows(
            """
            SELECT CASE WHEN state IN ('accepted', 'delivered') THEN '' ELSE coalesce(fault_scope, '') END
            FROM deliveries
            WHERE announcement = :seq AND channel = :channel AND attempts > 0 AND settled_at IS NOT NULL
            ORDER BY settled_at, id LIMIT :limit
            """,
            [
                "seq": .integer(try seq(id)), "channel": .text(channel.rawValue),
                "limit": .integer(Int64(limit)),
            ]
        ) { (row: borrowing Row) throws(StoreError) in Fault.Scope(rawValue: row.text(0)) }
    }

    /// How far each channel had come when a person last let the announcement go on.
    ///
    /// - Throws: ``StoreError/Code/notFound`` when there is no such announcement.
    public func looks(_ id: Announcement.ID) throws(StoreError) -> [ChannelName: Look] {
        let rows = try connection.rows(
            "SELECT channel, looked_ended, looked_refused FROM announcement_channels WHERE announcement = :seq",
            ["seq": .integer(try seq(id))]
        ) { (row: borrowing Row) throws(StoreError) in
            (
                ChannelName(valid: row.text(0)),
                Look(ended: Int(row.integer(1)), refused: Int(row.integer(2)))
            )
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// How many deliveries of an announcement ended with one of `codes`, a recipient's fault.
    ///
    /// What a dispatcher asks when it starts; it looks at every delivery.
    /// - Throws: ``StoreError/Code/notFound`` when there is no such announcement.
    public func refusals(_ id: Announcement.ID, for codes: [Fault.Code]) throws(StoreError) -> Int {
        let known = Set(codes.map(\.rawValue))
        let seq = try seq(id)
        var total = 0
        try connection.each(
            """
            SELECT fault_code, count(*) FROM deliveries
            WHERE announcement = :seq AND state = 'refused' AND fault_scope = 'recipient' GROUP BY fault_code
            """, ["seq": .integer(seq)]
        ) { (row: borrowing Row) throws(StoreError) in
            if known.contains(row.text(0)) { total += Int(row.integer(1)) }
        }
        return total
    }
}

extension Store {
    /// The announcements that may leave, most urgent first.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func running() throws(StoreError) -> [Announcement.ID] {
        try connection.rows(
            """
            SELECT id FROM announcements WHERE \(Schema.openStates) AND state IN ('scheduled', 'running')
            ORDER BY rank, due, seq
            """
        ) { (row: borrowing Row) throws(StoreError) in Announcement.ID(valid: row.text(0)) }
    }

    /// The announcements that were cancelled and of which something is still on the wire, or was when a dispatcher died.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func cancelling() throws(StoreError) -> [Announcement.ID] {
        try connection.rows(
            "SELECT id FROM announcements WHERE state = 'cancelled' AND finished_at IS NULL ORDER BY seq"
        ) { (row: borrowing Row) throws(StoreError) in Announcement.ID(valid: row.text(0)) }
    }
}
