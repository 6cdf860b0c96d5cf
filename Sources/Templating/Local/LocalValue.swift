import Broadcast
import Foundation

/// A date or a number, as far as a reader's locale decides how it is written.
enum LocalValue: Sendable, Hashable {
    case moment(Date)
    /// A day without a time: its midnight in UTC, whatever the reader's zone.
    case day(Date)
    /// `digits` stand behind the point.
    case number(Decimal, digits: Int)

    /// Reads what was typed; nil when it is not what `field` needs.
    ///
    /// A date is RFC 3339, its seconds and its offset left out at will: without one it is a time in `zone`.
    /// Source: https://www.rfc-editor.org/rfc/rfc3339#section-5.6 (2026-11).
    init?(_ text: String, for field: LocalField, in zone: TimeZone) {
        let value = field == .number ? Self.number(text) : Self.date(text, in: zone)
        guard let value else { return nil }
        if field == .time, case .day = value { return nil }
        self = value
    }

    /// What `field` needs in the place of a text that is no such value.
    static func expected(insteadOf text: String, for field: LocalField, in zone: TimeZone) -> String {
        // The same time is one elsewhere.
        let isSkipped = field != .number && date(text, in: zone) == nil && date(text + "Z", in: zone) != nil
        guard isSkipped else { return field.expected }
        return "a time that there is: the clocks of \(zone.identifier) skip that hour on that day"
    }

    private static func number(_ text: String) -> LocalValue? {
        guard let match = text.wholeMatch(of: /[+-]?[0-9]{1,15}(?:\.([0-9]{1,9}))?/),
            let amount = Decimal(string: text, locale: Locale(identifier: "en_US_POSIX"))
        else { return nil }
        return .number(amount, digits: match.1?.count ?? 0)
    }

    private static func date(_ text: String, in zone: TimeZone) -> LocalValue? {
        let shape =
            #/
            ([0-9]{4}-[0-9]{2}-[0-9]{2})
            (?:[Tt\ ] ([0-9]{2}:[0-9]{2}) (:[0-9]{2}(?:\.[0-9]{1,9})?)? ([Zz]|[+-][0-9]{2}:[0-9]{2})?)?
            /#
        guard let match = text.wholeMatch(of: shape) else { return nil }
        guard let clock = match.2 else {
            return (try? TimeText.date("\(match.1)T00:00:00Z")).map(LocalValue.day)
        }
        guard let offset = match.4 else {
            let local = "\(match.1)T\(clock)\((match.3 ?? "").prefix(3))"
            return (try? TimeText.moment(local, now: .distantPast, in: zone)).map(LocalValue.moment)
        }
        return (try? TimeText.date("\(match.1)T\(clock)\(match.3 ?? ":00")\(offset)")).map(LocalValue.moment)
    }
}
