import Broadcast
import Foundation
import Storage
import TestPeers
import Testing

struct ChannelCommandTests {
    @Test func `a company's mark takes its channels down, whatever the capitals, until it is lifted`()
        async throws
    {
        let program = try Program.configured()
        let down = try await program.run(
            "channels", "down", "--company", "meta", "--why", "status page", "--until",
            "2099-01-01T01:00:00+01:00",
            "--json")
        #expect(down.exit == 0)
        #expect(try down.json()["channels"] == .array([.string("messenger"), .string("whatsapp")]))
        #expect(try down.json()["marks"]["0"]["name"].text == "Meta")

        let board = try await program.run("channels", "--json").json()
        let whatsapp = board["channels"]["whatsapp"]
        #expect(whatsapp["state"].text == "marked" && whatsapp["why"].text == "status page")
        #expect(whatsapp["until"].text == "2099-01-01T00:00:00Z" && !whatsapp["since"].text.isEmpty)
        #expect(!whatsapp["who"].text.isEmpty && whatsapp["waiting"].text == "0")
        #expect(board["channels"]["email"]["state"].text == "up")
        #expect(board["channels"]["email"]["depends"] == .array([.string("Milan data centre")]))
        #expect(
            whatsapp.keys == [
                "company", "depends", "fault", "faults", "nextAt", "outside", "overruledBy", "since", "state",
                "type", "until", "waiting", "who", "why",
            ])

