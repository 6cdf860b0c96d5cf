import Broadcast
import Foundation
import Wire

/// How long a reply asks us to wait.
///
/// Source: https://www.rfc-editor.org/rfc/rfc9110 sections 10.2.3 and 5.6.7 (2026-11).
enum RetryAfter {
    /// The wait named by `Retry-After`; nil when there is none that can be understood.
    ///
    /// A date is measured from the reply's own `Date`, so that neither clock need be right; without one, by the
    /// clock of the machine that received it.
    static func duration(_ reply: HTTPReply) -> Duration? {
        guard let text = reply.header("Retry-After")?.trimmingCharacters(in: .whitespaces) else { return nil }
        if let wait = seconds(text) { return wait }
        guard let until = date(text) else { return nil }
        if let now = reply.header("Date").flatMap(date) { return bounded(until.timeIntervalSince(now)) }
        return reply.retryAfter.map { bounded(Double($0)) }
    }

    /// A number of seconds, whole or not; nil for anything else.
    static func seconds(_ text: String) -> Duration? {
        guard text.wholeMatch(of: /[0-9]{1,9}(\.[0-9]{1,6})?/) != nil, let seconds = Double(text) else {
            return nil
        }
        return bounded(seconds)
    }

    private static func bounded(_ seconds: Double) -> Duration {
        min(.milliseconds(Int64((min(max(seconds, 0), 1e9) * 1000).rounded(.up))), ProviderRest.longest)
    }

    /// An HTTP date: the form to be sent, or one of the two obsolete ones that every recipient has to accept.
    private static func date(_ text: String) -> Date? {
        for form in forms {
            if let date = try? form.parse(text) { return date }
        }
        // asctime pads the day with a second blank.
        return try? asctime.parse(text.replacing("  ", with: " "))
    }

    private static let forms = [
        strategy(
            "\(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .padded(4)) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) GMT"
        ),
        strategy(
            "\(weekday: .wide), \(day: .twoDigits)-\(month: .abbreviated)-\(year: .twoDigits) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) GMT"
        ),
    ]

    private static let asctime = strategy(
        "\(weekday: .abbreviated) \(month: .abbreviated) \(day: .defaultDigits) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) \(year: .padded(4))"
    )

    private static func strategy(_ format: Date.FormatString) -> Date.ParseStrategy {
        Date.ParseStrategy(
            format: format, locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt,
            calendar: Calendar(identifier: .gregorian), isLenient: false)
    }
}
