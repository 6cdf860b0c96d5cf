public import Broadcast
public import Foundation

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

    /// Whether something of the announcement is due on one of `channels`, or somebody waits for the next channel.
    ///
    /// - Throws: ``StoreError/Code/notFound`` when there is no such announcement.
    public func isPressing(
        _ id: Announcement.ID, over channels: Set<ChannelName>, now: Date
    ) throws(StoreError) -> Bool {
        let isDue = try backlog(of: id).contains { channel, backlog in
            channels.contains(channel) && backlog.nextAt.map { $0 <= now } ?? false
        }
        if isDue { return true }
        return try connection.first(
            "SELECT EXISTS (SELECT 1 FROM deliveries WHERE announcement = :seq AND stranded = 1)",
            ["seq": .integer(try seq(id))]
        ) { (row: borrowing Row) throws(StoreError) in row.flag(0) } ?? false
    }
}
