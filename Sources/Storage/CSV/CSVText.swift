internal import Broadcast

/// How a cell of a list stands for a value, in both directions.
///
/// A spreadsheet runs a cell that begins with `=`, `+`, `-`, `@`, tab or CR as a formula. Such a cell gets a `'` before
/// it, as does one that begins so after any number of `'`; reading takes one such `'` away again. A sign and digits
/// alone, such as a phone number or a chat id, can do no harm and stay as they are.
enum CSVText {
    private static let apostrophe = UInt8(ascii: "'")

    /// What the cell says; `-` alone clears, an empty one keeps.
    static func cell(_ bytes: ArraySlice<UInt8>) -> ContactReader.Cell {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        guard let first = bytes.first(where: { !isBlank($0) }) else { return .keep }
        if first == UInt8(ascii: "-"), bytes.count(where: { !isBlank($0) }) == 1 { return .clear }
        return .set(text(bytes))
    }

    /// The text of the cell, without the guard against formulas.
    static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: unguarded(bytes), as: UTF8.self)
    }

    /// Appends a cell so that it says in another list what it says in this one.
    static func append(cell: ArraySlice<UInt8>, to line: inout [UInt8]) {
        if self.cell(cell) == .clear {
            line.append(UInt8(ascii: "-"))
        } else {
            append(unguarded(cell), to: &line)
        }
    }

    private static func unguarded(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        bytes.first == apostrophe && isFormula(bytes) ? bytes.dropFirst() : bytes
    }

    /// Appends `text` as one field: guarded, and quoted where it must be.
    static func append(_ text: String, to line: inout [UInt8]) {
        append(ArraySlice(Array(text.utf8)), to: &line)
    }

    /// As ``append(_:to:)-(String,_)``, for UTF-8; NUL, which no list may hold, is written as `\0`.
    static func append(_ bytes: ArraySlice<UInt8>, to line: inout [UInt8]) {
        let isGuarded = isFormula(bytes) && !isSignedNumber(bytes)
        let isQuoted = isGuarded || bytes.contains(where: needsQuotes) || hasBlankAround(bytes)
        if isQuoted { line.append(UInt8(ascii: "\"")) }
        if isGuarded { line.append(apostrophe) }
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""): line.append(contentsOf: [byte, byte])
            case 0: line.append(contentsOf: Array("\\0".utf8))
            default: line.append(byte)
            }
        }
        if isQuoted { line.append(UInt8(ascii: "\"")) }
    }

    private static func isFormula(_ bytes: ArraySlice<UInt8>) -> Bool {
        switch bytes.first(where: { $0 != apostrophe }) {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D: true
        default: false
        }
    }

    private static func isSignedNumber(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.first == UInt8(ascii: "+") || bytes.first == UInt8(ascii: "-") else { return false }
        return bytes.count > 1 && bytes.dropFirst().allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    }

    // Every delimiter is quoted, not only ours: a spreadsheet may split at another and run what stands after it.
    private static func needsQuotes(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "|"), 0x09, 0x0A, 0x0D:
            true
        default: false
        }
    }

    private static func hasBlankAround(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.first == 0x20 || bytes.last == 0x20
    }
}
