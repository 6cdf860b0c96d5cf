import Broadcast

/// Makes a value harmless wherever it stands: one line, nothing invisible that reorders or cuts text.
enum CleanText {
    /// `text` with every run of line ends and other controls as one blank, and without invisible controls.
    static func oneLine(_ text: String) -> String {
        guard isSuspicious(text) else { return text }
        var clean = String.UnicodeScalarView()
        var isAfterBlank = false
        for scalar in text.unicodeScalars {
            guard scalar.isControl else {
                clean.append(scalar)
                isAfterBlank = scalar == " "
                continue
            }
            guard separates(scalar), !isAfterBlank else { continue }
            clean.append(" ")
            isAfterBlank = true
        }
        return String(clean)
    }

    /// `text` with its lines kept, ended by LF, and without other controls; for values of the author.
    static func lines(_ text: String) -> String {
        let unified = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        guard isSuspicious(unified) else { return unified }
        return String(
            String.UnicodeScalarView(
                unified.unicodeScalars.compactMap { scalar in
                    if scalar == "\n" || !scalar.isControl { return scalar }
                    return separates(scalar) ? " " : nil
                }))
    }

    private static func separates(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x2028, 0x2029: true
        default: false
        }
    }

    /// Whether a byte of `text` may belong to a control; says yes too often, never too rarely.
    private static func isSuspicious(_ text: String) -> Bool {
        let bytes = text.utf8.span
        for index in bytes.indices {
            let byte = bytes[index]
            if byte < 0x20 || byte == 0x7F { return true }
            guard byte >= 0xC2, index + 1 < bytes.count else { continue }
            let next = bytes[index + 1]
            switch byte {
            case 0xC2 where next < 0xA0, 0xD8 where next == 0x9C, 0xEF where next == 0xBB: return true
            case 0xE2 where next == 0x80 || next == 0x81:
                guard index + 2 < bytes.count else { continue }
                let last = bytes[index + 2]
                if next == 0x81 ? last >= 0xA6 : last == 0x8E || last == 0x8F || (0xA8...0xAE).contains(last)
                {
                    return true
                }
            default: continue
            }
        }
        return false
    }
}
