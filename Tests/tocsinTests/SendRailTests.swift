import Broadcast
import Foundation
import Storage
import TestPeers
import Testing

/// What keeps a send from misfiring; each rail through the built program.
@Suite(.serialized) struct SendRailTests {
    private static let send = ["send", "note", "--to", "all"]

    // MARK: Bounds

    @Test(arguments: [
        ("20", 0), ("19", 65), ("21", 0), ("18", 65), ("22", 65), ("0", 65), ("-1", 64), ("x", 64),
    ])
    func `the number of people is held to five per cent`(expected: String, exit: Int32) async throws {
        let stage = try await Stage()
        try await stage.people(20)
        let outcome = try await stage.run(Self.send + ["--yes", "--people", expected])
        #expect(outcome.exit == exit, "\(outcome.errors)")
        if exit != 0 {
            #expect(
                outcome.errors.contains("--people \(expected)") || outcome.errors.contains("says \(expected)")
            )
            #expect(try await stage.isUntouched())
        }
    }

    @Test(arguments: [
        ("0.10EUR", 0, ""), ("0.1 EUR", 0, ""), ("0.09EUR", 65, "it costs"),
        ("5USD", 65, "give the bound in EUR"),
        ("five", 64, "expected an amount"), ("50", 64, "expected an amount"),
    ])
    func `the cost is bounded in its own currency`(bound: String, exit: Int32, told: String) async throws {
        let stage = try await Stage(["sms"])
        try await stage.people(2)
        let outcome = try await stage.run(Self.send + ["--yes", "--max-cost", bound])
        #expect(outcome.exit == exit && (told.isEmpty || outcome.errors.contains(told)), "\(outcome.errors)")
        #expect(try await stage.posted().count == (exit == 0 ? 2 : 0))
        if exit != 0 { #expect(try await stage.isUntouched()) }
    }

    @Test func `a shared number is paid for once`() async throws {
        let stage = try await Stage(["sms"])
        try await stage.program.takeOver("id,phone\na,+393331000001\nb,+393331000001\n")
        let outcome = try await stage.run(Self.send + ["--dry-run", "--json"])
        let sms = try outcome.json()["plan"]["channels"]["sms"]
        #expect(sms["cost"]["amount"].text == "0.05" && sms["segments"].text == "1", "\(outcome.output)")
        #expect(sms["skipped"]["duplicate-address"].text == "1")
        #expect(try await stage.run(Self.send + ["--yes", "--max-cost", "0.05EUR"]).exit == 0)
        #expect(try await stage.posted().count == 1)
    }

    @Test func `failing over from a free to a priced channel needs a bound when bulk`() async throws {
        let stage = try await Stage(["email", "sms"])
        try await stage.people(2)
        let words = Self.send + ["--yes", "--reach", "first", "--priority", "bulk"]
        let refused = try await stage.run(words)
        #expect(
            refused.exit == 65 && refused.errors.contains("bound it with --max-cost"), "\(refused.errors)")
        #expect(try await stage.isUntouched())
        #expect(try await stage.run(words + ["--max-cost", "1EUR"]).exit == 0)
        #expect(try await stage.run(Self.send + ["--yes", "--reach", "first", "--again"]).exit == 0)
    }

    @Test(arguments: ["", "e74c87e", "e74c87e9a33", "e74c87e9a33g", "e74c87e9 "])
    func `what is no digest is told as that`(digest: String) async throws {
        let stage = try await Stage()
        try await stage.people(1)
        let refused = try await stage.run(["send", "note", "--to", "all", "--yes", "--digest", digest])
        #expect(refused.exit == 64 && refused.told.contains("at least 12 of its digits"), "\(refused.errors)")
        #expect(try await stage.isUntouched())
    }

    @Test func `a digest that does not fit is refused, the previewed one is not`() async throws {
        let stage = try await Stage()
        try await stage.people(2)
        let digest = try await stage.run(Self.send + ["--dry-run", "--json"]).json()["plan"]["digest"].text
        let short = String(digest.prefix(12))
        try stage.template("note", "subject: We are up\npurpose: service", "Sorry.")
        let refused = try await stage.run(Self.send + ["--yes", "--digest", short])
        #expect(refused.exit == 65 && refused.errors.contains("expected \(short)"), "\(refused.errors)")
        #expect(try await stage.isUntouched())
        try stage.template("note", "subject: We are down\npurpose: service\nsms: We are down", "Sorry.")
        #expect(try await stage.run(Self.send + ["--yes", "--digest", short.uppercased()]).exit == 0)
    }

    // MARK: Twice

    @Test func `the same command within a day tells nobody twice`() async throws {
        let stage = try await Stage()
        try await stage.people(2)
        let first = try await stage.run(Self.send + ["--yes", "--json"])
        let again = try await stage.run(Self.send + ["--yes", "--json"])
        #expect(first.exit == 0 && again.exit == 0)
        #expect(again.errors.contains("nothing is sent twice") && again.errors.contains("--again"))
        #expect(try again.json()["id"].text == first.json()["id"].text)
        #expect(try await stage.mailed().count == 2)
        let other = try await stage.run(Self.send + ["--yes", "--again", "--json"])
        #expect(other.exit == 0, "\(other.errors)")
        #expect(try other.json()["id"].text != first.json()["id"].text)
        #expect(try await stage.mailed().count == 4)
    }

    @Test func `another text within the same second is another announcement`() async throws {
        let stage = try await Stage()
        try await stage.people(2)
        try stage.template(
            "note", "subject: \"{{a}}\"\npurpose: service\nvariables: {a: \"\"}", "Sorry {{a}}.")
        var ids: Set<String> = []
        for text in ["one", "two", "three", "four"] {
            let sent = try await stage.run(Self.send + ["--yes", "--json", "--set", "a=\(text)"])
            #expect(sent.exit == 0, "\(sent.errors)")
            ids.insert(try sent.json()["id"].text)
        }
        #expect(try await stage.mailed().count == 8 && ids.count == 4)
    }

    @Test func `an id continues the same content and refuses another`() async throws {
        let stage = try await Stage()
        try await stage.people(2)
        #expect(try await stage.run(Self.send + ["--yes", "--id", "n1"]).exit == 0)
        let same = try await stage.run(Self.send + ["--yes", "--id", "n1"])
        #expect(same.exit == 0 && same.errors.contains("nothing is sent twice"))
        let other = try await stage.run("send", "note", "--to", "id:p1", "--yes", "--id", "n1")
        #expect(other.exit == 65 && other.errors.contains("choose another --id"), "\(other.errors)")
        #expect(try await stage.run(Self.send + ["--again", "--id", "n1"]).exit == 64)
        #expect(try await stage.mailed().count == 2)
    }

    @Test func `an id whose question was never answered may be used for other content`() async throws {
        let stage = try await Stage()
        try await stage.people(2)
        let clock = Date(timeIntervalSince1970: 1_790_000_000)
        let store = try Store.open(stage.program.path("tocsin.db"), now: clock)
        let announcement = Announcement(
            id: Announcement.ID(valid: "n1"),
            content: FrozenContent(template: "x", files: [:], variables: [:], sender: Sender(name: "A")),
            audience: "all", createdAt: clock)
        _ = try await store.accept(announcement, digest: "other", over: [], named: .chosen)
        let sent = try await stage.run(Self.send + ["--yes", "--id", "n1"])
        #expect(sent.exit == 0, "\(sent.errors)")
        #expect(try await stage.mailed().count == 2)
    }

    // MARK: Bulk, hours, marks

    @Test func `bulk halts when a twentieth of the first is refused`() async throws {
        let refusals = (1...30).map { "\"p\($0)@acme.example\": \"550 5.1.1 no such user\"" }
        let stage = try await Stage(mail: "{\"recipients\": {\(refusals.joined(separator: ", "))}}")
        try await stage.people(400)
        let outcome = try await stage.run(Self.send + ["--yes", "--priority", "bulk", "--json"])
        #expect(outcome.exit == 3, "\(outcome.errors)")
        let report = try outcome.json()
        #expect(report["state"].text == "paused" && report["pauseReason"].text.contains("refused"))
        let mails = try await stage.mailed().count
        #expect(mails <= 200 && mails > 100)
        #expect(report["channels"]["email"]["accepted"].text == "\(mails)")
        #expect(outcome.errors.contains("refused: look at the list before going on"))
        let resumed = try await stage.run("resume", "latest", "--json")
        #expect(resumed.exit == 1, "\(resumed.errors)")
        #expect(try await stage.mailed().count == 370)
    }

    @Test func `quiet hours hold texts back, and the plan and the end say so`() async throws {
        let night = QuietNow()
        let stage = try await Stage(["email", "sms"], more: ["sms": night.setting])
        try await stage.people(2)
        let dry = try await stage.run(Self.send + ["--dry-run", "--json"])
        let held = try dry.json()["plan"]["channels"]["sms"]["held"]
        #expect(
            held["count"].text == "2" && held["until"].text.hasSuffix(":\(night.endMinute):00Z"),
            "\(dry.output)")
        let sent = try await stage.run(Self.send + ["--yes", "--linger", "0s"])
        #expect(sent.exit == 3, "\(sent.errors)")
        #expect(sent.errors.contains("Quiet hours: 2 wait on sms, the last until"))
        #expect(
            sent.errors.contains("2 deliveries wait, the next at")
                && sent.errors.contains("nobody sends them"))
        #expect(try await stage.mailed().count == 2)
        #expect(try await stage.posted().isEmpty)
        let urgent = try await stage.run(Self.send + ["--yes", "--again", "--priority", "urgent"])
        #expect(urgent.exit == 0, "\(urgent.errors)")
        #expect(try await stage.posted().count == 2)
    }

    @Test func `marks that may have been forgotten are shown`() async throws {
        let stage = try await Stage(["email", "sms"])
        try await stage.people(2)
        let long = Date(timeIntervalSince1970: 1_600_000_000)
        let store = try Store.open(stage.program.path("tocsin.db"), now: long)
        try await store.mark(
            Mark(.channel, "sms", why: "a hiccup", who: "anna", since: long, until: nil))
        let sent = try await stage.run(Self.send + ["--yes"])
        #expect(sent.exit == 0, "\(sent.errors)")
        #expect(
            sent.errors.contains("Still marked down since 2020-09-13") && sent.errors.contains("a hiccup"))
        #expect(try await stage.report()["channels"]["sms"]["skipped"]["channel-down"].text == "2")
    }

    @Test(arguments: [["--yes"], ["--yes", "--wait", "--linger", "0s"], ["--dry-run"]])
    func `the plan says who marked what down, why, and until when`(how: [String]) async throws {
        let stage = try await Stage(["email", "sms", "telegram"])
        try await stage.people(2)
        let end = "2099-01-01T18:30:00+01:00"
        try await stage.run("channels", "down", "sms", "--why", "gateway is failing", "--until", end)
        try await stage.run("channels", "down", "--company", "Telegram", "--why", "barred", "--until", end)
        let outcome = try await stage.run(Self.send + how)
        let told = how == ["--dry-run"] ? outcome.unfolded : outcome.told
        for (name, why) in [("sms", "gateway is failing"), ("company Telegram", "barred")] {
            let line = try Regex("Marked down since [-0-9]+ [:0-9]+ \\+0[12]:00: \(name) by [a-z0-9_]+,")
            #expect(try line.firstMatch(in: told) != nil, "\(told)")
            #expect(told.contains("until 2099-01-01 18:30:00 +01:00: \(why)"), "\(told)")
        }
    }

    @Test(arguments: [
        (["sms"], "all in 1 s; then 2 wait on sms until 2099-01-01 18:30:00 +01:00"),
        (
            ["sms", "email"],
            "Estimate: 2 wait on email until 2099-01-01 18:30:00 +01:00, 2 wait on sms until"
        ),
    ])
    func `the estimate leaves out what waits for the end of a mark`(
        down: [String], told: String
    ) async throws {
        let stage = try await Stage(["email", "sms"])
        try await stage.people(2)
        try await stage.run(
            ["channels", "down"] + down + ["--why", "x", "--until", "2099-01-01T18:30:00+01:00"])
        let dry = try await stage.run(Self.send + ["--wait", "--dry-run"])
        #expect(dry.unfolded.contains(told), "\(dry.output)")
    }

    @Test func `with every channel down nothing is sent`() async throws {
        let stage = try await Stage(["email", "sms"])
        try await stage.people(2)
        try await stage.run("channels", "down", "email", "sms", "--why", "x")
        let outcome = try await stage.run(Self.send + ["--yes"])
        #expect(
            outcome.exit == 69 && outcome.errors.contains("every channel is marked down"), "\(outcome.errors)"
        )
        #expect(try await stage.isUntouched())
    }

    @Test func `a plan that tells nobody is refused with its reasons before it is accepted`() async throws {
        let stage = try await Stage(["email", "sms"])
        try await stage.program.takeOver("id,email,suppressed\na,a@acme.example,email\nb,,\n")
        let told = "of 2 people nobody can be told (email: 1 no-address, 1 suppressed; sms: 2 no-address)"
        let outcome = try await stage.run(Self.send + ["--yes", "--id", "n1"])
        #expect(outcome.exit == 65 && outcome.told.contains(told), "\(outcome.errors)")
        #expect(try await stage.isUntouched())
        let dry = try await stage.run(Self.send + ["--dry-run", "--json"])
        #expect(dry.exit == 0, "\(dry.errors)")
        #expect(try dry.json()["refusals"].items.map { $0["code"].text } == ["nobody-reachable"])
        try await stage.run("contacts", "set", "b", "email=b@acme.example")
        #expect(try await stage.run(Self.send + ["--yes", "--id", "n1"]).exit == 1)
        #expect(try await stage.mailed() == ["b@acme.example"])
    }

    @Test func `a tag that nobody has is told with the nearest, wherever an audience is read`() async throws {
        let stage = try await Stage()
        try await stage.people(2, [("tags", "premium")])
        let told = "nobody has tag:premum; did you mean tag:premium?"
        let refused = try await stage.run("send", "note", "--to", "tag:premum", "--yes")
        #expect(refused.exit == 65 && refused.told.contains("selects nobody: " + told), "\(refused.errors)")
        #expect(try await stage.isUntouched())
        let listed = try await stage.run("contacts", "list", "tag:premum")
        #expect(listed.exit == 0 && listed.errors.contains(told), "\(listed.errors)")
        let sent = try await stage.run("send", "note", "--to", "tag:premum or id:p1", "--yes")
        #expect(sent.exit == 0 && sent.told.contains("Warning: " + told), "\(sent.errors)")
    }

    @Test func `an audience of nobody is refused`() async throws {
        let stage = try await Stage()
        try await stage.people(1)
        let outcome = try await stage.run("send", "note", "--to", "tag:vip", "--yes")
        #expect(outcome.exit == 65 && outcome.errors.contains("selects nobody"))
        #expect(try await stage.isUntouched())
    }

    @Test func `what is held on a channel says why wherever it waits, and how it goes on`() async throws {
        let stage = try await Stage(
            ["push"], web: #""/push": [{"status": 400}],"#,
            more: ["push": #""connections": 1"#])
        try await stage.people(25)
        let sent = try await stage.run("send", "note", "--to", "all", "--yes", "--id", "n1", "--linger", "0s")
        #expect(sent.exit == 3, "\(sent.told)")
        let why = "held: the first 20 were all refused (message-refused: HTTP 400)"
        #expect(sent.told.contains("5 on push, \(why); tocsin resume n1 goes on"), "\(sent.told)")
        let report = try await stage.run("report", "n1")
        #expect(
            report.unfolded.contains("push: 5 held, the first 20 were all refused")
                && report.width <= 80, "\(report.output)")
        let hold = try await stage.report("n1")["channels"]["push"]["hold"].text
        #expect(hold.hasPrefix("the first 20 were all refused ("), "\(hold)")
    }
}
