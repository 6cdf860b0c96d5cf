/// The body encoding for texts that are mostly ASCII.
///
/// Source: https://www.rfc-editor.org/rfc/rfc2045 section 6.7 (2026-11).
enum QuotedPrintable {
    static let digits = Array("0123456789ABCDEF".utf8)

    /// For each byte, whether it stands for itself within a line.
    private static let isPlain: [Bool] = (0...255).map {
        $0 == 0x20 || (0x21...0x7E).contains($0) && $0 != 0x3D
    }

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
        let isPlain = isPlain
        var column = 0
        var runStart = 0
        var index = 0
        while index < text.count {
            let byte = text[index]
            let endsLine = index + 1 == text.count || text[index + 1] == 0x0A
            if byte == 0x0A {
                bytes += text[runStart..<index]
                bytes.append(0x0D)
                bytes.append(0x0A)
                (column, runStart) = (0, index + 1)
            } else if isPlain[Int(byte)], !(byte == 0x20 && endsLine) {
                if column + 1 > maxColumn {
                    bytes += text[runStart..<index]
                    bytes += softBreak
                    (column, runStart) = (0, index)
                }
                column += 1
            } else {
                bytes += text[runStart..<index]
                if column + 3 > maxColumn {
                    bytes += softBreak
                    column = 0
                }
                bytes.append(UInt8(ascii: "="))
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
                column += 3
                runStart = index + 1
            }
            index += 1
        }
        bytes += text[runStart...]
        if text.last != 0x0A { bytes += lineEnd }
    }

    private static let lineEnd: [UInt8] = [0x0D, 0x0A]
    private static let softBreak: [UInt8] = [UInt8(ascii: "="), 0x0D, 0x0A]
}
