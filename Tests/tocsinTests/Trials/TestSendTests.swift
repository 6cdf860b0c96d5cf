import Broadcast
import Foundation
import TestPeers
import Testing

/// A test that goes to contacts of ours: really sent, marked as one, and known to nobody afterwards.
@Suite(.timeLimit(.minutes(5))) struct TestSendTests {
    private static let all = ["email", "sms", "telegram", "push", "status"]
    private static let testing = ["send", "note", "--test-to", "p1"]

    private func stage(
        _ channels: [String] = all, mail: String = "{}", web: String = "", more: [String: String] = [:]
    )
        async throws -> Stage
    {
        let stage = try await Stage(channels, mail: mail, web: web, more: more)
        try await stage.people(3)
        return stage
    }

    private func rows(_ outcome: Program.Outcome) throws -> [String] {
        try outcome.json()["deliveries"].items.map { "\($0["channel"].text) \($0["state"].text)" }
    }

    @Test func `a test goes to one person over every direct channel, marked where its reader looks`()
        async throws
    {
        let stage = try await stage()
        let outcome = try await stage.run(Self.testing + ["--to", "all"])
        #expect(outcome.exit == 0, "\(outcome.errors)")
        #expect(
            outcome.told.contains("only p1 will get it") && outcome.told.contains("no public place: status"))
        #expect(outcome.output.matches(of: /handed over/).count == 4 && outcome.width <= 80)
        #expect(try await stage.mailed() == ["p1@acme.example"])
        let mail = try await stage.mail.entries("mail")[0]["message", default: .null].text
        #expect(mail.contains("\r\nSubject: [TEST] We are down\r\n"))
        let requests = try await stage.web.entries("request").map(KeptHTTP.init)
        let bodies = try requests.map { try JSONValue(parsing: Array($0.body.utf8), maxBytes: 1 << 20) }
        let paths = requests.map { $0.line.replacing("POST ", with: "") }
        #expect(paths.sorted() == ["/bot[secret]/sendMessage", "/push", "/sms"])
        for (path, body) in zip(paths, bodies) {
            #expect(body["text"].text.hasPrefix("[TEST] "), "\(path)")
            #expect((body["test"] == .bool(true)) == (path == "/push"))
        }
        #expect(requests.map { $0.headers["tocsin-test"] }.filter { $0 == "true" }.count == 1)
    }

    @Test func `nothing of a test is known afterwards, and the real one is another for receivers`()
        async throws
    {
        let stage = try await stage(["email", "push"], more: ["push": #""secret": {"env": "HOOK_SECRET"}"#])
        let send = ["send", "note", "--to", "id:p1", "--id", "n1"]
        let store = stage.program.read("tocsin.db")
        for _ in 1...2 { #expect(try await stage.run(send + ["--test-to", "p1"]).exit == 0) }
        #expect(stage.program.read("tocsin.db") == store)
        #expect(try await stage.run("report").exit == 66)
        #expect(try await stage.run("contacts", "show", "p1").output.contains("n1") == false)
        #expect(try await stage.run("send", "note", "--to", "told:n1", "--dry-run").exit == 66)
        #expect(try await stage.run(send + ["--yes"]).exit == 0)

        let mails = try await stage.mail.entries("mail").map { $0["message", default: .null].text }
        let keys = mails.compactMap { $0.firstMatch(of: /\r\nMessage-ID: (\S+)/).map { String($0.1) } }
        #expect(keys.count == 3 && Set(keys).count == 3)
        #expect(mails.count { $0.contains("[TEST]") } == 2)
        let hooks = try await stage.web.entries("request").map(KeptHTTP.init)
        #expect(Set(hooks.compactMap { $0.headers["webhook-id"] }).count == 3)
        #expect(hooks.last?.headers["tocsin-test"] == nil && hooks.last?.body.contains("\"test\"") == false)
    }

    @Test func `a test is signed as it arrives, and leaves a body alone that is not ours`() async throws {
        let secret = Stage.secrets["HOOK_SECRET"] ?? ""
        let peer = try await PeerProcess("http_peer.py", "{\"keys\": [\"\(secret)\"]}")
        let port = try peer.port("http")
        let stage = try await stage(["push"])
        for (name, more) in [("a", ""), ("b", #", "body": {"json": {"note": "{{text}}", "kind": "note"}}"#)] {
            try stage.program.write(
                "channels.json",
                """
                {"sender": {"name": "Acme"}, "store": "tocsin.db", "channels": {"push": {"type": "webhook",
                 "url": "http://127.0.0.1:\(port)/\(name)", "private": true, "per": "contact",
                 "secret": {"env": "HOOK_SECRET"}\(more)}}}
                """)
            #expect(try await stage.run(Self.testing).exit == 0)
        }
        let entries = try await peer.entries("request")
        #expect(entries.map { $0["signed"] } == [.list([.number(0)]), .list([.number(0)])])
        let bodies = entries.map { $0["body", default: .null].text }
        #expect(bodies[0].contains("\"test\":true"))
        #expect(bodies[1] == #"{"kind":"note","note":"[TEST] Sorry."}"#)
        #expect(entries.map(KeptHTTP.init).allSatisfy { $0.headers["tocsin-test"] == "true" })
    }

    @Test func `what was refused, put off or lost is said with the provider's words, and tried once`()
        async throws
    {
        let stage = try await stage(
            ["email", "sms", "telegram"],
            mail: #"{"recipients": {"p1@acme.example": "550 5.1.1 no such user"}}"#,
            web:
                #""/sms": [{"status": 503, "body": "overloaded"}], "/bot123456:bot-secret-token/sendMessage": [{"status": 429, "headers": {"Retry-After": "600"}, "body": "{\"ok\": false, \"error_code\": 429, \"parameters\": {\"retry_after\": 600}}"}],"#
        )
        let outcome = try await stage.run(Self.testing + ["--json"])
        #expect(outcome.exit == 1, "\(outcome.errors)")
        #expect(try rows(outcome) == ["email refused", "sms queued", "telegram queued"])
        let faults = try outcome.json()["deliveries"].items.map { $0["fault"]["code"].text }
        #expect(faults == ["address-unknown", "service-failed", "rate-limited"])
        #expect(try outcome.json()["deliveries"].items[0]["fault"]["detail"].text.contains("no such user"))
        #expect(try await stage.posted().count == 2)
        // A bounce of a test suppresses nobody, and its channel has no fault that others see.
        #expect(try await stage.run("contacts", "show", "p1").output.contains("suppressed") == false)
        let channels = try await stage.run("channels", "--json").json()["channels"]
        #expect(["email", "sms", "telegram"].allSatisfy { channels[$0]["state"].text == "up" })
    }

    private static let withheld: [(prepare: [String], words: [String], said: String)] = [
        (["contacts", "suppress", "p1"], [], "suppressed"),
        (["channels", "down", "email", "--why", "moving"], [], "channel-down (moving)"),
        ([], ["--channels", "email"], ""),
    ]

    @Test(arguments: withheld)
    func `what stands against sending stands against a test`(
        row: (prepare: [String], words: [String], said: String)
    ) async throws {
        let stage = try await stage(["email"])
        if !row.prepare.isEmpty { #expect(try await stage.run(row.prepare).exit == 0) }
        let outcome = try await stage.run(Self.testing + row.words)
        #expect(outcome.exit == (row.said.isEmpty ? 0 : 1), "\(outcome.errors)")
        #expect(row.said.isEmpty || outcome.output.contains(row.said))
        #expect(try await stage.mailed().isEmpty == !row.said.isEmpty)
    }

    @Test func `marketing goes to nobody without consent, not even as a test`() async throws {
        let stage = try await stage(["email", "sms"])
        try stage.template("offer", "subject: Offer\npurpose: marketing\nsms: Offer. STOP ends.", "Buy.")
        try await stage.run("contacts", "set", "p1", "consent=email")
        let outcome = try await stage.run("send", "offer", "--test-to", "p1")
        #expect(outcome.exit == 1 && outcome.output.contains("no-consent"), "\(outcome.errors)")
        #expect(try await stage.mailed().count == 1)
        #expect(try await stage.posted().isEmpty)
    }

    @Test func `quiet hours keep no test, which is said`() async throws {
        let stage = try await stage(["sms"], more: ["sms": QuietNow().setting])
        let outcome = try await stage.run(Self.testing)
        #expect(outcome.exit == 0 && outcome.told.contains("a test does not keep them"), "\(outcome.errors)")
        #expect(try await stage.posted().count == 1)
    }

    @Test func `several people, an address that is missing, and one that is shared`() async throws {
        let stage = try await Stage(["email", "sms"])
        try await stage.program.takeOver(
            "id,email,phone\na,a@acme.example,\nb,a@acme.example,+393331000002\nc,,\n")
        let outcome = try await stage.run(
            "send", "note", "--test-to", "a", "--test-to", "b", "--test-to", "a")
        #expect(outcome.exit == 0, "\(outcome.output)\(outcome.errors)")
        #expect(outcome.output.contains("no-address"))
        #expect(try await stage.mailed() == ["a@acme.example", "a@acme.example"])
        #expect(try await stage.posted().count == 1)
        let empty = try await stage.run("send", "note", "--test-to", "c")
        #expect(empty.exit == 1, "\(empty.output)")
    }

    private static let bad: [(words: [String], exit: Int32, told: String)] = [
        (["--test-to", "p9"], 66, "there is no contact p9"), (["--test-to", ""], 64, "expected the id"),
        (["--test-to", "p1", "--channels", "status"], 64, "every chosen channel is public"),
        (["--test-to", "p1", "--dry-run"], 64, "give one of them"), ([], 64, "--to AUDIENCE"),
        (["--test-to", "p1", "--set", "nope=1"], 65, "nope"),
    ]

    @Test(arguments: bad)
    func `a test that cannot be made sends nothing`(row: (words: [String], exit: Int32, told: String))
        async throws
    {
        let stage = try await stage(["email", "status"])
        let outcome = try await stage.run(["send", "note"] + row.words)
        #expect(outcome.exit == row.exit && outcome.told.contains(row.told), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
        #expect(try await stage.isUntouched())
    }

    @Test func `a test runs beside a dispatcher, and from no copy`() async throws {
        let hold = Stage.well.replacing("{\"status\"", with: "{\"hold\": true, \"status\"")
        let stage = try await Stage(["sms", "email"], web: "\"/sms\": [\(hold), \(Stage.well)],")
        try await stage.people(1)
        let sending = try stage.start("send", "note", "--to", "all", "--yes", "--id", "n1")
        try await stage.web.wait(for: 1, "request")
        let outcome = try await stage.run(Self.testing)
        #expect(outcome.exit == 0, "\(outcome.output)\(outcome.errors)")
        try await stage.web.release()
        #expect(try await sending.outcome.value.exit == 0)
        #expect(try await stage.posted().count == 2)
        #expect(try await stage.mailed().count == 2)
        #expect(try await stage.report("n1")["contacts"]["selected"].text == "1")
        #expect(try await stage.program.shell("cp tocsin.db copy.db").exit == 0)
        let copy = try await stage.run(Self.testing + ["--store", "copy.db"])
        #expect(copy.exit == 64 && copy.told.contains("tocsin adopt"), "\(copy.errors)")
        #expect(try await stage.posted().count == 2)
    }
}
