/// Durations as people write them in configuration and options: `200ms`, `30s`, `5m`, `2h`, `3d`.
public enum DurationText {
    /// The longest that is read: ten years of 365 days.
    public static let longest = Duration.seconds(3650 * 86_400)

    private static let units: [(name: String, duration: Duration)] = [
        ("d", .seconds(86_400)), ("h", .seconds(3600)), ("m", .seconds(60)), ("s", .seconds(1)),
        ("ms", .milliseconds(1)),
    ]
    private static let expected = "a duration such as 200ms, 30s, 5m, 2h or 3d"

    /// Reads one whole number with its unit; zero is a duration.
    ///
    /// - Throws: a problem when the unit is missing or unknown, or the time is longer than ``longest``.
    public static func duration(_ text: String) throws(ValueProblem) -> Duration {
        let digits = text.prefix { $0.isASCII && $0.isWholeNumber }
        let name = text.dropFirst(digits.count)
        guard !digits.isEmpty else {
            throw ValueProblem(text.isEmpty ? .missing : .malformed, "is no duration", expected: expected)
        }
        guard !name.isEmpty else {
            let count = Excerpt.of(text)
            throw ValueProblem(
                .malformed, "has no unit", expected: expected, nearest: "\(count)s, \(count)m or \(count)h")
        }
        guard let unit = units.first(where: { $0.name == name }) else {
            let meant = NearestName.of(String(name), in: ["ms", "s", "m", "h", "d"])
            throw ValueProblem(
                .unknown, "has an unknown unit", expected: expected,
                nearest: meant.map { Excerpt.of(digits + $0) })
        }
        guard digits.count <= 18, let count = Int64(digits),
            Double(count) * unit.duration.inSeconds <= longest.inSeconds
        else {
            throw ValueProblem(.length, "is too long", expected: "at most 3650d")
        }
        return unit.duration * count
    }

    /// The shortest text that ``duration(_:)`` reads back; what is shorter than a millisecond is lost.
    public static func text(for duration: Duration) -> String {
        let milliseconds = Int64((duration.inSeconds * 1000).rounded())
        guard milliseconds != 0 else { return "0s" }
        for unit in units {
            let length = Int64((unit.duration.inSeconds * 1000).rounded())
            if milliseconds % length == 0 { return "\(milliseconds / length)\(unit.name)" }
        }
        return "\(milliseconds)ms"
    }

    /// The two largest units, rounded up, for estimates that people read: `2m 10s`, `3h`, `under 1s`.
    public static func rough(_ duration: Duration) -> String {
        var left = Int64(duration.inSeconds.rounded(.up))
        guard left > 1 || duration == .seconds(1) else { return "under 1s" }
        if left > 3600 { left = (left + 59) / 60 * 60 }
        if left > 86_400 { left = (left + 3599) / 3600 * 3600 }
        var parts: [String] = []
        for (name, length) in [("d", Int64(86_400)), ("h", 3600), ("m", 60), ("s", 1)] where left >= length {
            parts.append("\(left / length)\(name)")
            left %= length
        }
        return parts.joined(separator: " ")
    }
}
