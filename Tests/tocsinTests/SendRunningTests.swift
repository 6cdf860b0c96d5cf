import Broadcast
import Foundation
import TestPeers
import Testing

/// A send that is stopped, killed, watched, joined, or meets a server that is down.
@Suite(.serialized) struct SendRunningTests {
    /// `count` replies that wait to be released, then ones that do not.
    private static func held(_ path: String, _ count: Int) -> String {
        let hold = Stage.well.replacing("{\"status\"", with: "{\"hold\": true, \"status\"")
        return "\"\(path)\": [\((0..<count).map { _ in hold + ", " }.joined()) \(Stage.well)],"
    }

    private func texting(_ people: Int) async throws -> Stage {
        let stage = try await Stage(
            ["sms"], web: Self.held("/sms", 4), more: ["sms": #""connections": 4, "timeout": "5m""#])
        try await stage.people(people)
        return stage
    }

    private func numbers(_ stage: Stage) async throws -> [String] {
        try await stage.posted().map {
            try JSONValue(parsing: Array($0.body.utf8), maxBytes: 1 << 20)["to"].text
        }
    }

    // MARK: Signals

    @Test(arguments: [SIGINT, SIGTERM])
    func `one signal lets what is on the wire finish, and resume does the rest`(signal: Int32) async throws {
        let stage = try await texting(40)
        let sending = try stage.start("send", "note", "--to", "all", "--yes", "--id", "n1")
        try await stage.web.wait(for: 4, "request")
        sending.signal(signal)
        // It waits ten seconds for them.
        let isStopping = await sending.said("stopping") { [web = stage.web] in web.releaseAtOnce() }
        #expect(isStopping)
        let stopped = try await sending.outcome.value
        #expect(stopped.exit == 130, "\(stopped.errors)")
        #expect(stopped.errors.contains("tocsin resume n1 continues"))
        let sms = try await stage.report("n1")["channels"]["sms"]
        #expect(sms["accepted"].text == "4" && sms["unknown"].text == "0" && sms["queued"].text == "36")
        let resumed = try await stage.run("resume", "n1")
        #expect(resumed.exit == 0, "\(resumed.errors)")
        let told = try await numbers(stage)
        #expect(told.count == 40 && Set(told).count == 40)
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `a second signal stops at once; nobody is texted twice`(signal: Int32) async throws {
        let stage = try await texting(40)
        let sending = try stage.start("send", "note", "--to", "all", "--yes", "--id", "n1")
        try await stage.web.wait(for: 4, "request")
        sending.signal(signal)
        #expect(await sending.said("stopping"))
        sending.signal(signal)
        let stopped = try await sending.outcome.value
        #expect(stopped.exit == 130, "\(stopped.errors)")
        #expect(try await stage.report("n1")["channels"]["sms"]["unknown"].text == "4")
        let resumed = try await stage.run("resume", "n1", "--json")
        #expect(resumed.exit == 1, "\(resumed.errors)")
        #expect(try resumed.json()["contacts"]["unknown"].text == "4")
        let told = try await numbers(stage)
        #expect(told.count == 40 && Set(told).count == 40)
    }

    @Test func `after a kill nobody is lost, and a second copy has the same id`() async throws {
        let ends = (0..<4).map { _ in "\"hold 250 2.0.0 taken\", " }.joined()
        let stage = try await Stage(
            mail: "{\"end\": [\(ends) \"250 2.0.0 taken\"]}", mailScript: "smtp_script.py",
            more: ["email": #""connections": 4, "timeout": "5m""#])
        try await stage.people(60)
        let sending = try stage.start("send", "note", "--to", "all", "--yes", "--id", "n1")
        try await stage.mail.wait(for: 4, "text")
        sending.signal(SIGKILL)
        #expect(try await sending.outcome.value.exit == 256)
        let resumed = try await stage.run("resume", "n1", "--json")
        #expect(resumed.exit == 0, "\(resumed.errors)")
        #expect(try resumed.json()["contacts"]["reached"].text == "60")
        #expect(resumed.errors.contains("taken over"))
        let copies = try await stage.mail.entries("text").map { $0["text", default: .null].text }
        let header = { (name: String, mail: String) in
            mail.split(separator: "\r\n").first { $0.hasPrefix("\(name): ") }.map(String.init) ?? ""
        }
        let keys = Dictionary(grouping: copies) { header("To", $0) }.mapValues {
            Set($0.map { header("Message-ID", $0) })
        }
        #expect(keys.count == 60 && keys.values.allSatisfy { $0.count == 1 })
        #expect(copies.count == 64)
    }

    // MARK: Side by side

    @Test func `a report of a running announcement is live`() async throws {
        let answered = (0..<5).map { _ in Stage.well + ", " }.joined()
        let held = Self.held("/sms", 4).replacing("[", with: "[" + answered)
        let stage = try await Stage(["sms"], web: held, more: ["sms": #""connections": 4, "timeout": "5m""#])
        try await stage.people(10)
        let sending = try stage.start("send", "note", "--to", "all", "--yes", "--id", "n1")
        try await stage.web.wait(for: 9, "request")
        var report = try await stage.report()
        // The five are written down a moment after they were answered, in one group or in several.
        while Int(report["contacts"]["reached"].text) ?? 5 < 5 { report = try await stage.report() }
        #expect(report["state"].text == "running" && report["contacts"]["reached"].text == "5")
        #expect(report["channels"]["sms"]["accepted"].text == "5")
        #expect(report["contacts"]["waiting"].text == "5")
        let people = try await stage.run("report", "n1", "--contacts", "waiting")
        #expect(people.output.split(separator: "\n").count == 5 && people.exit == 0)
        try await stage.web.release()
        #expect(try await sending.outcome.value.exit == 0)
        #expect(try await stage.report()["state"].text == "finished")
    }

    @Test func `of two sends one serves, the other follows, and both end with their own report`() async throws
    {
        let stage = try await texting(10)
        let one = try stage.start("send", "note", "--to", "all", "--yes", "--id", "n1", "--json")
        try await stage.web.wait(for: 4, "request")
        let two = try stage.start("send", "note", "--to", "not id:p1", "--yes", "--id", "n2", "--json")
        #expect(await two.said("accepted: n2"))
        try await stage.web.release()
        let (first, second) = try await (one.outcome.value, two.outcome.value)
        #expect(first.exit == 0 && second.exit == 0, "\(first.errors) \(second.errors)")
        #expect(try first.json()["contacts"]["reached"].text == "10" && first.json()["id"].text == "n1")
        #expect(try second.json()["contacts"]["reached"].text == "9" && second.json()["id"].text == "n2")
        #expect(try await stage.posted().count == 19)
    }

    @Test func `when the one that serves is killed the follower takes over`() async throws {
        let stage = try await texting(10)
        let one = try stage.start("send", "note", "--to", "all", "--yes", "--id", "n1")
        try await stage.web.wait(for: 4, "request")
        let two = try stage.start("send", "note", "--to", "not id:p1", "--yes", "--id", "n2", "--json")
        #expect(await two.said("accepted: n2"))
        one.signal(SIGKILL)
        let second = try await two.outcome.value
        #expect(second.exit == 0, "\(second.errors)")
        #expect(try second.json()["contacts"]["reached"].text == "9")
        _ = try await one.outcome.value
        let resumed = try await stage.run("resume", "n1", "--json")
        #expect(try resumed.json()["contacts"]["unknown"].text == "4" && resumed.exit == 1)
        #expect(try await stage.posted().count == 19)
    }

    // MARK: A server that is down

    @Test func `while nothing moves a terminal is told what waits, not how fast it goes`() async throws {
        let stage = try await Stage(["email", "sms"])
        try await stage.people(2)
        try await stage.run("channels", "down", "email", "--why", "x")
        let sending = try stage.startOnTerminal(
            ["send", "note", "--to", "all", "--yes", "--wait", "--linger", "1h"])
        #expect(await sending.shows("2 of 4, 2 wait"))
        sending.signal(SIGINT)
        let outcome = try await sending.outcome.value
        #expect(outcome.exit == 130 && !outcome.errors.contains(" s left"), "\(outcome.errors)")
    }

    @Test func `with the mail server down the others finish, mail waits, and resume sends it`() async throws {
        let port = try closedPort()
        let stage = try await Stage(["email", "sms", "telegram", "status"])
        try stage.configure(["email", "sms", "telegram", "status"], mailPort: port)
        try await stage.people(30)
        let outcome = try await stage.run(
            "send", "note", "--to", "all", "--yes", "--linger", "0s", "--id", "n1")
        #expect(outcome.exit == 3, "\(outcome.errors)")
        #expect(outcome.errors.contains("30 deliveries wait") && outcome.errors.contains("tocsin resume n1"))
        #expect(outcome.errors.contains("email is tripped"))
        #expect(try await stage.posted().count == 61)
        let report = try await stage.report()
        #expect(
            report["channels"]["email"]["queued"].text == "30" && report["contacts"]["reached"].text == "30")
        let server = try await PeerProcess("smtp_peer.py", "{\"port\": \(port)}")
        #expect(try await stage.run("resume", "n1").exit == 0)
        #expect(try await server.entries("mail").count == 30)
        #expect(try await stage.posted().count == 61)
    }

    @Test func `mail goes out by itself when the server is back`() async throws {
        let port = try closedPort()
        let stage = try await Stage(["email", "sms"])
        try stage.configure(["email", "sms"], mailPort: port)
        try await stage.people(12)
        let sending = try stage.start("send", "note", "--to", "all", "--yes", "--linger", "1h")
        try await stage.web.wait(for: 12, "request")
        #expect(await sending.said("email is tripped"))
        let server = try await PeerProcess("smtp_peer.py", "{\"port\": \(port)}")
        let outcome = try await sending.outcome.value
        #expect(outcome.exit == 0, "\(outcome.errors)")
        #expect(try await server.entries("mail").count == 12)
    }

    @Test func `whoever may go on to the next channel is stayed for, however short the patience`()
        async throws
    {
        let stage = try await Stage(["email", "sms"])
        try stage.configure(
            ["email", "sms"], mailPort: try closedPort(), more: ["email": #""failoverAfter": "6s""#])
        try await stage.people(12)
        let outcome = try await stage.run(
            "send", "note", "--to", "all", "--yes", "--reach", "first", "--linger", "0s", "--id", "n1")
        #expect(outcome.exit == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("Those on a tripped or resting channel go on to their next one at "))
        #expect(outcome.errors.components(separatedBy: "email is tripped").count == 2, "\(outcome.errors)")
        #expect(try await stage.posted().count == 12)
        // With no other channel to go on to, nobody is stayed for.
        let alone = try await stage.run(
            "send", "note", "--to", "id:p1", "--yes", "--reach", "first", "--linger", "0s", "--id", "n2",
            "--channels", "email")
        #expect(alone.exit == 3, "\(alone.errors)")
        #expect(!alone.errors.contains("go on to their next one"))
    }

    // MARK: Waiting

    /// What holds the channel, and the line that says so.
    private static let causes: [(mark: [String], lacks: Bool, isQuiet: Bool, line: String)] = [
        (["sms"], false, false, "3 on sms, marked down until .* lifts that"),
        (
            ["--company", "Example SMS"], true, false,
            "3 on sms, secret missing: export SMS_TOKEN; nothing leaves"
        ),
        ([], false, true, "3 on sms, the next at 20.*[+]0[12]:00"),
    ]

    @Test(arguments: causes)
    func `a command that waits says for what, in the words of its end`(
        row: (mark: [String], lacks: Bool, isQuiet: Bool, line: String)
    ) async throws {
        let quiet = row.isQuiet ? ["sms": QuietNow().setting] : [:]
        let stage = try await Stage(["email", "sms"], more: quiet)
        try await stage.people(3)
        if !row.mark.isEmpty { try await stage.run(["channels", "down"] + row.mark + ["--why", "x"]) }
        let secrets = Stage.secrets.filter { $0.key != "SMS_TOKEN" || !row.lacks }
        let outcome = try await stage.program.run(
            ["send", "note", "--to", "all", "--yes", "--wait", "--linger", "0s"], environment: secrets)
        #expect(outcome.exit == 3, "\(outcome.errors)")
        let lines = outcome.complaints
        let said = try #require(lines.firstIndex { $0.hasSuffix("quiet hours to end:") }, "\(lines)")
        let cause = try Regex(row.line)
        let causes = lines.indices.filter { lines[$0].contains(cause) }
        #expect(causes.first == said + 1 && causes.count == 2, "\(lines)")
    }

    @Test func `progress leaves out what cannot leave, and fits the terminal`() async throws {
        let hold = Self.held("/sms", 1)
        let stage = try await Stage(
            ["sms", "email"], web: hold, more: ["sms": #""connections": 1, "timeout": "5m""#])
        try await stage.people(30)
        try await stage.run("channels", "down", "email", "--why", "x")
        let sending = try stage.startOnTerminal(
            ["send", "note", "--to", "all", "--yes", "--wait", "--linger", "0s"])
        #expect(await sending.shows("0 of 60, 30 wait"))
        try await stage.web.wait(for: 1, "request")
        try await stage.web.release()
        let outcome = try await sending.outcome.value
        #expect(
            outcome.exit == 3 && outcome.errors.contains("30 of 60, 30 wait"), "\(outcome.errors)")
        let lines = outcome.errors.split(separator: "\r\n").flatMap { $0.split(separator: "\r") }
        let progress = lines.filter { $0.contains(" of 60") }
        #expect(!progress.isEmpty && progress.allSatisfy { $0.replacing("\u{1B}[2K", with: "").count <= 80 })
    }
}
