/// Folds text at blanks; a word longer than a line, such as a URL, stays whole.
enum Wrapping {
    /// Folds `out` from byte `start` on, in columns of one per scalar; lines after the first begin with `indent`.
    ///
    /// Lines that the text has already are kept. `start` is taken for the column after the indent.
    static func fold(_ out: inout [UInt8], from start: Int, width: Int, indent: [UInt8]) {
        let text = Array(out[start...])
        out.removeSubrange(start...)
        var column = indent.count
        var isLineStart = true
        var word = 0
        while word <= text.count {
            let end = text[word...].firstIndex { $0 == blank || $0 == lineEnd } ?? text.count
            let length = text[word..<end].count { $0 & 0xC0 != 0x80 }
            if !isLineStart {
                let fits = column + 1 + length <= width
                out.append(fits ? blank : lineEnd)
                if !fits { out.append(contentsOf: indent) }
                column = fits ? column + 1 : indent.count
            }
            out.append(contentsOf: text[word..<end])
            column += length
            isLineStart = end < text.count && text[end] == lineEnd
            if isLineStart {
                out.append(lineEnd)
                out.append(contentsOf: indent)
                column = indent.count
            }
            word = end + 1
        }
    }

    private static let blank = UInt8(ascii: " ")
    private static let lineEnd = UInt8(ascii: "\n")
}
