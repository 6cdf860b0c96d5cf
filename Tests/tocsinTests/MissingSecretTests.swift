import Broadcast
import TestPeers
import Testing

/// Secrets that are missing where a command runs, as on a borrowed laptop, hold up their own channels only.
@Suite(.timeLimit(.minutes(5))) struct MissingSecretTests {
    private static let send = ["send", "note", "--to", "all", "--yes"]

    /// Runs without the token of SMS.
    private func poorly(_ stage: Stage, _ words: [String]) async throws -> Program.Outcome {
        var secrets = Stage.secrets
        secrets["SMS_TOKEN"] = nil
        return try await stage.program.run(words, environment: secrets)
    }

    private func stage(_ channels: String..., web: String = "") async throws -> Stage {
        let stage = try await Stage(channels, web: web)
        try await stage.people(2)
        return stage
    }

    @Test(arguments: [nil, ""])
    func `what was to go over a channel whose secret is missing is skipped, and said loudly`(
        token: String?
    ) async throws {
        let stage = try await stage("email", "sms")
        var secrets = Stage.secrets
        secrets["SMS_TOKEN"] = token
        let outcome = try await stage.program.run(Self.send, environment: secrets)
        #expect(outcome.exit == 0, "\(outcome.errors)")
        #expect(outcome.told.contains("SECRET MISSING: nothing leaves over sms now"), "\(outcome.told)")
        #expect(outcome.told.contains("export SMS_TOKEN") && outcome.told.contains("sms: 2 channel-down"))
        #expect(try await stage.mailed().sorted() == ["p1@acme.example", "p2@acme.example"])
        #expect(try await stage.posted().isEmpty)
    }

    @Test(arguments: [
        ("--channels sms", 78), ("--channels email,sms", 78), ("--channels sms --wait", 78),
        ("--channels email", 0),
    ])
    func `who names the channel is refused, and who names another one is not disturbed`(
        row: (choice: String, exit: Int32)
    ) async throws {
        let stage = try await stage("email", "sms")
        let outcome = try await poorly(stage, Self.send + row.choice.split(separator: " ").map(String.init))
        #expect(outcome.exit == row.exit, "\(outcome.errors)")
        #expect(outcome.told.contains("export SMS_TOKEN") == (row.exit == 78), "\(outcome.told)")
        if row.exit == 78 { #expect(try await stage.isUntouched()) }
    }

    @Test func `an announcement whose every channel lacks its secret is refused`() async throws {
        let stage = try await stage("email", "sms")
        try stage.template("texts", "subject: We are down\npurpose: service\nchannels: [sms]", "Sorry.")
        let outcome = try await poorly(stage, ["send", "texts", "--to", "all", "--yes"])
        #expect(outcome.exit == 78 && outcome.told.contains("export SMS_TOKEN"), "\(outcome.errors)")
        #expect(try await stage.isUntouched())
    }

    @Test func `what waits for a secret keeps nobody, and leaves where the secret is`() async throws {
        let stage = try await stage("email", "sms")
        let urgent = ["--wait", "--priority", "urgent", "--expires", "2h", "--id", "a"]
        let waiting = try await poorly(stage, Self.send + urgent)
        #expect(waiting.exit == 3, "\(waiting.errors)")
        #expect(
            waiting.told.contains("2 on sms, secret missing: export SMS_TOKEN; nothing leaves there before"))
        #expect(waiting.told.contains("run tocsin resume a when the secret is set"), "\(waiting.told)")
        #expect(try await stage.report("a")["channels"]["sms"]["queued"].text == "2")
        #expect(try await poorly(stage, ["resume", "a", "--linger", "1h"]).exit == 3)
        #expect(try await stage.posted().isEmpty)

        let resumed = try await stage.run("resume", "a")
        #expect(resumed.exit == 0, "\(resumed.errors)")
        #expect(try await stage.posted().map(\.path) == ["/sms", "/sms"])
        #expect(try await stage.mailed().count == 2)
    }

    @Test
    func `under reach first people are planned for their next channel, and those who waited already wait`()
        async throws
    {
        let stage = try await stage("sms", "email", web: "\"/sms\": [{\"status\": 503}],")
        let first = Self.send + ["--reach", "first"]
        let planned = try await poorly(stage, first + ["--id", "a"])
        #expect(planned.exit == 0, "\(planned.errors)")
        #expect(try await stage.mailed().count == 2)

        try await stage.run("channels", "down", "email", "--why", "x")
        let stuck = try await stage.run(first + ["--id", "b", "--linger", "1s"])
        #expect(stuck.exit == 3, "\(stuck.errors)")
        try await stage.run("channels", "up", "email")
        let resumed = try await poorly(stage, ["resume", "b"])
        #expect(resumed.exit == 3 && resumed.told.contains("export SMS_TOKEN"), "\(resumed.errors)")
        #expect(try await stage.mailed().count == 2)
    }

    @Test func `channels, probe and check show which secret is missing`() async throws {
        let stage = try await stage("email", "sms")
        let list = try await poorly(stage, ["channels"])
        #expect(list.exit == 0 && list.unfolded.contains("sms: secret missing: export SMS_TOKEN"))
        let sms = try await poorly(stage, ["channels", "--json"]).json()["channels"]["sms"]
        #expect(sms["state"].text == "unusable" && sms["since"] == .null)
        let probe = try await poorly(stage, ["channels", "probe"])
        #expect(probe.exit == 1, "\(probe.output)")
        #expect(probe.unfolded.contains("failed: secret missing: export SMS_TOKEN"))
        #expect(try await poorly(stage, ["channels", "probe", "email"]).exit == 0)
        let check = try await poorly(stage, ["check"])
        #expect(check.exit == 78, "\(check.output)")
        #expect(
            check.unfolded.contains(
                "SMS_TOKEN is not set: export it, or take channels.sms (and its place in order) out"))
    }

    @Test func `a mark that is lifted does not make up for a secret`() async throws {
        let stage = try await stage("email", "sms")
        #expect(try await poorly(stage, ["channels", "down", "sms", "--why", "x"]).exit == 0)
        #expect(try await poorly(stage, ["channels", "up", "sms"]).exit == 0)
        #expect(try await poorly(stage, Self.send).exit == 0)
        #expect(try await stage.posted().isEmpty)
    }
}
