/// A way in which a date or a number is written for its reader: what stands behind its name, as in `until.date`.
enum LocalField: String, Sendable, Hashable, CaseIterable {
    /// The day in words: `1 December 2026`.
    case date
    /// The day where there is little room: `1 Dec 2026`.
    case short
    /// `Tuesday`.
    case weekday
    /// Hours and minutes: `18:00`.
    case time
    /// All of it: `Tuesday, 1 December 2026 at 18:00`; without the time for a day that was given without one.
    case long
    /// `1,234.50`, or `1.234,50`.
    case number

    /// Those that a date has.
    static let ofDates: [LocalField] = [.date, .short, .weekday, .time, .long]

    /// What the value has to be.
    var expected: String {
        switch self {
        case .date, .short, .weekday, .long: "a date such as 2026-12-01 or 2026-12-01T18:00+01:00"
        case .time: "a date with its time, such as 2026-12-01T18:00+01:00"
        case .number: "a number such as 1234.50"
        }
    }
}

/// Whose date or number it is.
enum LocalSource: Sendable, Hashable {
    /// When the announcement was accepted.
    case announcement
    /// An attribute of the reader.
    case attribute(String)
    /// A variable, by its name.
    case given(String, LocalValue)
}
