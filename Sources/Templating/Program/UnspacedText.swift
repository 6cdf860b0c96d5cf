import Broadcast

/// Text between two blanks, taken apart where its script allows a new line: Chinese and Japanese have no blanks.
///
/// Source: https://www.unicode.org/reports/tr14/ (2026-11), of which this knows the ideographs, the kana, and which
/// signs begin or end no line.
enum UnspacedText {
    /// What stays together.
    struct Piece {
        var bytes: ArraySlice<UInt8>
        var columns: Int
    }

    /// At least one piece, in order; nothing is lost between them.
    static func pieces(of word: ArraySlice<UInt8>) -> [Piece] {
        // Latin letters, one column each, are nearly everything there is.
        if word.allSatisfy({ $0 < 0xCC }) {
            return [Piece(bytes: word, columns: word.count { $0 & 0xC0 != 0x80 })]
        }
        let text = String(decoding: word, as: UTF8.self)
        guard text.unicodeScalars.contains(where: isUnspaced) else {
            return [Piece(bytes: word, columns: Columns.count(of: text))]
        }
        let address = address(in: text)
        var pieces: [Piece] = []
        var start = text.startIndex
        var index = start
        while index < text.endIndex {
            let next = text.index(after: index)
            let isWithin = address.map { $0.lowerBound < next && next < $0.upperBound } ?? false
            if next == text.endIndex || !isWithin && mayBreak(between: text[index], and: text[next]) {
                let piece = text[start..<next]
                pieces.append(Piece(bytes: Array(piece.utf8)[...], columns: Columns.count(of: piece)))
                start = next
            }
            index = next
        }
        return pieces
    }

    /// The first address of the web, up to the punctuation of its sentence.
    private static func address(in text: String) -> Range<String.Index>? {
        guard text.utf8.contains(UInt8(ascii: "/")) else { return nil }
        return text.firstRange(
            of: /https?:\/\/[^\u{3000}-\u{3003}\u{3008}-\u{3020}\u{FF00}-\u{FF0F}\u{FF1A}-\u{FF20}]+/)
    }

    private static func mayBreak(between left: Character, and right: Character) -> Bool {
        guard [left, right].contains(where: { $0.unicodeScalars.first.map(isUnspaced) ?? false }) else {
            return false
        }
        return !endNoLine.contains(left) && !beginNoLine.contains(right)
    }

    /// Ideographs, kana and their punctuation.
    private static func isUnspaced(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2E80...0x312F, 0x31C0...0x9FFF, 0xF900...0xFAFF, 0xFF00...0xFF9F, 0x20000...0x3FFFD: true
        default: false
        }
    }

    private static let beginNoLine = Set(
        "、。，．：；！？）］｝〉》」』】〕〗〙〟’”·・ー々〻ゝゞヽヾぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ％‰°℃…‥–—)]}>.,:;!?%\"'"
    )
    private static let endNoLine = Set("（［｛〈《「『【〔〖〘〝‘“￥＄([{<$\"'#")
}
