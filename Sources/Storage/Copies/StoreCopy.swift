import Broadcast
public import Foundation

/// What is known of a store that stands in another file than the one it was made in, and that nobody has adopted.
///
/// The original may be sending: nothing leaves a copy until somebody says that it takes the original's place.
public struct StoreCopy: Sendable, Hashable {
    /// When it parted from the original; nil when nobody knows.
    public let copiedAt: Date?
    /// When `restore` put it where it is; nil when it was copied by other means.
    public let restoredAt: Date?
    /// Whether `restore` took over who has opted out of the original since.
    public let knowsOptOuts: Bool

    /// As a noun, with the time that a clock in `zone` showed: `a copy made 2026-11-21 18:30:00 +01:00`.
    public func title(in zone: TimeZone) -> String {
        let made = copiedAt.map { " made \(TimeText.text(for: $0, in: zone))" } ?? ""
        return restoredAt == nil ? "a copy\(made)" : "restored from a backup\(made)"
    }

    /// Looks at the file of `connection`; nil when it is the one that its tables name, or none is named.
    init?(found connection: Connection) throws(StoreError) {
        // A journal that only reads the people of a store is no copy of it.
        guard connection.access != .temporary else { return nil }
        var facts: [String: String] = [:]
        try connection.each(
            "SELECT name, value FROM meta WHERE name IN ('file', 'copied_at', 'restored_at', 'opt_outs')"
        ) {
            (row: borrowing Row) throws(StoreError) in facts[row.text(0)] = row.text(1)
        }
        let time = { (name: String) in
            facts[name].flatMap { Int64($0) }.map { Date(milliseconds: $0) }
        }
        restoredAt = time("restored_at")
        knowsOptOuts = facts["opt_outs"] != nil
        if let known = time("copied_at") ?? restoredAt {
            copiedAt = time("copied_at") == nil ? nil : known
            return
        }
        guard !connection.isFileless, let own = facts["file"].flatMap({ FileIdentity($0) }),
            let present = FileIdentity(of: connection.path)
        else { return nil }
        if present.isSame(as: own) {
            let token = try connection.first("SELECT token FROM lease") {
                (row: borrowing Row) throws(StoreError) in row.integer(0)
            }
            guard StoreLock.served(connection.file, in: present) > token ?? 0 else { return nil }
            copiedAt = nil
        } else {
            copiedAt = present.birth.map { Date(milliseconds: $0 / 1_000_000) }
        }
    }

    /// Makes the file of `connection` the store's own; within a transaction.
    static func adopt(_ connection: Connection) throws(StoreError) {
        try connection.execute(
            "DELETE FROM meta WHERE name IN ('file', 'copied_at', 'restored_at', 'opt_outs')")
        guard !connection.isFileless, let identity = FileIdentity(of: connection.path) else { return }
        try connection.execute(
            "INSERT INTO meta VALUES ('file', :file)", ["file": .text(identity.text)])
        try connection.execute(
            "UPDATE lease SET token = max(token, :served)",
            ["served": .integer(StoreLock.served(connection.file, in: identity))])
    }
}
