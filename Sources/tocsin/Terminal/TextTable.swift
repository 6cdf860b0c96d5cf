import Broadcast

/// Rows in columns: on a terminal the widest column that may give way is cut, in a file or a pipe none is.
struct TextTable {
    /// Which side the text of a column keeps to.
    enum Alignment { case left, right }

    private let titles: [String]
    private let alignments: [Alignment]
    private var rows: [[String]] = []
    private var settledWidths: [Int]?
    /// The column that alone gives way, and is left out before it is narrower than ``narrowest``.
    private let yielding: Int?
    private static let narrowest = 8

    /// A table with the given column titles; numbers stand right.
    ///
    /// Where one is `yielding`, no other is ever cut: a line too long for the terminal is folded there, and still whole.
    init(_ columns: [(title: String, alignment: Alignment)], yielding: String? = nil) {
        titles = columns.map(\.title)
        alignments = columns.map(\.alignment)
        self.yielding = titles.firstIndex { $0 == yielding }
    }

    /// Adds a row; texts are made safe to print.
    mutating func add(_ cells: [String]) { rows.append(cells.map { Plain.text($0, limit: 1000) }) }

    /// The lines, at most `width` columns wide, joined with line ends; empty when there are no rows.
    func text(width: Int? = Screen.ofResults) -> String {
        guard !rows.isEmpty else { return "" }
        let widths = fittingWidths(width ?? .max)
        return ([titles] + rows).map { line($0, widths: widths) }.joined(separator: "\n")
    }

    /// The lines of the rows added since the last call, which are forgotten then: for tables longer than memory.
    ///
    /// The first rows decide how wide the columns are; the titles stand above them only.
    mutating func takeText(width: Int? = Screen.ofResults) -> String {
        guard !rows.isEmpty else { return "" }
        let widths = settledWidths ?? fittingWidths(width ?? .max)
        let lines = (settledWidths == nil ? [titles] : []) + rows
        settledWidths = widths
        rows = []
        return lines.map { line($0, widths: widths, mayCut: width != nil) }.joined(separator: "\n")
    }

    private func fittingWidths(_ width: Int) -> [Int] {
        var widths = titles.indices.map { column in
            ([titles] + rows).map { Columns.count(of: $0[column]) }.max() ?? 0
        }
        let excess = { widths.reduce(0, +) + 2 * (widths.count - 1) - width }
        if let yielding, excess() > 0 {
            let rest = widths[yielding] - excess()
            widths[yielding] = rest < Self.narrowest ? 0 : rest
            return widths
        }
        while excess() > 0,
            let widest = widths.indices.max(by: { widths[$0] < widths[$1] }), widths[widest] > Self.narrowest
        {
            widths[widest] -= 1
        }
        return widths
    }

    private func line(_ cells: [String], widths: [Int], mayCut: Bool = true) -> String {
        let padded = cells.indices.filter { widths[$0] > 0 }.map { column -> String in
            let cell = mayCut ? Self.cut(cells[column], to: widths[column]) : cells[column]
            let space = String(repeating: " ", count: max(0, widths[column] - Columns.count(of: cell)))
            return alignments[column] == .left ? cell + space : space + cell
        }
        var text = padded.joined(separator: "  ")
        while text.last == " " { text.removeLast() }
        return text
    }

    private static func cut(_ text: String, to width: Int) -> String {
        guard Columns.count(of: text) > width else { return text }
        return Columns.beginning(of: text, width: width - 1) + "…"
    }
}
