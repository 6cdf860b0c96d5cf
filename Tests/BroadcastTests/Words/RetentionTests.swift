import Broadcast
import Foundation
import Testing

struct RetentionTests {
    @Test(arguments: [
        ("24 months", "24 months"), ("1 month", "1 month"), ("2 years", "2 years"), ("1year", "1 year"),
        ("90d", "90 days"), ("90 days", "90 days"), ("1 days", "1 day"), ("100 years", "100 years"),
    ])
    func `a time to keep things is read as people write it`(text: String, reading: String) throws {
        #expect(try Retention(text).description == reading)
        #expect(try Retention(reading) == Retention(text))
    }

    @Test(arguments: [
        ("", "expected a time such as 24 months"), ("24", "is no time to keep things"),
        ("0 days", "keeps nothing"),
        ("24 moths", "did you mean 24 month"), ("5m", "unknown unit"), ("101 years", "is too long"),
        ("-1 day", "is no time"), ("1.5 years", "is no time"), ("24  months", "is no time"),
        ("99999d", "is too long"),
        ("２４ months", "is no time"), ("1 Month", "is no time"),
    ])
    func `what is no such time says what would be one`(text: String, told: String) {
        let problem = #expect(throws: ValueProblem.self) { try Retention(text) }
        #expect(problem?.description.contains(told) == true, "\(problem?.description ?? "")")
    }

    /// Where it starts when it ends at a moment, by the clock of a place.
    @Test(arguments: [
        ("24 months", "2026-11-21T12:00:00Z", "UTC", "2024-11-21T12:00:00Z"),
        ("1 month", "2026-03-31T12:00:00Z", "UTC", "2026-02-28T12:00:00Z"),
        ("1 year", "2024-02-29T00:00:00Z", "UTC", "2023-02-28T00:00:00Z"),
        // Noon on both sides of the change to summer time.
        ("1 day", "2026-03-29T10:00:00Z", "Europe/Rome", "2026-03-28T11:00:00Z"),
        ("6 months", "2026-08-15T22:30:00Z", "Europe/Rome", "2026-02-15T23:30:00Z"),
    ])
    func `it is counted by the calendar`(text: String, end: String, zone: String, start: String) throws {
        let zone = try #require(TimeZone(identifier: zone))
        let found = try Retention(text).start(before: try TimeText.date(end), in: zone)
        #expect(TimeText.text(for: found) == start)
    }

    @Test func `the longest of each unit lies somewhere`() throws {
        for text in ["36500 days", "1200 months", "100 years"] {
            let found = try Retention(text).start(
                before: Date(timeIntervalSince1970: 1_800_000_000), in: .gmt)
            #expect(TimeText.text(for: found).hasPrefix("19"), "\(text)")
        }
    }
}
