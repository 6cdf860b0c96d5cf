import Broadcast
import Foundation
import TestPeers
import Testing

/// Two processes on one store whose configuration or environment differ: what was planned is what is sent.
@Suite(.serialized, .timeLimit(.minutes(5))) struct HandOverTests {
    private static let everybody = ["--to", "all", "--yes"]
    /// It stays as long as a test lasts.
    private static let note = ["send", "note"] + everybody + ["--id", "n1", "--wait", "--linger", "1h"]
    private static let urgent = ["send", "note"] + everybody + ["--id", "u1", "--priority", "urgent"]
    private static let first = ["--reach", "first"]

    /// The secrets but for the token of SMS.
    private static var poor: [String: String] { Stage.secrets.filter { $0.key != "SMS_TOKEN" } }

    /// With `texts` the answers to the first texts.
    private func stage(
        _ channels: [String], texts: [String] = [], login: String = "{}"
    ) async throws -> Stage {
        let replies = (texts + [Stage.well]).joined(separator: ", ")
        let stage = try await Stage(
            channels, web: "\"/sms\": [\(replies)],", more: ["sms": Self.pair], login: login)
        try await stage.people(20)
        return stage
    }

    private static let pair = #""connections": 2"#
    private static let hold = Stage.well.replacing("{\"status\"", with: "{\"hold\": true, \"status\"")
    /// Three texts are taken, and the next two answered when the test says so.
    private static let halting = [Stage.well, Stage.well, Stage.well, hold, hold]

    private func start(
        _ stage: Stage, _ words: [String], _ secrets: [String: String] = Stage.secrets
    ) throws -> Program.Running { try stage.program.start(words, environment: secrets) }

    /// Begins `note` over a channel that is marked down, so that it serves and waits until ``finish(_:_:)``.
    private func begin(
        _ stage: Stage, _ more: [String] = [], _ secrets: [String: String] = Stage.secrets,
        down channel: String = "push"
    ) async throws -> Program.Running {
        try await stage.run("channels", "down", channel, "--why", "x")
        let older = try start(stage, Self.note + more, secrets)
        #expect(await older.said("quiet hours to end:"))
        return older
    }

    /// Lets what `older` waits for leave, and says how it ended.
    private func finish(
        _ stage: Stage, _ older: Program.Running, up channel: String = "push"
    ) async throws -> Program.Outcome {
        #expect(try await stage.run("channels", "up", channel, "--yes").exit == 0)
        return try await older.outcome.value
    }

    /// Begins `note` over SMS, and waits until a few have left and two are on the wire.
    private func beginTexting(_ stage: Stage, _ more: [String]) async throws -> Program.Running {
        let older = try start(stage, Self.note + more)
        try await stage.web.wait(for: 5, "request")
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
        let stage = try await stage(["sms", "push"])
        let older = try await begin(stage, ["--channels", "push"], Self.poor)
        let choice = reach.isEmpty ? ["--channels", "sms"] : reach
        let newer = try await stage.run(Self.urgent + choice)
        #expect(newer.exit == 0, "\(newer.told)")
        #expect(try await arrived(stage) == ["/sms": 20], "it waited for the older one")
        let outcome = try await finish(stage, older)
        #expect(outcome.exit == 0, "\(outcome.told)")
        #expect(try await arrived(stage) == ["/sms": 20, "/push": 20])
    }

    @Test func `a channel that was configured meanwhile is not taken for one that was taken out`()
        async throws
    {
        let stage = try await stage(["push"])
        let older = try await begin(stage)
        try stage.configure(["sms", "push"], mailPort: try stage.mail.port("smtp"))
        let newer = try await stage.run(Self.urgent + Self.first)
        #expect(newer.exit == 0, "\(newer.told)")
        #expect(try await finish(stage, older).exit == 0)
        #expect(try await arrived(stage) == ["/sms": 20, "/push": 20])
    }

    @Test func `what was accepted after a channel was mended leaves over the mended one`() async throws {
        let stage = try await stage(["sms"], texts: Self.halting)
        let older = try await beginTexting(stage, [])
        let text = String(decoding: stage.program.read("channels.json"), as: UTF8.self)
        try stage.program.write("channels.json", text.replacing("/sms\"", with: "/mended\""))
        let newer = try start(stage, Self.urgent)
        #expect(await newer.said("accepted: u1"))
        try await stage.web.release()
        let outcome = try await newer.outcome.value
        #expect(outcome.exit == 0, "\(outcome.told)")
        #expect(try await older.outcome.value.exit == 0)
        // Whoever serves sends what is older as configured where he runs.
        let paths = try await arrived(stage)
        #expect(paths["/sms", default: 0] + paths["/mended", default: 0] == 40)
        #expect(paths["/mended", default: 0] >= 20, "\(paths)")
    }

    @Test(arguments: ["resume", "follow"])
    func `who lacks the secret leads nobody to another channel`(role: String) async throws {
        let stage = try await stage(["sms", "push"], texts: Self.halting)
        let older = try await beginTexting(stage, Self.first)
        let words = ["resume", "n1", "--linger", "1s"]
        let follower = role == "follow" ? try start(stage, words, Self.poor) : nil
        if let follower { #expect(await follower.said("sends what waits")) }
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
        let stage = try await stage(["sms", "push"], texts: Self.halting)
        let older = try await beginTexting(stage, ["--channels", "sms"] + reach)
        let sender = try await stage.run("channels", "--json").json()["dispatcher"].text
        let following = try start(stage, ["resume", "n1"], Self.poor)
        #expect(await following.said("sends what waits"))
        try await stage.web.release()
        let follower = try await following.outcome.value
        #expect(follower.exit == 0, "\(follower.told)")
        #expect(follower.told.contains("sms: \(sender) sends what waits; the secret is missing"))
        #expect(
            !follower.told.contains("channels down") && !follower.told.contains("MISSING"), "\(follower.told)"
        )
        #expect(try await older.outcome.value.exit == 0)
        #expect(try await arrived(stage) == ["/sms": 20])
    }

    @Test func `what nobody took over waits, and is named at the end`() async throws {
        let stage = try await stage(["push", "sms"], texts: [Self.hold, Self.hold])
        let older = try await begin(stage, ["--channels", "push"], Self.poor)
        #expect(try await lacks(stage) == ["sms"])
        let newer = try start(stage, Self.urgent + ["--channels", "sms"])
        #expect(await newer.said("accepted: u1"))
        newer.signal(SIGKILL)
        _ = try? await newer.outcome.value
        let outcome = try await finish(stage, older)
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
            ["sms"], login: #"{"/sms": ["Authorization", "Bearer sms-secret-token"]}"#)
        let wrong = Stage.secrets.merging(["SMS_TOKEN": "last-years-token"]) { $1 }
        let older = try start(stage, Self.note, wrong)
        #expect(await older.said("sms is tripped"))
        let resumed = try await stage.run("resume", "n1")
        #expect(resumed.exit == 0, "\(resumed.told)")
        #expect(try await older.outcome.value.exit == 0)
    }

    @Test func `others who follow and lack the secret too leave the place to the one that has it`()
        async throws
    {
        let stage = try await stage(["sms", "push"])
        let older = try await begin(stage, ["--channels", "push"], Self.poor)
        let others = try (1...4).map { _ in
            try start(stage, ["resume", "n1", "--linger", "1h"], Self.poor)
        }
        let newer = try await stage.run(Self.urgent + ["--channels", "sms"])
        #expect(newer.exit == 0, "\(newer.told)")
        #expect(try await arrived(stage) == ["/sms": 20], "it waited for the older ones")
        #expect(try await finish(stage, older).exit == 0)
        for process in others {
            let outcome = try await process.outcome.value
            #expect(outcome.exit == 0, "\(outcome.told)")
        }
        #expect(try await arrived(stage) == ["/sms": 20, "/push": 20])
    }

    @Test func `a newcomer is let in for what waits until a rest is over`() async throws {
        let rest = #""/sms": [{"status": 429, "headers": {"Retry-After": "600"}}],"#
        let channels = ["sms", "push", "email"]
        let stage = try await Stage(channels, web: rest)
        try await stage.people(40)
        let older = try await begin(stage, ["--channels", "email"], down: "email")
        try stage.configure(
            channels, mailPort: try stage.mail.port("smtp"), more: ["sms": #""failoverAfter": "1s""#])
        let newer = try start(
            stage,
            ["send", "note", "--to", "id:p1 or id:p2", "--yes", "--id", "u1", "--priority", "urgent"]
                + Self.first)
        var state = ""
        // What its provider answered is written down then, so that nothing of it is due.
        while state != "resting" {
            state = try await stage.run("channels", "--json").json()["channels"]["sms"]["state"].text
        }
        newer.signal(SIGKILL)
        _ = try? await newer.outcome.value
        let resumed = try await stage.run("resume", "u1")
        #expect(resumed.exit == 0, "\(resumed.told)")
        // What was on the wire when the one was killed is sent again under the same key.
        #expect(try await arrived(stage)["/push", default: 0] >= 2)
        #expect(try await stage.mailed().isEmpty, "it waited for the older one")
        #expect(try await finish(stage, older, up: "email").exit == 0)
        #expect(try await stage.mailed().count == 40)
    }
}
