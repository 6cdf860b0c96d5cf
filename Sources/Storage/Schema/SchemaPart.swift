internal import Broadcast
internal import Foundation

/// A table, an index, a view or a trigger of a database.
struct SchemaPart: Sendable {
    /// `table`, `index`, `view` or `trigger`.
    let type: String
    /// As it was given; SQLite takes it in any case.
    let name: String
    /// What it stands on, in lower case: a trigger keeps the name of its table as its author wrote it.
    let table: String
    /// How it was made, blanks and remarks apart.
    let statement: String

    init(_ type: String, _ name: String, on table: String, _ sql: String) {
        self.type = type
        self.name = name
        self.table = table.lowercased()
        statement = Self.words(of: sql)
    }

    private static func words(of sql: String) -> String {
        let words = sql.split(whereSeparator: \.isNewline).flatMap { line -> [Substring] in
            let end = line.firstRange(of: "--")?.lowerBound ?? line.endIndex
            return line[..<end].split(whereSeparator: \.isWhitespace)
        }
        return words.joined(separator: " ")
    }

    // MARK: On a table of ours

    /// The columns that somebody has added to the table `own`; empty where it differs otherwise.
    func columnsAdded(to own: SchemaPart) -> [String] {
        guard let found = clauses, let kept = own.clauses, found.end == kept.end else { return [] }
        var left = kept.list[...]
        let added = found.list.filter { clause in
            guard clause == left.first else { return true }
            left.removeFirst()
            return false
        }
        return left.isEmpty ? added.compactMap { $0.split(separator: " ").first.map(String.init) } : []
    }

    /// What stands between a table's outer parentheses, comma by comma, and what follows them; nil for what is no table.
    private var clauses: (list: [String], end: Substring)? {
        guard type == "table", let end = statement.lastIndex(of: ")"),
            let start = statement.firstIndex(of: "(")
        else { return nil }
        var (list, depth, quote): ([String], Int, Character?) = ([""], 0, nil)
        for character in statement[start..<end].dropFirst() {
            if quote == nil, depth == 0, character == "," {
                list.append("")
                continue
            }
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "'" || character == "\"" {
                quote = character
            } else if character == "(" || character == ")" {
                depth += character == "(" ? 1 : -1
            }
            list[list.count - 1].append(character)
        }
        return (list.map { $0.trimmingCharacters(in: .whitespaces) }, statement[end...])
    }

    /// Whether it may change or refuse what is written to its table.
    var meddles: Bool {
        switch type {
        case "trigger": true
        case "index": statement.hasPrefix("CREATE UNIQUE ") || calculates
        default: false
        }
    }

    /// Words that may stand before a parenthesis: functions that take whatever a column holds, and what are none.
    private static let harmless: Set<Substring> = [
        "and", "or", "not", "in", "where", "when", "then", "else", "between", "is", "cast", "lower", "upper",
        "length", "trim", "ltrim", "rtrim", "substr", "instr", "coalesce", "ifnull", "nullif", "iif",
        "typeof",
    ]
    /// Operators that may fail: for what is no expression, or for a pattern, or an escape, out of a column.
    private static let failing: Set<Substring> = ["regexp", "match", "like", "glob"]
    private static let collations: Set<Substring> = ["binary", "nocase", "rtrim"]

    /// Whether an index may fail for some rows, and with it whatever writes them.
    ///
    /// `json_extract` does for what is no JSON, and a function or an order that another program brought along is not
    /// here. What is unclear counts as so.
    private var calculates: Bool {
        // The name of an index calls nothing.
        let statement = statement.lowercased().drop { $0 != "(" }
        let words = statement.split { !Self.isOfWords($0) }
        let isForeign =
            !Self.failing.isDisjoint(with: words) || statement.contains("->")
            || zip(words, words.dropFirst()).contains { $0 == "collate" && !Self.collations.contains($1) }
        // The first parenthesis opens the list of columns.
        let calls = statement.split(separator: "(", omittingEmptySubsequences: false).dropLast().dropFirst()
        return isForeign || !calls.allSatisfy(Self.isHarmless)
    }

    /// Whether a parenthesis behind `text` calls nothing that could fail.
    private static func isHarmless(_ text: Substring) -> Bool {
        let text = text.split(separator: " ").last ?? ""
        guard let last = text.last else { return true }
        guard isOfWords(last) else { return ",=<>|&+%".contains(last) }
        return harmless.contains(text.split { !isOfWords($0) }.last ?? "")
    }

    private static func isOfWords(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }

    /// In words: `trigger audit on contacts`.
    var title: String {
        let kind = statement.hasPrefix("CREATE UNIQUE ") ? "unique \(type)" : type
        return "\(kind) \(Excerpt.of(name)) on \(table)"
    }

    /// The statement that takes it away.
    var removal: String {
        "DROP \(type.uppercased()) \"\(Excerpt.of(name.replacing("\"", with: "\"\"")))\""
    }
}
