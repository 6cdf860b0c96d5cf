import Broadcast

/// Makes a value harmless wherever it stands: one line, nothing invisible that reorders, hides or cuts text.
public enum CleanText {
    /// `text` with every run of line ends and other controls as one blank, and without invisible characters.
    public static func oneLine(_ text: String) -> String {
        guard isSuspicious(text) else { return text }
        var clean = String.UnicodeScalarView()
        var isAfterBlank = false
        for scalar in text.unicodeScalars {
            if separates(scalar) {
                if !isAfterBlank { clean.append(" ") }
                isAfterBlank = true
            } else if !isDropped(scalar, after: clean.last) {
                clean.append(scalar)
                isAfterBlank = scalar == " "
            }
        }
        return String(clean)
    }

    /// `text` with its lines kept, ended by LF, and without other controls; for values of the author.
    static func lines(_ text: String) -> String {
        let unified = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        guard isSuspicious(unified) else { return unified }
        var clean = String.UnicodeScalarView()
        for scalar in unified.unicodeScalars {
            if scalar == "\n" {
                clean.append(scalar)
            } else if separates(scalar) {
                clean.append(" ")
            } else if !isDropped(scalar, after: clean.last) {
                clean.append(scalar)
            }
        }
        return String(clean)
    }

    private static func separates(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x2028, 0x2029: true
        default: false
        }
    }

    /// Whether nobody would see the character, but for its doing something to others.
    ///
    /// Joiners and variation selectors stay, of which emoji and many scripts are made; so do the tags of a flag
    /// (https://www.unicode.org/reports/tr51/#emoji_tag_sequences, 2026-11).
    private static func isDropped(_ scalar: Unicode.Scalar, after last: Unicode.Scalar?) -> Bool {
        switch scalar.value {
        case 0xAD, 0x034F, 0x180E, 0x200B, 0x2060...0x206F, 0xFFF9...0xFFFB, 0x1D173...0x1D17A: true
        case 0xE0000...0xE007F: last.map { $0.value != 0x1F3F4 && !isTag($0) } ?? true
        default: scalar.isControl
        }
    }

    private static func isTag(_ scalar: Unicode.Scalar) -> Bool { (0xE0000...0xE007F).contains(scalar.value) }

    /// Whether a byte of `text` may belong to such a character; says yes too often, never too rarely.
    private static func isSuspicious(_ text: String) -> Bool {
        let bytes = text.utf8.span
        for index in bytes.indices {
            let byte = bytes[index]
            if byte < 0x20 || byte == 0x7F { return true }
            guard byte >= 0xC2, index + 1 < bytes.count else { continue }
            let next = bytes[index + 1]
            switch byte {
            case 0xC2 where next < 0xA0 || next == 0xAD, 0xCD where next == 0x8F, 0xD8 where next == 0x9C,
                0xE1 where next == 0xA0, 0xEF where next == 0xBB || next == 0xBF, 0xF0 where next == 0x9D,
                0xF3 where next == 0xA0:
                return true
            case 0xE2 where next == 0x80 || next == 0x81:
                guard index + 2 < bytes.count else { continue }
                let last = bytes[index + 2]
                let isDropped =
                    next == 0x81
                    ? (0xA0...0xAF).contains(last)
                    : last == 0x8B || last == 0x8E || last == 0x8F || (0xA8...0xAE).contains(last)
                if isDropped { return true }
            default: continue
            }
        }
        return false
    }
}
