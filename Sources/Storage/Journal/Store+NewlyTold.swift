public import Broadcast

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

extension Store {
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
        let asked: Parameters = ["run": .integer(run.number), "notice": .integer(notice)]
        var page = asked
        page.append("after", .integer(after))
        page.append("limit", .integer(Int64(limit)))
        var found = try hearings(
            page, of: "d.contact > :after", "HAVING max(t.run IS NULL) ORDER BY d.contact LIMIT :limit")
        told.next = found.count < limit ? nil : found.keys.max()
        // Somebody with several numbers is met once, whatever pages they stand on: a dry run writes down nothing by
        // which it would know them again.
        var rest = asked
        rest.append("others", .text(Self.list(try otherNumbers(of: found))))
        let others = try hearings(rest, of: "d.contact IN (SELECT value FROM json_each(:others))")
        found.merge(others) { first, _ in first }
        for (contact, hearing) in found { try remember(contact, hearing.channels, in: run) }
        try add(found, to: &told, in: run)
        return told
    }

    /// By the number of a contact, where they were told, or may be.
    private func hearings(
        _ parameters: Parameters, of contacts: String, _ page: String = ""
    ) throws(StoreError) -> [Int64: Hearing] {
        let found = try connection.rows(
            """
            SELECT d.contact, group_concat(d.channel, ';')
                || iif(max(\(Original.mayHaveGoneOn("d", leader: "l"))), ';' || (
                  SELECT group_concat(channel, ';') FROM announcement_channels WHERE announcement = :notice), ''),
              coalesce(group_concat(iif(\(Told.surely("d", leader: "l")), d.channel, NULL), ';'), '')
            FROM deliveries d LEFT JOIN deliveries l ON l.id = d.leader
              LEFT JOIN temp.told t ON t.run = :run AND t.contact = d.contact AND t.channel = d.channel
            WHERE d.announcement = :notice AND \(contacts) AND \(Told.perhaps("d", leader: "l"))
            GROUP BY d.contact \(page)
            """, parameters
        ) { (row: borrowing Row) throws(StoreError) in
            (
                row.integer(0),
                Hearing(
                    channels: Set(ContactRow.list(row.text(1)).map(ChannelName.init(valid:))),
                    surely: Set(ContactRow.list(row.text(2)).map(ChannelName.init(valid:))))
            )
        }
        return Dictionary(found) { first, _ in first }
    }

    /// The other numbers of those who were removed and added again under the same id.
    private func otherNumbers(of found: [Int64: Hearing]) throws(StoreError) -> [Int64] {
        try connection.rows(
            """
            WITH removed AS (
              SELECT id FROM removed_contacts WHERE seq IN (SELECT value FROM json_each(:numbers)))
            SELECT c.seq FROM removed r JOIN contacts c ON c.id = r.id
            UNION SELECT o.seq FROM removed r JOIN contacts c ON c.id = r.id JOIN removed_contacts o ON o.id = r.id
            """, ["numbers": .text(Self.list(found.keys))]
        ) { (row: borrowing Row) throws(StoreError) in row.integer(0) }.filter { found[$0] == nil }
    }

    /// As one parameter, for `json_each`.
    private static func list(_ numbers: some Sequence<Int64>) -> String {
        "[" + numbers.map(String.init).joined(separator: ",") + "]"
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
        let numbers = Self.list(people.keys)
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
        let renumbered = try connection.rows(
            """
            SELECT r.seq, c.seq FROM removed_contacts r JOIN contacts c ON c.id = r.id
            WHERE r.seq IN (SELECT value FROM json_each(:numbers))
            """, ["numbers": .text(Self.list(found.keys))]
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
}
