import Broadcast
import Testing

@Suite struct DurationTextTests {
    @Test(arguments: [
        ("200ms", Duration.milliseconds(200)), ("30s", .seconds(30)), ("5m", .seconds(300)),
        ("2h", .seconds(7200)), ("3d", .seconds(259_200)), ("0s", .zero), ("90s", .seconds(90)),
        ("3650d", .seconds(315_360_000)),
    ])
    func `a number and a unit are a duration`(text: String, duration: Duration) throws {
        #expect(try DurationText.duration(text) == duration)
    }

    @Test(arguments: [
        ("", ValueProblem.Code.missing), ("s", .malformed), ("30", .malformed), ("-5s", .malformed),
        ("1.5h", .unknown), ("5 m", .unknown), ("5M", .unknown), ("1h30m", .unknown), ("5min", .unknown),
        ("3651d", .length), ("99999999999999999999999s", .length), ("9223372036854775807d", .length),
        ("٣s", .malformed), ("5s\u{0}", .unknown),
    ])
    func `anything else is refused, with what was expected`(text: String, code: ValueProblem.Code) {
        let problem = #expect(throws: ValueProblem.self) { try DurationText.duration(text) }
        #expect(problem?.code == code)
        #expect(problem?.expected.contains("d") == true)
    }

    @Test(arguments: [("90", "90s, 90m or 90h"), ("5M", "5m"), ("9H", "9h")])
    func `the duration that was meant is named`(text: String, meant: String) {
        let problem = #expect(throws: ValueProblem.self) { try DurationText.duration(text) }
        #expect(problem?.nearest == meant)
    }

    @Test(arguments: [
        (Duration.milliseconds(200), "200ms"), (.seconds(60), "1m"), (.seconds(90), "90s"), (.zero, "0s"),
        (.seconds(86_400 * 3), "3d"), (.seconds(5400), "90m"), (.milliseconds(1500), "1500ms"),
    ])
    func `the text of a duration reads back`(duration: Duration, text: String) throws {
        #expect(DurationText.text(for: duration) == text)
        #expect(try DurationText.duration(text) == duration)
    }

    @Test(arguments: [
        (Duration.zero, "under 1s"), (.milliseconds(300), "under 1s"), (.milliseconds(1200), "2s"),
        (.seconds(130), "2m 10s"), (.seconds(3600), "1h"), (.seconds(3661), "1h 2m"),
        (.seconds(90_000), "1d 1h"), (.seconds(86_401), "1d 1h"),
    ])
    func `an estimate reads in two units, never too low`(duration: Duration, text: String) {
        #expect(DurationText.rough(duration) == text)
    }
}
