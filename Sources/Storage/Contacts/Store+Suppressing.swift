public import Broadcast

extension Store {
    /// Orders that nothing, or no marketing, is sent to `address`, whether a contact has it or not.
    ///
    /// - Returns: whether that is new; an order of the same extent that stands already keeps its reason and date.
    @discardableResult
    public func suppress(_ address: Address, _ suppression: Suppression) throws(StoreError) -> Bool {
        precondition(address.kind == suppression.kind, "a suppression is of its address's kind")
        let key = key(of: address)
        return try connection.write { () throws(StoreError) in
            try connection.execute(
                """
                DELETE FROM suppressions WHERE key = :key AND kind = :kind AND proposed = 1 AND extent = :extent
                """,
                [
                    "key": .blob(key), "kind": .text(address.kind.rawValue),
                    "extent": .text(suppression.extent.rawValue),
                ])
            return try connection.execute(
                """
                INSERT INTO suppressions(kind, key, extent, reason, source, since, proposed)
                VALUES (:kind, :key, :extent, :reason, :source, :since, 0) ON CONFLICT DO NOTHING
                """, SuppressionRow.parameters(suppression, key)) == 1
        }
    }

    /// Lifts what stands against sending to `address`, of one extent or (nil) of any.
    ///
    /// - Returns: how many orders were lifted.
    @discardableResult
    public func unsuppress(_ address: Address, _ extent: Suppression.Extent? = nil) throws(StoreError) -> Int
    {
        let parameters: Parameters = [
            "key": .blob(key(of: address)), "kind": .text(address.kind.rawValue),
            "extent": .text(orNull: extent?.rawValue),
        ]
        return try connection.write { () throws(StoreError) in
            try connection.execute(
                """
                DELETE FROM suppressions
                WHERE key = :key AND kind = :kind AND (:extent IS NULL OR extent = :extent)
                """, parameters)
        }
    }

    /// What stands against sending to `address`.
    public func suppressions(of address: Address) throws(StoreError) -> [Suppression] {
        try suppressions(of: key(of: address), kind: address.kind)
    }
}
