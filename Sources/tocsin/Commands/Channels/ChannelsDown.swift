import Broadcast
import Configuration
import Dispatching
import Foundation
import Storage

extension Commands {
    private static let usualLength = Duration.seconds(12 * 3600)

    /// Says that something is down.
    static let channelsDown = CommandSpec(
        path: ["channels", "down"], summary: "Say that a channel is down, so that nothing goes over it",
        operands: [MarkTarget.operand],
        options: MarkTarget.options + [
            .value("why", "TEXT", "the reason, shown to whoever asks (required)"),
            .value("for", "2h", "how long (if neither is given: 12h)"),
            .value(
                "until", "TIME",
                "until when: 18:30 or 2026-11-21T18:30 by the sender's clock, or 2026-11-21T18:30:00+01:00"),
        ],
        details: [
            "Reach every skips a channel that is marked down (or waits for it, with send --wait); reach first takes "
                + "the next channel at once. A mark survives restarts and ends by itself."
        ],
        examples: [
            "tocsin channels down sms --why 'gateway is failing' --for 2h",
            "tocsin channels down --company Meta --why 'status page says so'",
        ]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        let configured = try session.outlined()
        let target = try MarkTarget(invocation, configured)
        let now = session.clock.now().wall
        let zone = TimeZone(identifier: configured.sender.timezone) ?? .gmt
        let until = try end(invocation, now: now, in: zone)
        let why = try reason(invocation)
        let marks = target.names.map {
            Mark(target.scope, $0, why: why, who: session.user, since: now, until: until)
        }
        let store = try session.store(configured)
        let holding = try await session.translating { () async throws(StoreError) in
            for mark in marks { try await store.mark(mark) }
            return try await store.marks(at: now)
        }
        session.tell(marks, until: until, amid: holding, configured)
        return .success
    }

    private static func end(
        _ invocation: Invocation, now: Date, in zone: TimeZone
    ) throws(CommandFailure) -> Date {
        let length = try invocation.value("for") { (text) throws(ValueProblem) in
            try DurationText.duration(text)
        }
        let until = try invocation.value("until") { (text) throws(ValueProblem) in
            try TimeText.moment(text, now: now, in: zone)
        }
        if length != nil, until != nil {
            throw CommandFailure(.usage, "--for and --until both say when it ends: give one")
        }
        if length == .zero { throw CommandFailure(.usage, "--for 0s: expected a duration such as 2h") }
        return until ?? now.adding(length ?? usualLength)
    }

    private static func reason(_ invocation: Invocation) throws(CommandFailure) -> String {
        let text = (invocation.value("why") ?? "").unicodeScalars.map { $0.isControl ? " " : Character($0) }
        let why = String(text).trimmingCharacters(in: .whitespaces)
        guard !why.isEmpty else {
            throw CommandFailure(
                .usage, "say why with --why TEXT: whoever finds the channel down will want to know")
        }
        guard why.count <= 300 else {
            throw CommandFailure(.usage, "--why has \(why.count) characters; expected at most 300")
        }
        return why
    }
}

extension Session {
    /// Says what is marked now and which channels that is; a line on what is left when nothing is.
    fileprivate func tell(_ marks: [Mark], until: Date, amid holding: [Mark], _ configured: Configured) {
        let facts = configured.inOrder.map(\.facts)
        let covered = facts.filter { facts in marks.contains { $0.covers(facts) } }.map(\.name.rawValue)
        for mark in marks {
            output.say(
                Plain.text(
                    "\(mark.title) is marked down until \(TimeText.text(for: until)): \(mark.why)", limit: 500
                ))
        }
        if marks.contains(where: { $0.scope != .channel }) {
            output.say("channels: \(covered.joined(separator: ", "))")
        }
        output.say("undo: tocsin channels up \(Plain.text(undoing(marks), limit: 500))")
        if facts.allSatisfy({ facts in holding.contains { $0.covers(facts) } }) {
            output.say("every channel is marked down now: nothing can be sent")
        }
        if output.isJSON { output.result(json: Marked(marks: marks.map(MarkRecord.init), channels: covered)) }
    }

    private func undoing(_ marks: [Mark]) -> String { marks.map(\.operand).joined(separator: " ") }
}

private struct Marked: Encodable {
    let marks: [MarkRecord]
    let channels: [String]
}
