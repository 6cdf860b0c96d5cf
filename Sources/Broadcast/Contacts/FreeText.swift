import Foundation

/// Text that people wrote about people, made fit to be stored, compared and shown on one line.
enum FreeText {
    /// The text composed (NFC), without blanks around it, and each run of controls in it made one blank.
    ///
    /// `hadControls` says whether there were any, also around it.
    static func cleaned(_ text: String) -> (text: String, hadControls: Bool) {
        if isPlain(text) { return (text, false) }
        var kept = String.UnicodeScalarView()
        var hadControls = false
        var isAfterControl = false
        for scalar in text.unicodeScalars {
            if scalar.isControl {
                if !isAfterControl { kept.append(" ") }
                (hadControls, isAfterControl) = (true, true)
            } else {
                kept.append(scalar)
                isAfterControl = false
            }
        }
        return (trimmed(String(kept)).precomposedStringWithCanonicalMapping, hadControls)
    }

    /// The text without blanks, controls and zero-width blanks around it; phone books love to add those.
    static func trimmed(_ text: String) -> String {
        if isPlain(text) { return text }
        let isAround = { (scalar: Unicode.Scalar) in
            scalar.isControl || scalar.properties.isWhitespace || scalar == "\u{200B}"
        }
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !isAround($0) }),
            let last = scalars.lastIndex(where: { !isAround($0) })
        else { return "" }
        return String(scalars[first...last])
    }

    /// Whether `text` is printable ASCII with no blank around it, as nearly every cell is.
    private static func isPlain(_ text: String) -> Bool {
        guard text.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) else { return false }
        return text.utf8.first != 0x20 && text.utf8.last != 0x20
    }
}
