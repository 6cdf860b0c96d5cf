/// Folds text at blanks, and between the characters of scripts that have none; a longer word, such as a URL, stays whole.
enum Wrapping {
    /// Folds `out` from byte `start` on, in columns as ``Columns`` counts them; lines after the first begin with
    /// `indent`.
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
            for (index, piece) in UnspacedText.pieces(of: text[word..<end]).enumerated() {
                let gap = index == 0 ? 1 : 0
                if !isLineStart {
                    let fits = column + gap + piece.columns <= width
                    if fits, gap > 0 { out.append(blank) }
                    if !fits { out += [lineEnd] + indent }
                    column = fits ? column + gap : indent.count
                }
                out.append(contentsOf: piece.bytes)
                column += piece.columns
                isLineStart = false
            }
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
