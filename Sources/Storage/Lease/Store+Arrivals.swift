// Whoever follows a dispatcher says so once: it may know, or have, what that one lacks.
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
}
