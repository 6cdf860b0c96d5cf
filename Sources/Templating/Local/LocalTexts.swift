import Foundation
import Synchronization

/// Remembers dates and numbers as text: of one announcement there are as many as readers have zones and locales.
final class LocalTexts: Sendable {
    /// For whom a value is written, and how.
    struct Wording: Hashable, Sendable {
        /// Nil means RFC 3339 in UTC.
        var field: LocalField?
        var locale: String
        var timezone: String
        /// For an SMS, which a blank of another width would make longer.
        var isShort = false
    }

    private struct Key: Hashable {
        var value: LocalValue
        var wording: Wording
    }

    private struct Reading: Hashable {
        var text: String
        var field: LocalField
    }

    private struct Pattern: Hashable {
        var field: LocalField
        var locale: String
        /// Nil for a day, which is the same everywhere and has no time to show.
        var timezone: String?
    }

    private struct Known {
        var texts: [Key: String] = [:]
        var values: [Reading: LocalValue?] = [:]
        var formatters: [Pattern: DateFormatter] = [:]
    }

    /// With this many of a kind all of them are forgotten, so that nobody's list can fill the memory.
    static let capacity = 4_096
    private static let maxFormatters = 256

    private let known = Mutex(Known())

    /// The value in that wording.
    func text(of value: LocalValue, as wording: Wording) -> String {
        known.withLock { Self.text(of: value, as: wording, &$0) }
    }

    /// What somebody's list has, read; nil when it is not what `field` needs.
    ///
    /// A time without an offset is one in `zone`.
    func value(of text: String, for field: LocalField, in zone: String) -> LocalValue? {
        // No date or number is longer, and what is longer need not be kept.
        guard text.utf8.count <= 40 else { return nil }
        return known.withLock { known in
            let reading = Reading(text: text, field: field)
            if let value = known.values[reading] { return value }
            let value = LocalValue(text, for: field, in: TimeZone(identifier: zone) ?? .gmt)
            if known.values.count >= Self.capacity { known.values.removeAll(keepingCapacity: true) }
            known.values.updateValue(value, forKey: reading)
            return value
        }
    }

    private static func text(of value: LocalValue, as wording: Wording, _ known: inout Known) -> String {
        let key = Key(value: value, wording: wording)
        if let text = known.texts[key] { return text }
        let whole = made(value, wording, &known)
        let text = wording.isShort ? SMSFitting.plainSigns(of: whole) : whole
        if known.texts.count >= capacity { known.texts.removeAll(keepingCapacity: true) }
        known.texts[key] = text
        return text
    }

    private static func made(_ value: LocalValue, _ wording: Wording, _ known: inout Known) -> String {
        switch value {
        case .number(let amount, let digits):
            let style = Decimal.FormatStyle(locale: Locale(identifier: wording.locale))
            return amount.formatted(style.precision(.fractionLength(digits)))
        case .moment(let date):
            guard let field = wording.field else { return date.formatted(.iso8601) }
            let pattern = Pattern(field: field, locale: wording.locale, timezone: wording.timezone)
            return formatter(pattern, &known).string(from: date)
        case .day(let date):
            let pattern = Pattern(field: wording.field ?? .date, locale: wording.locale)
            return formatter(pattern, &known).string(from: date)
        }
    }

    private static func formatter(_ pattern: Pattern, _ known: inout Known) -> DateFormatter {
        if let formatter = known.formatters[pattern] { return formatter }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: pattern.locale)
        formatter.timeZone = pattern.timezone.flatMap { TimeZone(identifier: $0) } ?? .gmt
        // Styles and not patterns of our own: only they write 02:05 where a locale does.
        let (date, time): (DateFormatter.Style, DateFormatter.Style) =
            switch pattern.field {
            case .date: (.long, .none)
            case .short: (.medium, .none)
            case .time: (.none, .short)
            case .long: (.full, pattern.timezone == nil ? .none : .short)
            case .weekday, .number: (.none, .none)
            }
        (formatter.dateStyle, formatter.timeStyle) = (date, time)
        if pattern.field == .weekday { formatter.setLocalizedDateFormatFromTemplate("EEEE") }
        if known.formatters.count >= maxFormatters { known.formatters.removeAll() }
        known.formatters[pattern] = formatter
        return formatter
    }
}
