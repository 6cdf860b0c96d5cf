public import Broadcast

// What a dispatcher and those who follow it say to each other: one of them may know, or have, what that one lacks.
extension Store {
    /// Tells the dispatcher that somebody follows who has not served yet; returns how many ever have.
    ///
    /// - Throws: a ``StoreError`` when it could not be written.
    public func arrive() throws(StoreError) -> Int64 {
        try connection.first("UPDATE lease SET arrivals = arrivals + 1 RETURNING arrivals") {
            (row: borrowing Row) throws(StoreError) in row.integer(0)
        } ?? 0
    }

    /// How many ever came to follow a dispatcher.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func arrivals() throws(StoreError) -> Int64 {
        try connection.first("SELECT arrivals FROM lease") {
            (row: borrowing Row) throws(StoreError) in row.integer(0)
        } ?? 0
    }

    /// Writes down the channels over which the dispatcher cannot send everything.
    ///
    /// - Throws: a ``StoreError`` when it could not be written.
    public func lack(_ channels: Set<ChannelName>, token: Int64) throws(StoreError) {
        try connection.execute(
            "UPDATE lease SET lacks = :lacks WHERE token = :token",
            [
                "lacks": .text(ContactRow.text(channels.map(\.rawValue).sorted())),
                "token": .integer(token),
            ])
    }

    /// The channels over which the present dispatcher cannot send everything; none when nobody is the dispatcher.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func lacks(at now: BootTime) throws(StoreError) -> Set<ChannelName> {
        guard try leaseOwner(at: now) != nil else { return [] }
        let list = try connection.first("SELECT lacks FROM lease") {
            (row: borrowing Row) throws(StoreError) in ContactRow.list(row.text(0))
        }
        return Set((list ?? []).map(ChannelName.init(valid:)))
    }
}
