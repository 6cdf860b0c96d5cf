internal import Foundation

/// From where a store has its history: from its original, until it parted from that as a copy.
struct Lineage: Sendable, Hashable {
    private static let mark = "parted "

    /// When the copy that it still is parted from its original; nil for a store of its own.
    let copiedAt: Date?
    /// When each copy had parted that was adopted on the way, by a name that tells one adoption from another.
    private let partings: [String: Date]

    /// Reads that of the store in `connection`.
    init(of connection: Connection) throws(StoreError) {
        var facts: [String: Date] = [:]
        try connection.each(
            "SELECT name, value FROM meta WHERE name GLOB '\(Self.mark)*' OR name = 'copied_at'"
        ) { (row: borrowing Row) throws(StoreError) in facts[row.text(0)] = row.time(1) }
        let noted = facts.removeValue(forKey: "copied_at")
        partings = facts
        guard noted == nil, let copy = try StoreCopy(found: connection) else {
            copiedAt = noted
            return
        }
        // A copy made by hand may have lain elsewhere before: it holds nothing beyond what was written in it last.
        let last = try Self.lastWord(in: connection)
        copiedAt = min(last, copy.restoredAt ?? copy.copiedAt ?? last)
    }

    /// Writes into the copy in `connection` that it is adopted: what is written in it from now on is its own.
    static func adopt(_ connection: Connection, now: Date) throws(StoreError) {
        guard let copiedAt = try Lineage(of: connection).copiedAt else { return }
        try connection.execute(
            """
            INSERT INTO meta VALUES ('\(mark)' || :now, :moment)
            ON CONFLICT(name) DO UPDATE SET value = min(value, :moment)
            """, ["now": .time(now), "moment": .time(copiedAt)])
    }

    /// When two stores parted, as one of them is an adopted copy; nil when they are one at different times.
    func parting(from other: Lineage) -> Date? {
        let lone = Set(partings.keys).symmetricDifference(other.partings.keys)
        return lone.compactMap { partings[$0] ?? other.partings[$0] }.min()
    }

    /// When anything was last written that bears a date.
    private static func lastWord(in connection: Connection) throws(StoreError) -> Date {
        let last = try connection.first(
            """
            SELECT max(moment) FROM (
              SELECT max(updated_at) AS moment FROM contacts
              UNION ALL SELECT max(removed_at) FROM removed_contacts
              UNION ALL SELECT max(coalesce(entered_at, since)) FROM suppressions
              UNION ALL SELECT max(created_at) FROM announcements
              UNION ALL SELECT max(settled_at) FROM deliveries)
            """
        ) { (row: borrowing Row) throws(StoreError) in row.optionalTime(0) }
        return (last ?? nil) ?? .distantPast
    }
}
