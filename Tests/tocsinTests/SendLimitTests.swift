import Broadcast
import Foundation
import TestPeers
import Testing

/// What is too long for a channel, or too much for its provider's day: shown before, and sent as shown.
@Suite(.serialized) struct SendLimitTests {
    private static let page = #", "page": "https://acme.example/n/{{announcement.id}}""#
    private static let cutting = #""overflow": "cut-with-link""#

    private func sms(_ text: String, _ more: String = "", people: [String]) async throws -> Stage {
        let stage = try await Stage(
            ["sms"], more: ["sms": more, "sender": Self.page].filter { !$0.value.isEmpty })
        try stage.template(
            "note", "locale: en\nsubject: We are down\npurpose: service\nsms: \"\(text)\"", "Sorry.")
        try await stage.program.takeOver((["id,phone,locale"] + people).joined(separator: "\n") + "\n")
        return stage
    }

    private static let people = (1...3).map { "p\($0),+39333100000\($0),en" }

    @Test func `an SMS that is too long is cut with a link, and sent as it was shown`() async throws {
        let long = "We are down. " + String(repeating: "Word ", count: 60) + "end"
        let stage = try await sms(long, Self.cutting + #", "maxSegments": 1"#, people: Self.people)
        let words = ["send", "note", "--to", "all", "--id", "n1"]
        let dry = try await stage.run(words + ["--dry-run", "--json"])
        #expect(dry.exit == 0, "\(dry.errors)")
        let channel = try dry.json()["plan"]["channels"]["sms"]
        #expect(channel["queued"].text == "3" && channel["segments"].text == "3", "\(dry.output)")
        #expect(channel["lengths"]["cut"].text == "3")
        let sample = try dry.json()["samples"]["0"]
        #expect(sample["isCut"] == .bool(true) && sample["sms"]["segments"].text == "1")
        let shown = try await stage.run(words + ["--dry-run"])
        #expect(shown.unfolded.contains("sms: 3 cut, with a link to the page"), "\(shown.output)")
        #expect(shown.output.contains("cut with a link"))

        #expect(try await stage.run(words + ["--yes"]).exit == 0)
        let bodies = try await stage.posted().map(\.body)
        #expect(bodies.count == 3 && bodies.allSatisfy { $0.contains("Word... https://acme.example/n/n1\"") })
        #expect(sample["request"].text.contains("Word... https://acme.example/n/n1\""), "\(bodies)")
    }

    @Test func `marketing that loses its way out to the cut is refused`() async throws {
        let stage = try await Stage(["sms"], more: ["sms": Self.cutting, "sender": Self.page])
        try await stage.people(2, [("consent", "all")])
        for (count, isRefused) in [(40, false), (200, true)] {
            let offer = String(repeating: "Word ", count: count)
            try stage.template(
                "offer", "subject: Hi\npurpose: marketing\nsms: \"\(offer). Reply STOP to end\"", "x")
            let dry = try await stage.run("send", "offer", "--to", "all", "--dry-run")
            #expect(dry.told.contains("how to unsubscribe") == isRefused, "\(dry.errors)")
            #expect(dry.output.contains("── sms to p1"), "\(dry.output)")
        }
    }

    @Test func `a long Telegram text ends with the link, within what Telegram takes`() async throws {
        let stage = try await Stage(["telegram"], more: ["telegram": Self.cutting, "sender": Self.page])
        try stage.template(
            "note", "subject: We are down\npurpose: service",
            String(repeating: "**Bold & sure.** It is *so* long.\n\n", count: 300))
        try await stage.people(2)
        let sent = try await stage.run("send", "note", "--to", "all", "--id", "n1", "--yes")
        #expect(sent.exit == 0, "\(sent.errors)")
        #expect(sent.errors.contains("telegram: 2 cut, with a link to the page"), "\(sent.errors)")
        let bodies = try await stage.posted().map(\.body)
        #expect(bodies.count == 2)
        for body in bodies {
            let text = try JSONValue(parsing: Array(body.utf8))["text"].text
            #expect(
                text.hasSuffix(" … https://acme.example/n/n1") && text.contains("<b>Bold &amp; sure.</b>"))
            let visible = text.replacing(/<[^>]+>/, with: "").replacing("&amp;", with: "&")
            #expect(visible.utf16.count <= 4_096 && visible.utf16.count > 4_000, "\(visible.utf16.count)")
        }
    }

