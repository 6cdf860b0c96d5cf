import Broadcast
import Foundation
import TestPeers
import Testing

/// Two processes on one store whose configuration or environment differ: what was planned is what is sent.
@Suite(.serialized, .timeLimit(.minutes(5))) struct HandOverTests {
    private static let slow = #""rate": "3/s""#
    private static let everybody = ["--to", "all", "--yes"]
    private static let note = ["send", "note"] + everybody + ["--id", "n1"]
    private static let urgent = ["send", "note"] + everybody + ["--id", "u1", "--priority", "urgent"]
    private static let first = ["--reach", "first"]

    /// The secrets but for the token of SMS.
    private static var poor: [String: String] { Stage.secrets.filter { $0.key != "SMS_TOKEN" } }

    private func stage(_ channels: [String], slow: String, login: String = "{}") async throws -> Stage {
        let stage = try await Stage(channels, more: [slow: Self.slow], login: login)
        try await stage.people(20)
        return stage
    }

    private func start(
        _ stage: Stage, _ words: [String], _ secrets: [String: String] = Stage.secrets
    ) throws -> Program.Running { try stage.program.start(words, environment: secrets) }

    /// Begins `note`, and waits until a few of it have left.
    private func begin(
        _ stage: Stage, _ more: [String] = [], _ secrets: [String: String] = Stage.secrets
    ) async throws -> Program.Running {
        let older = try start(stage, Self.note + more, secrets)
        try await stage.web.wait(for: 3, "request")
        return older
    }

    /// The channels that a third process hears the sender has not what it takes for.
    private func lacks(_ stage: Stage) async throws -> [String] {
        try await stage.run("channels", "--json").json()["dispatcherLacks"].items.map(\.text)
    }

    /// How many requests came to each path.
    private func arrived(_ stage: Stage) async throws -> [String: Int] {
        try await stage.posted().reduce(into: [:]) { $0[$1.path, default: 0] += 1 }
    }

    @Test(arguments: [[], first])
    func `who has the secret takes the place of one that lacks it, and gives it back`(reach: [String])
        async throws
    {
        let stage = try await stage(["sms", "push"], slow: "push")
        let older = try await begin(stage, ["--channels", "push"], Self.poor)
        let choice = reach.isEmpty ? ["--channels", "sms"] : reach
        let newer = try await stage.run(Self.urgent + choice)
        #expect(newer.exit == 0, "\(newer.told)")
        let outcome = try await older.outcome.value
        #expect(outcome.exit == 0, "\(outcome.told)")
        #expect(try await arrived(stage) == ["/sms": 20, "/push": 20])
        #expect(try await stage.posted().last?.path == "/push", "it waited for the older one")
    }

    @Test func `a channel that was configured meanwhile is not taken for one that was taken out`()
        async throws
    {
        let stage = try await stage(["push"], slow: "push")
        let older = try await begin(stage)
        try stage.configure(
            ["sms", "push"], mailPort: try stage.mail.port("smtp"), more: ["push": Self.slow])
        let newer = try await stage.run(Self.urgent + Self.first)
        #expect(newer.exit == 0, "\(newer.told)")
        #expect(try await older.outcome.value.exit == 0)
        #expect(try await arrived(stage) == ["/sms": 20, "/push": 20])
    }

    @Test func `what was accepted after a channel was mended leaves over the mended one`() async throws {
        let stage = try await stage(["sms"], slow: "sms")
        let older = try await begin(stage)
        let text = String(decoding: stage.program.read("channels.json"), as: UTF8.self)
        try stage.program.write("channels.json", text.replacing("/sms\"", with: "/mended\""))
        let newer = try await stage.run(Self.urgent)
        #expect(newer.exit == 0, "\(newer.told)")
        #expect(try await older.outcome.value.exit == 0)
        // Whoever serves sends what is older as configured where he runs.
        let paths = try await arrived(stage)
        #expect(paths["/sms", default: 0] + paths["/mended", default: 0] == 40)
        #expect(paths["/mended", default: 0] >= 20, "\(paths)")
    }

    @Test(arguments: ["resume", "follow"])
    func `who lacks the secret leads nobody to another channel`(role: String) async throws {
        let stage = try await stage(["sms", "push"], slow: "sms")
        let older = try await begin(stage, Self.first)
        let words = ["resume", "n1", "--linger", "1s"]
        let follower = role == "follow" ? try start(stage, words, Self.poor) : nil
        if follower != nil { try await stage.web.wait(for: 6, "request") }
        older.signal(SIGKILL)
        _ = try? await older.outcome.value
        let outcome = try await (follower ?? start(stage, words, Self.poor)).outcome.value
        #expect(outcome.exit == 3, "\(outcome.told)")
        #expect(outcome.told.contains("on sms, secret missing: export SMS_TOKEN"), "\(outcome.told)")
        #expect(outcome.told.contains("run tocsin resume n1 when the secret is set"), "\(outcome.told)")
        #expect(try await arrived(stage)["/push"] == nil)
        let report = try await stage.report("n1")["channels"]
        #expect(report["push"]["planned"] == .null || report["push"]["planned"].text == "0")
        #expect(try await stage.run("resume", "n1").exit <= 1)
        #expect(try await arrived(stage)["/push"] == nil)
    }

    @Test(arguments: [[], first])
    func `who lacks the secret while another one sends hears that, and of nothing to do`(reach: [String])
        async throws
    {
        let stage = try await stage(["sms", "push"], slow: "sms")
        let older = try await begin(stage, ["--channels", "sms"] + reach)
        let sender = try await stage.run("channels", "--json").json()["dispatcher"].text
        let follower = try await start(stage, ["resume", "n1"], Self.poor).outcome.value
        #expect(follower.exit == 0, "\(follower.told)")
        #expect(follower.told.contains("sms: \(sender) sends what waits; the secret is missing"))
        #expect(
            !follower.told.contains("channels down") && !follower.told.contains("MISSING"), "\(follower.told)"
        )
        #expect(try await older.outcome.value.exit == 0)
        #expect(try await arrived(stage) == ["/sms": 20])
    }

    @Test func `what nobody took over waits, and is named at the end`() async throws {
        let stage = try await stage(["push", "sms"], slow: "push")
        let older = try await begin(stage, ["--channels", "push"], Self.poor)
        #expect(try await lacks(stage) == ["sms"])
        try stage.configure(
            ["push", "sms"], mailPort: try stage.mail.port("smtp"),
            more: ["push": Self.slow, "sms": #""rate": "30/m""#])
        let newer = try start(stage, Self.urgent + ["--channels", "sms"])
        #expect(await newer.said("accepted: u1"))
        newer.signal(SIGKILL)
        _ = try? await newer.outcome.value
        let outcome = try await older.outcome.value
        #expect(outcome.exit == 0, "\(outcome.told)")
        #expect(
            outcome.told.contains(
                "of u1 left on sms, secret missing: export SMS_TOKEN; tocsin resume u1 sends"),
            "\(outcome.told)")
        #expect(try await arrived(stage)["/push"] == 20)
        #expect(try await lacks(stage) == [])
    }

    @Test func `who comes with the right secret is let in at once`() async throws {
        let stage = try await stage(
            ["sms"], slow: "sms", login: #"{"/sms": ["Authorization", "Bearer sms-secret-token"]}"#)
        let wrong = Stage.secrets.merging(["SMS_TOKEN": "last-years-token"]) { $1 }
        let older = try start(stage, Self.note + ["--linger", "1h"], wrong)
        #expect(await older.said("sms is tripped"))
        let resumed = try await stage.run("resume", "n1")
        #expect(resumed.exit == 0, "\(resumed.told)")
        #expect(try await older.outcome.value.exit == 0)
    }

    @Test func `others who follow and lack the secret too leave the place to the one that has it`()
        async throws
    {
        let stage = try await stage(["sms", "push"], slow: "push")
        let older = try await begin(stage, ["--channels", "push"], Self.poor)
        let others = try (1...4).map { _ in try start(stage, ["resume", "n1"], Self.poor) }
        let newer = try await stage.run(Self.urgent + ["--channels", "sms"])
        #expect(newer.exit == 0, "\(newer.told)")
        for process in [older] + others {
            let outcome = try await process.outcome.value
            #expect(outcome.exit == 0, "\(outcome.told)")
        }
        #expect(try await arrived(stage) == ["/sms": 20, "/push": 20])
        #expect(try await stage.posted().last?.path == "/push", "it waited for the older ones")
    }

    @Test func `a newcomer is let in for what waits until a rest is over`() async throws {
        let rest = #""/sms": [{"status": 429, "headers": {"Retry-After": "600"}}],"#
        let stage = try await Stage(["sms", "push"], web: rest, more: ["push": Self.slow])
        try await stage.people(40)
        let older = try await begin(stage, ["--channels", "push"])
        try stage.configure(
            ["sms", "push"], mailPort: try stage.mail.port("smtp"),
            more: ["push": Self.slow, "sms": #""failoverAfter": "1s""#])
        let newer = try start(
            stage,
            ["send", "note", "--to", "id:p1 or id:p2", "--yes", "--id", "u1", "--priority", "urgent"]
                + Self.first)
        var seen = 3
        while try await arrived(stage)["/sms", default: 0] < 2 {
            seen += 1
            try await stage.web.wait(for: seen, "request")
        }
        // What its provider answered is written down by now, so that nothing of it is due.
        try await stage.web.wait(for: seen + 2, "request")
        newer.signal(SIGKILL)
        _ = try? await newer.outcome.value
        let resumed = try await stage.run("resume", "u1")
        #expect(resumed.exit == 0, "\(resumed.told)")
        #expect(try await older.outcome.value.exit == 0)
        // What was on the wire when the one was killed is sent again under the same key.
        #expect(try await arrived(stage)["/push", default: 0] >= 42)
        #expect(try await stage.posted().last?.body.contains("n1") == true, "it waited for the older one")
    }
}
