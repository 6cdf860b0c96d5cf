import Broadcast
import Foundation
import Storage
import TestPeers
import Testing

/// What a send asks, and what becomes of it when the question is interrupted, killed, or overtaken by another one.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SendQuestionTests {
    private static let send = ["send", "note", "--to", "all"]

    // MARK: Asking

    @Test func `without a terminal and --yes more than one delivery is refused and leaves no trace`()
        async throws
    {
        let stage = try await Stage()
        try await stage.people(2)
        let refused = try await stage.run(Self.send)
        #expect(refused.exit == 64 && refused.errors.contains("add --yes"), "\(refused.errors)")
        #expect(refused.complaints.last == "tocsin: nothing was sent" && refused.output.isEmpty)
        #expect(try await stage.isUntouched())
        #expect(try await stage.run(Self.send + ["--yes"]).exit == 0)
        #expect(try await stage.mailed().sorted() == ["p1@acme.example", "p2@acme.example"])
    }

    @Test func `one delivery needs no --yes`() async throws {
        let stage = try await Stage()
        try await stage.people(3)
        #expect(try await stage.run("send", "note", "--to", "id:p2").exit == 0)
        #expect(try await stage.mailed() == ["p2@acme.example"])
    }

    @Test func `a public place is told after a yes only, and its plan is shown`() async throws {
        let stage = try await Stage(["email", "status"])
        try await stage.people(2)
        let alone = Self.send + ["--channels", "status"]
        let refused = try await stage.run(alone)
        #expect(refused.exit == 64 && refused.told.contains("1 delivery would leave (1 public)"))
        #expect(try await stage.isUntouched())
        let asked = try await stage.terminal(
            "send", "note", "--to", "all", "--channels", "status", typing: "y\n")
        #expect(asked.exit == 0 && asked.told.contains("Send to 1 public place? [y/N]"), "\(asked.errors)")
        #expect(asked.errors.contains("Will get it"))
        #expect(try await stage.posted().map(\.path) == ["/status"])
    }

    @Test(arguments: [("y\n", []), ("y\n", ["--yes"])] as [(String, [String])])
    func `with nobody to reach since channels are down, nothing becomes public`(
        typed: String, more: [String]
    ) async throws {
        let stage = try await Stage(["email", "sms", "status"])
        try await stage.people(2)
        try await stage.run("channels", "down", "email", "sms", "--why", "x")
        let words = Self.send + ["--id", "n1"] + more
        let refused = try await stage.program.runOnTerminal(words, typing: typed, environment: Stage.secrets)
        #expect(refused.exit == 69, "\(refused.errors)")
        #expect(
            refused.told.contains(
                "every direct channel is marked down (email; sms): mark one up with `tocsin channels up email` or "
                    + "`tocsin channels up sms`, tell the public alone with --channels status, or add --wait"),
            "\(refused.told)")
        #expect(try await stage.isUntouched())
        let some = try await stage.run("send", "note", "--to", "has:email", "--yes")
        #expect(
            some.told.contains("tell the public alone with --to all --channels status, or add"),
            "\(some.told)")
        let waits = try await stage.run(Self.send + ["--id", "n1", "--yes", "--wait", "--linger", "0s"])
        #expect(waits.exit == 3, "\(waits.errors)")
        #expect(try await stage.posted().map(\.path) == ["/status"])
    }

    @Test(arguments: [
        ("y\n", 0, 3), ("YES\n", 0, 3), ("n\n", 64, 0), ("\n", 64, 0), ("\u{04}", 64, 0), ("3\n", 64, 0),
    ])
    func `up to 100 people a terminal is asked yes or no`(typed: String, exit: Int32, mails: Int) async throws
    {
        let stage = try await Stage()
        try await stage.people(3)
        let outcome = try await stage.terminal("send", "note", "--to", "all", typing: typed)
        #expect(outcome.exit == exit, "\(outcome.errors)")
        #expect(
            outcome.errors.contains("3 people selected") && outcome.errors.contains("Send to 3 people? [y/N]")
        )
        #expect(try await stage.mailed().count == mails)
        if mails == 0 { #expect(try await stage.isUntouched()) }
    }

    @Test func `the question says what it costs, and a folder may stand for its configuration`() async throws
    {
        let stage = try await Stage(["sms"])
        try await stage.people(3)
        let asked = try await stage.terminal(
            "send", "note", "--to", "all", "--config", ".", typing: "n\n")
        #expect(
            asked.exit == 64 && asked.errors.contains("Send to 3 people, 0.15 EUR? [y/N]"), "\(asked.errors)")
    }

    @Test(arguments: [
        ("101\n", 0, ""), (" 101 \n", 0, ""), (" 100\n", 64, "100 is not 101: nothing was sent"),
        ("y\n", 64, "y is not 101: nothing was sent"), ("1O1\n", 64, "1O1 is not 101: nothing was sent"),
        ("\n", 64, "nothing was sent"),
    ])
    func `above 100 people a terminal is asked for their number`(typed: String, exit: Int32, told: String)
        async throws
    {
        let stage = try await Stage()
        try await stage.people(101)
        let outcome = try await stage.terminal("send", "note", "--to", "all", typing: typed)
        #expect(outcome.exit == exit, "\(outcome.errors)")
        #expect(outcome.errors.contains("Type the number of people (101)"))
        #expect(try await stage.mailed().count == (exit == 0 ? 101 : 0))
        guard exit != 0 else { return }
        #expect(outcome.told.contains(told), "\(outcome.errors)")
        #expect(outcome.told.contains("is not 101") == (typed != "\n"), "\(outcome.errors)")
        #expect(try await stage.isUntouched())
    }

    // MARK: Not answered

    private func stage(_ people: Int = 3) async throws -> Stage {
        let stage = try await Stage()
        try stage.template(
            "note", "subject: \"Down: {{a}}\"\npurpose: service\nvariables: {a: \"\"}", "Sorry {{a}}.")
        try await stage.people(people)
        return stage
    }

    private func words(_ text: String, _ more: String...) -> [String] {
        ["send", "note", "--to", "all", "--id", "n1", "--set", "a=\(text)"] + more
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func `a signal at the question takes everything back`(signal: Int32) async throws {
        let stage = try await stage()
        let asking = try stage.startOnTerminal(words("one"))
        #expect(await asking.shows("Send to 3 people? [y/N]"))
        asking.signal(signal)
        let outcome = try await asking.outcome.value
        #expect(outcome.exit == 130 && outcome.errors.contains("nothing was sent"), "\(outcome.errors)")
        #expect(try await stage.isUntouched())
        #expect(try await stage.run(words("two", "--yes")).exit == 0)
    }

    @Test func `a mended command takes the place of one that was killed at its question`() async throws {
        let stage = try await stage()
        let asking = try stage.startOnTerminal(words("one"))
        #expect(await asking.shows("Send to 3 people? [y/N]"))
        asking.signal(SIGKILL)
        #expect(try await asking.outcome.value.exit == 256)
        let mended = try await stage.run(words("two", "--yes"))
        #expect(mended.exit == 0, "\(mended.errors)")
        let mails = try await stage.mail.entries("mail").map { $0["message", default: .null].text }
        #expect(mails.count == 3 && mails.allSatisfy { $0.contains("Down: two") })
    }

    @Test(
        arguments: [
            ("one", 0, "says the same and is finished: nothing is sent twice"),
            ("two", 64, "nothing of this one is sent"),
        ] as [(String, Int32, String)])
    func `a second command takes the place of one that still asks, which is told so`(
        text: String, exit: Int32, told: String
    ) async throws {
        let stage = try await stage()
        let asking = try stage.startOnTerminal(words("one"))
        #expect(await asking.shows("Send to 3 people? [y/N]"))
        let second = try await stage.run(words(text, "--yes"))
        #expect(second.exit == 0, "\(second.errors)")
        try asking.type("y\n")
        let first = try await asking.outcome.value
        #expect(first.exit == exit && first.told.contains(told), "\(first.errors)")
        #expect(try await stage.mailed().count == 3)
    }

    @Test func `of two that ask, the later one sends, whichever is answered first`() async throws {
        let stage = try await stage()
        let first = try stage.startOnTerminal(words("one"))
        #expect(await first.shows("Send to 3 people? [y/N]"))
        let second = try stage.startOnTerminal(words("two"))
        #expect(await second.shows("Send to 3 people? [y/N]"))
        try first.type("y\n")
        #expect(try await first.outcome.value.exit == 64)
        try second.type("y\n")
        let outcome = try await second.outcome.value
        #expect(outcome.exit == 0, "\(outcome.errors)")
        #expect(try await stage.report("n1")["contacts"]["reached"].text == "3")
        #expect(try await stage.mailed().count == 3)
    }

    @Test func `stop does not count what asks, and it pauses when it is confirmed`() async throws {
        let stage = try await stage()
        let asking = try stage.startOnTerminal(words("one"))
        #expect(await asking.shows("Send to 3 people? [y/N]"))
        #expect(try await stage.run("stop", "--json").json()["paused"].text == "0")
        try asking.type("y\n")
        let outcome = try await asking.outcome.value
        #expect(outcome.exit == 3 && outcome.output.contains("paused (stopped)"), "\(outcome.output)")
        #expect(try await stage.mailed().isEmpty)
        #expect(try await stage.run("resume", "n1").exit == 0)
    }

    @Test func `a stop of long ago does not pause the same command given afresh`() async throws {
        let stage = try await stage()
        let asking = try stage.startOnTerminal(words("one"))
        #expect(await asking.shows("Send to 3 people? [y/N]"))
        asking.signal(SIGKILL)
        _ = try await asking.outcome.value
        try await stage.run("stop")
        let again = try await stage.run(words("one", "--yes"))
        #expect(again.exit == 0, "\(again.errors)")
        #expect(try await stage.mailed().count == 3)
    }

    @Test func `what nobody confirmed within a day is swept away by the next send`() async throws {
        let stage = try await stage()
        let old = Date(timeIntervalSince1970: 1_790_000_000)
        let store = try Store.open(stage.program.path("tocsin.db"), now: old)
        let abandoned = Announcement(
            id: Announcement.ID(valid: "old"),
            content: FrozenContent(template: "x", files: [:], variables: [:], sender: Sender(name: "A")),
            audience: "all", createdAt: old)
        _ = try await store.accept(abandoned, digest: "other", over: [], named: .chosen)
        #expect(try await stage.run(words("one", "--yes")).exit == 0)
        #expect(try await store.announcements().map(\.id.rawValue) == ["n1"])
    }
}
