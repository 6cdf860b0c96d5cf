import Broadcast
import Foundation
import TestPeers
import Testing

/// A provider asks us to leave its channel alone: what people and scripts see of that.
@Suite(.timeLimit(.minutes(5))) struct RestCommandTests {
    /// Four people wait for SMS, whose gateway answered once, and so.
    private static func stage(_ status: Int) async throws -> Stage {
        let reply = #"{"status": \#(status), "headers": {"Retry-After": "1800"}, "body": "quota \u001b[2J"}"#
        let stage = try await Stage(
            ["sms"], web: "\"/sms\": [\(reply), \(Stage.well)],", more: ["sms": "\"connections\": 1"])
        try await stage.people(4)
        let sent = try await stage.run(
            "send", "note", "--to", "all", "--yes", "--id", "n1", "--linger", "1s")
        #expect(sent.exit == 3, "\(sent.errors)")
        return stage
    }

    private func sms(_ stage: Stage) async throws -> JSONValue {
        try await stage.run("channels", "--json").json()["channels"]["sms"]
    }

    private func isInHalfAnHour(_ time: JSONValue) throws -> Bool {
        let left = try Date(time.text, strategy: .iso8601).timeIntervalSinceNow
        // The machine may be slow, not by a quarter of an hour.
        return left > 900 && left < 1801
    }

    @Test func `a rest is a word of its own wherever somebody asks what waits`() async throws {
        let stage = try await Self.stage(429)
        let sms = try await sms(stage)
        #expect(sms["state"].text == "resting" && sms["who"].text == "provider")
        #expect(sms["why"].text.hasPrefix("its provider asked (rate-limited: "))
        #expect(try isInHalfAnHour(sms["until"]) && isInHalfAnHour(sms["nextAt"]))
        let table = try await stage.run("channels")
        #expect(
            table.unfolded.contains("sms: resting since") && table.unfolded.contains("its provider asked"))
        #expect(table.unfolded.contains("tocsin channels up sms --now"))
        #expect(table.isPlain && table.width <= 80)

        let order = ["send", "note", "--to", "all", "--id", "n2", "--reach", "first", "--dry-run"]
        let plan = try await stage.run(order)
        #expect(
            plan.unfolded.contains("sms rests until") && plan.unfolded.contains(": 4 wait; who has another"))
        let planned = try await stage.run(order + ["--json"]).json()["plan"]["channels"]["sms"]["rest"]
        #expect(try isInHalfAnHour(planned["until"]))
        let movesOn = try Date(planned["movesOnAt"].text, strategy: .iso8601).timeIntervalSinceNow
        #expect(movesOn > 60 && movesOn < 301)

        let resumed = try await stage.run("resume", "n1", "--linger", "1s")
        #expect(resumed.exit == 3 && resumed.told.contains("4 on sms, resting until"), "\(resumed.told)")
        let waiting = try await stage.run("report", "n1", "--contacts", "waiting", "--json").json().items
        let deliveries = waiting.map { $0["deliveries"]["0"] }
        #expect(deliveries.count == 4)
        for delivery in deliveries {
            #expect(delivery["why"].text.hasPrefix("resting until"))
            #expect(try isInHalfAnHour(delivery["nextAt"]))
        }
        #expect(try await stage.posted().count == 1)
    }

    @Test(arguments: [true, false])
    func `a plan says that a channel is tripped, and what it costs to leave it`(isServed: Bool) async throws {
        let stage = try await Stage(
            ["sms", "push"], web: #""/sms": [{"status": 403}],"#,
            more: [
                // Not being probed whenever somebody looks.
                "sms": #""failoverAfter": "1ms", "retry": {"first": "1h", "cap": "1h", "within": "1d"}"#,
                "push": #""price": "1 EUR""#,
            ])
        try await stage.people(4)
        let sender = try stage.start(
            "send", "note", "--to", "all", "--yes", "--id", "n1", "--channels", "sms", "--linger", "1h")
        #expect(await sender.said("sms is tripped"))
        if !isServed {
            sender.signal(SIGKILL)
            _ = try? await sender.outcome.value
        }
        let order = ["send", "note", "--to", "all", "--id", "n2", "--reach", "first", "--dry-run"]
        let plan = try await stage.run(order)
        #expect(plan.unfolded.contains("sms is tripped since"), "\(plan.told)")
        #expect(plan.unfolded.contains("tried again at"))
        #expect(plan.unfolded.contains(": 4 wait; who has another"))
        #expect(
            plan.unfolded.contains("goes on to that at once for up to 4.00 EUR") == isServed, "\(plan.told)")
        #expect(plan.unfolded.contains("Cost: 0.20 EUR, up to 4.00 EUR more"), "\(plan.told)")
        #expect(plan.unfolded.contains("Estimate: 4 wait on sms"), "\(plan.told)")
        let json = try await stage.run(order + ["--json"]).json()["plan"]
        let sms = json["channels"]["sms"]
        #expect(sms["tripped"]["costs"]["0"]["amount"].text == "4" && sms["rest"] == .null)
        #expect(sms["tripped"]["since"] != .null && sms["tripped"]["movesOnAt"] != .null)
        #expect(json["seconds"]["all"].text == "0")
        if isServed {
            sender.signal(SIGINT)
            _ = try await sender.outcome.value
        }
    }

    @Test func `channels up names a rest, and ends it only when that is asked for`() async throws {
        let stage = try await Self.stage(429)
        let up = try await stage.run("channels", "up", "sms", "--yes", "--json")
        #expect(up.exit == 0 && up.told.contains("sms rests until"), "\(up.errors)")
        #expect(up.told.contains("its provider asked") && up.told.contains("tocsin channels up sms --now"))
        #expect(try up.json()["resting"]["0"]["name"].text == "sms")
        #expect(try up.json()["released"] == .array([]) && up.json()["waiting"].text == "0")
        #expect(try await sms(stage)["state"].text == "resting")

        let asked = try await stage.run("channels", "up", "sms", "--now")
        #expect(asked.exit == 64 && asked.errors.contains("4 deliveries would leave"), "\(asked.errors)")
        #expect(try await sms(stage)["state"].text == "resting")
        let heeded = try await stage.run("channels", "up", "sms", "--now", "--heed")
        #expect(heeded.exit == 64)
        let now = try await stage.run("channels", "up", "sms", "--now", "--yes", "--json")
        #expect(now.exit == 0 && now.told.contains("sms rests no longer"), "\(now.errors)")
        #expect(now.told.contains("4 deliveries may leave") && now.isPlain)
        #expect(try now.json()["roused"] == .array([.string("sms")]))
        #expect(try now.json()["released"] == .array([.string("sms")]))
        #expect(try await sms(stage)["state"].text == "up")
        #expect(try await stage.run("resume", "n1").exit == 0)
        #expect(try await stage.posted().count == 5)
    }

    @Test func `what tripped and was told to wait is probed when the rest is over, and is said so`()
        async throws
    {
        let stage = try await Self.stage(403)
        let before = try await sms(stage)
        #expect(before["state"].text == "tripped")
        #expect(try isInHalfAnHour(before["until"]))
        let table = try await stage.run("channels")
        #expect(table.unfolded.contains("rest: until") && table.width <= 80)
        let up = try await stage.run("channels", "up", "sms")
        #expect(
            up.exit == 0 && up.told.contains("with the next delivery due once its rest is over"), "\(up.told)"
        )
        let still = try await stage.run("resume", "n1", "--linger", "1s")
        #expect(still.exit == 3 && still.told.contains("resting until"), "\(still.told)")
        #expect(try isInHalfAnHour(await sms(stage)["until"]))
        let end = before["until"].text.dropFirst(11).prefix(8).dropFirst(2)
        let tries = still.told.matches(of: /tried again at \S+ \d\d(\S+)/).map(\.1)
        #expect(tries.allSatisfy { $0 == end } && !tries.isEmpty, "\(still.told)")
        #expect(try await stage.posted().count == 1)
        let now = try await stage.run("channels", "up", "sms", "--now", "--yes")
        #expect(now.exit == 0 && !now.told.contains("once its rest is over"))
        #expect(try await stage.run("resume", "n1").exit == 0)
        #expect(try await stage.posted().count == 5)
    }
}
