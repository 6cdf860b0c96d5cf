extension Store {
    /// How many contacts there are of each locale, as they have it; those without one are left out.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func locales() throws(StoreError) -> [String: Int] {
        var locales: [String: Int] = [:]
        let sql = "SELECT locale, count(*) FROM contacts WHERE locale IS NOT NULL GROUP BY locale"
        try connection.each(sql) { (row: borrowing Row) throws(StoreError) in
            locales[row.text(0)] = Int(row.integer(1))
        }
        return locales
    }
}
