import Broadcast
import TestPeers
import Testing

/// Who expires on a slow channel and goes on within `--max-cost`: planned, then sent, and counted alike.
@Suite(.serialized) struct SendBoundTests {
    /// What a slow `push` with 80 people leads on to.
    struct Case: Sendable {
        var channels: [String]
        var more: [String: String] = [:]
        var bound: String
        /// How many of all who go on each next channel takes, nil for all that come; and each that is too dear.
        var takes: [(channel: String, most: Int?)]
        /// The bound that would cover all who expire, as the plan names it.
        var enough: String?

        /// How many each next channel tells, how many would cost too much there, and how many are told nothing.
        func numbers(of expired: Int) -> (told: [String: Int], overLimit: [String: Int], lost: Int) {
            var (told, overLimit, rest): ([String: Int], [String: Int], Int) = ([:], [:], expired)
            for (channel, most) in takes {
                told[channel] = min(rest, most ?? rest)
                rest -= told[channel] ?? 0
                overLimit[channel] = rest
            }
            return (told, overLimit, rest)
        }
    }

    private static let francs = #""price": "0.10 CHF""#

    private static let cases = [
        Case(channels: ["sms"], bound: "1EUR", takes: [("sms", 20)], enough: "2.50EUR"),
        Case(channels: ["sms"], bound: "2.49EUR", takes: [("sms", 49)], enough: "2.50EUR"),
        Case(channels: ["sms"], bound: "2.50EUR", takes: [("sms", 50)]),
        Case(channels: ["sms"], bound: "0EUR", takes: [("sms", 0)], enough: "2.50EUR"),
        Case(channels: ["sms", "email"], bound: "1EUR", takes: [("sms", 20), ("email", nil)]),
        Case(
            channels: ["push2"], more: ["push2": francs], bound: "9EUR", takes: [("push2", 0)],
            enough: "5.00CHF"),
        Case(
            channels: ["push2", "sms"], more: ["push2": francs], bound: "1EUR",
            takes: [("push2", 0), ("sms", 20)], enough: "2.50EUR"),
    ]

    private func stage(_ channels: [String], _ more: [String: String] = [:]) async throws -> Stage {
        let slow = ["push": #""rate": "10/s", "retry": {"first": "200ms", "within": "3s"}"#]
        let stage = try await Stage(["push"] + channels, more: slow.merging(more) { first, _ in first })
        try await stage.people(80)
        return stage
    }

    private static func words(_ bound: String) -> [String] {
        [
            "send", "note", "--to", "all", "--reach", "first", "--expires", "1m", "--id", "n1", "--max-cost",
            bound,
        ]
    }

    @Test(arguments: cases)
    func `as many go on as the bound covers, and the others are told of before`(item: Case) async throws {
        let stage = try await stage(item.channels, item.more)
        let plan = try await stage.run(Self.words(item.bound) + ["--dry-run", "--json"]).json()["plan"]
        let planned = item.numbers(of: 50)
        #expect(plan["late"].text == "50" && plan["channels"]["push"]["expiring"].text == "50", "\(plan)")
        #expect(plan["movingOn"].text == "\(50 - planned.lost)")
        #expect(plan["reachable"].text == "80" && plan["unreachable"].text == "0", "\(plan)")
        #expect(plan["overLimit"].text == (planned.lost > 0 ? "\(planned.lost)" : ""))
        for (channel, count) in planned.overLimit {
            let found = plan["channels"][channel]["skipped"]["over-limit"].text
            #expect(found == (count > 0 ? "\(count)" : ""), "\(channel)")
        }
        let warnings = plan["warnings"].items.filter { $0["code"].text == "over-limit" }.map {
            $0["message"].text
        }
        #expect(warnings.count == (item.enough == nil ? 0 : 1), "\(warnings)")
        if let enough = item.enough {
            #expect(
                warnings.first?.contains("about \(CountText.people(planned.lost)) will be told nothing")
                    == true
                    && warnings.first?.contains("--max-cost of about \(enough) covers them all") == true,
                "\(warnings)")
        }

        let sent = try await stage.run(Self.words(item.bound) + ["--yes"])
        let report = try await stage.report("n1")
        let expired = try #require(Int(report["channels"]["push"]["expired"].text))
        // A busy machine begins later; none leaves sooner.
        #expect((50..<80).contains(expired), "\(report)")
        let found = item.numbers(of: expired)
        for (channel, count) in found.told {
            let counts = report["channels"][channel]
            #expect(Int(counts["accepted"].text) ?? 0 == count, "\(channel): \(report)")
            #expect(Int(counts["skipped"]["over-limit"].text) ?? 0 == found.overLimit[channel], "\(report)")
        }
        #expect(report["contacts"]["reached"].text == "\(80 - found.lost)")
        #expect(sent.exit == (found.lost > 0 ? 1 : 0), "\(sent.errors)")
    }

