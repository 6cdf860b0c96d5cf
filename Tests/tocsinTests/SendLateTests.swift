import Broadcast
import TestPeers
import Testing

/// What a channel is too slow for: said before, and sent as said.
@Suite(.serialized) struct SendLateTests {
    private static let words = ["send", "note", "--to", "all"]

    private func stage(_ email: String, _ more: [String] = []) async throws -> Stage {
        let stage = try await Stage(["email"] + more, more: ["email": email])
        try await stage.people(40)
        return stage
    }

    @Test func `who expires before a slow channel comes to them is told of before, loudly, and not told`()
        async throws
    {
        let stage = try await stage(#""rate": "2/s", "price": "1 EUR""#)
        let words = Self.words + ["--expires", "5s", "--id", "n1"]
        let dry = try await stage.run(words + ["--dry-run"])
        let shown = dry.unfolded
        for text in [
            "40 people selected, 40 can be reached, 0 cannot; about 30 not in time", "email: 30 expired",
            "Cost: about 10.00 EUR, at most 40.00 EUR",
            "Estimate: the last told in 5 s; about 30 of 40 are not told in time",
            "email: 40 would be sent, 2 a second: 30 expire before their turn, 5 s after they are due. "
                + "A longer --expires, a higher rate, fewer people or another channel would mend that",
        ] { #expect(shown.contains(text), "\(dry.output)") }
        #expect(dry.output.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(dry.output)")

        let plan = try await stage.run(words + ["--dry-run", "--json"]).json()["plan"]
        let channel = plan["channels"]["email"]
        #expect(plan["late"].text == "30" && plan["seconds"]["half"] == .null, "\(plan)")
        #expect(channel["queued"].text == "40" && channel["expiring"].text == "30")
        #expect(channel["cost"]["amount"].text == "10" && channel["costAtMost"]["amount"].text == "40")
        #expect(plan["costs"]["0"]["amount"].text == "10" && plan["costsAtMost"]["0"]["amount"].text == "40")

        let asked = try await stage.terminal(
            "send", "note", "--to", "all", "--expires", "5s", "--id", "n2", typing: "n\n")
        #expect(
            asked.told.contains(
                "Send to 40 people (about 30 not in time), about 10.00 EUR, at most 40.00 EUR? [y/N]"),
            "\(asked.errors)")

        let sent = try await stage.run(words + ["--yes", "--max-cost", "40EUR"])
        #expect(sent.exit == 1, "\(sent.errors)")
        let counts = try await stage.report("n1")["channels"]["email"]
        let accepted = try #require(Int(counts["accepted"].text))
        // A busy machine begins later; none leaves sooner.
        #expect((1...10).contains(accepted), "\(counts)")
        #expect(counts["expired"].text == "\(40 - accepted)")
        #expect(try await stage.mailed().count == accepted)
    }

    @Test func `the page says it too, and what is quick enough is not spoken of`() async throws {
        let stage = try await stage(#""rate": "2/s", "retry": {"within": "10s"}"#)
        _ = try await stage.run(Self.words + ["--dry-run", "--html", "page.html"])
        let page = String(decoding: stage.program.read("page.html"), as: UTF8.self)
        for text in [
            "not in time, about", "20 will get it", "will not: expired",
            "email: 40 would be sent, 2 a second: 20 expire before their turn, 10 s after they are due. "
                + "A longer retry.within of email, a higher rate, fewer people or another channel would mend that",
        ] { #expect(page.contains(text), "\(text)") }
        try stage.configure(
            ["email"], mailPort: try stage.mail.port("smtp"), more: ["email": #""rate": "20/s""#])
        let shown = try await stage.run(Self.words + ["--dry-run"]).unfolded
        #expect(shown.contains("all in 2 s") && !shown.contains("expire"), "\(shown)")
    }

    @Test func `segments are those of the messages that leave, and beside them stand all`() async throws {
        let more = #""rate": "2/s", "retry": {"within": "5s"}"#
        let stage = try await Stage(["sms"], more: ["sms": more])
        try stage.template(
            "note", "subject: Hi\npurpose: service\nsms: \"\(String(repeating: "long ", count: 40))\"", "Hi.")
        try await stage.people(40)
        let dry = try await stage.run(Self.words + ["--dry-run", "--html", "page.html"])
        for text in [
            "sms: segments en 80 for 40 (2 each); about 20 of them leave in time",
            "Cost: about 1.00 EUR, at most 4.00 EUR",
        ] { #expect(dry.unfolded.contains(text), "\(dry.unfolded)") }
        let rows = dry.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(rows.contains("sms Example SMS 10 30 20 1.00 EUR"), "\(rows)")
        let page = String(decoding: stage.program.read("page.html"), as: UTF8.self)
        #expect(page.contains("20, at most 80"))
        let sms = try await stage.run(Self.words + ["--dry-run", "--json"]).json()["plan"]["channels"]["sms"]
        #expect(sms["segments"].text == "20" && sms["segmentsAtMost"].text == "80", "\(sms)")
    }

    @Test(arguments: [
        (
            #""perDay": 30, "rate": "2/s", "retry": {"within": "5s"}"#, [],
            "2 a second, and its provider takes 30 a day: 30 expire before their turn, 5 s after they are due. "
                + "A longer retry.within of email, fewer people or another channel would mend that"
        ),
        (
            #""perDay": 5, "rate": "2/s", "retry": {"within": "5s"}"#, ["--expires", "5s"],
            "its provider takes 5 a day, and 2 a second: 35 expire before their turn, 5 s after they are due. "
                + "A longer --expires and retry.within of email, fewer people or another channel would mend that"
        ),
        (
            #""perDay": 100, "rate": "2/s", "retry": {"within": "5s"}"#, ["--expires", "5s"],
            "2 a second: 30 expire before their turn, 5 s after they are due. A longer --expires and retry.within of "
                + "email, a higher rate, fewer people or another channel would mend that"
        ),
        (
            #""perDay": 5, "rate": "20/s""#, ["--expires", "5s"],
            "its provider takes 5 a day: 35 expire before their turn, 5 s after they are due. A longer --expires and "
                + "retry.within of email, fewer people or another channel would mend that"
        ),
    ])
    func `what is met first is told as the cause, and all that would mend it`(
        settings: String, more: [String], text: String
    ) async throws {
        let dry = try await stage(settings).run(Self.words + more + ["--dry-run"])
        #expect(dry.unfolded.contains("email: 40 would be sent, \(text)"), "\(dry.output)")
    }

    @Test func `under reach first who expires on a slow channel is told over the next one`() async throws {
        let stage = try await stage(#""rate": "2/s", "retry": {"within": "5s"}"#, ["sms"])
        let words = Self.words + ["--reach", "first", "--id", "n1"]
        let dry = try await stage.run(words + ["--dry-run"])
        for text in [
            "about 30 not in time, of whom about 30 go on to another channel",
            "30 expire before their turn, 5 s after they are due; they go on to another channel for up to 1.50 EUR.",
            "Cost: up to 1.50 EUR",
        ] { #expect(dry.unfolded.contains(text), "\(dry.output)") }
        let plan = try await stage.run(words + ["--dry-run", "--json"]).json()["plan"]
        #expect(plan["movingOn"].text == "30" && plan["channels"]["email"]["movingOn"].text == "30")
        #expect(plan["channels"]["email"]["movingOnCosts"]["0"]["amount"].text == "1.5")
        // Once the announcement itself has expired, nobody goes on.
        let short = try await stage.run(words + ["--expires", "5s", "--dry-run", "--json"]).json()["plan"]
        #expect(short["late"].text == "30" && short["movingOn"].text == "0", "\(short)")

        #expect(try await stage.run(words + ["--yes"]).exit == 0)
        let report = try await stage.report("n1")
        let mails = try #require(Int(report["channels"]["email"]["accepted"].text))
        #expect((1...10).contains(mails) && report["channels"]["sms"]["accepted"].text == "\(40 - mails)")
    }
}