    @Test func `what may not be cut is refused with the excess of the longest`() async throws {
        let stage = try await sms("x", #""maxSegments": 2"#, people: Self.people)
        try stage.template(
            "note",
            "subject: x\npurpose: service\nsms: \"Hi {{contact.plan}}\"\nvariables: {contact.plan: {default: ''}}",
            "Sorry.")
        let long = { (count: Int) in String(repeating: "x", count: count) }
        try await stage.program.takeOver(
            "id,phone,plan\na,+393332000001,\(long(310))\nb,+393332000002,\(long(800))\nc,+393332000003,\n")
        let shown = try await stage.run("send", "note", "--to", "all", "--dry-run")
        #expect(
            shown.unfolded.contains(
                "sms: too long: 6 segments, 4 more than the 2 allowed (maxSegments), in en, note/message.md:4 (the longest)"
            ),
            "\(shown.output)")
        let one = try await stage.run("send", "note", "--to", "all", "--dry-run", "--contact", "a")
        #expect(
            one.output.contains("(sms: 3 segments, 1 more than the 2 allowed (maxSegments))"), "\(one.output)"
        )
    }

    @Test func `segments are counted by language, and what rewriting saves is priced`() async throws {
        let stage = try await sms(
            "It’s down: " + String(repeating: "a", count: 140), people: Self.people + ["p4,+393331000004,it"])
        try stage.program.write(
            "templates/note/message.it.md",
            "---\nsubject: Giù\nsms: \"\(String(repeating: "é", count: 200))\"\n---\nScusate.\n")
        let shown = try await stage.run("send", "note", "--to", "all", "--dry-run")
        #expect(
            shown.unfolded.contains("sms: segments en 3 for 3 (1 each), it 2 for 1 (2 each)"),
            "\(shown.output)")
        #expect(
            shown.unfolded.contains("sms: typographic characters rewritten: saves 6 segments, 0.30 EUR"),
            "\(shown.output)")
        #expect(shown.output.contains("rewritten: ’ as '; saves 2 segments"), "\(shown.output)")
        let plan = try await stage.run("send", "note", "--to", "all", "--dry-run", "--json").json()["plan"]
        let channel = plan["channels"]["sms"]
        #expect(channel["locales"]["it"]["segments"].text == "2")
        #expect(channel["lengths"]["saved"].text == "6" && channel["lengths"]["rewritten"].text == "3")
        #expect(channel["savedCost"]["amount"].text == "0.3", "\(plan)")
    }

    @Test func `a channel that shall not rewrite pays for it`() async throws {
        let stage = try await sms(
            "It’s down: " + String(repeating: "a", count: 100), #""transliterate": false"#,
            people: Self.people)
        let shown = try await stage.run("send", "note", "--to", "all", "--dry-run")
        #expect(shown.output.contains("ucs-2, 111 units, 2 segments"), "\(shown.output)")
        #expect(!shown.output.contains("rewritten"))
        #expect(try await stage.run("send", "note", "--to", "all", "--yes").exit == 0)
        #expect(try await stage.posted().allSatisfy { $0.body.contains("It’s down") })
    }

    @Test func `a long subject and a large body are told, and sent`() async throws {
        let stage = try await Stage(["email", "status"])
        try stage.template(
            "note", "subject: \"\(String(repeating: "Word ", count: 18))\"\npurpose: service",
            String(repeating: "Sorry. ", count: 3_000))
        try await stage.people(1)
        let shown = try await stage.run("send", "note", "--to", "all", "--dry-run").unfolded
        #expect(shown.contains("email: a subject of 89 characters; mail programs show about 69"), "\(shown)")
        #expect(
            shown.contains("status: a body of 42,") && shown.contains("more than 20,000 is not advised"),
            "\(shown)")
        #expect(try await stage.run("send", "note", "--to", "all", "--yes").exit == 0)
    }

    @Test func `no more leave than the provider takes in a day, whoever resumes`() async throws {
        let stage = try await Stage(["email"], more: ["email": #""perDay": 2"#])
        try await stage.people(5)
        let words = ["send", "note", "--to", "all", "--id", "n1"]
        let shown = try await stage.run(words + ["--dry-run"]).unfolded
        #expect(
            shown.contains(
                "email: 5 would be sent, its provider takes 2 a day: 3 expire before their turn, 1 h after they are due"
            ),
            "\(shown)")
        let channel = try await stage.run(words + ["--dry-run", "--json"]).json()["plan"]["channels"]["email"]
        #expect(channel["perDay"]["limit"].text == "2" && channel["perDay"]["used"].text == "0")
        #expect(channel["expiring"].text == "3" && channel["seconds"]["all"] == .null, "\(channel)")

        let sent = try await stage.run(words + ["--yes", "--linger", "1s"])
        #expect(sent.exit == 3, "\(sent.errors)")
        #expect(try await stage.mailed().count == 2)
        let standing = try await stage.run("channels").unfolded
        #expect(standing.contains("its provider takes no more today (perDay is 2)"), "\(standing)")
        #expect(standing.contains("raise perDay of email in channels.json"), "\(standing)")
        let lifted = try await stage.run("channels", "up", "email", "--now", "--yes")
        #expect(lifted.errors.contains("raise perDay of email"), "\(lifted.errors)")
        #expect(try await stage.run("resume", "n1", "--linger", "1s").exit == 3)
        #expect(try await stage.mailed().count == 2)

        let next = try await stage.run("send", "note", "--to", "id:p1", "--again", "--dry-run").unfolded
        #expect(
            next.contains(
                "(2 taken in the last 24 hours, 3 of others waiting before them): all expire before their turn"
            ),
            "\(next)")
        try stage.configure(
            ["email"], mailPort: try stage.mail.port("smtp"), more: ["email": #""perDay": 5"#])
        #expect(try await stage.run("resume", "n1").exit == 0)
        #expect(try await stage.mailed().count == 5)
    }
}
