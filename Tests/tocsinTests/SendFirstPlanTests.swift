import Broadcast
import Foundation
import TestPeers
import Testing

/// What a plan says under reach `first` of those whom their first channel cannot tell, and of the channels after it.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SendFirstPlanTests {
    private static let long = String(repeating: "x", count: 4200)
    private static let list = """
        id,name,email,phone,telegram,plan
        a,Anna,,+393331000001,501,\(long)
        b,Bo,,+393331000002,502,
        c,Carl,,+393331000003,503,\(long)
        d,Dora,,,504,\(long)

        """

    private func stage(_ channels: [String], _ more: [String: String] = [:]) async throws -> Stage {
        let stage = try await Stage(channels, more: more)
        try stage.template(
            "note",
            "subject: We are down\npurpose: service\nreach: first\nsms: \"Down, {{contact.name}}\"\n"
                + "variables: {contact.plan: {default: ''}, contact.name: {default: all}}",
            "Sorry {{contact.name}} {{contact.plan}}")
        try await stage.program.takeOver(Self.list)
        return stage
    }

    private func plan(_ stage: Stage, _ words: String...) async throws -> JSONValue {
        let outcome = try await stage.run(["send", "note", "--to", "all", "--dry-run", "--json"] + words)
        #expect(outcome.exit == 0, "\(outcome.errors)")
        return try outcome.json()["plan"]
    }

    @Test func `who gets too long a message is counted, and paid for, on the next channel`() async throws {
        let stage = try await stage(["telegram", "sms"])
        let plan = try await plan(stage)
        let (telegram, sms) = (plan["channels"]["telegram"], plan["channels"]["sms"])
        #expect(telegram["queued"].text == "1" && telegram["unmade"]["message-too-large"].text == "3")
        #expect(sms["queued"].text == "2" && sms["segments"].text == "2" && sms["planned"].text == "2")
        #expect(sms["takenOver"]["count"].text == "2" && sms["cost"]["amount"].text == "0.1")
        #expect(sms["locales"]["en"]["messages"].text == "2")
        #expect(plan["reachable"].text == "3" && plan["unreachable"].text == "1")
        #expect(plan["deliveries"].text == "3" && plan["costs"]["0"]["amount"].text == "0.1")
        let text = try await stage.run("send", "note", "--to", "all", "--dry-run").unfolded
        #expect(text.contains("sms: takes over 2 people for whom a channel before it cannot make a message"))
        #expect(text.contains("4 people selected, 3 can be reached, 1 cannot"), "\(text)")

        let send = ["send", "note", "--to", "all", "--yes", "--max-cost"]
        let refused = try await stage.run(send + ["0.09EUR"])
        #expect(refused.exit == 65 && refused.errors.contains("it costs 0.10 EUR"), "\(refused.errors)")
        #expect(try await stage.isUntouched())
        // What is planned for the next channel is not spent before it is written down there.
        #expect(try await stage.run(send + ["0.10EUR"]).exit == 1)
        let report = try await stage.report()
        #expect(report["channels"]["sms"]["accepted"].text == "2", "\(report)")
        #expect(report["channels"]["telegram"]["refused"].text == "3")
        #expect(report["contacts"]["reached"].text == "3", "\(report)")
    }

    @Test(arguments: ["first", "every"])
    func `who cannot be told over any channel is not counted as reached`(reach: String) async throws {
        let plan = try await plan(try await stage(["telegram"]), "--reach", reach)
        #expect(plan["reachable"].text == "1" && plan["unreachable"].text == "3")
    }

    @Test func `what is too long on the next channel too is counted there, and goes on`() async throws {
        let stage = try await stage(["telegram", "sms", "email"], ["sms": "\"maxSegments\": 1"])
        try await stage.program.takeOver(
            "id,name,email,phone,telegram,plan\n"
                + "e,\(String(repeating: "E", count: 300)),e@acme.example,+393331000005,505,\(Self.long)\n")
        let send = ["send", "note", "--to", "id:b or id:e"]
        let dry = try await stage.run(send + ["--dry-run", "--json"])
        let plan = try dry.json()["plan"]
        let (sms, email) = (plan["channels"]["sms"], plan["channels"]["email"])
        #expect(sms["queued"].text == "0" && sms["unmade"]["message-too-large"].text == "1", "\(dry.output)")
        #expect(sms["takenOver"]["count"].text == "0" && sms["takenOver"]["unmade"].text == "1")
        #expect(email["queued"].text == "1" && email["takenOver"]["count"].text == "1")
        #expect(plan["reachable"].text == "2" && plan["costs"].items.allSatisfy { $0["amount"].text == "0" })
        #expect(!dry.errors.contains("would be refused"), "\(dry.errors)")
        #expect(try await stage.run(send + ["--yes", "--max-cost", "0EUR"]).exit == 0)
        #expect(try await stage.report()["contacts"]["reached"].text == "2")
    }

    @Test func `the next channels are shown, and what they cost if one falls`() async throws {
        let stage = try await stage(["telegram", "sms", "email"])
        try await stage.program.takeOver(
            "id,name,email,phone,telegram,plan\nb,Bo,b@acme.example,+393331000002,502,\n")
        let outcome = try await stage.run(
            "send", "note", "--to", "id:b", "--dry-run", "--json", "--contact", "b")
        let result = try outcome.json()
        let shown = result["samples"].items.map { sample in
            "\(sample["channel"].text) \(sample["isNext"].text) "
                + sample["why"].items.map(\.text).joined(separator: "+")
        }
        #expect(
            shown == [
                "telegram false locale+longest+contact", "sms true locale+longest+contact",
                "email true locale+longest+contact",
            ])
        #expect(result["samples"]["1"]["sms"]["segments"].text == "1")
        let loss = result["plan"]["ifDown"]["0"]
        #expect(loss["name"].text == "Telegram" && loss["elsewhere"].text == "1")
        #expect(loss["costs"]["0"]["amount"].text == "0.05", "\(loss)")
        #expect(result["plan"]["costs"].items.allSatisfy { $0["amount"].text == "0" })

        let text = try await stage.run(
            "send", "note", "--to", "id:b", "--dry-run", "--html", "page.html")
        #expect(
            text.unfolded.contains(
                "If Telegram were down (telegram): 1 would hear over another channel, for up to 0.05 EUR"),
            "\(text.output)")
        let page = String(decoding: stage.program.read("page.html"), as: UTF8.self)
        #expect(page.contains("if the one before fails") && page.contains("Down, Bo"))
        let list = try await stage.run("send", "note", "--to", "id:b", "--dry-run")
        #expect(list.output.contains(", 1 segment") && list.output.contains(", if the one before fails"))
    }

    // MARK: The estimate

    @Test func `whoever hears over a slow channel too is told when the quick one tells them`() async throws {
        let stage = try await Stage(["email", "sms"], more: ["sms": "\"rate\": \"6/m\""])
        try await stage.people(20)
        let plan = try await plan(stage)
        #expect(plan["channels"]["sms"]["seconds"]["all"].text == "200")
        #expect(plan["seconds"]["all"].text == "1" && plan["seconds"]["half"].text == "1", "\(plan)")
    }

    @Test func `what quiet hours hold back counts from when they end`() async throws {
        let quiet = QuietNow()
        let stage = try await Stage(["sms"], more: ["sms": quiet.setting])
        try await stage.people(2)
        let begin = Date()
        let plan = try await plan(stage)
        let end = Date()
        let seconds = try #require(Int(plan["seconds"]["all"].text))
        #expect(plan["channels"]["sms"]["held"]["count"].text == "2")
        // Two messages, once they are over.
        let wanted = quiet.until.timeIntervalSince(end)...quiet.until.timeIntervalSince(begin) + 2
        #expect(wanted.contains(Double(seconds)), "\(plan["seconds"])")
        #expect(try await self.plan(stage, "--priority", "urgent")["seconds"]["all"].text == "1")
    }
}
