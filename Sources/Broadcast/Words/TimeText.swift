public import Foundation

/// Moments as people write them in options: RFC 3339, or a duration from now.
public enum TimeText {
    private static let expected = "a time such as 2026-11-21T18:30:00+01:00, or a duration such as 2h"

    /// Reads a moment after `now`: `2026-11-21T18:30:00+01:00`, `2h` from now, or what a clock in `zone` shows, such as
    /// `18:30` or `2026-11-21T18:30`.
    ///
    /// - Throws: a problem when it is none, names a day or hour that does not exist, or is not after `now`.
    public static func moment(_ text: String, now: Date, in zone: TimeZone) throws(ValueProblem) -> Date {
        let expected = "a time such as 18:30 or 2026-11-21T18:30:00+01:00, or a duration such as 2h"
        guard let first = text.first, first.isASCII, first.isWholeNumber else {
            throw ValueProblem(
                text.isEmpty ? .missing : .malformed, "is neither a time nor a duration", expected: expected)
        }
        guard text.contains("-") || text.contains(":") else {
            let duration: Duration
            do { duration = try DurationText.duration(text) } catch {
                throw ValueProblem(error.code, error.reason, expected: expected, nearest: error.nearest)
            }
            return now.adding(duration)
        }
        let date: Date
        if let local = try LocalTime(text) {
            date = try local.next(after: now, in: zone)
        } else {
            do { date = try self.date(text) } catch {
                throw ValueProblem(error.code, error.reason, expected: expected, nearest: error.nearest)
            }
        }
        guard date > now else {
            throw ValueProblem(
                .conflict, "lies in the past", expected: "a time after \(Self.text(for: now, in: zone))")
        }
        return date
    }

    /// Reads RFC 3339 with a zone, with or without a fraction of the second, and what is printed for people.
    ///
    /// Source: https://www.rfc-editor.org/rfc/rfc3339#section-5.6 (2026-11).
    /// - Throws: a problem when it is not of that form, or names a day or hour that does not exist.
    public static func date(_ text: String) throws(ValueProblem) -> Date {
        let shape =
            /(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?(?: ?([Zz]|UTC|[+-]\d{2}:\d{2}))/
        guard let match = text.wholeMatch(of: shape), text.utf8.count == text.count else {
            let isZoneless = text.contains(/^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2})?$/)
            throw ValueProblem(
                .malformed, isZoneless ? "has no time zone" : "is no time", expected: expected,
                nearest: nil)
        }
        let clock = "\(match.1)-\(match.2)-\(match.3)T\(match.4):\(match.5):\(match.6)"
        // Foundation rolls 31 June over to 1 July, so what it read must read back as it was written.
        guard let local = try? Date(clock + "Z", strategy: .iso8601),
            local.formatted(.iso8601) == clock + "Z",
            let fraction = Double("0" + (match.7 ?? ".0")), let ahead = offset(match.8)
        else {
            throw ValueProblem(.unknown, "names a day or hour that does not exist", expected: expected)
        }
        return local.addingTimeInterval(fraction - ahead)
    }

    /// For programs, RFC 3339 in UTC, to the second: `2026-11-21T17:30:00Z`.
    public static func text(for date: Date) -> String { date.formatted(.iso8601) }

    /// For people, as a clock in `zone` shows it: `2026-11-21 18:30:00 +01:00`, or `2026-11-21 17:30:00 UTC`.
    public static func text(for date: Date, in zone: TimeZone) -> String {
        let style = Date.ISO8601FormatStyle(dateTimeSeparator: .space, timeZone: zone)
        let text = date.formatted(
            style.year().month().day().time(includingFractionalSeconds: false).timeZone(separator: .colon))
        let isWorld = ["UTC", "Etc/UTC", "GMT"].contains(zone.identifier)
        let offset = text.hasSuffix("Z") ? (isWorld ? "UTC" : "+00:00") : String(text.suffix(6))
        return "\(text.prefix(19)) \(offset)"
    }

    /// The same, with a word before it when that is the day after the one in which `now` lies.
    public static func text(for date: Date, in zone: TimeZone, seenAt now: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let next = calendar.date(byAdding: .day, value: 1, to: now)
        let isTomorrow = next.map { calendar.isDate(date, inSameDayAs: $0) } ?? false
        return (isTomorrow ? "tomorrow, " : "") + text(for: date, in: zone)
    }

    /// Seconds ahead of UTC; nil when there is no such offset.
    private static func offset(_ zone: Substring) -> Double? {
        guard zone.count == 6 else { return 0 }
        guard let hours = Double(zone.dropFirst().prefix(2)), let minutes = Double(zone.suffix(2)),
            hours < 24, minutes < 60
        else { return nil }
        return (zone.first == "-" ? -60 : 60) * (hours * 60 + minutes)
    }
}
