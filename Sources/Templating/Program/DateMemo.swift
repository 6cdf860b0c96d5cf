import Foundation
import Synchronization

/// Remembers dates as text: of one announcement there are as many as readers have zones and locales.
final class DateMemo: Sendable {
    struct Key: Hashable, Sendable {
        var field: AnnouncementField
        var date: Date
        var locale: String
        var timezone: String
    }

    /// Beyond this many, texts are made anew each time, so that nobody's list can fill the memory.
    private static let capacity = 4_096

    private let texts = Mutex<[Key: String]>([:])

    /// The date as its field has it.
    func text(_ key: Key) -> String {
        if let known = texts.withLock({ $0[key] }) { return known }
        let made = Self.formatted(key)
        texts.withLock { texts in
            if texts.count < Self.capacity { texts[key] = made }
        }
        return made
    }

    private static func formatted(_ key: Key) -> String {
        var zone = TimeZone(identifier: key.timezone) ?? .gmt
        if key.field == .sentAt { zone = .gmt }
        let locale = Locale(identifier: key.locale)
        switch key.field {
        case .id: return ""
        case .sentAt: return key.date.formatted(.iso8601)
        case .date:
            let style = Date.FormatStyle(date: .long, time: .omitted, locale: locale, timeZone: zone)
            return key.date.formatted(style)
        case .time:
            // A format style builds its own pattern, and writes 2:05 where the locale's own says 02:05.
            let formatter = DateFormatter()
            (formatter.locale, formatter.timeZone) = (locale, zone)
            (formatter.dateStyle, formatter.timeStyle) = (.none, .short)
            return formatter.string(from: key.date)
        }
    }
}
