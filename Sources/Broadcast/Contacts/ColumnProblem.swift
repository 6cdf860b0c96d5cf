/// What can be wrong with the first line of a list, each with the option of the import that mends it.
enum ColumnProblem {
    /// Who else wants to be the column of a kind of address.
    enum Rivalry {
        case free, contested, taken
    }

    static func unnamed(_ place: Int) -> ValueProblem {
        ValueProblem(.missing, "column \(place) has no name", expected: "a name in the first line")
    }

    /// A name that was refused as that of an attribute.
    static func misnamed(_ name: String, _ problem: ValueProblem) -> ValueProblem {
        let kept = map(name, to: "attr." + ColumnName.attribute(for: name))
        guard let near = problem.nearest else {
            return ValueProblem(problem.code, problem.reason, expected: kept + " (\(problem.expected))")
        }
        return ValueProblem(
            problem.code, "column \(Excerpt.of(name)) resembles \(near) too much to be an attribute",
            expected: "\(map(name, to: near)), or \(kept) to keep it as it is", nearest: near)
    }

    static func repeated(_ names: [String], as field: String) -> ValueProblem {
        let first = names[0]
        guard let other = names.first(where: { !ColumnName.same($0, first) }) else {
            return ValueProblem(
                .conflict, "the column \(Excerpt.of(first)) stands there twice",
                expected: "each column once: rename or delete one in the file")
        }
        let kept = map(other, to: "attr." + ColumnName.attribute(for: other))
        return ValueProblem(
            .conflict, "columns \(Excerpt.of(first)) and \(Excerpt.of(other)) are both \(Excerpt.of(field))",
            expected: "one of them, and the other kept as it is, such as \(kept)")
    }

    /// A column of addresses that would become an attribute, to which nothing is sent.
    static func overlooked(_ name: String, _ kind: AddressKind, _ rivalry: Rivalry) -> ValueProblem {
        let what = kind == .email ? "e-mail addresses" : "phone numbers"
        let used = map(name, to: kind.rawValue)
        let kept = map(name, to: "attr." + ColumnName.attribute(for: name))
        let expected =
            switch rivalry {
            case .free: "\(used), or \(kept) to keep it as it is"
            case .contested: "\(used) for the one column to send to, \(kept) for any other"
            case .taken: "\(kept) to keep it as it is beside the column that is \(kind.rawValue)"
            }
        return ValueProblem(.unsuitable, "column \(Excerpt.of(name)) holds \(what)", expected: expected)
    }

    static func unused(_ key: String, header: [String]) -> ValueProblem {
        let names = header.map(ColumnName.shown).filter { !$0.isEmpty }
        return ValueProblem(
            .unknown, "there is no column \(Excerpt.of(key)) to map", expected: "a name from the first line",
            nearest: NearestName.of(key, in: names))
    }

    /// `fields` says what the columns are, nil where that is a problem of its own.
    static func noID(among header: [String], _ fields: [ContactField?]) -> ValueProblem {
        let names = header.map(ColumnName.shown)
        let shown = names.prefix(8).map(Excerpt.of).joined(separator: ", ")
        let candidate = zip(names, fields).first { name, field in
            if case .attribute? = field { true } else { field == nil && !name.isEmpty }
        }
        let example = candidate.map { ", such as " + map($0.0, to: "id") } ?? ""
        return ValueProblem(
            .missing, "there is no column id (the first line names: \(shown))",
            expected: "--map YOURS=id with the column of your own keys" + example)
    }

    private static func map(_ name: String, to ours: String) -> String {
        "--map " + ShellWord.of(Excerpt.of(name) + "=" + ours)
    }
}
