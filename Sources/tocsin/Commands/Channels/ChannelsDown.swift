import Broadcast
import Configuration
import Dispatching
import Foundation
import Storage

extension Commands {
    /// Says that something is down.
    static let channelsDown = CommandSpec(
        path: ["channels", "down"], summary: "Say that a channel is down, so that nothing goes over it",
        operands: [MarkTarget.operand],
        options: MarkTarget.options + [
            .value("why", "TEXT", "the reason, shown to whoever asks (required)")
        ] + MarkLength.options,
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
        let until = try MarkLength.end(invocation, now: now, configured)
        let why = try reason(invocation)
        let marks = target.names.map {
            Mark(target.scope, $0, why: why, who: session.user, since: now, until: until)
        }
        let store = try session.store(configured)
        let holding = try await session.translating { () async throws(StoreError) in
            // Who takes a channel down does not want it used all the same.
            for mark in try await store.marks(at: now) where mark.word == .up {
                let covered = configured.channels.map(\.facts).filter(mark.covers)
                // One of what is configured no more may be meant for what is again tomorrow.
                guard !covered.isEmpty else { continue }
                if covered.allSatisfy(target.covers) { _ = try await store.unmark(mark.scope, mark.name) }
            }
            for mark in marks { try await store.mark(mark) }
            return try await store.markings(heeding: configured.outside, at: now)
        }
        session.tell(marks, until: until, amid: holding, configured)
        return .success
    }

    private static func reason(_ invocation: Invocation) throws(CommandFailure) -> String {
        let why = try MarkLength.reason(invocation)
        guard !why.isEmpty else {
            throw CommandFailure(
                .usage, "say why with --why TEXT: whoever finds the channel down will want to know")
        }
        return why
    }
}

extension Session {
    /// Says what is marked now and which channels that is; a line on what is left when nothing is.
    fileprivate func tell(_ marks: [Mark], until: Date, amid markings: Markings, _ configured: Configured) {
        let facts = configured.inOrder.map(\.facts)
        let covered = facts.filter { facts in marks.contains { $0.covers(facts) } }.map(\.name.rawValue)
        let zone = configured.zone
        for mark in marks {
            output.say(
                Plain.text(
                    "\(mark.title) is marked down until "
                        + "\(TimeText.text(for: until, in: zone, seenAt: mark.since)): \(mark.why)",
                    limit: 500))
        }
        if marks.contains(where: { $0.scope != .channel }) {
            output.say("channels: \(covered.joined(separator: ", "))")
        }
        output.say("undo: tocsin channels up \(Plain.text(undoing(marks), limit: 500))")
        if facts.allSatisfy({ facts in markings.mark(on: facts) != nil }) {
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
