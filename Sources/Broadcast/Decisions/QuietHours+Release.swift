public import Foundation

extension QuietHours {
    /// When something that is ready at `date` may leave for a reader in `zone`: at `date`, or when silence ends.
    ///
    /// A silence that ends in the hour that daylight saving leaves out ends when that hour would have begun.
    public func release(of date: Date, in zone: TimeZone) -> Date {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let clock = calendar.dateComponents([.hour, .minute], from: date)
        guard let hour = clock.hour, let minute = clock.minute, isQuiet(hour * 60 + minute) else {
            return date
        }
        let awake = DateComponents(hour: end / 60, minute: end % 60, second: 0)
        return calendar.nextDate(after: date, matching: awake, matchingPolicy: .nextTime) ?? date
    }

    private func isQuiet(_ minute: Int) -> Bool {
        start <= end ? (start..<end).contains(minute) : minute >= start || minute < end
    }
}

/// When deliveries of one due time may leave, worked out once for each zone.
struct ReleaseTimes {
    let due: Date
    private let fallback: TimeZone
    private var known: [QuietHours: [String: Date]] = [:]

    /// Readers without a known zone have that of the sender; one who has none either, UTC.
    init(due: Date, senderZone: String) {
        self.due = due
        fallback = TimeZone(identifier: senderZone) ?? .gmt
    }

    mutating func release(in zone: String?, keeping hours: QuietHours?) -> Date {
        guard let hours else { return due }
        let name = zone ?? ""
        if let date = known[hours]?[name] { return date }
        let date = hours.release(of: due, in: zone.flatMap(TimeZone.init(identifier:)) ?? fallback)
        known[hours, default: [:]][name] = date
        return date
    }
}
