/// The body encoding for texts that are mostly ASCII.
///
/// Source: https://www.rfc-editor.org/rfc/rfc2045 section 6.7 (2026-11).
enum QuotedPrintable {
    static let digits = Array("0123456789ABCDEF".utf8)

    /// The most columns of a line before the `=` of a soft break.
    private static let maxColumn = 75

    /// About how many bytes of `text` need three.
    static func specials(in text: [UInt8]) -> Int {
        // Close enough for choosing an encoding, and a pass that the compiler makes vectors of.
        var count = 0
        for byte in text { count += byte >= 0x7F || byte == UInt8(ascii: "=") ? 1 : 0 }
        return count
    }

    /// Appends UTF-8 `text` with LF line ends, CRLF after every line; whole plain runs are copied at once.
    static func append(_ text: [UInt8], to bytes: inout [UInt8]) {
        let source = text.span
        var column = 0
        var index = 0
        while index < source.count {
            let end = endOfRun(source, from: index, limit: min(source.count, index + maxColumn - column))
            if end > index {
                bytes += text[index..<end]
                column += end - index
                index = end
            }
            guard index < source.count else { break }
            let byte = source[index]
            if byte == 0x0A {
                bytes += lineEnd
                column = 0
                index += 1
            } else if isPlain(byte), byte != 0x20, endsLine(source, index) {
                // The last byte of a line needs no room for a soft break behind it.
                bytes.append(byte)
                index += 1
            } else if isPlain(byte), byte != 0x20 || !endsLine(source, index) {
                bytes += softBreak
                column = 0
            } else {
                if column + 3 > maxColumn {
                    bytes += softBreak
                    column = 0
                }
                bytes.append(UInt8(ascii: "="))
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
                column += 3
                index += 1
            }
        }
        if text.last != 0x0A { bytes += lineEnd }
    }

    /// Where the bytes end that stand for themselves; a blank at the end of a line does not.
    private static func endOfRun(_ source: Span<UInt8>, from start: Int, limit: Int) -> Int {
        var end = start
        while end < limit, isPlain(source[end]) { end += 1 }
        guard end > start, source[end - 1] == 0x20, endsLine(source, end - 1) else { return end }
        return end - 1
    }

    private static func endsLine(_ source: Span<UInt8>, _ index: Int) -> Bool {
        index + 1 == source.count || source[index + 1] == 0x0A
    }

    private static func isPlain(_ byte: UInt8) -> Bool { byte &- 0x20 <= 0x5E && byte != UInt8(ascii: "=") }

    private static let lineEnd: [UInt8] = [0x0D, 0x0A]
    private static let softBreak: [UInt8] = [UInt8(ascii: "="), 0x0D, 0x0A]
}
