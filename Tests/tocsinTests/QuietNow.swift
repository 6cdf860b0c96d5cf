import Foundation

/// Quiet hours in which it is now, whenever a test runs: the program asks the clock, and hours of a whole day leave a
/// minute out.
struct QuietNow {
    /// Minutes after midnight in the zone of ``Stage``: an hour ago.
    private let start: Int
    /// The minutes of the hour in which they end, in two hours.
    let endMinute: String
    private let end: Int
    /// When they end.
    let until: Date

    init() {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: "Europe/Rome") ?? .gmt
        let begin = Date()
        let time = calendar.dateComponents([.hour, .minute], from: begin)
        let now = (time.hour ?? 0) * 60 + (time.minute ?? 0)
        (start, end) = ((now + 1380) % 1440, (now + 120) % 1440)
        endMinute = Self.digits(end % 60)
        let minute = (begin.timeIntervalSince1970 / 60).rounded(.down)
        until = Date(timeIntervalSince1970: (minute + 120) * 60)
    }

    /// As a setting says them, such as `"quietHours": "14:05-17:05"`.
    var setting: String { "\"quietHours\": \"\(Self.clock(start))-\(Self.clock(end))\"" }

    private static func clock(_ minutes: Int) -> String { "\(digits(minutes / 60)):\(digits(minutes % 60))" }

    private static func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
