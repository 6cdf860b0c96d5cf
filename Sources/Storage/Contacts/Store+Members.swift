public import Broadcast

extension Store {
    /// Makes an audience ready to run.
    ///
    /// - Parameters:
    ///   - audience: the rule.
    ///   - lists: the ids of each of its ``Broadcast/Audience/files``.
    /// - Returns: the audience as a condition, for any store of this schema.
    /// - Throws: a ``StoreError`` of code ``StoreError/Code/notFound`` when it asks for the outcome of an announcement
    ///   that does not exist, naming the nearest.
    public func selection(
        _ audience: Audience, lists: [String: [Contact.ID]] = [:]
    ) throws(StoreError) -> AudienceSelection {
        for id in audience.announcements { _ = try seq(id) }
        return try AudienceSelection(audience, lists: lists, path: path)
    }

    /// Those of `ids` that no contact has, in their order.
    public func unknown(among ids: [Contact.ID]) throws(StoreError) -> [Contact.ID] {
        if ids.isEmpty { return [] }
        return try connection.rows(
            "SELECT value FROM json_each(:ids) WHERE value NOT IN (SELECT id FROM contacts) ORDER BY key",
            ["ids": .text(JSONText.array(ids.map(\.rawValue)))]
        ) { (row: borrowing Row) throws(StoreError) in Contact.ID(valid: row.text(0)) }
    }

    /// How many contacts it selects.
    public func count(_ selection: AudienceSelection) throws(StoreError) -> Int {
        let sql = "SELECT count(*) FROM contacts c WHERE \(selection.condition)"
        let count = try connection.first(sql, selection.parameters) {
            (row: borrowing Row) throws(StoreError) in
            row.integer(0)
        }
        return Int(count ?? 0)
    }

    /// The next members it selects after the one numbered `after` (0 for the first ones), at most `limit`.
    public func members(
        _ selection: AudienceSelection, after: Int64 = 0, limit: Int = 1000
    ) throws(StoreError) -> [Member] {
        var parameters = selection.parameters
        parameters.append("after", .integer(after))
        parameters.append("limit", .integer(Int64(limit)))
        let sql = """
            SELECT \(MemberRow.columns) FROM contacts c
            WHERE c.seq > :after AND (\(selection.condition)) ORDER BY c.seq LIMIT :limit
            """
        return try members(sql, parameters)
    }

    /// Every member it selects, `size` at a time.
    public nonisolated func pages(_ selection: AudienceSelection, size: Int = 1000) -> MemberPages {
        MemberPages(store: self, selection: selection, size: size)
    }

    /// The names of all attributes of the contacts it selects, sorted.
    public func attributeNames(_ selection: AudienceSelection) throws(StoreError) -> [String] {
        var names: Set<String> = []
        let sql = "SELECT c.attributes FROM contacts c WHERE c.attributes <> '' AND (\(selection.condition))"
        try connection.each(sql, selection.parameters) { (row: borrowing Row) throws(StoreError) in
            for name in ContactRow.attributes(row.text(0)).keys where !names.contains(name) {
                names.insert(name)
            }
        }
        return names.sorted()
    }

    /// Runs a query whose columns are ``MemberRow/columns``.
    func members(_ sql: String, _ parameters: Parameters) throws(StoreError) -> [Member] {
        try connection.rows(sql, parameters) { (row: borrowing Row) throws(StoreError) in
            Member(
                seq: row.integer(0), contact: ContactRow.contact(row, from: 2),
                suppressions: row.flag(1) ? try suppressions(of: MemberRow.keys(row)) : [:])
        }
    }

    private func suppressions(of keys: [AddressKind: [UInt8]]) throws(StoreError) -> [AddressKind:
        [Suppression]]
    {
        var found: [AddressKind: [Suppression]] = [:]
        for (kind, key) in keys {
            let list = try suppressions(of: key, kind: kind)
            if !list.isEmpty { found[kind] = list }
        }
        return found
    }

    /// The suppressions in force of the address with this key.
    func suppressions(of key: [UInt8], kind: AddressKind) throws(StoreError) -> [Suppression] {
        let sql = """
            SELECT extent, reason, source, since FROM suppressions
            WHERE key = :key AND kind = :kind AND proposed = 0 ORDER BY extent
            """
        return try connection.rows(sql, ["key": .blob(key), "kind": .text(kind.rawValue)]) {
            (row: borrowing Row) throws(StoreError) in
            SuppressionRow.suppression(of: kind, row, from: 0)
        }
    }
}

/// The columns of a member, in the order in which they are read.
enum MemberRow {
    private static let first = 2 + ContactRow.width

    /// The number, whether anything is suppressed, the contact, the keys of its addresses.
    static let columns = """
        c.seq, EXISTS (SELECT 1 FROM suppressions s
          WHERE s.key IN (c.email_key, c.phone_key, c.telegram_key) AND s.proposed = 0),
        \(ContactRow.columns(of: "c")), c.email_key, c.phone_key, c.telegram_key
        """

    static func keys(_ row: borrowing Row) -> [AddressKind: [UInt8]] {
        var keys: [AddressKind: [UInt8]] = [:]
        keys[.email] = row.optionalBlob(first)
        keys[.phone] = row.optionalBlob(first + 1)
        keys[.telegram] = row.optionalBlob(first + 2)
        return keys
    }
}
