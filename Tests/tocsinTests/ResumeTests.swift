import Broadcast
import TestPeers
import Testing

/// Going on with what an older command left behind.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ResumeTests {
    private static func send(_ id: String, over channel: String) -> [String] {
        [
            "send", "note", "--to", "all", "--yes", "--wait", "--linger", "0s", "--id", id, "--channels",
            channel,
        ]
    }

    /// `old` waits on SMS, which is marked down; `new` has been mailed.
    private func stage() async throws -> Stage {
        let stage = try await Stage(["email", "sms"])
        try await stage.people(3)
        try await stage.run("channels", "down", "sms", "--why", "maint")
        #expect(try await stage.run(Self.send("old", over: "sms")).exit == 3)
        #expect(try await stage.run(Self.send("new", over: "email")).exit == 0)
        return stage
    }

    @Test func `without an id it goes on with the latest that is not over`() async throws {
        let stage = try await stage()
        try await stage.run("channels", "up", "sms", "--yes")
        let resumed = try await stage.run("resume")
        #expect(resumed.exit == 0 && resumed.output.hasPrefix("old  note  finished"), "\(resumed.told)")
        #expect(try await stage.posted().count == 3)
        let idle = try await stage.run("resume")
        #expect(idle.exit == 0 && idle.errors.contains("new is finished; nothing is left"), "\(idle.errors)")
    }

    @Test func `what waits besides is named, and is no success`() async throws {
        let stage = try await stage()
        try await stage.run("pause", "old")
        try await stage.run("channels", "down", "email", "--why", "maint")
        #expect(try await stage.run(Self.send("last", over: "email")).exit == 3)
        try await stage.run("channels", "up", "email", "--yes")
        let resumed = try await stage.run("resume")
        #expect(
            resumed.exit == 3 && resumed.output.hasPrefix("last  note  finished")
                && resumed.errors.contains(
                    "old (paused) waits too: tocsin resume --all goes on with everything"),
            "\(resumed.told)")
        #expect(try await stage.posted().isEmpty)
    }

    // MARK: The clock was set

    /// As if somebody had set the clock forward by two days while nobody dispatched.
    private func setClock(_ stage: Stage) async throws {
        let change = "UPDATE announcements SET clock = clock - 172740000"
        let edited = try await stage.program.shell(
            "/usr/bin/python3 -c \"import sqlite3; c = sqlite3.connect('tocsin.db'); c.execute('\(change)'); "
                + "c.commit()\"")
        #expect(edited.exit == 0, "\(edited.told)")
    }

    @Test func `what waits when the clock has been set by days is paused, and whoever sends next is told`()
        async throws
    {
        let stage = try await stage()
        try await setClock(stage)
        let next = try await stage.run(Self.send("next", over: "email"))
        let told = "the clock was set forward by 2d"
        #expect(next.exit == 0 && next.errors.contains("\(told); waits stay as long as they were"))
        #expect(next.errors.contains("old is paused: \(told); tocsin resume old goes on"), "\(next.errors)")
        #expect(try await stage.run("report", "old").output.hasPrefix("old  note  paused (\(told))"))
        #expect(try await stage.report("old")["pauseReason"].text == told)

        try await stage.run("channels", "up", "sms", "--yes")
        try await setClock(stage)
        let resumed = try await stage.run("resume", "old")
        #expect(resumed.exit == 0 && resumed.output.hasPrefix("old  note  finished"), "\(resumed.told)")
        #expect(!resumed.errors.contains("paused"), "\(resumed.errors)")
    }

    // MARK: A channel taken out of the configuration

    @Test func `what waits on a channel that is configured no more says so`() async throws {
        let stage = try await stage()
        let port = try stage.mail.port("smtp")
        try stage.configure(["email"], mailPort: port)
        let resumed = try await stage.run("resume", "old", "--linger", "0s")
        #expect(
            resumed.exit == 3
                && resumed.errors.contains(
                    "3 deliveries wait; nobody sends them: run tocsin resume old once the channel is configured again\n"
                        + "3 on sms, not configured any more: put it back, or tocsin cancel old ends them\n"),
            "\(resumed.errors)")
        let board = try await stage.run("channels")
        #expect(
            board.unfolded.contains("sms: not configured any more, 3 deliveries wait for it: put it back"),
            "\(board.output)")
        #expect(board.width <= 80)
        let json = try await stage.run("channels", "--json").json()
        #expect(json["unconfigured"]["sms"]["waiting"].text == "3")
        try stage.configure(["email", "sms"], mailPort: port)
        try await stage.run("channels", "up", "sms", "--yes")
        #expect(try await stage.run("resume").exit == 0)
        #expect(try await stage.run("channels", "--json").json()["unconfigured"].items.isEmpty)
    }

    @Test func `under reach first people go on from a channel that is configured no more`() async throws {
        let stage = try await Stage(["sms", "email"])
        try await stage.people(3)
        try await stage.run("channels", "down", "sms", "email", "--why", "maint")
        let sent = try await stage.run(
            "send", "note", "--to", "all", "--yes", "--wait", "--linger", "0s", "--id", "n1", "--reach",
            "first")
        #expect(sent.exit == 3 && sent.errors.contains("3 on sms"), "\(sent.errors)")
        try stage.configure(["email"], mailPort: try stage.mail.port("smtp"))
        try await stage.run("channels", "up", "email", "--yes")
        let resumed = try await stage.run("resume")
        #expect(resumed.exit == 0, "\(resumed.errors)")
        #expect(try await stage.mailed().count == 3)
        #expect(try await stage.posted().isEmpty)
    }
}
