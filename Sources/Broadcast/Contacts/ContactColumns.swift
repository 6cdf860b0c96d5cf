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

    /// A column with the name that the list gives it.
    private struct Column {
        var name: String
        var field: ContactField
        /// Whether only its name, which says nothing to us, makes it an attribute.
        var isGuess: Bool
    }

    /// Reads the first line of a list.
    ///
    /// - Parameters:
    ///   - header: the names as the list writes them; columns without a name may stand at the end only.
    ///   - map: the list's own name of a column → ours; one mapped to itself is an attribute, whatever it resembles.
    ///   - contents: what the columns hold, by their place, as a ``ColumnSample`` says; addresses that would
    ///     become an attribute by oversight are a problem.
    /// - Throws: everything that is wrong with them at once, each with the option that mends it.
    public init(
        header: [String], map: [String: String] = [:], holding contents: [Int: AddressKind] = [:]
    ) throws(Problem) {
        var problems: [ValueProblem] = []
        var columns: [Column?] = []
        for (index, name) in header.enumerated() {
            do throws(ValueProblem) {
                let column = try Self.column(name, map)
                let isAtEnd = header[index...].allSatisfy { $0.allSatisfy(\.isWhitespace) }
                if column.field == .unnamed, !isAtEnd { throw ColumnProblem.unnamed(index + 1) }
                columns.append(column)
            } catch {
                columns.append(nil)
                problems.append(error)
            }
        }
        let known = columns.compactMap(\.self)
        problems += Self.repeats(in: known) + Self.overlooked(columns, contents)
        problems += map.keys.sorted().filter { key in !header.contains { ColumnName.same($0, key) } }
            .map { ColumnProblem.unused($0, header: header) }
        if !known.contains(where: { $0.field == .id }), !problems.contains(where: { $0.nearest == "id" }) {
            problems.append(ColumnProblem.noID(among: header, columns.map { $0?.field }))
        }
        guard problems.isEmpty else { throw Problem(problems: problems) }
        fields = known.map(\.field)
    }

    /// Reads the keys of assignments, which nothing can rename.
    ///
    /// - Throws: the first thing that is wrong with them.
    init(keys: [String]) throws(ValueProblem) {
        var columns: [Column] = []
        for key in keys {
            columns.append(Column(name: key, field: try ContactField(column: key), isGuess: false))
        }
        if let problem = Self.repeats(in: columns).first { throw problem }
        fields = columns.map(\.field)
    }

    private static func column(_ header: String, _ map: [String: String]) throws(ValueProblem) -> Column {
        let name = ColumnName.shown(header)
        guard let mapped = map.first(where: { ColumnName.same($0.key, name) })?.value else {
            do throws(ValueProblem) {
                let isGuess = !name.lowercased().hasPrefix("attr.")
                return Column(name: name, field: try ContactField(column: name), isGuess: isGuess)
            } catch {
                throw ColumnProblem.misnamed(name, error)
            }
        }
        let isItself =
            ColumnName.same(mapped, name)
            && !ContactField.knownNames.contains { ColumnName.same($0, name) }
        let field =
            isItself
            ? .attribute(try ContactField.checked(attribute: mapped)) : try ContactField(column: mapped)
        return Column(name: name, field: field, isGuess: false)
    }

    private static func repeats(in columns: [Column]) -> [ValueProblem] {
        let named = columns.filter { ![.unnamed, .rejectedReason, .rejectedID].contains($0.field) }
        let groups = Dictionary(grouping: named) { $0.field.name.lowercased() }.filter { $0.value.count > 1 }
        return groups.sorted { $0.key < $1.key }.map { name, columns in
            ColumnProblem.repeated(columns.map(\.name), as: name)
        }
    }

    private static func overlooked(_ columns: [Column?], _ contents: [Int: AddressKind]) -> [ValueProblem] {
        let found = contents.sorted { $0.key < $1.key }.compactMap { index, kind in
            columns[index].flatMap { column -> (name: String, kind: AddressKind)? in
                guard case .attribute = column.field, column.isGuess else { return nil }
                return (column.name, kind)
            }
        }
        return found.map { name, kind in
            let isTaken = columns.contains { $0?.field.name == kind.rawValue }
            let rivals = found.count { $0.kind == kind } - 1
            return ColumnProblem.overlooked(name, kind, isTaken ? .taken : rivals > 0 ? .contested : .free)
        }
    }
}
