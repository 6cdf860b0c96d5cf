import Foundation
import Synchronization

/// Writes moments as text, remembering the last one: all deliveries of an announcement carry the same.
final class StampCache: Sendable {
    /// How moments are written.
    enum Form: Sendable {
        /// RFC 5322, section 3.3: `Mon, 21 Sep 2026 14:13:20 +0000`.
        case mail
        /// RFC 3339 with `Z`.
        case json
    }

    private let form: Form
    private let last = Mutex<(moment: Date, text: String)?>(nil)

    init(_ form: Form) { self.form = form }

    /// `moment` as text, in UTC, to the second.
    func text(_ moment: Date) -> String {
        last.withLock { last in
            if let last, last.moment == moment { return last.text }
            let text = form == .mail ? moment.formatted(Self.mail) : moment.formatted(.iso8601)
            last = (moment, text)
            return text
        }
    }

    private static let mail = Date.VerbatimFormatStyle(
        format:
            "\(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .padded(4)) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) +0000",
        locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian))
}
