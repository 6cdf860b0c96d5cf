public import Broadcast
public import Foundation

/// Who was told of an announcement that is being closed, and has not been planned for yet.
public struct NewlyTold: Sendable {
    /// The public places.
    public var places: Set<ChannelName> = []
    /// The people, each with where they were told.
    public var people: [PlanningMember] = []
    /// What is planned already for those of them who were told elsewhere before.
    public var earlier: [Contact.ID: PlannedEarlier] = [:]
    /// What to give as `after` for the next page; nil after the last.
    public var next: Int64?

    /// Whether there is nobody, and no place.
    public var isEmpty: Bool { places.isEmpty && people.isEmpty }

    /// Of all that is to be planned for these people, what is not planned yet.
    public func unplanned(of deliveries: [Delivery]) -> [Delivery] {
        if earlier.isEmpty { return deliveries }
        return deliveries.filter { delivery in
            let known = delivery.contact.flatMap { earlier[$0] }
            return known?.channels.contains(delivery.channel) != true
        }
    }
}

/// What a pass of planning has written for one person before it comes to them again.
public struct PlannedEarlier: Sendable {
    /// The channels that have a row.
    public var channels: Set<ChannelName>
    /// Whether something goes to them, or to the address that they share.
    public var isReachable: Bool
}

/// The last moment of planning an announcement that closes another.
public enum Closing: Sendable {
    /// Both are written down: nothing more of the other leaves, and so many of its deliveries are skipped.
    case closed(AnnouncementState, cancelled: Int)
    /// Nothing is: these were told meanwhile, and have to be planned for first.
    case grown(NewlyTold)
}

/// What those come to who were told in the last moment.
public struct LastTold: Sendable {
    /// Their deliveries.
    public var deliveries: [Delivery]
    /// What all deliveries cost now, in the currency of the announcement's bound; nil when they are free.
    public var cost: Money?

    /// Deliveries that raise the cost to `cost`.
    public init(_ deliveries: [Delivery], cost: Money?) {
        self.deliveries = deliveries
        self.cost = cost
    }
}

extension Store {
    /// Whether `closer` may close the announcement `id`, which has been confirmed and which no other has closed.
    ///
    /// - Throws: ``StoreError/Code/wrongState`` when it may not, ``StoreError/Code/notFound`` when there is none.
    public func requireClosable(_ id: Announcement.ID, by closer: Announcement.ID) throws(StoreError) {
        let report = try progress(id)
        if report.state == .planning {
            throw StoreError(
                .wrongState, path: path,
                "the announcement \(id) has not been confirmed: nobody was told of it")
        }
        guard let known = report.closedBy, known != closer else { return }
        throw StoreError(
            .wrongState, path: path,
            "the announcement \(id) was closed by \(known) already; tocsin report \(known) shows who heard so"
        )
    }

