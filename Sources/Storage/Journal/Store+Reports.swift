public import Broadcast
internal import Foundation

extension Store {
    /// The counts of an announcement's channels as they stand, read in microseconds whatever its size.
    ///
    /// - Throws: ``StoreError/Code/notFound`` when there is no such announcement.
    public func progress(_ id: Announcement.ID) throws(StoreError) -> AnnouncementReport {
        let head = try connection.first(
            """
            SELECT a.seq, template, state, pause_reason, created_at, due, finished_at,
              (SELECT id FROM announcements WHERE seq = a.closes), \(Told.closer(of: "a.seq"))
            FROM announcements a WHERE a.id = :id
            """, ["id": .text(id.rawValue)]
        ) { (row: borrowing Row) throws(StoreError) in
            var report = AnnouncementReport(
                id: id, template: row.text(1), state: AnnouncementState(rawValue: row.text(2)) ?? .planning,
                pauseReason: row.text(3), createdAt: row.time(4), due: row.time(5),
                finishedAt: row.optionalTime(6))
            report.closes = row.optionalText(7).map(Announcement.ID.init(valid:))
            report.closedBy = row.optionalText(8).map(Announcement.ID.init(valid:))
            return (seq: row.integer(0), report: report)
        }
        guard let head else { throw try unknown(id) }
        var report = head.report
        try count(head.seq, into: &report)
        return report
    }

    /// The whole report: counts of channels and of people.
    ///
    /// - Throws: ``StoreError/Code/notFound`` when there is no such announcement.
    public func report(_ id: Announcement.ID) throws(StoreError) -> AnnouncementReport {
        try connection.read { () throws(StoreError) in try counted(id) }
    }

    /// The whole report, within a transaction.
    func counted(_ id: Announcement.ID) throws(StoreError) -> AnnouncementReport {
        var report = try progress(id)
        report.contacts = try contactCounts(try seq(id))
        for (channel, faults) in try faults(id) { report.channels[channel]?.faults = faults }
        return report
    }

    /// Why deliveries of an announcement were not handed over, by channel, most frequent first.
    ///
    /// - Throws: ``StoreError/Code/notFound`` when there is no such announcement.
    public func faults(_ id: Announcement.ID) throws(StoreError) -> [ChannelName: [FaultCount]] {
        var faults: [ChannelName: [FaultCount]] = [:]
        // SQLite takes the bare columns from the row that has the greatest id.
        try connection.each(
            """
            SELECT channel, state, fault_code, count(*) AS count, fault_detail, max(id) FROM deliveries
            WHERE announcement = :seq AND fault_code IS NOT NULL
              AND state NOT IN ('accepted', 'delivered', 'skipped')
            GROUP BY channel, state, fault_code ORDER BY count DESC, fault_code
            """, ["seq": .integer(try seq(id))]
        ) { (row: borrowing Row) throws(StoreError) in
            let count = FaultCount(
                state: DeliveryState(rawValue: row.text(1)) ?? .unknown, code: row.text(2),
                count: Int(row.integer(3)), example: row.text(4))
            faults[ChannelName(valid: row.text(0)), default: []].append(count)
        }
        return faults
    }

    private func count(_ seq: Int64, into report: inout AnnouncementReport) throws(StoreError) {
        var (channels, order): ([ChannelName: ChannelCounts], [ChannelName]) = ([:], [])
        try connection.each(
            """
            SELECT ac.channel, ac.company, t.state, t.reason, t.count, ac.hold
            FROM announcement_channels ac LEFT JOIN tallies t
              ON t.announcement = ac.announcement AND t.channel = ac.channel AND t.count <> 0
            WHERE ac.announcement = :seq ORDER BY ac.position
            """, ["seq": .integer(seq)]
        ) { (row: borrowing Row) throws(StoreError) in
            let name = ChannelName(valid: row.text(0))
            if channels[name] == nil { order.append(name) }
            var counts = channels[name] ?? ChannelCounts(company: row.text(1))
            if let state = DeliveryState(rawValue: row.text(2)) {
                counts.add(Int(row.integer(4)), state, SkipReason(rawValue: row.text(3)))
            }
            counts.hold = row.optionalText(5)
            channels[name] = counts
        }
        (report.channels, report.order) = (channels, order)
    }

    // MARK: People

    // Each person stands where the best of their deliveries does; a duplicate stands where its leader does.
    // 3 reached, 2 waiting, 1 unknown, 0 missed. A stranded delivery still waits for its next channel.
    private static let standing = """
        max(CASE
          WHEN coalesce(l.state, d.state) IN ('accepted', 'delivered') THEN 3
          WHEN d.stranded = 1 OR coalesce(l.state, d.state) IN ('queued', 'sending') THEN 2
          WHEN coalesce(l.state, d.state) = 'unknown' THEN 1
          ELSE 0 END)
        """

    private func contactCounts(_ seq: Int64) throws(StoreError) -> ContactCounts {
        var counts = ContactCounts()
        try connection.each(
            """
            SELECT standing, count(*) FROM (
              SELECT \(Self.standing) AS standing
              FROM deliveries d LEFT JOIN deliveries l ON l.id = d.leader
              WHERE d.announcement = :seq AND d.contact IS NOT NULL GROUP BY d.contact)
            GROUP BY standing
            """, ["seq": .integer(seq)]
        ) { (row: borrowing Row) throws(StoreError) in
            let count = Int(row.integer(1))
            counts.selected += count
            switch row.integer(0) {
            case 3: counts.reached = count
            case 2: counts.waiting = count
            case 1: counts.unknown = count
            default: counts.missed = count
            }
        }
        return counts
    }

