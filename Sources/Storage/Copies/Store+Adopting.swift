public import Broadcast
public import Foundation

/// An announcement that is not over: it goes on from here, in a copy once that is adopted.
public struct OpenAnnouncement: Sendable, Hashable {
    /// Its id.
    public var id: Announcement.ID
    /// Where it stands.
    public var state: AnnouncementState
    /// When it was accepted.
    public var createdAt: Date
    /// When its first delivery may leave.
    public var due: Date
    /// Deliveries that have not left, people who wait for their next channel among them.
    public var waiting: Int
    /// Deliveries that were on the wire when the copy was made.
    public var inDoubt: Int
    /// The same by channel, in the configured order; who waits for a next channel is on none.
    public var channels: [Share] = []

    /// What is open of it on one channel.
    public struct Share: Sendable, Hashable {
        /// The channel.
        public var channel: ChannelName
        /// Deliveries that have not left.
        public var waiting: Int
        /// Deliveries that were on the wire when the copy was made.
        public var inDoubt: Int
        /// Deliveries that leave although the channel repeats nothing, as its receivers could not tell a second copy.
        public var keyless: Int
    }
}

extension Store {
    /// Looks whether anything may leave this store; a refusal says since when, as a clock in `zone` showed it.
    ///
    /// - Throws: ``StoreError/Code/unadopted`` when it is a copy.
    public func requireAdopted(in zone: TimeZone = .gmt) throws(StoreError) {
        guard let copy = try StoreCopy(found: connection) else { return }
        throw StoreError(
            .unadopted, path: path,
            "is \(copy.title(in: zone)): nothing leaves it until tocsin adopt, which first says what would")
    }

    /// Makes the copy a store of its own: what is open may leave from now on.
    ///
    /// The secret stays, so that what is sent again carries the same Message-IDs and keys. Of what is open it keeps until
    /// when the original may have sent: whatever never leaves here after all ends as unknown.
    /// - Throws: a ``StoreError``; then nothing has changed.
    public func adopt(now: Date) throws(StoreError) {
        try connection.write { () throws(StoreError) in
            try connection.execute(
                """
                UPDATE announcements SET original_until = \(Original.until),
                  original_token = ifnull(original_token, (SELECT token FROM lease))
                WHERE \(Schema.openStates) AND state <> 'planning' OR state = 'cancelled' AND finished_at IS NULL
                """, ["now": .time(now)])
            try Lineage.adopt(connection, now: now)
            try StoreCopy.adopt(connection)
            // Whoever held it holds the original.
            try connection.execute("UPDATE lease SET owner = '', deadline = 0, lock = ''")
        }
    }

