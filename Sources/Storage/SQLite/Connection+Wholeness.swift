extension Connection {
    /// What in the file or in our tables does not fit, as SQLite says it; nil when all does.
    ///
    /// Whether the rows of somebody else's table keep to the rules of that one is not looked at: SQLite 3.40 finds NULLs
    /// in a WITHOUT ROWID table that are not there, and rules may need functions that only another program has.
    /// Source: https://www.sqlite.org/pragma.html#pragma_integrity_check (2026-11).
    func damage(_ check: Check = .whole) throws(StoreError) -> String? {
        do throws(StoreError) {
            guard let finding = try finding(of: "\(check.rawValue)(1)") else { return nil }
            // All pages and trees were looked through before any row.
            guard finding.contains(" value in ") || finding.hasPrefix("CHECK constraint failed in ") else {
                return finding
            }
        } catch {
            guard error.code == .statementInvalid else { throw error }
        }
        for table in try Schema.tables() {
            if let finding = try finding(of: "\(check.rawValue)('\(table)')") { return finding }
        }
        return nil
    }

    /// How thoroughly a file is looked through.
    enum Check: String {
        case whole = "integrity_check"
        /// Without comparing indexes with their tables.
        case quick = "quick_check"
    }

    private func finding(of check: String) throws(StoreError) -> String? {
        let finding = try first("PRAGMA \(check)") { (row: borrowing Row) throws(StoreError) in row.text(0) }
        return finding == "ok" ? nil : finding ?? "no answer"
    }

    /// Writes every table anew, into the empty file at `path` or in its own place: what was deleted is not in it.
    func vacuum(into path: String? = nil) throws(StoreError) {
        do throws(StoreError) {
            if let path {
                try execute("VACUUM INTO :path", ["path": .text(path)])
            } else {
                try execute("VACUUM")
            }
        } catch {
            // Ours can be written anew anywhere.
            guard error.code == .statementInvalid else { throw error }
            let reason = error.message.drop { $0 != "(" }
            throw StoreError(
                .altered, path: self.path,
                "holds a table or an index that is not Tocsin's and that only its own program can copy \(reason): take "
                    + "it away with sqlite3 (DROP TABLE, DROP INDEX), then do this again")
        }
    }
}