    @Test func `text, question and page tell it alike`() async throws {
        let stage = try await stage(["sms"])
        let shown = try await stage.run(Self.words("1EUR") + ["--dry-run", "--html", "page.html"])
        for text in [
            "80 people selected, 80 can be reached, 0 cannot; about 50 not in time, of whom about 20 go on to "
                + "another channel",
            "push: 50 expired", "sms: 30 over-limit", "Cost: up to 1.00 EUR",
            "50 expire before their turn, 3 s after they are due; about 20 of them go on to another channel for up "
                + "to 1.00 EUR; --max-cost does not cover about 30.",
            "Warning: up to about 30 people will be told nothing, as --max-cost 1.00 EUR does not cover going on to sms; "
                + "--max-cost of about 2.50EUR covers them all",
        ] { #expect(shown.unfolded.contains(text), "\(shown.output)") }
        #expect(shown.output.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(shown.output)")
        let page = String(decoding: stage.program.read("page.html"), as: UTF8.self)
        for text in [
            "up to 1.00 EUR", "will not: over-limit",
            "about 30 people will be told nothing, as --max-cost 1.00 EUR does not cover going on to sms",
        ] { #expect(page.contains(text), "\(text)") }
        #expect(!page.contains("cannot be reached"))
        let asked = try await stage.terminal(
            "send", "note", "--to", "all", "--reach", "first", "--expires", "1m", "--max-cost", "1EUR",
            typing: "n\n")
        #expect(
            asked.told.contains("Send to 80 people (about 50 not in time), up to 1.00 EUR? [y/N]"),
            "\(asked.errors)")
    }

    @Test func `who expires on the second channel too goes on to the third, as far as the bound goes`()
        async throws
    {
        let stage = try await stage(
            ["sms", "push2"],
            [
                "sms": #""rate": "4/s", "retry": {"first": "200ms", "within": "3s"}"#,
                "push2": #""price": "0.10 EUR""#,
            ])
        let plan = try await stage.run(Self.words("4EUR") + ["--dry-run", "--json"]).json()["plan"]
        // 50 go on for 2.50 EUR; of those 12 are told, 38 expire, and 15 of them go on for 1.50 EUR.
        #expect(plan["movingOn"].text == "50" && plan["overLimit"].text == "23", "\(plan)")
        #expect(plan["channels"]["push2"]["skipped"]["over-limit"].text == "23")
        #expect(plan["channels"]["push"]["movingOnCosts"]["0"]["amount"].text == "4")

        #expect(try await stage.run(Self.words("4EUR") + ["--yes"]).exit == 1)
        let channels = try await stage.report("n1")["channels"]
        let (expired, again) = (
            try #require(Int(channels["push"]["expired"].text)),
            try #require(Int(channels["sms"]["expired"].text))
        )
        #expect((50..<80).contains(expired) && (expired - 12..<expired).contains(again), "\(channels)")
        let covered = (400 - expired * 5) / 10
        #expect(channels["push2"]["accepted"].text == "\(min(again, covered))", "\(channels)")
        #expect(channels["push2"]["skipped"]["over-limit"].text == "\(again - min(again, covered))")
    }
}
