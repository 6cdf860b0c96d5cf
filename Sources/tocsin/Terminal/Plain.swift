import Broadcast

/// Text from outside, made safe to print on a terminal.
enum Plain {
    /// `text` with every control or reordering character as a visible escape, at most `limit` characters.
    static func text(_ text: String, limit: Int = 200) -> String {
        var result = ""
        for scalar in text.unicodeScalars.prefix(limit) {
            if scalar.isControl {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return text.unicodeScalars.count > limit ? result + "…" : result
    }

    /// Like ``text(_:limit:)``, but lines stay lines.
    static func lines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { Self.text(String($0), limit: .max) }.joined(separator: "\n")
    }
}
