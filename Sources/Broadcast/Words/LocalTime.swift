import Foundation

/// A time as a clock on the wall shows it, with or without its day: `18:30`, `2026-11-21T18:30`.
struct LocalTime {
    /// Only those that were given.
    private let components: DateComponents
    private let hasDay: Bool

    private static let expected = "a time such as 18:30 or 2026-11-21T18:30"

    /// Reads such a time; nil when it is of another shape.
    ///
    /// - Throws: a problem when there is no such hour or minute.
    init?(_ text: String) throws(ValueProblem) {
        let shape =
            /((?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})[Tt ])?(?<hour>\d{1,2}):(?<minute>\d{2})(:(?<second>\d{2}))?/
        guard text.utf8.count == text.count, let match = text.wholeMatch(of: shape) else { return nil }
        let number = { (part: Substring?) in part.flatMap { Int($0) } }
        guard let hour = number(match.hour), let minute = number(match.minute), hour < 24, minute < 60,
            number(match.second) ?? 0 < 60
        else {
            throw ValueProblem(.unknown, "names an hour that does not exist", expected: Self.expected)
        }
        hasDay = match.year != nil
        components = DateComponents(
            year: number(match.year), month: number(match.month), day: number(match.day), hour: hour,
            minute: minute, second: number(match.second) ?? 0)
    }

    /// When a clock in `zone` shows it: on its day, else the next time after `now`.
    ///
    /// - Throws: a problem when it never does, as in the hour that is left out in spring.
    func next(after now: Date, in zone: TimeZone) throws(ValueProblem) -> Date {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let found =
            hasDay
            ? calendar.date(from: components)
            : calendar.nextDate(after: now, matching: components, matchingPolicy: .nextTime)
        guard let found, !hasDay || calendar.date(found, matchesComponents: components) else {
            throw ValueProblem(
                .unknown, "names a day or hour that does not exist in \(zone.identifier)",
                expected: Self.expected)
        }
        return found
    }
}
