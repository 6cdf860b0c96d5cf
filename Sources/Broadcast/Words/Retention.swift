public import Foundation

/// How long something is kept: days, months or years of the calendar, such as `24 months` or `90d`.
public struct Retention: Sendable, Hashable, CustomStringConvertible {
    /// What is counted.
    public enum Unit: String, Sendable, CaseIterable {
        case day, month, year
    }

    /// How many, at least one.
    public let count: Int
    /// Of what.
    public let unit: Unit

    /// Two years, in which a customer may still ask what they were told.
    public static let usual = Retention(count: 24, unit: .month)

    private static let expected = "a time such as 24 months, 2 years or 90d"

    private init(count: Int, unit: Unit) {
        self.count = count
        self.unit = unit
    }

    /// Reads `24 months`, `2 years`, `90 days`, and `90d` as durations are written.
    ///
    /// - Throws: a problem when it is none of these, less than a day or more than 100 years.
    public init(_ text: String) throws(ValueProblem) {
        guard let match = text.wholeMatch(of: /([0-9]{1,5}) ?([a-z]+)/), let count = Int(match.1) else {
            throw ValueProblem(
                text.isEmpty ? .missing : .malformed, "is no time to keep things", expected: Self.expected)
        }
        let word = String(match.2)
        let names = Unit.allCases.flatMap { [$0.rawValue, $0.rawValue + "s"] }
        let unit = Unit.allCases.first { [$0.rawValue, $0.rawValue + "s"].contains(word) }
        guard let unit = word == "d" ? .day : unit else {
            throw ValueProblem(
                .unknown, "has an unknown unit", expected: Self.expected,
                nearest: NearestName.of(word, in: names).map { "\(count) \($0)" })
        }
        let most = [Unit.day: 36_500, .month: 1200, .year: 100][unit] ?? 0
        guard (1...most).contains(count) else {
            throw ValueProblem(
                .length, count == 0 ? "keeps nothing" : "is too long", expected: "1 day to 100 years")
        }
        self.init(count: count, unit: unit)
    }

    /// The moment that lies so long before `now`, as a calendar in `zone` counts.
    public func start(before now: Date, in zone: TimeZone) -> Date {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let component: Calendar.Component =
            switch unit {
            case .day: .day
            case .month: .month
            case .year: .year
            }
        // Every date of this era has a day so long before it.
        return calendar.date(byAdding: component, value: -count, to: now) ?? .distantPast
    }

    /// As it is read: `24 months`.
    public var description: String { CountText.text(count, unit.rawValue, unit.rawValue + "s") }
}
