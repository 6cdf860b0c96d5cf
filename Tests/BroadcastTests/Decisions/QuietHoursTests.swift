import Broadcast
import Foundation
import Testing

@Suite struct QuietHoursTests {
    private static let nights: [(date: String, start: Int, end: Int, zone: String, release: String)] = [
        // An evening and a night over midnight.
        ("2026-11-21T20:59:59Z", 21 * 60, 8 * 60, "UTC", "2026-11-21T20:59:59Z"),
        ("2026-11-21T21:00:00Z", 21 * 60, 8 * 60, "UTC", "2026-11-22T08:00:00Z"),
        ("2026-11-22T07:59:59Z", 21 * 60, 8 * 60, "UTC", "2026-11-22T08:00:00Z"),
        ("2026-11-22T08:00:00Z", 21 * 60, 8 * 60, "UTC", "2026-11-22T08:00:00Z"),
        // Within a day; none at all.
        ("2026-11-22T13:30:00Z", 13 * 60, 15 * 60, "UTC", "2026-11-22T15:00:00Z"),
        ("2026-11-22T12:59:00Z", 13 * 60, 15 * 60, "UTC", "2026-11-22T12:59:00Z"),
        ("2026-11-22T13:30:00Z", 13 * 60, 13 * 60, "UTC", "2026-11-22T13:30:00Z"),
        // The night in which Rome loses an hour, and the one in which it gains one.
        ("2026-03-28T22:00:00Z", 21 * 60, 8 * 60, "Europe/Rome", "2026-03-29T06:00:00Z"),
        ("2026-10-24T22:00:00Z", 21 * 60, 8 * 60, "Europe/Rome", "2026-10-25T07:00:00Z"),
        // Silence that would end within the hour that is left out.
        ("2026-03-29T00:10:00Z", 60, 150, "Europe/Rome", "2026-03-29T01:00:00Z"),
    ]

    @Test(arguments: nights)
    func `silence ends by the reader's own clock`(
        date: String, start: Int, end: Int, zone: String, release: String
    )
        throws
    {
        let hours = QuietHours(start: start, end: end)
        let zone = try #require(TimeZone(identifier: zone))
        #expect(hours.release(of: try TimeText.date(date), in: zone) == (try TimeText.date(release)))
    }
}
