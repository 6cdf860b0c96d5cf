public import Broadcast

// What other processes have accepted since this one opened the store, over channels as they had read them.
extension Store {
    /// The settings of the channels of an announcement that another process accepted after this store was opened here.
    ///
    /// Empty for one that was accepted earlier, or here.
    /// - Throws: ``StoreError/Code/notFound`` when there is no such announcement.
    public func settingsSince(of id: Announcement.ID) throws(StoreError) -> [ChannelName: String] {
        let seq = try seq(id)
        guard seq > horizon, ownPasses[seq] == nil else { return [:] }
        let rows = try connection.rows(
            "SELECT channel, settings FROM announcement_channels WHERE announcement = :seq",
            ["seq": .integer(seq)]
        ) { (row: borrowing Row) throws(StoreError) in (ChannelName(valid: row.text(0)), row.text(1)) }
        return Dictionary(rows) { first, _ in first }
    }

    /// Whether something that the dispatcher lacks waits, now or for later, on that channel or for the next one.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func isWaiting(_ lack: Lack) throws(StoreError) -> Bool {
        if try backlog(of: lack.announcement)[lack.channel] != nil { return true }
        guard let id = lack.announcement else { return false }
        return try connection.first(
            """
            SELECT EXISTS (SELECT 1 FROM deliveries d JOIN announcements a ON a.seq = d.announcement
              WHERE a.id = :id AND a.state = 'running' AND d.stranded = 1)
            """, ["id": .text(id.rawValue)]
        ) { (row: borrowing Row) throws(StoreError) in row.flag(0) } ?? false
    }
}
