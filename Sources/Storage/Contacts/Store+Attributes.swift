public import Broadcast

extension Store {
    /// Those of `names` that no contact has as an attribute, sorted, each with the nearest that somebody has.
    ///
    /// None where there is no contact at all.
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func unknownAttributes(among names: Set<String>) throws(StoreError) -> [UnknownAttribute] {
        var unknown: [String] = []
        for name in names.sorted() where try !hasAttribute(name) { unknown.append(name) }
        guard !unknown.isEmpty, try count(try selection(.all)) > 0 else { return [] }
        let known = try attributeNames(try selection(.all))
        return unknown.map { UnknownAttribute($0, nearest: NearestName.of($0, in: known)) }
    }

    private func hasAttribute(_ name: String) throws(StoreError) -> Bool {
        var parameters = Parameters()
        parameters.append("beginning", .text(ContactRow.beginning(ofAttribute: name)))
        let sql = "SELECT 1 FROM contacts WHERE instr(attributes, :beginning) > 0 LIMIT 1"
        return try connection.first(sql, parameters) { (row: borrowing Row) throws(StoreError) in true }
            != nil
    }
}