    /// A page of the people who stand somewhere, each with all their deliveries, in the order of the contacts.
    ///
    /// `after` is ``PeoplePage/next`` of the page before; nil begins.
    /// - Throws: ``StoreError/Code/notFound`` when there is no such announcement.
    public func people(
        of id: Announcement.ID, standing: ReportedContact.Standing?, after: Int64? = nil, limit: Int = 1000
    ) throws(StoreError) -> PeoplePage {
        let seq = try seq(id)
        return try connection.read { () throws(StoreError) in
            let found = try connection.rows(
                """
                SELECT d.contact, \(Self.standing) AS standing
                FROM deliveries d LEFT JOIN deliveries l ON l.id = d.leader
                WHERE d.announcement = :seq AND d.contact > :after GROUP BY d.contact
                HAVING :standing IS NULL OR standing = :standing
                ORDER BY d.contact LIMIT :limit
                """,
                [
                    "seq": .integer(seq), "after": .integer(after ?? 0),
                    "standing": .integer(orNull: standing.map(Self.number)), "limit": .integer(Int64(limit)),
                ]
            ) { (row: borrowing Row) throws(StoreError) in (contact: row.integer(0), standing: row.integer(1))
            }
            var people: [ReportedContact] = []
            for person in found {
                people.append(try reported(person.contact, Self.standing(person.standing), id, seq))
            }
            return PeoplePage(people: people, next: found.count < limit ? nil : found.last?.contact)
        }
    }

    private func reported(
        _ contact: Int64, _ standing: ReportedContact.Standing, _ id: Announcement.ID, _ seq: Int64
    ) throws(StoreError) -> ReportedContact {
        let person = try connection.first(
            """
            SELECT id, name FROM contacts WHERE seq = :seq
            UNION ALL SELECT id, '' FROM removed_contacts WHERE seq = :seq
            """, ["seq": .integer(contact)]
        ) { (row: borrowing Row) throws(StoreError) in (id: Contact.ID(valid: row.text(0)), name: row.text(1))
        }
        let deliveries = try connection.rows(
            """
            SELECT \(Self.deliveryColumns), '' FROM deliveries d LEFT JOIN deliveries l ON l.id = d.leader
            WHERE d.announcement = :seq AND d.contact = :contact ORDER BY d.channel
            """, ["seq": .integer(seq), "contact": .integer(contact)]
        ) { (row: borrowing Row) throws(StoreError) in Self.delivery(row, of: id) }
        return ReportedContact(
            id: person?.id, name: person?.name ?? "", standing: standing, deliveries: deliveries)
    }

    private static func number(_ standing: ReportedContact.Standing) -> Int64 {
        switch standing {
        case .reached: 3
        case .waiting: 2
        case .unknown: 1
        case .missed: 0
        }
    }

    private static func standing(_ number: Int64) -> ReportedContact.Standing {
        switch number {
        case 3: .reached
        case 2: .waiting
        case 1: .unknown
        default: .missed
        }
    }

    // MARK: One person

    /// What became of every delivery to the contact numbered `contact`, latest announcement first.
    func history(ofContact contact: Int64, limit: Int = 1000) throws(StoreError) -> [ReportedDelivery] {
        try connection.rows(
            """
            SELECT \(Self.deliveryColumns), a.id
            FROM announcements a CROSS JOIN deliveries d ON d.announcement = a.seq AND d.contact = :contact
              LEFT JOIN deliveries l ON l.id = d.leader
            ORDER BY a.seq DESC, d.channel LIMIT :limit
            """, ["contact": .integer(contact), "limit": .integer(Int64(limit))]
        ) { (row: borrowing Row) throws(StoreError) in
            Self.delivery(row, of: Announcement.ID(valid: row.text(11)))
        }
    }

    static let deliveryColumns = """
        d.channel, d.state, d.reason, l.state, d.attempts, d.fault_scope, d.fault_code, d.fault_detail,
        d.provider_id, d.settled_at, CASE d.state WHEN 'queued' THEN d.next_at END
        """

    static func delivery(_ row: borrowing Row, of id: Announcement.ID) -> ReportedDelivery {
        let fault = Fault.Scope(rawValue: row.text(5)).map { scope in
            Fault(scope, Fault.Code(rawValue: row.text(6)), row.text(7))
        }
        return ReportedDelivery(
            announcement: id, channel: ChannelName(valid: row.text(0)),
            state: DeliveryState(rawValue: row.text(1)) ?? .unknown,
            reason: SkipReason(rawValue: row.text(2)),
            leaderState: row.optionalText(3).flatMap(DeliveryState.init(rawValue:)),
            attempts: Int(row.integer(4)),
            fault: fault, providerID: row.optionalText(8), settledAt: row.optionalTime(9),
            nextAt: row.optionalTime(10))
    }
}

/// A page of people, and where the next one begins.
public struct PeoplePage: Sendable {
    /// The people.
    public var people: [ReportedContact]
    /// What to give as `after` for the next page; nil after the last.
    public var next: Int64?
}
