public import Broadcast

extension Store {
    /// More values of one attribute than this are data and no names: the nearest one is looked for among the first.
    private static let mostNames = 10_000

    /// The tags and attributes that `audience` asks for and nobody has, each with the nearest that somebody has.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func unmatched(in audience: Audience) throws(StoreError) -> [UnmatchedTerm] {
        var unmatched: [UnmatchedTerm] = []
        for label in audience.labels where try !hasMember(label) {
            unmatched.append(UnmatchedTerm(label, nearest: try nearest(to: label)))
        }
        return unmatched
    }

    private func hasMember(_ label: Audience) throws(StoreError) -> Bool {
        let selection = try AudienceSelection(label, lists: [:], path: path)
        let sql = "SELECT 1 FROM contacts c WHERE \(selection.condition) LIMIT 1"
        return try connection.first(sql, selection.parameters) { (row: borrowing Row) throws(StoreError) in
            true
        }
            != nil
    }

    private func nearest(to label: Audience) throws(StoreError) -> Audience? {
        switch label {
        case .tag(let tag): return NearestName.of(tag, in: try tags()).map(Audience.tag)
        case .attribute(let name, let value):
            let values = try values(of: name)
            if !values.isEmpty {
                return NearestName.of(value, in: values).map { .attribute(name: name, value: $0) }
            }
            let names = try attributeNames(try selection(.all))
            return NearestName.of(name, in: names).map { .attribute(name: $0, value: value) }
        default: return nil
        }
    }

    private func tags() throws(StoreError) -> Set<String> {
        var tags: Set<String> = []
        try connection.each("SELECT DISTINCT tags FROM contacts WHERE tags <> ''") {
            (row: borrowing Row) throws(StoreError) in
            tags.formUnion(ContactRow.list(row.text(0)))
        }
        return tags
    }

    private func values(of name: String) throws(StoreError) -> Set<String> {
        var values: Set<String> = []
        try connection.each("SELECT attributes FROM contacts WHERE attributes <> ''") {
            (row: borrowing Row) throws(StoreError) in
            guard values.count < Self.mostNames, let value = ContactRow.attributes(row.text(0))[name] else {
                return
            }
            values.insert(value)
        }
        return values
    }
}
