public import Foundation

/// What stands in a copy of a store, counted in the copy itself.
public struct StoreContents: Sendable, Hashable {
    /// People.
    public var contacts: Int
    /// Announcements, whether over or not.
    public var announcements: Int
    /// Deliveries that are not final.
    public var openDeliveries: Int
    /// When it parted from the original; nil when nobody knows.
    public var copiedAt: Date?

    /// Looks the whole file through and counts.
    ///
    /// - Throws: ``StoreError/Code/corrupt`` when anything in it does not fit.
    init(verified connection: Connection) throws(StoreError) {
        if let damage = try connection.damage() {
            throw StoreError(.corrupt, path: connection.path, "is damaged (\(damage))")
        }
        let counts = try connection.first(
            """
            SELECT (SELECT count(*) FROM contacts), (SELECT count(*) FROM announcements WHERE state <> 'planning'),
              (SELECT count(*) FROM deliveries d JOIN announcements a ON a.seq = d.announcement
               WHERE a.state <> 'planning' AND d.state IN ('queued', 'sending')),
              (SELECT value FROM meta WHERE name = 'copied_at')
            """
        ) { (row: borrowing Row) throws(StoreError) in
            (
                contacts: Int(row.integer(0)), announcements: Int(row.integer(1)),
                open: Int(row.integer(2)), copiedAt: row.optionalTime(3)
            )
        }
        contacts = counts?.contacts ?? 0
        announcements = counts?.announcements ?? 0
        openDeliveries = counts?.open ?? 0
        copiedAt = counts?.copiedAt
    }
}
