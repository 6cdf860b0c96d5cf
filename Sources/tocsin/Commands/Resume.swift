import Broadcast
import Configuration
import Dispatching
import Storage

extension Commands {
    /// Goes on with what was paused or interrupted.
    static let resume = CommandSpec(
        path: ["resume"], summary: "Go on with an announcement that was paused or interrupted",
        operands: [
            .init(
                name: "ID", help: "the announcement (default: the latest that is not over)", count: .optional)
        ],
        options: [
            .flag("all", "everything on this store"),
            .value("linger", "60s", "how long to stay when only retries and channels that are down are left"),
        ],
        details: [
            "What waits on a channel whose secret is missing here goes on waiting, which is said first; the rest goes on."
        ]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        if invocation.isSet("all"), let id = invocation.operand(0) {
            throw CommandFailure(
                .usage, "--all means every announcement and \(Plain.text(id)) means one: give either")
        }
        let configured = try session.configured()
        let store = try session.store(configured)
        try await session.translating { () async throws(StoreError) in
            try await store.requireAdopted(in: configured.zone)
        }
        let patience = Foreground.Patience.atMost(try invocation.duration("linger") ?? .seconds(60))
        return try await Interruption.heard(by: session) { (session) async throws(CommandFailure) in
            let foreground = Foreground(session: session, store: store, configured: configured)
            if invocation.isSet("all") { return try await foreground.resumeAll(patience) }
            guard let named = invocation.operand(0) else {
                return try await foreground.resumeLatest(patience)
            }
            return try await foreground.resume(try await session.announcement(named, in: store), patience)
        }
    }
}

extension Foreground {
    fileprivate func resumeAll(_ patience: Patience) async throws(CommandFailure) -> ExitCode {
        let now = session.clock.now()
        let moment = BootTime(boot: session.clock.boot, uptime: now.uptime)
        let ids = try await session.translating { () async throws(StoreError) in
            _ = try await store.resumeAll(at: moment, now: now.wall)
            return try await store.running() + store.cancelling()
        }
        if ids.isEmpty {
            session.output.say("nothing waits on this store")
            return .success
        }
        let wasInterrupted = try await send(ids, patience)
        var worst = ExitCode.success
        for id in ids {
            let exit = try await conclude(id, wasInterrupted: wasInterrupted)
            if exit.rawValue > worst.rawValue { worst = exit }
        }
        return worst
    }

    /// Goes on with the latest that is not over, and names what waits besides: an older one is not passed over silently.
    fileprivate func resumeLatest(_ patience: Patience) async throws(CommandFailure) -> ExitCode {
        let latest = try await unfinished().last
        let id: Announcement.ID
        if let latest { id = latest.id } else { id = try await session.announcement("latest", in: store) }
        let exit = try await resume(id, patience)
        let others = try await unfinished().filter { $0.id != id }
        guard !others.isEmpty else { return exit }
        let names = others.prefix(5).map { "\($0.id) (\($0.state.rawValue))" }
        let more = others.count > names.count ? " and \(others.count - names.count) more" : ""
        let verb = others.count == 1 ? "waits" : "wait"
        session.output.say(
            "\(names.joined(separator: ", "))\(more) \(verb) too: \(Paragraph.command("tocsin resume --all")) "
                + "goes on with everything")
        return exit.rawValue < ExitCode.someWait.rawValue ? .someWait : exit
    }

    private func unfinished() async throws(CommandFailure) -> [OpenAnnouncement] {
        let store = store
        return try await session.translating { () async throws(StoreError) in
            try await store.openAnnouncements()
        }
    }

    fileprivate func resume(
        _ id: Announcement.ID, _ patience: Patience
    ) async throws(CommandFailure) -> ExitCode {
        let now = session.clock.now()
        let moment = BootTime(boot: session.clock.boot, uptime: now.uptime)
        let report = try await session.translating { () async throws(StoreError) in
            try await store.progress(id)
        }
        if let closer = report.closedBy {
            throw CommandFailure(
                .usage,
                "\(id) was closed by \(closer): nothing more of it leaves; "
                    + "\(Paragraph.command("tocsin resume \(closer)")) goes on with that one")
        }
        let state = try await session.translating { () async throws(StoreError) in
            if report.state == .finished || report.state == .cancelled { return report.state }
            return try await store.resume(id, at: moment, now: now.wall)
        }
        switch state {
        case .cancelled where try await isUnsettled(id):
            session.output.say("\(id) is cancelled; what was on the wire is settled")
            return try await conclude(id, wasInterrupted: try await send([id], patience))
        case .finished, .cancelled:
            session.output.say("\(id) is \(state.rawValue); nothing is left to do")
            return try await conclude(id, wasInterrupted: false)
        case .planning:
            throw CommandFailure(
                .usage, "\(id) was never confirmed, nothing of it was sent: give the send command again")
        case .scheduled, .running, .paused:
            return try await conclude(id, wasInterrupted: try await send([id], patience))
        }
    }

    private func isUnsettled(_ id: Announcement.ID) async throws(CommandFailure) -> Bool {
        try await session.translating { () async throws(StoreError) in try await store.cancelling() }
            .contains(id)
    }
}
