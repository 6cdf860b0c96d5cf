/// One line of a list: UTF-8, `,`, LF, no formulas.
public enum ListLine {
    /// Appends `cells` as a line.
    public static func append(_ cells: [String], to lines: inout [UInt8]) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { lines.append(UInt8(ascii: ",")) }
            CSVText.append(cell, to: &lines)
        }
        lines.append(0x0A)
    }
}
