/// What each column of a list means, found from its first line.
public struct ContactColumns: Sendable, Hashable {
    /// The columns in their order.
    public let fields: [ContactField]

    /// Something wrong with the first line or with `--map`.
    public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        /// All that is wrong, in the order of the columns.
        public let problems: [ValueProblem]

        /// One line for each.
        public var description: String { problems.map(\.description).joined(separator: "\n") }
    }

    /// Reads the first line of a list.
    ///
    /// - Parameters:
    ///   - header: the names as the list writes them; columns without a name may stand at the end only.
    ///   - map: the list's own name of a column → ours; one mapped to itself is an attribute, whatever it resembles.
    /// - Throws: everything that is wrong with them at once.
    public init(header: [String], map: [String: String] = [:]) throws(Problem) {
        var problems: [ValueProblem] = []
        var fields: [ContactField] = []
        for (index, column) in header.enumerated() {
            do throws(ValueProblem) {
                let field = try Self.field(of: column, map)
                let isAtEnd = header[index...].allSatisfy { $0.allSatisfy(\.isWhitespace) }
                if field == .unnamed, !isAtEnd {
                    throw ValueProblem(
                        .missing, "column \(index + 1) has no name", expected: "a name in the first line")
                }
                fields.append(field)
            } catch {
                problems.append(error)
            }
        }
        problems += Self.repeats(in: fields) + Self.unused(map, header: header)
        if !fields.contains(.id), problems.isEmpty { problems.append(Self.noID(among: header)) }
        guard problems.isEmpty else { throw Problem(problems: problems) }
        self.fields = fields
    }

    private static func field(of column: String, _ map: [String: String]) throws(ValueProblem) -> ContactField
    {
        let name = FreeText.trimmed(column)
        guard let mapped = map.first(where: { same($0.key, name) })?.value else {
            return try ContactField(column: name)
        }
        return same(mapped, name) && !ContactField.knownNames.contains(where: { same($0, name) })
            ? .attribute(try ContactField.checked(attribute: mapped)) : try ContactField(column: mapped)
    }

    private static func same(_ left: String, _ right: String) -> Bool {
        FreeText.trimmed(left).lowercased() == FreeText.trimmed(right).lowercased()
    }

    private static func repeats(in fields: [ContactField]) -> [ValueProblem] {
        let named = fields.filter { $0 != .unnamed && $0 != .rejectedReason }
        let counts = Dictionary(grouping: named) { $0.name.lowercased() }
        return counts.filter { $0.value.count > 1 }.keys.sorted().map {
            ValueProblem(
                .conflict, "the column \(Excerpt.of($0)) stands there twice", expected: "each column once")
        }
    }

    private static func unused(_ map: [String: String], header: [String]) -> [ValueProblem] {
        map.keys.sorted().filter { key in !header.contains { same($0, key) } }.map {
            ValueProblem(
                .unknown, "there is no column \(Excerpt.of($0)) to map",
                expected: "a name from the first line",
                nearest: NearestName.of($0, in: header))
        }
    }

    private static func noID(among header: [String]) -> ValueProblem {
        let shown = header.prefix(8).map(Excerpt.of).joined(separator: ", ")
        return ValueProblem(
            .missing, "there is no column id (the first line names: \(shown))",
            expected: "a column id, or --map YOURS=id")
    }
}
