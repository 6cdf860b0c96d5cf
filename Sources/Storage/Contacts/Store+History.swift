public import Broadcast

extension Store {
    /// The latest deliveries to the contact of this id, the newest announcement first; also of one that was removed.
    public func history(of id: Contact.ID, limit: Int = 100) throws(StoreError) -> [ReportedDelivery] {
        var history: [ReportedDelivery] = []
        // An id that was removed and added again has had several numbers; the latest has the newest deliveries.
        for seq in try people(called: id).sorted(by: >) where history.count < limit {
            history += try self.history(ofContact: seq, limit: limit - history.count)
        }
        return history
    }

    /// The numbers of the contacts that have or had this id.
    func people(called id: Contact.ID) throws(StoreError) -> [Int64] {
        let sql = """
            SELECT seq FROM contacts WHERE id = :id UNION ALL SELECT seq FROM removed_contacts WHERE id = :id
            """
        return try connection.rows(sql, ["id": .text(id.rawValue)]) {
            (row: borrowing Row) throws(StoreError) in
            row.integer(0)
        }
    }
}
