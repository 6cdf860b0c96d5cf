import Broadcast
import TestPeers
import Testing

/// What people say of a channel whose secret is missing where they say it.
@Suite(.timeLimit(.minutes(5))) struct UnusableChannelTests {
    /// Two people wait for SMS, which is marked down.
    private func waiting() async throws -> Stage {
        let stage = try await Stage(["email", "sms"])
        try await stage.people(2)
        try await stage.run("channels", "down", "sms", "--why", "gateway is failing")
        let sent = try await stage.run(
            "send", "note", "--to", "all", "--yes", "--wait", "--linger", "0s", "--id", "a")
        #expect(sent.exit == 3, "\(sent.errors)")
        return stage
    }

    /// Runs without the token of SMS.
    private func poorly(_ stage: Stage, _ words: String...) async throws -> Program.Outcome {
        try await stage.program.run(words, environment: Stage.secrets.filter { $0.key != "SMS_TOKEN" })
    }

    @Test func `a person's mark on it is shown beside the secret`() async throws {
        let stage = try await waiting()
        let list = try await poorly(stage, "channels")
        #expect(list.unfolded.contains("sms: secret missing: export SMS_TOKEN"), "\(list.output)")
        #expect(list.unfolded.contains("marked down by") && list.unfolded.contains("gateway is failing"))
        #expect(list.width <= 80)
    }

    @Test func `who lifts its mark is not told that it is up, nor to send from here`() async throws {
        let stage = try await waiting()
        let up = try await poorly(stage, "channels", "up", "sms", "--yes", "--json")
        #expect(up.exit == 0, "\(up.errors)")
        #expect(!up.told.contains("sms is up") && !up.told.contains("may leave"), "\(up.told)")
        #expect(up.told.contains("sms is marked down no more"))
        #expect(
            up.told.contains("nothing leaves over sms from here before its secret is set: export SMS_TOKEN"))
        let result = try up.json()
        #expect(result["released"] == .array([]) && result["lacking"] == .array([.string("sms")]))
        #expect(try await stage.run("resume", "a").exit == 0)
        #expect(try await stage.posted().count == 2)
    }

    @Test func `a secret of ill form takes its own channel away and no other`() async throws {
        let stage = try await Stage(["email", "telegram"])
        try await stage.people(2)
        var secrets = Stage.secrets
        secrets["BOT_TOKEN"] = "oops"
        let told = "the environment variable BOT_TOKEN is no bot token"
        for (words, exit) in [
            ("channels probe email", 0), ("send note --to all --channels email --yes", 0),
            ("resume --all", 0), ("send note --to all --yes --id b", 78),
            ("channels down telegram --why x", 0), ("send note --to all --yes --id b", 0), ("check", 78),
        ] as [(String, Int32)] {
            let words = words.split(separator: " ").map(String.init)
            let outcome = try await stage.program.run(words, environment: secrets)
            #expect(outcome.exit == exit, "\(words): \(outcome.told) \(outcome.output)")
            #expect(exit == 0 || (outcome.told + outcome.unfolded).contains(told), "\(outcome.told)")
        }
        let list = try await stage.program.run(["channels"], environment: secrets)
        #expect(list.exit == 0 && list.unfolded.contains("telegram: secret unusable: \(told)"))
        #expect(try await stage.mailed().count == 4)
    }

    @Test func `a status page without its secret names it, wherever it is missed`() async throws {
        let stage = try await Stage(["email"])
        try await stage.people(1)
        let text = String(decoding: stage.program.read("channels.json"), as: UTF8.self)
        let page = #"{"url": "https://status.example/", "authorization": {"bearer": {"env": "PAGE_KEY"}}}"#
        try stage.program.write(
            "channels.json",
            text.replacing("\"store\":", with: "\"companies\": {\"Acme\": {\"status\": \(page)}}, \"store\":")
        )
        let told = "status.example cannot be asked before its secret is there (export PAGE_KEY)"
        let sent = try await stage.run("send", "note", "--to", "all", "--yes")
        #expect(sent.exit == 0 && sent.told.contains("warning: Acme: \(told)"), "\(sent.errors)")
        let list = try await stage.run("channels")
        #expect(list.unfolded.contains("Acme: \(told)"), "\(list.output)")
    }

    @Test func `where the secret is, nothing has changed`() async throws {
        let stage = try await waiting()
        let up = try await stage.run("channels", "up", "sms", "--yes", "--json")
        #expect(up.told.contains("sms is up 2 deliveries may leave: tocsin resume --all sends them"))
        #expect(try up.json()["lacking"] == .array([]))
    }

    @Test func `where nothing is lifted the secret is named all the same`() async throws {
        let stage = try await Stage(["email", "sms"])
        try await stage.people(1)
        let up = try await poorly(stage, "channels", "up", "sms")
        #expect(up.exit == 0 && up.told.contains("sms: was not marked down"), "\(up.errors)")
        #expect(up.told.contains("secret is set: export SMS_TOKEN"))
    }
}
