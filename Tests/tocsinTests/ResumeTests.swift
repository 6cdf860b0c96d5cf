import Broadcast
import TestPeers
import Testing

/// Going on with what an older command left behind.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ResumeTests {
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
}
