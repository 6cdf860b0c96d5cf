import Broadcast
import Foundation
import TestPeers
import Testing

/// An outage notice, and the word that it is over.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SendClosingTests {
    private static let hold = Stage.well.replacing("{\"status\"", with: "{\"hold\": true, \"status\"")

    private static func held(_ count: Int) -> String {
        "\"/sms\": [\((0..<count).map { _ in hold + ", " }.joined()) \(Stage.well)],"
    }

    private func stage(_ channels: [String], held: Int = 0, mail: String = "{}") async throws -> Stage {
        let stage = try await Stage(
            channels, mail: mail, web: held > 0 ? Self.held(held) : "",
            more: ["sms": #""connections": 4, "timeout": "5m""#])
        try stage.template(
            "solved", "subject: It works again\npurpose: service\nsms: It works again", "Thank you.")
        return stage
    }

    /// What was texted to whom, in order of arrival.
    private func texted(_ stage: Stage) async throws -> [String] {
        try await stage.posted().filter { $0.path == "/sms" }.map {
            let body = try JSONValue(parsing: Array($0.body.utf8))
            return "\(body["to"].text) \(body["text"].text)"
        }
    }

    private func subjects(_ stage: Stage) async throws -> [String] {
        try await stage.mail.entries("mail").map { mail in
            let to = mail["to", default: .null].list.map(\.text).joined()
            let isSolved = mail["message", default: .null].text.contains("It works again")
            return "\(to) \(isSolved ? "solved" : "down")"
        }
    }

    private static let close = ["send", "solved", "--closes", "n1", "--yes", "--id", "s1"]

    @Test func `while a notice runs, what waits is cancelled, and who may just be told hears both in order`()
        async throws
    {
        let stage = try await stage(["sms"], held: 4)
        try await stage.people(20)
        let notice = try stage.start("send", "note", "--to", "all", "--yes", "--id", "n1")
        try await stage.web.wait(for: 4, "request")
        let closing = try stage.start("send", "solved", "--closes", "n1", "--yes", "--id", "s1", "--json")
        #expect(await closing.said("accepted: s1"))
        #expect(try await texted(stage).count == 4)
        try await stage.web.release()
        let (first, second) = (try await notice.outcome.value, try await closing.outcome.value)
        #expect(first.exit == 1, "\(first.errors)")
        #expect(second.exit == 0 && second.told.contains("n1 is closed; 16 deliveries"), "\(second.errors)")
        let texts = try await texted(stage)
        let down = texts.filter { $0.hasSuffix("We are down") }.map { $0.split(separator: " ")[0] }
        let solved = texts.filter { $0.hasSuffix("It works again") }.map { $0.split(separator: " ")[0] }
        #expect(
            texts.count == 8 && Set(down) == Set(solved)
                && texts.prefix(4).allSatisfy { $0.hasSuffix("down") })
        let report = try second.json()
        #expect(report["closes"].text == "n1" && report["contacts"]["reached"].text == "4")
        let closed = try await stage.report("n1")
        #expect(closed["closedBy"].text == "s1" && closed["state"].text == "cancelled")
        #expect(closed["channels"]["sms"]["skipped"]["cancelled"].text == "16")
        #expect(try await stage.run("report", "n1").output.contains("closed by s1"))
        #expect(try await stage.run("report", "s1").output.contains("closes n1"))
    }

    @Test(arguments: [
        (["--max-cost", "0.50EUR"], Int32(65), "it costs 1.00 EUR, more than --max-cost", 0),
        (["--people", "4"], 65, "selects 20 people, but --people says 4", 0), ([], 0, "n1 is closed", 20),
    ])
    func `whoever is told while the question is asked counts, for the guard rails too`(
        words: [String], exit: Int32, told: String, solved: Int
    ) async throws {
        let stage = try await stage(["sms"], held: 4)
        try await stage.people(20)
        let notice = try stage.start("send", "note", "--to", "all", "--yes", "--id", "n1")
        try await stage.web.wait(for: 4, "request")
        let closing = try stage.startOnTerminal(["send", "solved", "--closes", "n1", "--id", "s1"] + words)
        #expect(await closing.shows("Send to 4 people, 0.20 EUR and close n1? [y/N]"))
        try await stage.web.release()
        #expect(try await notice.outcome.value.exit == 0)
        try closing.type("y\n")
        let outcome = try await closing.outcome.value
        #expect(outcome.exit == exit && outcome.told.contains(told), "\(outcome.errors)")
        #expect(try await texted(stage).count { $0.hasSuffix("again") } == solved)
        #expect(!outcome.told.contains("closed; 0 deliveries"), "\(outcome.told)")
        let closer = try await stage.report("n1")["closedBy"].text
        #expect(closer == (solved > 0 ? "s1" : ""))
        #expect(try await stage.run("report", "s1").exit == (solved > 0 ? 0 : 66))
    }

    @Test func `whoever is told over one more channel while the question is asked counts once`() async throws
    {
        let stage = try await stage(["email", "sms"], held: 4)
        try await stage.people(8)
        let notice = try stage.start("send", "note", "--to", "all", "--yes", "--id", "n1")
        try await stage.web.wait(for: 4, "request")
        try await stage.mail.wait(for: 8, "mail")
        let closing = try stage.startOnTerminal(
            ["send", "solved", "--closes", "n1", "--id", "s1", "--people", "8", "--max-cost", "0.40EUR"])
        #expect(await closing.shows("Send to 8 people, 0.20 EUR and close n1? [y/N]"))
        try await stage.web.release()
        #expect(try await notice.outcome.value.exit == 0)
        try closing.type("y\n")
        let outcome = try await closing.outcome.value
        #expect(outcome.exit == 0, "\(outcome.errors)")
        #expect(try await subjects(stage).count { $0.hasSuffix("solved") } == 8)
        #expect(try await texted(stage).count { $0.hasSuffix("again") } == 8)
    }

    @Test func `after a kill those who perhaps were told hear it, and nobody is told any more`() async throws
    {
        let stage = try await stage(["sms"], held: 4)
        try await stage.people(20)
        let notice = try stage.start("send", "note", "--to", "all", "--yes", "--id", "n1")
        try await stage.web.wait(for: 4, "request")
        notice.signal(SIGKILL)
        _ = try await notice.outcome.value
        let closing = try await stage.run(Self.close)
        #expect(closing.exit == 0, "\(closing.errors)")
        let texts = try await texted(stage)
        #expect(texts.count == 8 && texts.suffix(4).allSatisfy { $0.hasSuffix("It works again") })
        #expect(Set(texts.map { $0.split(separator: " ")[0] }).count == 4)
        let report = try await stage.report("n1")
        #expect(report["contacts"]["unknown"].text == "4" && report["contacts"]["waiting"].text == "0")
        let resumed = try await stage.run("resume", "n1")
        #expect(resumed.exit == 64 && resumed.told.contains("n1 was closed by s1"), "\(resumed.errors)")
        #expect(try await texted(stage).count == 8)
    }

    @Test func `killed while it sends, the close is whole, and its own resume finishes it`() async throws {
        let stage = try await stage(["sms"])
        try await stage.people(6)
        #expect(try await stage.run("send", "note", "--to", "all", "--yes", "--id", "n1").exit == 0)
        try await stage.run("channels", "down", "sms", "--why", "x")
        let closing = try stage.start("send", "solved", "--closes", "n1", "--yes", "--id", "s1", "--wait")
        #expect(await closing.said("accepted: s1"))
        closing.signal(SIGKILL)
        _ = try await closing.outcome.value
        #expect(try await stage.report("n1")["closedBy"].text == "s1")
        try await stage.run("channels", "up", "sms", "--yes")
        let resumed = try await stage.run("resume", "s1")
        #expect(resumed.exit == 0, "\(resumed.errors)")
        #expect(try await texted(stage).count { $0.hasSuffix("It works again") } == 6)
    }

    @Test func `each hears it where they were told: not who was missed, nor where one was not told`()
        async throws
    {
        let stage = try await stage(
            ["email", "sms", "status"], mail: #"{"recipients": {"bad@acme.example": "554 5.7.1 no"}}"#)
        try await stage.program.takeOver(
            """
            id,email,phone
            a,a@acme.example,+393331000001
            b,bad@acme.example,+393331000002
            c,bad@acme.example,
            d,a@acme.example,
            e,e@acme.example,
            f,,+393331000006

            """)
        let notice = try await stage.run("send", "note", "--to", "not id:f", "--yes", "--id", "n1")
        #expect(notice.exit == 1, "\(notice.errors)")
        #expect(try await stage.run("contacts", "remove", "e").exit == 0)
        let dry = try await stage.run("send", "solved", "--closes", "n1", "--dry-run")
        #expect(dry.exit == 0 && dry.output.contains("Closes n1: nothing of it waits"), "\(dry.errors)")
        #expect(try await stage.report("n1")["closedBy"] == .null)
        let closing = try await stage.run(Self.close)
        #expect(closing.exit == 0, "\(closing.errors)")
        let mails = try await subjects(stage)
        #expect(mails.filter { $0.hasSuffix("solved") } == ["a@acme.example solved"])
        let texts = try await texted(stage).filter { $0.hasSuffix("again") }.map { $0.prefix(13) }.sorted()
        #expect(texts == ["+393331000001", "+393331000002"])
        #expect(try await stage.posted().count { $0.path == "/status" } == 2)
        let people = try await stage.run("report", "s1", "--contacts", "reached", "--json").json()
        #expect(people.items.map { $0["id"].text } == ["a", "b", "d"])
        #expect(try await stage.report("s1")["contacts"]["selected"].text == "3")
    }

    @Test func `a channel that is down now is the reason why somebody does not hear it`() async throws {
        let stage = try await stage(["email", "sms"])
        try await stage.program.takeOver(
            "id,email,phone\na,a@acme.example,\nb,,+393331000002\nc,c@acme.example,\n")
        #expect(try await stage.run("send", "note", "--to", "all", "--yes", "--id", "n1").exit == 0)
        try await stage.run("channels", "down", "sms", "--why", "gateway fails")
        let closing = try await stage.run(Self.close)
        #expect(closing.exit == 1, "\(closing.errors)")
        let missed = try await stage.run("report", "s1", "--contacts", "missed", "--json").json()
        #expect(missed.items.map { $0["id"].text } == ["b"])
        #expect(missed["0"]["deliveries"]["0"]["why"].text == "channel-down")
    }

    @Test func `what cannot be closed is refused in one line, and nothing changes`() async throws {
        let stage = try await stage(["email"])
        try await stage.people(3)
        #expect(try await stage.run("send", "note", "--to", "all", "--yes", "--id", "n1").exit == 0)
        let attempts: [([String], Int32, String)] = [
            (["--closes", "n1", "--to", "all"], 64, "leave --to out"),
            (["--closes", "n11"], 66, "did you mean n1?"), (["--closes", "a b"], 64, "is no id"),
            (["--closes", "n1", "--id", "n1"], 64, "nothing ends itself; --id names the new"),
            (["--closes", "latest"], 64, "--closes latest: too easily the wrong one; give its id"),
            ([], 64, "send needs --to"),
            (["--closes", "n1", "--people", "2"], 65, "--people says 2"),
        ]
        for (words, exit, told) in attempts {
            let outcome = try await stage.run(["send", "solved", "--yes"] + words)
            #expect(outcome.exit == exit && outcome.told.contains(told), "\(words): \(outcome.errors)")
        }
        let asked = try await stage.run("send", "solved", "--closes", "n1")
        #expect(asked.exit == 64 && asked.told.contains("add --yes"), "\(asked.errors)")
        let no = try await stage.terminal("send", "solved", "--closes", "n1", typing: "n\n")
        #expect(no.exit == 64 && no.told.contains("and close n1? [y/N]"), "\(no.errors)")
        #expect(try await stage.report("n1")["closedBy"] == .null)
        #expect(try await stage.mailed().count == 3)
    }

    @Test func `closed once is closed: the same command continues, another is refused`() async throws {
        let stage = try await stage(["email"])
        try await stage.people(3)
        #expect(try await stage.run("send", "note", "--to", "all", "--yes", "--id", "n1").exit == 0)
        let first = try await stage.run(Self.close)
        #expect(first.exit == 0 && first.errors.contains("n1 is closed\n"), "\(first.errors)")
        let again = try await stage.run(Self.close)
        #expect(again.exit == 0 && again.told.contains("nothing is sent twice"), "\(again.errors)")
        let other = try await stage.run("send", "note", "--closes", "n1", "--yes")
        #expect(other.exit == 64 && other.told.contains("was closed by s1 already"), "\(other.errors)")
        #expect(try await stage.mailed().count == 6)
        #expect(try await stage.run("report", "--all").errors.contains("2 announcements"))
    }

    @Test func `the plan says who heard it from a closing announcement that was cancelled`() async throws {
        let stage = try await stage(["email", "sms"])
        try await stage.people(3)
        #expect(try await stage.run("send", "note", "--to", "all", "--yes", "--id", "n1").exit == 0)
        let first = try await stage.run("send", "solved", "--closes", "n1", "--dry-run")
        #expect(!first.output.contains("hear it again"), "\(first.output)")
        try await stage.run("channels", "down", "sms", "--why", "x")
        #expect(try await stage.run(Self.close + ["--wait", "--linger", "0s"]).exit == 3)
        #expect(try await stage.run("cancel", "s1").exit == 0)
        let dry = try await stage.run("send", "solved", "--closes", "n1", "--dry-run")
        #expect(
            dry.output.contains("waits; 3 people heard its end already,")
                && dry.output.contains("may hear it again"), "\(dry.output)")
        let json = try await stage.run("send", "solved", "--closes", "n1", "--dry-run", "--json").json()
        #expect(json["plan"]["closing"]["again"].text == "3")
    }

    @Test func `with nobody told yet there is nothing to close`() async throws {
        let stage = try await stage(["email"])
        try await stage.people(3)
        try await stage.run("channels", "down", "email", "--why", "x")
        #expect(
            try await stage.run(
                "send", "note", "--to", "all", "--yes", "--id", "n1", "--wait", "--linger", "0s"
            )
            .exit == 3)
        try await stage.run("channels", "up", "email", "--yes")
        let outcome = try await stage.run(Self.close)
        #expect(outcome.exit == 65 && outcome.told.contains("tocsin cancel n1"), "\(outcome.errors)")
        #expect(try await stage.report("n1")["state"].text == "running")
        let dry = try await stage.run("send", "solved", "--closes", "n1", "--dry-run", "--json").json()
        #expect(dry["plan"]["closing"]["id"].text == "n1" && dry["plan"]["closing"]["waiting"].text == "3")
        #expect(dry["refusals"]["0"]["code"].text == "nobody-selected")
        let shown = try await stage.run("send", "solved", "--closes", "n1", "--dry-run")
        #expect(shown.output.contains("Closes n1: 3 deliveries of it, still waiting, will be cancelled"))
    }
}
