import Broadcast
import TestPeers
import Testing

/// Secrets that are missing where a command runs, as on a borrowed laptop, hold up their own channels only.
@Suite(.timeLimit(.minutes(5))) struct MissingSecretTests {
    private static let ask = ["send", "note", "--to", "all"]
    private static let send = ask + ["--yes"]
    /// All but the token of SMS.
    private static let secrets = Stage.secrets.filter { $0.key != "SMS_TOKEN" }

    /// Runs without the token of SMS.
    @discardableResult private func poorly(_ stage: Stage, _ words: [String]) async throws -> Program.Outcome
    {
        try await stage.program.run(words, environment: Self.secrets)
    }

    /// The same on a terminal, where a question is answered.
    private func poorly(
        _ stage: Stage, _ words: [String], answering answer: String
    ) async throws -> Program.Outcome {
        try await stage.program.runOnTerminal(words, typing: "\(answer)\n", environment: Self.secrets)
    }

    private func stage(_ channels: String...) async throws -> Stage {
        let stage = try await Stage(channels)
        try await stage.people(2)
        return stage
    }

    @Test(arguments: [nil, ""])
    func `whoever is asked may go on without the channel, which is said loudly`(token: String?) async throws {
        let stage = try await stage("email", "sms")
        var secrets = Stage.secrets
        secrets["SMS_TOKEN"] = token
        let outcome = try await stage.program.runOnTerminal(Self.ask, typing: "y\n", environment: secrets)
        #expect(outcome.exit == 0, "\(outcome.errors)")
        #expect(
            outcome.told.contains(
                "SECRET MISSING: nothing leaves over sms now. Stop and set it (export SMS_TOKEN), or go on"),
            "\(outcome.told)")
        #expect(outcome.told.contains("export SMS_TOKEN") && outcome.told.contains("sms: 2 channel-down"))
        #expect(try await stage.mailed().sorted() == ["p1@acme.example", "p2@acme.example"])
        #expect(try await stage.posted().isEmpty)
    }

    @Test(arguments: [("y", 0, 1), ("n", 64, 0)] as [(String, Int32, Int)])
    func `a channel is not lost without a question, not even with one delivery`(
        answer: String, exit: Int32, mails: Int
    ) async throws {
        let stage = try await stage("email", "sms")
        let outcome = try await poorly(stage, ["send", "note", "--to", "id:p1"], answering: answer)
        #expect(outcome.exit == exit && outcome.told.contains("[y/N]"), "\(outcome.errors)")
        #expect(try await stage.mailed().count == mails)
    }

    /// What is given, whether at a terminal, and how it ends; with 78 nothing has been planned.
    private static let choices: [(words: String, isAsked: Bool, exit: Int32)] = [
        ("--yes", false, 78), ("", false, 78), ("--yes", true, 78), ("--yes --wait", false, 78),
        ("--yes --reach first", false, 78), ("--to id:p1", false, 78),
        ("--yes --channels sms", false, 78), ("--yes --channels email,sms", false, 78),
        ("--channels email,sms", true, 78), ("--yes --channels sms --wait", false, 78),
        ("--yes --channels email", false, 0), ("--channels email --to id:p1", false, 0),
    ]

    @Test(arguments: choices)
    func `where nobody is asked no channel is lost, unless it is left out by name`(
        row: (words: String, isAsked: Bool, exit: Int32)
    ) async throws {
        let stage = try await stage("email", "sms")
        let given = row.words.split(separator: " ").map(String.init)
        let words = ["send", "note"] + (given.contains("--to") ? [] : ["--to", "all"]) + given
        let outcome = try await row.isAsked ? poorly(stage, words, answering: "y") : poorly(stage, words)
        #expect(outcome.exit == row.exit, "\(outcome.errors)")
        #expect(outcome.told.contains("secret missing on sms (export SMS_TOKEN): set it") == (row.exit == 78))
        guard row.exit == 78 else { return }
        let isAlone = row.words.contains("--channels sms")
        #expect(outcome.told.contains("or go on without: --channels email") != isAlone, "\(outcome.told)")
        #expect(try await stage.isUntouched())
    }

    @Test(arguments: [("sms", []), ("sms", ["--wait"]), ("--company", [])] as [(String, [String])])
    func `a person's mark says to go on without the channel`(target: String, more: [String]) async throws {
        let stage = try await stage("email", "sms")
        let mark = target == "sms" ? ["sms"] : ["--company", "Example SMS"]
        try await poorly(stage, ["channels", "down"] + mark + ["--why", "no token here"])
        let outcome = try await poorly(stage, Self.send + more + ["--linger", "0s"])
        #expect(outcome.exit == (more.isEmpty ? 0 : 3), "\(outcome.errors)")
        let told = "SECRET MISSING: nothing leaves over sms now (export SMS_TOKEN)"
        #expect(outcome.told.contains(told) && !outcome.told.contains("Stop and"), "\(outcome.told)")
        #expect(try await stage.mailed().count == 2)
    }

    @Test func `a dry run says what a send would be refused for`() async throws {
        let stage = try await stage("email", "sms")
        let codes = { (words: [String], outcome: Program.Outcome) in
            try outcome.json()["refusals"].items.map { $0["code"].text }
        }
        let dry = Self.ask + ["--dry-run", "--json"]
        #expect(try codes(dry, await poorly(stage, dry)) == ["secret-missing"])
        #expect(try codes(dry, await poorly(stage, dry, answering: "")) == [])
        #expect(try codes(dry, await poorly(stage, dry + ["--yes"], answering: "")) == ["secret-missing"])
        #expect(try codes(dry, await poorly(stage, dry + ["--channels", "email"])) == [])
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
        let waiting = try await poorly(stage, Self.ask + urgent, answering: "y")
        #expect(waiting.exit == 3, "\(waiting.errors)")
        #expect(
            waiting.told.contains("2 on sms, secret missing: export SMS_TOKEN; nothing leaves there before"))
        #expect(waiting.told.contains("run tocsin resume a when the secret is set"), "\(waiting.told)")
        #expect(try await stage.report("a")["channels"]["sms"]["queued"].text == "2")
        let again = try await poorly(stage, ["resume", "a", "--linger", "1h"])
        #expect(again.exit == 3 && again.complaints.first?.contains("SECRET MISSING: 2 deliveries") == true)
        #expect(try await stage.posted().isEmpty)

        let resumed = try await stage.run("resume", "a")
        #expect(resumed.exit == 0 && !resumed.told.contains("SECRET"), "\(resumed.errors)")
        #expect(try await stage.posted().map(\.path) == ["/sms", "/sms"])
        #expect(try await stage.mailed().count == 2)
    }

    @Test func `under reach first the plan takes the next channel, once somebody has agreed`() async throws {
        let stage = try await stage("sms", "email")
        let planned = try await poorly(stage, Self.ask + ["--reach", "first"], answering: "y")
        #expect(planned.exit == 0, "\(planned.errors)")
        #expect(try await stage.mailed().count == 2)
    }

    @Test(arguments: [["resume", "a"], ["send", "note", "--to", "id:p1", "--yes", "--channels", "email"]])
    func `those who wait are led elsewhere by a mark, not by a process that lacks the secret`(
        command: [String]
    ) async throws {
        let stage = try await stage("sms", "email")
        try await stage.run("channels", "down", "sms", "email", "--why", "x")
        let first = Self.send + ["--reach", "first", "--wait", "--id", "a", "--linger", "0s"]
        #expect(try await stage.run(first).exit == 3)
        try await stage.run("channels", "up", "sms", "email", "--yes")

        let other = try await poorly(stage, command)
        #expect(other.exit == (command[0] == "resume" ? 3 : 0), "\(other.errors)")
        #expect(try await stage.report("a")["channels"]["sms"]["queued"].text == "2")
        let way = "tocsin channels down sms --why 'no secret'"
        #expect(other.told.contains(way) == (command[0] == "resume"), "\(other.told)")

        try await stage.run("channels", "down", "sms", "--why", "no secret")
        let resumed = try await poorly(stage, ["resume", "a"])
        #expect(resumed.exit == 0, "\(resumed.errors)")
        #expect(try await stage.report("a")["channels"]["email"]["accepted"].text == "2")
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
        #expect(try await poorly(stage, Self.send).exit == 78)
        #expect(try await poorly(stage, Self.ask, answering: "y").exit == 0)
        #expect(try await stage.posted().isEmpty)
    }
}
