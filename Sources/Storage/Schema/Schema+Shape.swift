internal import Broadcast

extension Schema {
    /// Refuses the file of `connection` unless its tables are those of a new store, whoever made it.
    ///
    /// Until 1.0 they change and ``version`` does not: a store of other tables is refused, none is changed over. What
    /// somebody keeps beside them is let be, as long as it neither changes nor refuses what is written to ours.
    /// - Throws: ``StoreError/Code/older`` when tables of ours are missing or others, ``StoreError/Code/altered`` when
    ///   something on them has to be taken away first.
    static func admit(_ connection: Connection) throws(StoreError) {
        let own = try own.get()
        let found = try parts(of: connection)
        let differences = own.values.filter { found[Key($0)]?.statement != $0.statement }
        guard differences.isEmpty else {
            if let error = widened(connection.path, differences, found) { throw error }
            throw other(connection.path, differences.map { ($0, found[Key($0)] != nil) })
        }
        let tables = Set(own.values.map(\.table))
        let meddling = found.filter {
            own[$0.key] == nil && tables.contains($0.value.table) && $0.value.meddles
        }
        guard meddling.isEmpty else { throw altered(connection.path, Array(meddling.values)) }
    }

    /// Under what a database knows a part: tables, indexes and views share their names, triggers have their own.
    private struct Key: Hashable {
        let type: String
        let name: String

        init(_ part: SchemaPart) {
            type = part.type
            name = part.name
        }
    }

    private static let own = Result { () throws(StoreError) -> [Key: SchemaPart] in
        let new = try Connection(path: ":memory:", .readWrite)
        try new.script(script)
        return try parts(of: new)
    }

    private static func parts(of connection: Connection) throws(StoreError) -> [Key: SchemaPart] {
        // What SQLite makes for itself, such as the statistics of ANALYZE, has its name before it.
        let sql = """
            SELECT type, name, tbl_name, sql FROM sqlite_schema
            WHERE sql IS NOT NULL AND NOT (type = 'table' AND name GLOB 'sqlite_*')
            """
        let parts = try connection.rows(sql) { (row: borrowing Row) throws(StoreError) in
            SchemaPart(row.text(0), row.text(1), on: row.text(2), row.text(3))
        }
        return Dictionary(parts.map { (Key($0), $0) }) { first, _ in first }
    }

    /// The names of the tables of a store.
    static func tables() throws(StoreError) -> [String] {
        try own.get().values.filter { $0.type == "table" }.map(\.name).sorted()
    }

    // MARK: What is wrong

    private static func other(_ path: String, _ parts: [(part: SchemaPart, stands: Bool)]) -> StoreError {
        // A table comes before what goes missing with it.
        let sorted = parts.sorted {
            ($0.part.type == "table" ? 0 : 1, $0.part.name) < ($1.part.type == "table" ? 0 : 1, $1.part.name)
        }
        let named = sorted.prefix(3).map { "\($0.stands ? "another" : "no") \($0.part.type) \($0.part.name)" }
        let more = parts.count > named.count ? ", …" : ""
        return StoreError(
            .older, path: path,
            "was made by another Tocsin before 1.0, whose tables are not read (\(named.joined(separator: ", "))\(more)): "
                + "export its contacts with that one, and give another path; suppressions of addresses that no contact "
                + "has, reports, proofs and what waits are not in that list: keep both")
    }

    /// That tables of ours differ by nothing but columns that somebody has added; nil when there is more.
    private static func widened(
        _ path: String, _ own: [SchemaPart], _ found: [Key: SchemaPart]
    ) -> StoreError? {
        var columns: [(table: String, name: String)] = []
        for part in own {
            let added = found[Key(part)]?.columnsAdded(to: part) ?? []
            if added.isEmpty { return nil }
            columns += added.map { (part.name, $0) }
        }
        let removals = columns.map { "ALTER TABLE \($0.table) DROP COLUMN \(Excerpt.of($0.name))" }
        return StoreError(
            .altered, path: path,
            "holds columns in tables of Tocsin that are not its own; take them away with sqlite3: "
                + removals.joined(separator: "; "))
    }

    private static func altered(_ path: String, _ parts: [SchemaPart]) -> StoreError {
        let parts = parts.sorted { ($0.table, $0.name) < ($1.table, $1.name) }
        return StoreError(
            .altered, path: path,
            "holds what may change or refuse what Tocsin writes: \(parts.map(\.title).joined(separator: ", ")); "
                + "take it away with sqlite3: \(parts.map(\.removal).joined(separator: "; "))")
    }
}