        let one = try await program.run("channels", "up", "whatsapp")
        #expect(one.exit == 64 && one.errors.contains("tocsin channels up --company Meta lifts that"))
        let up = try await program.run("channels", "up", "--company", "META", "--json")
        #expect(try up.json()["released"] == .array([.string("messenger"), .string("whatsapp")]))
        let after = try await program.run("channels", "--json").json()
        #expect(after["channels"]["whatsapp"]["state"].text == "up" && after["marks"] == .array([]))
        let twice = try await program.run("channels", "up", "--company", "Meta")
        #expect(twice.exit == 0 && twice.errors == "Meta: was not marked down\n")
    }

    @Test func `a mark on what channels depend on, and one by name, hold side by side`() async throws {
        let program = try Program.configured()
        try await program.run(
            "channels", "down", "--depends", "milan DATA centre", "--why", "power", "--for", "2h")
        try await program.run("channels", "down", "email", "sms", "--why", "relay")
        let up = try await program.run("channels", "up", "email")
        #expect(up.exit == 0)
        #expect(up.errors.contains("email is marked down no more\n"))
        #expect(up.errors.contains("still down with depends Milan data centre (power)"))
        let table = try await program.run("channels")
        #expect(
            table.unfolded.contains("email: marked down with depends Milan data centre by")
                && table.output.contains("why: power"))
        #expect(table.unfolded.contains("lift: tocsin channels up --depends 'Milan data centre'"))
        #expect(
            table.output.contains("sms: marked down by")
                && table.output.contains("lift: tocsin channels up sms"))
        #expect(table.output.contains("why: relay"))
        #expect(table.width <= 80 && table.isPlain)
    }

    @Test func `a mark ends by itself`() async throws {
        let program = try Program.configured()
        try await program.run("channels", "down", "sms", "--why", "a hiccup", "--for", "1ms")
        #expect(try await program.run("channels", "--json").json()["channels"]["sms"]["state"].text == "up")
    }

    @Test func `the usual mark holds for twelve hours`() async throws {
        let program = try Program.configured()
        let mark = try await program.run("channels", "down", "sms", "--why", "x", "--json").json()["marks"][
            "0"]
        let since = try Date(mark["since"].text, strategy: .iso8601)
        let until = try Date(mark["until"].text, strategy: .iso8601)
        #expect(until.timeIntervalSince(since) == 12 * 3600)
    }

    @Test(arguments: [
        (
            ["down", "smss", "--why", "x"],
            "there is no channel smss; known: email, messenger, sms, whatsapp; did you mean sms?"
        ),
        (["down", "--company", "Mta", "--why", "x"], "did you mean Meta?"),
        (["down", "meta", "--why", "x"], "; Meta is a company: --company Meta\n"),
        (
            ["down", "Milan data centre", "--why", "x"],
            "is what channels depend on: --depends 'Milan data centre'\n"
        ),
        (["down", "--company", "sms", "--why", "x"], "; sms is a channel: sms\n"),
        (["down", "--depends", "Milan", "--why", "x"], "known: Milan data centre"),
        (["down", "--why", "x"], "nothing is named"),
        (["down", "sms", "--company", "Meta", "--why", "x"], "only one"),
        (["down", "sms"], "--why"), (["down", "sms", "--why", " \u{1B}"], "--why"),
        (["down", "sms", "--why", "x", "--for", "2"], "--for 2: has no unit; expected"),
        (["down", "sms", "--why", "x", "--for", "90"], "did you mean 90s, 90m or 90h?"),
        (["down", "sms", "--why", "x", "--for", "0s"], "expected a duration"),
        (["down", "sms", "--why", "x", "--until", "2020-01-01T00:00:00Z"], "lies in the past"),
        (["down", "sms", "--why", "x", "--until", "tomorrow"], "--until tomorrow: is neither a time nor a"),
        (["down", "sms", "--why", "x", "--for", "2h", "--until", "3h"], "give one"),
        (["probe", "smss"], "did you mean sms?"), (["probe", "\u{1B}[2J"], "there is no channel \\u{1B}[2J"),
    ])
    func `a bad command line is told in one line and marks nothing`(words: [String], told: String)
        async throws
    {
        let program = try Program.configured()
        let outcome = try await program.run(["channels"] + words)
        #expect(outcome.exit == 64)
        #expect(outcome.errors.contains(told), "\(outcome.errors)")
        #expect(outcome.complaints.count == 1 && outcome.output.isEmpty && outcome.isPlain)
        #expect(try await program.run("channels", "--json").json()["marks"] == .array([]))
    }

    @Test func `a mark whose channel is configured no longer is shown and can be lifted`() async throws {
        let program = try Program.configured()
        try await program.run("channels", "down", "--company", "Meta", "--why", "a\u{1B}[2J", "--for", "2h")
        let text = String(decoding: program.read("channels.json"), as: UTF8.self)
        try program.write("channels.json", text.replacing("\"Meta\"", with: "\"Other\""))
        let table = try await program.run("channels")
        #expect(table.output.contains("marked, but no channel's: company Meta"))
        #expect(table.isPlain)
        #expect(try await program.run("channels", "up", "--company", "meta").exit == 0)
        #expect(try await program.run("channels", "--json").json()["marks"] == .array([]))
    }

    @Test func `what a dispatcher saw is merged with what people said`() async throws {
        let program = try Program.configured()
        let since = Date(timeIntervalSince1970: 1_800_000_000)
        let store = try Store.open(program.path("tocsin.db"), now: since)
        let lease = try await store.acquireLease(
            as: "test", at: BootTime(boot: "b", uptime: .zero), for: .seconds(15))
        try await store.release(lease)
        for (channel, state) in [("email", "tripped"), ("sms", "probing"), ("whatsapp", "tripped")] {
            try await store.note(
                HealthNote(
                    channel: channel, state: state, since: since, until: since + 60,
                    fault: Fault(.channel, "service-failed", "503 \u{1B}[2J")), token: lease.token)
        }
        try await program.run("channels", "down", "whatsapp", "--why", "we know")
        let board = try await program.run("channels", "--json").json()
        let email = board["channels"]["email"]
        #expect(email["state"].text == "tripped" && email["who"].text == "tocsin")
        #expect(
            email["since"].text == "2027-01-15T08:00:00Z" && email["until"].text == "2027-01-15T08:01:00Z")
        #expect(board["channels"]["sms"]["state"].text == "probing" && board["dispatcher"] == .null)
        let whatsapp = board["channels"]["whatsapp"]
        #expect(whatsapp["state"].text == "marked" && whatsapp["fault"].text.contains("503"))
        let table = try await program.run("channels")
        #expect(
            table.output.contains("tried again at") && table.output.contains("last fault: service-failed"))
        #expect(table.output.contains("Nobody sends at the moment"))
        #expect(table.isPlain && table.width <= 80)
    }

    // MARK: What waits

    /// Twelve people wait for a mail server that is marked down.
    private func waiting() async throws -> Program {
        let program = try Program.configured()
        try program.write(
            "templates/outage/message.md",
            "---\nsubject: We are down\npurpose: service\nchannels: [email]\n---\nSorry.\n")
        try await program.takeOver("id,email\n" + (1...12).map { "\($0),p\($0)@acme.example\n" }.joined())
        try await program.run("channels", "down", "email", "--why", "relay")
        let sent = try await program.run(
            "send", "outage", "--to", "all", "--wait", "--yes", "--linger", "0s", "--id", "o1")
        #expect(sent.exit == 3, "\(sent.errors)")
        return program
    }

    @Test func `lifting a mark for which deliveries wait asks first`() async throws {
        let program = try await waiting()
        let board = try await program.run("channels", "--json").json()["channels"]["email"]
        #expect(board["waiting"].text == "12")
        let silent = try await program.run("channels", "up", "email")
        #expect(
            silent.exit == 64 && silent.errors.contains("12 deliveries would leave")
                && silent.errors.contains("--yes"))
        let no = try await program.runOnTerminal("channels", "up", "email", typing: "\n")
        #expect(no.exit == 64 && no.errors.contains("[y/N]"))
        #expect(
            try await program.run("channels", "--json").json()["channels"]["email"]["state"].text == "marked")
        let yes = try await program.runOnTerminal("channels", "up", "email", typing: "y\n")
        #expect(yes.exit == 0 && yes.errors.contains("12 deliveries may leave"))
        #expect(try await program.run("channels", "--json").json()["channels"]["email"]["state"].text == "up")
    }

    @Test func `a person's history tells what waits, and outlives the person`() async throws {
        let program = try await waiting()
        let shown = try await program.run("contacts", "show", "p3@acme.example", "--json").json()["0"]
        #expect(shown["history"]["0"]["announcement"].text == "o1")
        #expect(shown["history"]["0"]["state"].text == "queued")
        #expect(try await program.run("contacts", "show", "3").output.contains("waiting"))
        try await program.run("contacts", "remove", "3")
        let removed = try await program.run("contacts", "show", "3")
        #expect(removed.exit == 0 && removed.output.contains("was removed") && removed.output.contains("o1"))
        let erased = try await program.run("contacts", "erase", "3", "--yes")
        #expect(erased.exit == 0)
        #expect(try await program.run("contacts", "show", "3").exit == 66)
    }

    // MARK: Probing

    @Test func `probing tells which channels answer, and by its exit code`() async throws {
        let web = try await PeerProcess(
            "http_peer.py",
            #"{"script": {"/well": [{"status": 204}], "/ill": [{"status": 503, "body": "x\u001b[2J"}]}}"#)
        let mail = try await PeerProcess("smtp_peer.py")
        let port = try web.port("http")
        let health = { (path: String) in "\"health\": \"http://127.0.0.1:\(port)/\(path)\"," }
        let good = try Program.configured(mail: try mail.port("smtp"), http: port, health: health("well"))
        let all = try await good.run("channels", "probe", "--json")
        #expect(all.exit == 0, "\(all.output)")
        #expect(try all.json()["channels"]["email"]["result"].text == "well")
        #expect(try all.json()["channels"]["sms"]["why"].text == "HTTP 204")
        #expect(try all.json()["channels"]["whatsapp"]["result"].text == "not-asked")

        let half = try Program.configured(mail: try mail.port("smtp"), http: port, health: health("ill"))
        let some = try await half.run("channels", "probe")
        #expect(some.exit == 1 && some.output.contains("failed: service-failed: HTTP 503"))
        #expect(some.isPlain && some.width <= 80)
        #expect(try await half.run("channels", "probe", "sms").exit == 69)
        #expect(try await half.run("channels", "probe", "sms", "whatsapp").exit == 69)
        #expect(try await half.run("channels", "probe", "whatsapp").exit == 0)
        #expect(try await half.run("channels", "probe", "email").exit == 0)
        #expect(try await web.entries("request").allSatisfy { $0["method"]?.text == "GET" })
        #expect(try await mail.entries("mail").isEmpty)
    }

    @Test(
        arguments: [
            ("250 2.1.0 Ok", "well: 250", 0),
            (
                "530 5.7.0 Authentication required",
                "works, but demands a login, mails will be refused: 530 Authentication required", 69
            ),
            ("530 5.7.0 Must issue a STARTTLS command first", "failed: credentials-refused:", 69),
            ("550 5.7.1 not for you", "failed: sender-refused:", 69),
        ] as [(String, String, Int32)])
    func `a mail server is asked whether it takes mail from us`(reply: String, told: String, exit: Int32)
        async throws
    {
        let mail = try await PeerProcess("smtp_script.py", "{\"MAIL\": \"\(reply)\"}")
        let program = try Program.configured(mail: try mail.port("smtp"), http: 9, health: "")
        let probe = try await program.run("channels", "probe", "email")
        #expect(probe.exit == exit && probe.unfolded.contains(told), "\(probe.output)")
        #expect(probe.width <= 80)
        let check = try await program.run("check", "--online")
        #expect(
            check.unfolded.contains(told.split(separator: ": ", maxSplits: 1).last ?? ""), "\(check.output)")
        #expect(try await mail.entries("text").isEmpty)
    }
}
