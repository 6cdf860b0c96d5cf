import Broadcast
import Dispatching
import Foundation
import Storage

extension Commands {
    private static let idOperand = CommandSpec.Operand(
        name: "ID", help: "the announcement, by its id: latest is refused")

    /// Stops one announcement for now.
    static let pause = CommandSpec(
        path: ["pause"], summary: "Stop an announcement for now; what is on the wire still finishes",
        operands: [idOperand], options: [.value("why", "TEXT", "the reason, shown in reports")]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        let id = try stoppedID("pause", invocation)
        let store = try session.store()
        try await session.translating { () async throws(StoreError) in
            try await store.pause(id, why: invocation.value("why") ?? "")
        }
        session.output.say("\(id) is paused; tocsin resume \(id) continues")
        try await session.showReport(of: id, in: store)
        return .success
    }

    /// Pauses everything at once.
    static let stop = CommandSpec(
        path: ["stop"], summary: "Pause everything on this store, a running dispatcher's work too, at once",
        options: [.value("why", "TEXT", "the reason, shown in reports")]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        let store = try session.store()
        let count = try await session.translating { () async throws(StoreError) in
            try await store.pauseAll(why: invocation.value("why") ?? "stopped")
        }
        session.output.say("paused: \(count); tocsin resume --all continues")
        if session.output.isJSON { session.output.result(json: ["paused": count]) }
        return .success
    }

    /// Ends an announcement for good.
    static let cancel = CommandSpec(
        path: ["cancel"], summary: "End an announcement: what has not left is skipped for good",
        operands: [idOperand]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        let id = try stoppedID("cancel", invocation)
        let store = try session.store()
        let now = session.clock.now()
        let (before, left, skipped) = try await session.translating { () async throws(StoreError) in
            let before = try await store.progress(id)
            let left = try await store.leaveToOriginal(id, now: now.wall)
            return (before, left, try await store.cancel(id, now: now.wall))
        }
        session.output.say(cancelled(before, left + skipped, in: session.zone))
        if left > 0 {
            session.output.say(
                "the original of this copy may have sent \(CountText.deliveries(left)) of it: nobody knows, "
                    + "\(left == 1 ? "it counts" : "they count") as unknown")
        }
        // Nobody else would settle what a killed dispatcher had on the wire: it is cancelled, not resumed.
        let recovery = try await session.translating { () async throws(StoreError) in
            try await store.recover(
                cancelled: id, as: session.owner,
                at: BootTime(boot: session.clock.boot, uptime: now.uptime), now: now.wall)
        }
        let doubtful = (recovery?.left ?? 0) + (recovery?.retried ?? 0)
        if doubtful > 0 {
            session.output.say(
                "at most \(CountText.deliveries(doubtful)) may have left: nobody knows, they count as unknown"
            )
        }
        try await session.showReport(of: id, in: store)
        return .success
    }

    /// What a cancellation came to; one that only completes another, or finds nothing to do, is told apart.
    private static func cancelled(_ before: AnnouncementReport, _ count: Int, in zone: TimeZone) -> String {
        let ended = "\(CountText.deliveries(count)) will not leave"
        guard before.state == .cancelled else { return "\(before.id) is cancelled; \(ended)" }
        let at = before.finishedAt.map { " at \(TimeText.text(for: $0, in: zone))" } ?? ""
        return "\(before.id) was cancelled already\(at)" + (count > 0 ? "; \(ended)" : "")
    }

    /// Reads the id of what `verb` stops; `latest` may be another by now than the one that was meant.
    private static func stoppedID(
        _ verb: String, _ invocation: Invocation
    ) throws(CommandFailure) -> Announcement.ID {
        let text = invocation.required(0)
        guard text != "latest" else {
            throw CommandFailure(
                .usage,
                "\(verb) latest: too easily the wrong one; give its id, which tocsin report --all lists")
        }
        return try announcementID(text)
    }

    /// Reads an id.
    ///
    /// - Throws: `usage` when it is no id.
    static func announcementID(_ text: String) throws(CommandFailure) -> Announcement.ID {
        guard let id = Announcement.ID(rawValue: text) else {
            throw CommandFailure(
                .usage, "\(Plain.text(text)) is no id of an announcement: 1 to 64 of A-Z a-z 0-9 _ -")
        }
        return id
    }
}