    /// What is not over, in the order in which it was accepted; what nobody has confirmed is left out.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func openAnnouncements() throws(StoreError) -> [OpenAnnouncement] {
        let shares = try openShares()
        return try connection.rows(
            """
            SELECT a.id, a.state, a.created_at, a.due,
              (SELECT ifnull(sum(count), 0) FROM tallies t WHERE t.announcement = a.seq AND t.state = 'queued')
              + (SELECT count(*) FROM deliveries d WHERE d.announcement = a.seq AND d.stranded = 1),
              (SELECT ifnull(sum(count), 0) FROM tallies t WHERE t.announcement = a.seq AND t.state = 'sending'),
              a.seq
            FROM announcements a WHERE a.\(Schema.openStates) AND a.state <> 'planning' ORDER BY a.seq
            """
        ) { (row: borrowing Row) throws(StoreError) in
            OpenAnnouncement(
                id: Announcement.ID(valid: row.text(0)),
                state: AnnouncementState(rawValue: row.text(1)) ?? .running, createdAt: row.time(2),
                due: row.time(3), waiting: Int(row.integer(4)), inDoubt: Int(row.integer(5)),
                channels: shares[row.integer(6)] ?? [])
        }
    }

    /// By the number of the announcement; channels on which nothing is open are left out.
    private func openShares() throws(StoreError) -> [Int64: [OpenAnnouncement.Share]] {
        let count = { (state: String) in
            """
            (SELECT ifnull(sum(count), 0) FROM tallies t WHERE t.announcement = ac.announcement
              AND t.channel = ac.channel AND t.state = '\(state)')
            """
        }
        var shares: [Int64: [OpenAnnouncement.Share]] = [:]
        // What was claimed ahead on a channel that repeats nothing had not left when the copy was made: it leaves.
        try connection.each(
            """
            SELECT ac.announcement, ac.channel, \(count("queued")) AS waiting, \(count("sending")) AS doubtful,
              ac.repeats IS 0, (
              SELECT count(*) FROM deliveries d WHERE d.announcement = ac.announcement AND d.channel = ac.channel
                AND d.state = 'sending' AND d.begun = 0)
            FROM announcements a JOIN announcement_channels ac ON ac.announcement = a.seq
            WHERE a.\(Schema.openStates) AND waiting + doubtful > 0 ORDER BY ac.announcement, ac.position
            """
        ) { (row: borrowing Row) throws(StoreError) in
            let waiting = Int(row.integer(2))
            shares[row.integer(0), default: []].append(
                OpenAnnouncement.Share(
                    channel: ChannelName(valid: row.text(1)), waiting: waiting,
                    inDoubt: Int(row.integer(3)),
                    keyless: row.flag(4) ? waiting + Int(row.integer(5)) : 0))
        }
        return shares
    }

    /// Ends what the original may have sent of an announcement before this copy took its place; returns how many
    /// deliveries that is, none in what was never a copy.
    ///
    /// Before a cancellation: what was due when the copy was adopted, or is in one that was not, ends as unknown, so that
    /// whoever perhaps heard the beginning is told the end. Who waited for their next channel under reach `first` may have
    /// been told there.
    /// - Throws: a ``StoreError``; doing it again completes what was begun.
    public func leaveToOriginal(_ id: Announcement.ID, now: Date) throws(StoreError) -> Int {
        let seq = try seq(id)
        guard ![.planning, .finished].contains(try state(seq)) else { return 0 }
        // What is on the wire of an adopted one is its own dispatcher's.
        let states: [DeliveryState] = copy == nil ? [.queued] : [.queued, .sending]
        if copy != nil {
            try connection.execute(
                "UPDATE announcements SET original_until = \(Original.until) WHERE seq = :seq",
                ["now": .time(now), "seq": .integer(seq)])
        }
        var total = 0
        for state in states {
            total += try inBatches { () throws(StoreError) in try doubt(state, of: seq, now: now) }
        }
        return total
            + (try inBatches { () throws(StoreError) in try doubtNext(of: seq, atMost: batch, now: now) })
    }

    /// Repeats `work`, each time in a transaction, until it has found less than a batch; returns how much in all.
    private func inBatches(_ work: () throws(StoreError) -> Int) throws(StoreError) -> Int {
        var total = 0
        while true {
            let count = try connection.write(work)
            total += count
            if count < batch { return total }
        }
    }

    /// Ends a batch of what the original may have sent; returns how many deliveries.
    private func doubt(_ state: DeliveryState, of seq: Int64, now: Date) throws(StoreError) -> Int {
        let channels = try connection.rows(
            """
            UPDATE deliveries SET state = 'unknown', settled_at = :now, in_doubt = in_doubt + 1,
              fault_scope = 'channel', fault_code = :code, fault_detail = \(Original.detail)
            WHERE id IN (
              SELECT d.id FROM deliveries d WHERE d.announcement = :seq AND d.state = '\(state.rawValue)'
                AND (d.state = 'sending' OR \(Original.mayHaveSent("d"))) LIMIT :limit)
            RETURNING channel
            """,
            [
                "seq": .integer(seq), "now": .time(now), "limit": .integer(Int64(batch)),
                "code": .text(Fault.Code.copyCancelled.rawValue),
            ]
        ) { (row: borrowing Row) throws(StoreError) in row.text(0) }
        var tally = Tally()
        for channel in channels {
            let old = Tally.Place(announcement: seq, channel: channel, state: state)
            var new = old
            new.state = .unknown
            tally.move(1, from: old, to: new)
        }
        try tally.write(to: connection)
        return channels.count
    }

    /// Writes down for so many people between two channels that the original may have told them on the next one.
    ///
    /// Returns how many they are. Who has no next channel is left: nobody has told them.
    func doubtNext(of seq: Int64, atMost limit: Int, now: Date) throws(StoreError) -> Int {
        let people = try connection.rows(
            Self.nextChannels, ["seq": .integer(seq), "limit": .integer(Int64(limit))]
        ) { (row: borrowing Row) throws(StoreError) in
            (delivery: row.integer(0), contact: row.integer(1), channel: row.text(2))
        }
        var tally = Tally()
        for person in people {
            let written = try connection.execute(
                """
                INSERT INTO deliveries(announcement, contact, channel, state, due, next_at, expires, settled_at,
                  in_doubt, fault_scope, fault_code, fault_detail)
                VALUES (:seq, :contact, :channel, 'unknown', :now, :now, :now, :now, 1, 'channel', :code, \(Original.detail))
                ON CONFLICT DO NOTHING
                """,
                [
                    "seq": .integer(seq), "contact": .integer(person.contact), "now": .time(now),
                    "channel": .text(person.channel), "code": .text(Fault.Code.copyCancelled.rawValue),
                ])
            tally.add(written, Tally.Place(announcement: seq, channel: person.channel, state: .unknown))
            try connection.execute(
                "UPDATE deliveries SET stranded = 0 WHERE id = :id", ["id": .integer(person.delivery)])
        }
        try tally.write(to: connection)
        return people.count
    }

    /// Of people between two channels the first one that they have not had, and have an address for that may be used.
    private static let nextChannels = """
        SELECT id, contact, channel FROM (
          SELECT d.id AS id, d.contact AS contact, (
            SELECT ac.channel FROM announcement_channels ac JOIN (
                SELECT 'email' AS kind, c.email_key AS key UNION ALL SELECT 'phone', c.phone_key
                UNION ALL SELECT 'telegram', c.telegram_key) k ON k.kind = ac.kind AND k.key IS NOT NULL
            WHERE ac.announcement = d.announcement
              AND NOT EXISTS (SELECT 1 FROM deliveries t WHERE t.announcement = d.announcement
                AND t.contact = d.contact AND t.channel = ac.channel)
              AND NOT EXISTS (SELECT 1 FROM suppressions s WHERE s.key = k.key AND s.kind = k.kind
                AND s.proposed = 0 AND (s.extent = 'all' OR a.purpose = 'marketing'))
              AND (a.closes IS NULL OR \(Told.over("ac.channel", of: "a.closes")))
            ORDER BY ac.position LIMIT 1) AS channel
          FROM announcements a CROSS JOIN deliveries d ON d.announcement = a.seq
            JOIN contacts c ON c.seq = d.contact
          WHERE a.seq = :seq AND d.stranded = 1 AND \(Original.mayHaveSent("d")))
        WHERE channel IS NOT NULL LIMIT :limit
        """
}
