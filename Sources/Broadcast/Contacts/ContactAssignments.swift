/// `key=value` pairs, as `contacts add` and `contacts set` take them: one row of a list in other clothes.
public enum ContactAssignments {
    /// The change they make of the contact `id`; `-` clears, as in a list.
    ///
    /// - Throws: what is wrong with the first bad one; keys are checked as the columns of a list are.
    public static func change(
        of id: Contact.ID, _ assignments: [String], channels: KnownChannels, region: PhoneRegion? = nil
    ) throws(ContactReader.Problem) -> ContactChange {
        var keys = ["id"]
        var cells: [ContactReader.Cell] = [.set(id.rawValue)]
        for assignment in assignments {
            let (key, cell) = try split(assignment)
            keys.append(key)
            cells.append(cell)
        }
        let columns: ContactColumns
        do throws(ValueProblem) {
            columns = try ContactColumns(keys: keys)
        } catch {
            throw ContactReader.Problem(column: "", value: "", problem: error)
        }
        var reader = ContactReader(columns: columns, channels: channels, region: region)
        return try reader.row(cells).change
    }

    private static func split(_ text: String) throws(ContactReader.Problem) -> (String, ContactReader.Cell) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        let value = parts.count == 2 ? FreeText.trimmed(parts[1]) : ""
        guard parts.count == 2, !parts[0].isEmpty, !value.isEmpty else {
            let reason = parts.count == 2 ? "has no value" : "is no assignment"
            throw ContactReader.Problem(
                column: Excerpt.of(parts[0]), value: "",
                problem: ValueProblem(.missing, reason, expected: "KEY=VALUE, or KEY=- to clear"))
        }
        return (parts[0], value == "-" ? .clear : .set(parts[1]))
    }
}
