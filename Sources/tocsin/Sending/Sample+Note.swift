import Broadcast

extension Sample.SMS {
    /// What was rewritten, and what for: `rewritten: ’ as ', È as E'; saves 2 segments`; nil when nothing was.
    var note: String? {
        guard !rewritten.isEmpty else { return nil }
        let list = rewritten.map { "\(Self.shown($0.from)) as \(Self.shown($0.to))" }.joined(separator: ", ")
        let gain = saved > 0 ? "; saves \(CountText.text(saved, "segment", "segments"))" : ""
        return Plain.text("rewritten: \(list)\(gain)", limit: 500)
    }

    /// A character that can be seen, else its name.
    private static func shown(_ text: String) -> String {
        guard let scalar = text.unicodeScalars.first else { return "nothing" }
        if text == " " { return "a blank" }
        let isSeen = !scalar.properties.isWhitespace && !scalar.properties.isDefaultIgnorableCodePoint
        return isSeen && scalar.value >= 0x20 ? text : "U+" + String(scalar.value, radix: 16, uppercase: true)
    }
}