    /// How many people were told, or may have been, that the announcement `id` is over, by others that were then cancelled.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func toldEnd(of id: Announcement.ID) throws(StoreError) -> Int {
        let count = try connection.first(
            """
            SELECT count(DISTINCT d.contact)
            FROM announcements a CROSS JOIN deliveries d ON d.announcement = a.seq
              LEFT JOIN deliveries l ON l.id = d.leader
            WHERE a.closes = :notice AND a.state = 'cancelled' AND \(Told.perhaps("d", leader: "l"))
            """, ["notice": .integer(try seq(id))]
        ) { (row: borrowing Row) throws(StoreError) in row.integer(0) }
        return Int(count ?? 0)
    }

    /// Those who were told, or may be, of what `run` closes, and whom this run has not been given yet.
    ///
    /// On the wire counts as told; whether it was is looked at again before anything leaves. Whom it gives counts as
    /// planned for from then on.
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func newlyTold(
        in run: PlanningRun, after: Int64 = 0, limit: Int = 1000
    ) throws(StoreError) -> NewlyTold {
        guard let notice = run.closes else { return NewlyTold() }
        var told = NewlyTold()
        if after == 0 { told.places = try newPlaces(notice, run) }
        let found = try connection.rows(
            """
            SELECT d.contact, group_concat(d.channel, ';'),
              coalesce(group_concat(iif(\(Told.surely("d", leader: "l")), d.channel, NULL), ';'), '')
            FROM deliveries d LEFT JOIN deliveries l ON l.id = d.leader
              LEFT JOIN temp.told t ON t.run = :run AND t.contact = d.contact AND t.channel = d.channel
            WHERE d.announcement = :notice AND d.contact > :after AND \(Told.perhaps("d", leader: "l"))
            GROUP BY d.contact HAVING max(t.run IS NULL) ORDER BY d.contact LIMIT :limit
            """,
            [
                "run": .integer(run.number), "notice": .integer(notice), "after": .integer(after),
                "limit": .integer(Int64(limit)),
            ]
        ) { (row: borrowing Row) throws(StoreError) in
            (
                contact: row.integer(0),
                hearing: Hearing(
                    channels: Set(ContactRow.list(row.text(1)).map(ChannelName.init(valid:))),
                    surely: Set(ContactRow.list(row.text(2)).map(ChannelName.init(valid:))))
            )
        }
        for person in found { try remember(person.contact, person.hearing.channels, in: run) }
        try add(Dictionary(found) { first, _ in first }, to: &told, in: run)
        told.next = found.count < limit ? nil : found.last?.contact
        return told
    }

    private func newPlaces(_ notice: Int64, _ run: PlanningRun) throws(StoreError) -> Set<ChannelName> {
        let places = try connection.rows(
            """
            SELECT d.channel FROM deliveries d LEFT JOIN deliveries l ON l.id = d.leader
              LEFT JOIN temp.told t ON t.run = :run AND t.contact = 0 AND t.channel = d.channel
            WHERE d.announcement = :notice AND d.contact IS NULL AND t.run IS NULL AND \(Told.perhaps("d", leader: "l"))
            """, ["run": .integer(run.number), "notice": .integer(notice)]
        ) { (row: borrowing Row) throws(StoreError) in ChannelName(valid: row.text(0)) }
        try remember(0, Set(places), in: run)
        return Set(places)
    }

    private func remember(
        _ contact: Int64, _ channels: Set<ChannelName>, in run: PlanningRun
    ) throws(StoreError) {
        for channel in channels {
            try connection.execute(
                "INSERT INTO temp.told(run, contact, channel) VALUES (:run, :contact, :channel) ON CONFLICT DO NOTHING",
                [
                    "run": .integer(run.number), "contact": .integer(contact),
                    "channel": .text(channel.rawValue),
                ])
        }
    }

    /// Where somebody was told, or may be, and where for sure.
    private struct Hearing {
        var channels: Set<ChannelName>
        var surely: Set<ChannelName>

        mutating func add(_ other: Hearing) {
            channels.formUnion(other.channels)
            surely.formUnion(other.surely)
        }
    }

    /// Who was removed since, and not added again, has no way any more, and is left out; under reach `first` so is whom something goes to.
    private func add(
        _ found: [Int64: Hearing], to told: inout NewlyTold, in run: PlanningRun
    ) throws(StoreError) {
        let people = try addedAgain(found)
        let numbers = "[\(people.keys.map(String.init).joined(separator: ","))]"
        let members = try members(
            """
            SELECT \(MemberRow.columns) FROM contacts c
            WHERE c.seq IN (SELECT value FROM json_each(:numbers)) ORDER BY c.seq
            """, ["numbers": .text(numbers)])
        let earlier = try plannedEarlier(for: numbers, in: run)
        for member in members {
            let before = earlier[member.seq]
            if run.reach == .first, before?.isReachable == true { continue }
            let hearing = people[member.seq]
            told.people.append(
                PlanningMember(
                    member.contact, suppressions: member.suppressions, toldOver: hearing?.channels ?? [],
                    surelyTold: hearing?.surely ?? []))
            told.earlier[member.contact.id] = before
        }
    }

    /// The same, by the present number of whoever was removed and added again under the same id.
    private func addedAgain(_ found: [Int64: Hearing]) throws(StoreError) -> [Int64: Hearing] {
        let numbers = "[\(found.keys.map(String.init).joined(separator: ","))]"
        let renumbered = try connection.rows(
            """
            SELECT r.seq, c.seq FROM removed_contacts r JOIN contacts c ON c.id = r.id
            WHERE r.seq IN (SELECT value FROM json_each(:numbers))
            """, ["numbers": .text(numbers)]
        ) { (row: borrowing Row) throws(StoreError) in (old: row.integer(0), present: row.integer(1)) }
        var people = found
        for number in renumbered {
            guard let hearing = people.removeValue(forKey: number.old) else { continue }
            people[number.present, default: Hearing(channels: [], surely: [])].add(hearing)
        }
        return people
    }

    /// By the number of each contact; a row that only stands for channels that are gone is no plan.
    private func plannedEarlier(
        for numbers: String, in run: PlanningRun
    ) throws(StoreError) -> [Int64: PlannedEarlier] {
        if run.isDry { return [:] }
        let found = try connection.rows(
            """
            SELECT contact, coalesce(group_concat(iif(reason = :gone, NULL, channel), ';'), ''),
              max(state = 'queued' OR reason = 'duplicate-address')
            FROM deliveries
            WHERE announcement = :announcement AND contact IN (SELECT value FROM json_each(:numbers))
            GROUP BY contact
            """,
            [
                "gone": .text(SkipReason.channelGone.rawValue), "announcement": .integer(run.seq),
                "numbers": .text(numbers),
            ]
        ) { (row: borrowing Row) throws(StoreError) in
            let channels = Set(ContactRow.list(row.text(1)).map(ChannelName.init(valid:)))
            return (row.integer(0), PlannedEarlier(channels: channels, isReachable: row.flag(2)))
        }
        return Dictionary(found) { first, _ in first }
    }

    /// Takes out the row that says that a person's channels are gone: they were told on another meanwhile.
    func dropPlaceholder(of contact: Int64, in run: inout PlanningRun) throws(StoreError) {
        let channels = try connection.rows(
            """
            DELETE FROM deliveries WHERE announcement = :announcement AND contact = :contact AND reason = :gone
            RETURNING channel
            """,
            [
                "announcement": .integer(run.seq), "contact": .integer(contact),
                "gone": .text(SkipReason.channelGone.rawValue),
            ]
        ) { (row: borrowing Row) throws(StoreError) in ChannelName(valid: row.text(0)) }
        for channel in channels { run.uncountPlaceholder(on: channel) }
    }

    /// Ends planning and, in the same moment, the announcement that is closed: neither ever stands without the other.
    ///
    /// Whoever has been told since the last page is handed to `plan`, inside the transaction: it gives what is added, or
    /// nil when they are too many, or cannot be, so that the caller has to look at them first.
    /// - Throws: a ``StoreError``; then nothing was ended. Of code ``StoreError/Code/wrongState`` when another
    ///   announcement closed it first.
    public func finishClosing(
        _ run: PlanningRun, _ notice: Announcement.ID, by closer: Announcement.ID, now: Date,
        adding plan: @Sendable (NewlyTold) -> LastTold?
    ) throws(StoreError) -> Closing {
        let end = try connection.write { () throws(StoreError) -> Closing in
            try requirePass(of: run)
            try requireClosable(notice, by: closer)
            var run = run
            let told = try newlyTold(in: run, limit: Self.mostInTheLastMoment)
            if !told.isEmpty || told.next != nil {
                guard told.next == nil, let last = plan(told) else { return .grown(told) }
                run = run.meeting(told)
                try write(last.deliveries[...], in: &run)
                run = run.costing(last.cost)
            }
            try connection.execute(
                """
                UPDATE announcements SET state = 'cancelled', pause_reason = ''
                WHERE seq = :notice AND \(Schema.openStates)
                """, ["notice": .integer(orNull: run.closes)])
            return .closed(try self.end(run, as: .running, now: now), cancelled: 0)
        }
        guard case .closed(let state, _) = end, let notice = run.closes else { return end }
        return .closed(state, cancelled: try cancelRest(of: notice, now: now))
    }

    /// The writing of others is held up for so many people at most.
    private static let mostInTheLastMoment = 2000

    /// What does not end here, because the process does, is ended by the dispatcher.
    private func cancelRest(of notice: Int64, now: Date) throws(StoreError) -> Int {
        guard try state(notice) == .cancelled else { return 0 }
        return try endQueued(ofCancelled: notice, now: now)
    }
}
