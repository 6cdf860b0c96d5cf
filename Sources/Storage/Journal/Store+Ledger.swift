public import Broadcast
public import Foundation

/// One delivery with all that the journal knows of it.
public struct LedgerEntry: Sendable, Hashable {
    /// The contact; nil for a public place, and for somebody who was erased.
    public var contact: Contact.ID?
    /// Whether it is for a public place.
    public var isPublic: Bool
    /// How the contact is called now; empty when not known or removed.
    public var name: String
    /// The address, as far as it is known still.
    public var address: String?
    /// Whether ``address`` is the one that was tried, or the channel needs none; else it is the contact's present one.
    public var isAddressAsTried: Bool
    /// The channel, its state, reason, attempts and faults.
    public var delivery: ReportedDelivery
    /// When it was first tried.
    public var firstAttemptAt: Date?
    /// What the provider said when it took it.
    public var answer: String?
    /// For a duplicate address: whose delivery carries the one copy.
    public var sharesCopyOf: Contact.ID?
}

/// Where a page of the ledger ends.
public struct LedgerPlace: Sendable, Hashable {
    var contact: Int64
    var channel: String

    /// Before the first.
    public static let start = LedgerPlace(contact: 0, channel: "")
}

extension Store {
    /// Begins to read an announcement and its deliveries as they stand in this moment, whatever is written meanwhile.
    ///
    /// ``endLedger()`` has to follow; until then nothing else is done with this handle.
    /// - Throws: ``StoreError/Code/notFound`` when there is none, ``StoreError/Code/wrongState`` when nobody confirmed it.
    public func beginLedger(
        _ id: Announcement.ID
    ) throws(StoreError) -> (announcement: Announcement, report: AnnouncementReport) {
        try connection.execute("BEGIN")
        do throws(StoreError) {
            let report = try counted(id)
            guard report.state != .planning else {
                throw StoreError(
                    .wrongState, path: path,
                    "the announcement \(id) was never confirmed: nothing of it was sent")
            }
            return (try announcement(id), report)
        } catch {
            try endLedger()
            throw error
        }
    }

    /// Lets go of the moment that ``beginLedger(_:)`` has held.
    public func endLedger() throws(StoreError) { try connection.execute("COMMIT") }

    /// The deliveries to public places.
    public func ledgerPlaces(_ id: Announcement.ID) throws(StoreError) -> [LedgerEntry] {
        try connection.rows(
            "\(Self.ledgerQuery) WHERE d.announcement = :seq AND d.contact IS NULL ORDER BY d.channel",
            ["seq": .integer(try seq(id))]
        ) { (row: borrowing Row) throws(StoreError) in Self.entry(row, of: id) }
    }

    /// The next deliveries to people, person by person; with them where the next page begins, nil after the last.
    public func ledgerPage(
        _ id: Announcement.ID, after place: LedgerPlace, limit: Int = 1000
    ) throws(StoreError) -> (entries: [LedgerEntry], next: LedgerPlace?) {
        let rows = try connection.rows(
            """
            \(Self.ledgerQuery) WHERE d.announcement = :seq
              AND d.contact >= :contact AND (d.contact, d.channel) > (:contact, :channel)
            ORDER BY d.contact, d.channel LIMIT :limit
            """,
            [
                "seq": .integer(try seq(id)), "contact": .integer(place.contact),
                "channel": .text(place.channel), "limit": .integer(Int64(limit)),
            ]
        ) { (row: borrowing Row) throws(StoreError) in
            (
                entry: Self.entry(row, of: id),
                place: LedgerPlace(contact: row.integer(20), channel: row.text(0))
            )
        }
        return (rows.map(\.entry), rows.count < limit ? nil : rows.last?.place)
    }

    // While an attempt may follow, what the first was made of is kept; afterwards the contact may have changed.
    private static let ledgerQuery = """
        SELECT \(deliveryColumns), '', coalesce(c.id, gone.id), coalesce(c.name, ''),
          \(addressColumn("c")), \(addressColumn("r")), d.moved_to, d.revision IS c.revision,
          d.first_attempt_at, d.answer, d.contact, lc.id, ac.kind
        FROM deliveries d CROSS JOIN announcement_channels ac
            ON ac.announcement = d.announcement AND ac.channel = d.channel
          LEFT JOIN contacts c ON c.seq = d.contact
          LEFT JOIN removed_contacts gone ON gone.seq = d.contact
          LEFT JOIN contact_revisions r ON r.contact = d.contact AND r.revision = (
            SELECT min(k.revision) FROM contact_revisions k WHERE k.contact = d.contact AND k.revision >= d.revision)
          LEFT JOIN deliveries l ON l.id = d.leader LEFT JOIN contacts lc ON lc.seq = l.contact
        """

    private static func addressColumn(_ contact: String) -> String {
        let cases = AddressKind.allCases.map { "WHEN '\($0.rawValue)' THEN \(contact).\($0.rawValue)" }
        return "CASE ac.kind \(cases.joined(separator: " ")) END"
    }

    private static func entry(_ row: borrowing Row, of id: Announcement.ID) -> LedgerEntry {
        let known = row.optionalText(16) ?? row.optionalText(15)
        let isSame = row.flag(17)
        let kept = known ?? (isSame ? row.optionalText(14) : nil)
        return LedgerEntry(
            contact: row.optionalText(12).map(Contact.ID.init(valid:)), isPublic: row.isNull(20),
            name: row.text(13), address: kept ?? row.optionalText(14),
            isAddressAsTried: kept != nil || row.isNull(22),
            delivery: delivery(row, of: id), firstAttemptAt: row.optionalTime(18),
            answer: row.optionalText(19), sharesCopyOf: row.optionalText(21).map(Contact.ID.init(valid:)))
    }
}
