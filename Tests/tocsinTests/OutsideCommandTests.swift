import Broadcast
import Foundation
import Storage
import TestPeers
import Testing

/// What status pages say, as people and scripts see it.
@Suite(.timeLimit(.minutes(5))) struct OutsideCommandTests {
    private static let send = ["send", "note", "--to", "all", "--yes"]

    /// Mail, SMS and a push of Acme's; a status page speaks for Example SMS, and a probe for Acme.
    private static func stage(_ page: String..., probe: String = #"{"status": 204}"#) async throws -> Stage {
        let replies = page.map { indicator in
            #"{"body": "{\"status\": {\"indicator\": \"\#(indicator)\", \"description\": \"As \\u001b[2Jsaid\"}}"}"#
        }
        let stage = try await Stage(
            ["sms", "push"], web: "\"/page\": [\(replies.joined(separator: ","))], \"/probe\": [\(probe)],")
        let http = "http://127.0.0.1:\(try stage.web.port("http"))"
        let text = String(decoding: stage.program.read("channels.json"), as: UTF8.self)
        try stage.program.write(
            "channels.json",
            text.replacing(
                "\"store\":",
                with: """
                    "companies": {
                      "Example SMS": {"status": {"url": "\(http)/page", "private": true}},
                      "Acme": {"status": {"url": "\(http)/probe", "private": true, "well": {"status": "204"}}} },
                    "store":
                    """))
        try await stage.people(3)
        return stage
    }

    private func board(_ stage: Stage) async throws -> JSONValue {
        try await stage.run("channels", "--json").json()
    }

    /// Bodies of what was sent to a channel, status pages left out.
    private func sent(_ stage: Stage, to path: String) async throws -> Int {
        try await stage.posted().count { $0.path == path }
    }

    @Test func `what a check hears is known to channels afterwards`() async throws {
        let stage = try await Self.stage("major")
        #expect(
            try await stage.run("channels").unfolded.contains("nothing is known yet; every send over its"))
        try await stage.run("check", "--online")
        let told = try await stage.run("channels").unfolded
        #expect(!told.contains("nothing is known yet") && told.contains("degraded"), "\(told)")
    }

    @Test func `what a page holds for down is skipped, and shown alike everywhere`() async throws {
        let stage = try await Self.stage("critical")
        let dry = try await stage.run("send", "note", "--to", "all", "--dry-run", "--json")
        let planned = try dry.json()["plan"]["channels"]["sms"]
        #expect(
            planned["skipped"]["channel-down"].text == "3" && planned["mark"]["name"].text == "Example SMS")
        // A dry run writes nothing, so that nothing is known yet.
        #expect(try await board(stage)["outside"] == .array([]))

        let outcome = try await stage.run(Self.send)
        #expect(outcome.exit == 0, "\(outcome.errors)")
        #expect(outcome.told.contains("company Example SMS is down, says 127.0.0.1:"), "\(outcome.told)")
        #expect(outcome.told.contains("As [2Jsaid (critical)") && outcome.isPlain)
        #expect(outcome.told.contains("tocsin channels up --company 'Example SMS' uses it all the same"))
        #expect(try await sent(stage, to: "/sms") == 0)
        #expect(try await sent(stage, to: "/push") == 3)

        let sms = try await board(stage)["channels"]["sms"]
        #expect(sms["state"].text == "marked" && sms["outside"].text == "down")
        #expect(sms["who"].text.hasPrefix("127.0.0.1:") && sms["why"].text.contains("critical"))
        let outside = try await board(stage)["outside"]["1"]
        #expect(
            outside.keys == [
                "company", "readAt", "saidAt", "since", "trouble", "until", "who", "why", "word",
            ])
        let table = try await stage.run("channels")
        #expect(table.unfolded.contains("sms: down, says 127.0.0.1:") && table.isPlain && table.width <= 80)
        #expect(table.unfolded.contains("Acme: well (HTTP 204), says 127.0.0.1:"))
        let check = try await stage.run("check", "--online", "--json")
        #expect(check.exit == 0, "\(check.output)")
        let found = try check.json()["warnings"].items.filter { $0["area"].text == "outside word" }
        #expect(found.count == 1 && found[0]["code"].text == "down")
    }

    @Test func `a rehearsal asks no page, and knows what the store knows`() async throws {
        let stage = try await Self.stage("critical")
        let rehearse = ["send", "note", "--to", "all", "--rehearse", "r", "--replace", "--json"]
        let first = try await stage.run(rehearse)
        #expect(first.exit == 0, "\(first.errors)")
        #expect(try await stage.posted().isEmpty)
        #expect(try first.json()["plan"]["channels"]["sms"]["queued"].text == "3")
        #expect(try await stage.run(Self.send).exit == 0)
        let asked = try await stage.posted().count
        let second = try await stage.run(rehearse)
        #expect(try second.json()["plan"]["channels"]["sms"]["skipped"]["channel-down"].text == "3")
        #expect(try await stage.posted().count == asked)
    }

    @Test func `a person's up uses the channel all the same, until it is taken back`() async throws {
        let stage = try await Self.stage("critical")
        try await stage.run(Self.send)
        let up = try await stage.run("channels", "up", "sms", "--why", "works for us", "--json")
        #expect(up.exit == 0 && up.told.contains("sms is used until"), "\(up.errors)")
        #expect(up.told.contains("overruled: company Example SMS is down, says"))
        let used = try up.json()["used"]["0"]
        let since = try Date(used["since"].text, strategy: .iso8601)
        let until = try Date(used["until"].text, strategy: .iso8601)
        #expect(used["word"].text == "up" && until.timeIntervalSince(since) == 12 * 3600)
        let sms = try await board(stage)["channels"]["sms"]
        #expect(sms["state"].text == "up" && sms["overruledBy"]["why"].text == "works for us")
        let table = try await stage.run("channels")
        #expect(
            table.unfolded.contains("sms: used until") && table.unfolded.contains("channels up sms --heed"))
        let again = try await stage.run(Self.send + ["--again"])
        #expect(again.exit == 0, "\(again.errors)")
        #expect(try await sent(stage, to: "/sms") == 3)

        let heeded = try await stage.run("channels", "up", "sms", "--heed")
        #expect(heeded.exit == 0 && heeded.errors == "sms: outside word counts again\n")
        #expect(try await board(stage)["channels"]["sms"]["state"].text == "marked")
        // Who says down ends what they said of up.
        try await stage.run("channels", "up", "--company", "example sms", "--for", "1h")
        try await stage.run("channels", "down", "sms", "--why", "no")
        let marks = try await board(stage)["marks"].items
        #expect(marks.map { $0["word"].text } == ["down"])
    }

    @Test(arguments: [
        (["push", "--heed", "--for", "1h"], 64, "--heed ends it now"),
        (["sms", "--for", "1h"], 0, "sms is used until"),
        (["push", "--for", "1h"], 0, "push is used until"), (["push"], 0, "push: was not marked down"),
        (["push", "--heed"], 0, "outside word counts already"),
        (["sms", "--for", "0s"], 64, "expected a duration"),
    ])
    func `what is up already can be said to stay so`(words: [String], exit: Int32, told: String) async throws
    {
        let stage = try await Self.stage("none")
        let outcome = try await stage.run(["channels", "up"] + words)
        #expect(outcome.exit == exit && outcome.errors.contains(told), "\(outcome.errors)")
    }

    @Test func `the way out that a dry run tells is one`() async throws {
        let stage = try await Self.stage("critical")
        let dry = try await stage.run("send", "note", "--to", "all", "--dry-run")
        let told = dry.unfolded + dry.told
        #expect(told.contains("channels up --company 'Example SMS' uses it"), "\(told)")
        let up = try await stage.run("channels", "up", "--company", "Example SMS")
        #expect(up.exit == 0 && up.told.contains("company Example SMS is used until"), "\(up.errors)")
        #expect(try await stage.run(Self.send).exit == 0)
        #expect(try await sent(stage, to: "/sms") == 3)
    }

    @Test func `a page that just said well is not overruled unless that is asked for`() async throws {
        let stage = try await Self.stage("none")
        try await stage.run(Self.send)
        let up = try await stage.run("channels", "up", "sms")
        #expect(up.exit == 0 && up.errors == "sms: was not marked down\n")
        try await stage.run("channels", "down", "sms", "--why", "no")
        let lifted = try await stage.run("channels", "up", "sms", "--json")
        #expect(try lifted.json()["used"] == .array([]))
    }

    @Test(arguments: [
        ("none", "sms", "sms: was not marked down"), ("critical", "sms", "sms is used until"),
        ("critical", "push", "push is used until"),
    ])
    func `what was not asked lately is asked, and overruled when that says down or nothing`(
        row: (page: String, name: String, told: String)
    ) async throws {
        let stage = try await Self.stage(row.page, probe: #"{"close": "accept"}"#)
        let long = Date(timeIntervalSince1970: 1_700_000_000)
        let store = try Store.open(stage.program.path("tocsin.db"), now: long)
        let source = "127.0.0.1:\(try stage.web.port("http"))"
        for company in ["Acme", "Example SMS"] {
            _ = try await store.hear(
                OutsideReading(.well), of: company, from: source,
                OutsideRhythm(every: .seconds(60), doubts: false), now: long)
        }
        let up = try await stage.run("channels", "up", row.name)
        #expect(up.exit == 0 && up.errors.contains(row.told), "\(up.errors)")
        #expect(try await sent(stage, to: "/page") == (row.name == "sms" ? 1 : 0))
    }

    @Test func `what tripped is probed, and outside word counts all the same`() async throws {
        let stage = try await Self.stage("none")
        let long = Date(timeIntervalSince1970: 1_700_000_000)
        let store = try Store.open(stage.program.path("tocsin.db"), now: long)
        let lease = try await store.acquireLease(
            as: "test", at: BootTime(boot: "b", uptime: .zero), for: .seconds(15))
        try await store.note(
            HealthNote(
                channel: "sms", state: "tripped", since: long, fault: Fault(.channel, "login-failed", "401")),
            token: lease.token)
        try await store.release(lease)
        let up = try await stage.run("channels", "up", "sms", "--json")
        #expect(up.exit == 0 && up.told.contains("sms is tripped: whoever sends next probes it"))
        #expect(try up.json()["used"] == .array([]), "\(up.output)")
        #expect(try await sent(stage, to: "/page") == 0)
    }

    @Test func `to heed again, the word that stands above a page has to be named`() async throws {
        let stage = try await Self.stage("none")
        try await stage.run("channels", "up", "--company", "Acme", "--for", "1h")
        let way = "tocsin channels up --company Acme --heed takes that back"
        let other = try await stage.run("channels", "up", "push", "--heed")
        #expect(other.exit == 64 && other.told.contains(way), "\(other.errors)")
        try await stage.run("channels", "up", "push", "--for", "1h")
        let half = try await stage.run("channels", "up", "push", "--heed")
        #expect(half.exit == 0 && half.told.contains(way), "\(half.errors)")
        let whole = try await stage.run("channels", "up", "--company", "acme", "--heed")
        #expect(whole.exit == 0 && whole.errors == "Acme: outside word counts again\n", "\(whole.errors)")
        #expect(try await stage.run("channels", "up", "push", "--heed").told.contains("counts already"))
    }

    @Test func `without a page there is nothing to overrule`() async throws {
        let stage = try await Stage(["email"])
        try await stage.people(1)
        let outcome = try await stage.run("channels", "up", "email", "--for", "1h")
        #expect(outcome.exit == 64 && outcome.errors.contains("no status page speaks for it"))
        let heeded = try await stage.run("channels", "up", "email", "--heed")
        #expect(heeded.exit == 0 && heeded.errors == "email: no status page speaks for it\n")
    }

    @Test func `what is used of a company that nobody is any more is shown, and nobody's down ends it`()
        async throws
    {
        let stage = try await Self.stage("none")
        try await stage.run("channels", "up", "--company", "Acme", "--for", "1h")
        let text = String(decoding: stage.program.read("channels.json"), as: UTF8.self)
        try stage.program.write("channels.json", text.replacing("\"Acme\"", with: "\"Emca\""))
        try await stage.run("channels", "down", "sms", "--why", "x")
        let told = try await stage.run("channels").unfolded
        #expect(told.contains("channels up --company Acme --heed takes that back"), "\(told)")
        #expect(try await stage.run("channels", "up", "--company", "Acme", "--heed").exit == 0)
        #expect(try await board(stage)["marks"].items.map { $0["name"].text } == ["sms"])
    }

    @Test func `degraded is warned of in the plan and changes nothing`() async throws {
        let stage = try await Self.stage("minor")
        let outcome = try await stage.run(Self.send)
        #expect(outcome.exit == 0 && outcome.told.contains("Example SMS is degraded, says 127.0.0.1:"))
        #expect(outcome.told.contains("nothing is held back for that"))
        #expect(try await sent(stage, to: "/sms") == 3)
        let dry = try await stage.run("send", "note", "--to", "all", "--dry-run", "--json")
        #expect(try dry.json()["plan"]["channels"]["sms"]["degraded"]["word"].text == "degraded")
    }

    @Test func `one bad reply of a probe is a suspicion`() async throws {
        let stage = try await Self.stage("none", probe: #"{"status": 500}"#)
        let outcome = try await stage.run(Self.send)
        #expect(outcome.exit == 0 && outcome.told.contains("HTTP 500, once so far: down if it stays so"))
        #expect(try await sent(stage, to: "/push") == 3)
    }

    @Test(arguments: [#"{"hang": true}"#, #"{"close": "accept"}"#])
    func `a page that cannot be heard stops no send and is shown`(reply: String) async throws {
        let stage = try await Self.stage("none", probe: reply)
        let outcome = try await stage.run(Self.send)
        #expect(outcome.exit == 0, "\(outcome.errors)")
        #expect(try await sent(stage, to: "/push") == 3)
        let check = try await stage.run("check", "--online")
        #expect(check.exit == 0 && check.unfolded.contains("has said nothing yet"), "\(check.output)")
    }

    @Test(arguments: [("urgent", "1s"), ("normal", "5s")])
    func `a page is waited for only where it matters, and not long when it is urgent`(
        priority: String, limit: String
    ) async throws {
        let stage = try await Self.stage("none", probe: #"{"hang": true}"#)
        let words = Self.send + ["--priority", priority]
        try await stage.run(words + ["--dry-run", "--channels", "sms"])
        #expect(try await (sent(stage, to: "/page"), sent(stage, to: "/probe")) == (1, 0))
        #expect(try await stage.run(words).exit == 0)
        let told = try await stage.run("channels").unfolded
        #expect(told.contains("did not answer within \(limit)"), "\(told)")
    }

    @Test func `a page in the own network says where that has to be allowed`() async throws {
        let stage = try await Self.stage("none")
        let text = String(decoding: stage.program.read("channels.json"), as: UTF8.self)
        let page = #""http://127.0.0.1:\#(try stage.web.port("http"))/page", "private": true"#
        try stage.program.write("channels.json", text.replacing(page, with: #""https://127.0.0.1/page""#))
        let told = try await stage.run("check", "--online").unfolded
        #expect(
            told.contains(#"set "private": true on companies.Example SMS.status if it is meant"#), "\(told)")
    }

    @Test func `old word of down holds nothing back when nobody can renew it`() async throws {
        let stage = try await Self.stage("none", probe: #"{"close": "accept"}"#)
        let long = Date(timeIntervalSince1970: 1_700_000_000)
        let store = try Store.open(stage.program.path("tocsin.db"), now: long)
        _ = try await store.hear(
            OutsideReading(.down, why: "fire"), of: "Acme", from: "127.0.0.1:\(try stage.web.port("http"))",
            OutsideRhythm(every: .seconds(60), doubts: false), now: long)
        let before = try await stage.run("channels")
        #expect(before.unfolded.contains("too old to count"), "\(before.output)")
        let outcome = try await stage.run(Self.send)
        #expect(outcome.exit == 0, "\(outcome.errors)")
        #expect(try await sent(stage, to: "/push") == 3)
    }

    @Test func `with every channel held by outside word nothing is sent, and the way out is told`()
        async throws
    {
        let stage = try await Self.stage("critical")
        let outcome = try await stage.run(Self.send + ["--channels", "sms"])
        #expect(outcome.exit == 69 && outcome.told.contains("`tocsin channels up --company 'Example"))
        let waiting = try await stage.run(Self.send + ["--channels", "sms", "--wait", "--linger", "0s"])
        #expect(waiting.exit == 3, "\(waiting.errors)")
        #expect(waiting.told.contains("3 on sms, down, says 127.0.0.1:"), "\(waiting.told)")
        #expect(waiting.told.contains("channels up --company 'Example SMS' uses it all the same"))
    }
}
