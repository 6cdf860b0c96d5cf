extension Schema {
    /// Whether the file of `connection` has the tables of a new store, whoever made it.
    ///
    /// Until 1.0 they change and ``version`` does not: a store of other tables is refused, none is changed over.
    /// An index or a view of somebody's own changes no meaning; a table or trigger may be one that we had once.
    static func stands(in connection: Connection) throws(StoreError) -> Bool {
        let own = try own.get()
        let found = try statements(in: connection)
        return own.isSubset(of: found)
            && found.subtracting(own).allSatisfy {
                $0.hasPrefix("CREATE INDEX ") || $0.hasPrefix("CREATE VIEW ")
            }
    }

    private static let own = Result { () throws(StoreError) -> Set<String> in
        let new = try Connection(path: ":memory:", .readWrite)
        try new.script(script)
        return try statements(in: new)
    }

    /// How each thing was made, blanks and remarks apart; in no order, as VACUUM keeps none.
    private static func statements(in connection: Connection) throws(StoreError) -> Set<String> {
        // What SQLite makes for itself, such as the statistics of ANALYZE, has its name before it.
        let sql = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*'"
        return Set(
            try connection.rows(sql) { (row: borrowing Row) throws(StoreError) in words(of: row.text(0)) })
    }

    private static func words(of sql: String) -> String {
        let words = sql.split(whereSeparator: \.isNewline).flatMap { line -> [Substring] in
            let end = line.firstRange(of: "--")?.lowerBound ?? line.endIndex
            return line[..<end].split(whereSeparator: \.isWhitespace)
        }
        return words.joined(separator: " ")
    }
}
