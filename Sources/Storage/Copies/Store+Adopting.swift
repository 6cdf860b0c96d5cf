public import Broadcast
public import Foundation

/// An announcement of a copy that is not over: it goes on from here once the copy is adopted.
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
}

extension Store {
    /// Looks whether anything may leave this store.
    ///
    /// - Throws: ``StoreError/Code/unadopted`` when it is a copy.
    public func requireAdopted() throws(StoreError) {
        guard let copy = try StoreCopy(found: connection) else { return }
        throw StoreError(
            .unadopted, path: path,
            "is \(copy.title): nothing leaves it until tocsin adopt, which first says what would")
    }

    /// Makes the copy a store of its own: what is open may leave from now on.
    ///
    /// The secret stays, so that what is sent again carries the same Message-IDs and keys.
    /// - Throws: a ``StoreError``; then nothing has changed.
    public func adopt() throws(StoreError) {
        try connection.write { () throws(StoreError) in
            try StoreCopy.adopt(connection)
            // Whoever held it holds the original.
            try connection.execute("UPDATE lease SET owner = '', deadline = 0, lock = ''")
        }
    }

    /// What is not over, in the order in which it was accepted; what nobody has confirmed is left out.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func openAnnouncements() throws(StoreError) -> [OpenAnnouncement] {
        try connection.rows(
            """
            SELECT a.id, a.state, a.created_at, a.due,
              (SELECT ifnull(sum(count), 0) FROM tallies t WHERE t.announcement = a.seq AND t.state = 'queued')
              + (SELECT count(*) FROM deliveries d WHERE d.announcement = a.seq AND d.stranded = 1),
              (SELECT ifnull(sum(count), 0) FROM tallies t WHERE t.announcement = a.seq AND t.state = 'sending')
            FROM announcements a WHERE a.\(Schema.openStates) AND a.state <> 'planning' ORDER BY a.seq
            """
        ) { (row: borrowing Row) throws(StoreError) in
            OpenAnnouncement(
                id: Announcement.ID(valid: row.text(0)),
                state: AnnouncementState(rawValue: row.text(1)) ?? .running, createdAt: row.time(2),
                due: row.time(3), waiting: Int(row.integer(4)), inDoubt: Int(row.integer(5)))
        }
    }
}
