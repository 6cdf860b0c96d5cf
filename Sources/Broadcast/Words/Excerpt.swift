/// A value made fit to stand in a message: short, on one line, and without power over a terminal.
public enum Excerpt {
    /// The first 60 characters of `text`, with controls spelt out as `\u{…}` and an ellipsis where it was cut.
    public static func of(_ text: String) -> String {
        var shown = ""
        for scalar in text.prefix(60).unicodeScalars.prefix(120) {
            if scalar.isControl {
                shown += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
        let wasCut = text.unicodeScalars.count > text.prefix(60).unicodeScalars.prefix(120).count
        return wasCut ? shown + "…" : shown
    }
}
