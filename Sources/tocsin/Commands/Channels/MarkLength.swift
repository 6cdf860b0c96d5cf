import Broadcast
import Configuration
import Foundation

/// How long a mark holds, and why, as the options of `channels down` and `channels up` say.
enum MarkLength {
    private static let usual = Duration.seconds(12 * 3600)

    static let options: [CommandSpec.Option] = [
        .value("for", "2h", "how long (if neither is given: 12h)"),
        .value(
            "until", "TIME",
            "until when: 18:30 or 2026-11-21T18:30 by the sender's clock, or '2026-11-21 18:30:00 +01:00'"),
    ]

    /// Whether a length is said at all.
    static func isSaid(by invocation: Invocation) -> Bool {
        invocation.value("for") != nil || invocation.value("until") != nil
    }

    /// When the mark ends.
    static func end(
        _ invocation: Invocation, now: Date, _ configured: Configured
    ) throws(CommandFailure) -> Date {
        let length = try invocation.duration("for")
        let until = try invocation.value("until") { (text) throws(ValueProblem) in
            try TimeText.moment(text, now: now, in: configured.zone)
        }
        if length != nil, until != nil {
            throw CommandFailure(.usage, "--for and --until both say when it ends: give one")
        }
        if length == .zero { throw CommandFailure(.usage, "--for 0s: expected a duration such as 2h") }
        return until ?? now.adding(length ?? usual)
    }

    /// The reason given, on one line; empty when none was.
    static func reason(_ invocation: Invocation) throws(CommandFailure) -> String {
        let text = (invocation.value("why") ?? "").unicodeScalars.map { $0.isControl ? " " : Character($0) }
        let why = String(text).trimmingCharacters(in: .whitespaces)
        guard why.count <= 300 else {
            throw CommandFailure(.usage, "--why has \(why.count) characters; expected at most 300")
        }
        return why
    }
}
