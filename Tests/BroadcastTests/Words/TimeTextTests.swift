import Broadcast
import Foundation
import Testing

@Suite struct TimeTextTests {
    /// 21 November 2026, 09:00:00 UTC.
    private static let now = Date(timeIntervalSince1970: 1_795_251_600)

    private static let rome = TimeZone(identifier: "Europe/Rome") ?? .gmt

    @Test(arguments: [
        ("10:30", 1800.0), ("10:00", 86_400), ("9:59", 86_340), ("2026-11-21T10:30", 1800),
        ("2026-11-22 10:00:30", 86_430),
    ])
    func `a time without a zone is the one that the sender's clock shows next`(text: String, later: Double)
        throws
    {
        #expect(
            try TimeText.moment(text, now: Self.now, in: Self.rome) == Self.now.addingTimeInterval(later))
    }

    @Test(arguments: [
        ("24:00", ValueProblem.Code.unknown), ("10:60", .unknown), ("2026-11-21T09:30", .conflict),
        ("2026-06-31T09:30", .unknown), ("2027-03-28T02:30", .unknown), ("1:2", .malformed),
    ])
    func `a clock that never shows it is told`(text: String, code: ValueProblem.Code) {
        let problem = #expect(throws: ValueProblem.self) {
            try TimeText.moment(text, now: Self.now, in: Self.rome)
        }
        #expect(problem?.code == code)
    }

    @Test(arguments: [
        ("2026-11-21T09:00:00Z", 0.0), ("2026-11-21T10:00:00+01:00", 0), ("2026-11-21t04:30:00-04:30", 0),
        ("2026-11-21 09:00:00.250z", 0.25), ("2026-11-21 10:00:00 +01:00", 0), ("2026-11-21 09:00:00 UTC", 0),
        ("2026-11-22T09:00:00Z", 86_400),
    ])
    func `a time with its zone is a moment`(text: String, later: Double) throws {
        #expect(try TimeText.date(text) == Self.now.addingTimeInterval(later))
    }

    @Test(arguments: [
        ("2026-11-21", ValueProblem.Code.malformed), ("2026-11-21T09:00:00", .malformed), ("", .malformed),
        ("2026-11-21T09:00Z", .malformed), ("21/11/2026", .malformed), ("2026-06-31T09:00:00Z", .unknown),
        ("2026-02-29T09:00:00Z", .unknown), ("2026-13-01T09:00:00Z", .unknown),
        ("2026-11-21T24:00:00Z", .unknown), ("2026-11-21T09:60:00Z", .unknown),
        ("2026-11-21T09:00:00+25:00", .unknown), ("２026-11-21T09:00:00Z", .malformed),
    ])
    func `anything else is refused`(text: String, code: ValueProblem.Code) {
        let problem = #expect(throws: ValueProblem.self) { try TimeText.date(text) }
        #expect(problem?.code == code)
    }

    @Test(arguments: [("2h", 7200.0), ("30s", 30), ("2026-11-21T12:00:00+01:00", 7200)])
    func `until takes a duration as well as a time`(text: String, later: Double) throws {
        #expect(try TimeText.moment(text, now: Self.now, in: Self.rome) == Self.now.addingTimeInterval(later))
    }

    @Test(arguments: [
        ("2026-11-21T09:00:00Z", ValueProblem.Code.conflict), ("2020-01-01T00:00:00Z", .conflict),
        ("tomorrow", .malformed), ("2w", .unknown),
    ])
    func `until refuses the past and what is no time`(text: String, code: ValueProblem.Code) {
        let problem = #expect(throws: ValueProblem.self) {
            try TimeText.moment(text, now: Self.now, in: Self.rome)
        }
        #expect(problem?.code == code)
        #expect(problem?.expected.contains("time") == true)
    }

    @Test(arguments: [
        ("Europe/Rome", "2026-11-21 10:00:00 +01:00"), ("UTC", "2026-11-21 09:00:00 UTC"),
        ("Europe/London", "2026-11-21 09:00:00 +00:00"), ("America/St_Johns", "2026-11-21 05:30:00 -03:30"),
        ("Pacific/Kiritimati", "2026-11-21 23:00:00 +14:00"),
    ])
    func `people read a moment as the sender's clock shows it, and can type it so`(zone: String, text: String)
        throws
    {
        let zone = try #require(TimeZone(identifier: zone))
        #expect(TimeText.text(for: Self.now, in: zone) == text)
        #expect(try TimeText.moment(text, now: Self.now - 1, in: Self.rome) == Self.now)
    }

    @Test(arguments: [
        ("9:59", "tomorrow, 2026-11-22 09:59:00 +01:00"), ("23:59", "2026-11-21 23:59:00 +01:00"),
        ("00:00", "tomorrow, 2026-11-22 00:00:00 +01:00"), ("26h", "tomorrow, 2026-11-22 12:00:00 +01:00"),
        ("2026-11-23T00:00", "2026-11-23 00:00:00 +01:00"),
    ])
    func `an hour that is already past is said to be tomorrow's`(typed: String, text: String) throws {
        let moment = try TimeText.moment(typed, now: Self.now, in: Self.rome)
        #expect(TimeText.text(for: moment, in: Self.rome, seenAt: Self.now) == text)
    }

    @Test func `a moment is written in UTC to the second`() {
        #expect(TimeText.text(for: Self.now) == "2026-11-21T09:00:00Z")
    }
}
