import Broadcast
import Foundation
import Storage
import TestPeers
import Testing

/// Whom and what a send names: channels, people by id, ids of its own.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SendChoiceTests {
    private static let send = ["send", "note", "--to", "all", "--yes"]

    // MARK: Channels

    @Test func `when all that was chosen is down nothing is sent, and nothing stands in the way of a repeat`()
        async throws
    {
        let stage = try await Stage(["email", "sms"])
        try await stage.people(2)
        try await stage.run("channels", "down", "email", "--why", "x")
        let words = Self.send + ["--channels", "email"]
        let refused = try await stage.run(words)
        #expect(refused.exit == 69 && refused.errors.contains("marked down (email)"), "\(refused.errors)")
        #expect(try await stage.isUntouched())
        let dry = try await stage.run(words + ["--dry-run", "--json"])
        #expect(dry.exit == 0, "\(dry.errors)")
        let refusal = try dry.json()["refusals"]["0"]
        #expect(refusal["code"].text == "every-channel-down" && refusal["exit"].text == "69")
        #expect(refused.told.contains(refusal["message"].text))
        try await stage.run("channels", "up", "email")
        #expect(try await stage.run(words).exit == 0)
        #expect(try await stage.run(words + ["--dry-run", "--json"]).json()["refusals"] == .array([]))
    }

    @Test func `all channels named one by one are all channels`() async throws {
        let stage = try await Stage(["email", "sms"])
        try await stage.people(2)
        #expect(try await stage.run(Self.send).exit == 0)
        let named = try await stage.run(Self.send + ["--channels", "sms,email"])
        #expect(named.exit == 0 && named.errors.contains("nothing is sent twice"), "\(named.errors)")
        #expect(try await stage.mailed().count == 2)
        #expect(try await stage.run(Self.send + ["--channels", "email"]).errors.contains("accepted"))
    }

    @Test func `a channel that a template misspells is told with its line, by check as well`() async throws {
        let stage = try await Stage()
        try await stage.people(2)
        try stage.template("typo", "subject: Hi\npurpose: service\nchannels: [email, emial]", "Hi.")
        let told = "typo/message.md:4: there is no channel emial; did you mean email?"
        let sent = try await stage.run("send", "typo", "--to", "all", "--yes")
        #expect(sent.exit == 65 && sent.errors.contains(told), "\(sent.errors)")
        #expect(try await stage.isUntouched())
        let checked = try await stage.run("check")
        #expect(checked.exit == 65 && checked.unfolded.contains(told), "\(checked.output)")
        #expect(try await stage.run("send", "typo", "--to", "all", "--yes", "--channels", "email").exit == 0)
    }

    @Test func `plan and report list the channels in the configured order`() async throws {
        let stage = try await Stage(["sms", "email"])
        try await stage.people(2)
        let sent = try await stage.run(Self.send)
        #expect(sent.exit == 0, "\(sent.errors)")
        for text in [sent.errors, sent.output] {
            let lines = text.split(separator: "\n")
            let places = ["sms ", "email "].map { name in lines.firstIndex { $0.hasPrefix(name) } ?? -1 }
            #expect(places[0] >= 0 && places[0] < places[1], "\(text)")
        }
    }

    // MARK: People

    @Test func `ids that nobody has are named and refused, or left out when that is wanted`() async throws {
        let stage = try await Stage()
        try await stage.people(3)
        let gone = (1...7).map { "gone\($0)" }
        try stage.program.write("ids.txt", (["p1", "p2"] + gone).joined(separator: "\n"))
        let words = ["send", "note", "--to", "ids:ids.txt", "--yes"]
        let told = "7 ids that no contact has: gone1, gone2, gone3, gone4, gone5 and 2 more"
        let refused = try await stage.run(words)
        #expect(refused.exit == 65 && refused.told.contains(told), "\(refused.errors)")
        #expect(refused.told.contains("--skip-unknown"))
        #expect(try await stage.isUntouched())
        let dry = try await stage.run(words + ["--dry-run", "--json"]).json()
        #expect(dry["plan"]["strangers"]["count"].text == "7")
        #expect(dry["plan"]["strangers"]["first"].items.map(\.text) == Array(gone.prefix(5)))
        #expect(dry["refusals"].items.map { $0["code"].text } == ["unknown-contacts"])
        #expect(try await stage.run(words + ["--dry-run"]).unfolded.contains("The audience names \(told)"))
        let listed = try await stage.run("contacts", "list", "ids:ids.txt", "--json")
        #expect(try listed.json().items.count == 2 && listed.errors.contains(told), "\(listed.errors)")
        let sent = try await stage.run(words + ["--skip-unknown"])
        #expect(sent.exit == 0 && sent.told.contains(told), "\(sent.errors)")
        #expect(try await stage.mailed().count == 2)
    }

    @Test(arguments: ["id:p1 or id:nope", "all and not id:nope", "not (id:p1 or id:nope)"])
    func `one misspelt id among others stops a send`(audience: String) async throws {
        let stage = try await Stage()
        try await stage.people(3)
        let refused = try await stage.run("send", "note", "--to", audience, "--yes")
        #expect(refused.exit == 65 && refused.told.contains("1 id that no contact has: nope"))
        #expect(try await stage.isUntouched())
    }

    // MARK: Cost

    @Test(arguments: [
        ("short", "0.11EUR", 2, false), ("short", "0.10EUR", 2, true), ("short", "0.04EUR", 0, true),
        (String(repeating: "long ", count: 40), "0.25EUR", 2, false), ("short", "1EUR", 4, false),
    ])
    func `failing over stops at the bound, goes on over what is free, and leaves nobody out unsaid`(
        text: String, bound: String, texts: Int, hasFree: Bool
    ) async throws {
        let refusals = (1...4).map { "\"p\($0)@acme.example\": \"550 5.1.1 no such user\"" }
        let channels = ["email", "sms"] + (hasFree ? ["push"] : [])
        let stage = try await Stage(channels, mail: "{\"recipients\": {\(refusals.joined(separator: ", "))}}")
        try stage.template("note", "subject: Hi\npurpose: service\nsms: \"\(text)\"", "Hi.")
        try await stage.people(5)
        let sent = try await stage.run(Self.send + ["--reach", "first", "--max-cost", bound, "--json"])
        let sms = try sent.json()["channels"]["sms"]
        #expect(sms["accepted"].text == "\(texts)", "\(sent.output)")
        #expect(sms["skipped"]["over-limit"].text == (texts == 4 ? "" : "\(4 - texts)"))
        let posted = try await stage.posted()
        #expect(posted.count { $0.path == "/sms" } == texts)
        #expect(posted.count { $0.path == "/push" } == (hasFree ? 4 - texts : 0))
        #expect(sent.exit == (hasFree || texts == 4 ? 0 : 1), "\(sent.errors)")
    }

    // MARK: Waiting

    @Test func `what waits for a channel that is marked down says so, and until when`() async throws {
        let stage = try await Stage(["email", "sms"])
        try await stage.people(2)
        try await stage.run(
            "channels", "down", "--company", "Acme", "--why", "maint", "--until", "2099-01-01T00:00:00Z")
        let sent = try await stage.run(Self.send + ["--wait", "--linger", "0s", "--id", "n1"])
        #expect(sent.exit == 3, "\(sent.errors)")
        #expect(
            sent.errors.contains(
                "2 deliveries wait, the next at 2099-01-01 01:00:00 +01:00; nobody sends them: run tocsin resume n1 "
                    + "when a channel is up again\n2 on email, marked down until 2099-01-01 01:00:00 +01:00: maint; "
                    + "tocsin channels up --company Acme lifts that\n"), "\(sent.errors)")
        let people = try await stage.run("report", "n1", "--contacts", "waiting")
        #expect(people.output.isEmpty)
        let all = try await stage.run("report", "n1", "--contacts", "reached", "--json").json()
        let mail = all["0"]["deliveries"].items.first { $0["channel"].text == "email" } ?? .null
        #expect(mail["why"].text == "marked down until 2099-01-01T00:00:00Z: maint")
        #expect(mail["nextAt"].text == "2099-01-01T00:00:00Z")
    }

    @Test func `who waits for a channel that is marked down is listed with the mark`() async throws {
        let stage = try await Stage()
        try await stage.people(2)
        try await stage.run(
            "channels", "down", "email", "--why", "maint", "--until", "2099-01-01T00:00:00Z")
        #expect(try await stage.run(Self.send + ["--wait", "--linger", "0s"]).exit == 3)
        let people = try await stage.run("report", "latest", "--contacts", "waiting")
        #expect(
            people.unfolded.contains("email waiting (marked down until 2099-01-01 01:00:00 +01:00: maint)"),
            "\(people.output)")
    }

    // MARK: Widths

    @Test func `nothing that a terminal is shown is wider than 80 columns`() async throws {
        let stage = try await Stage()
        let name = String(repeating: "n", count: 64)
        let text = String(decoding: stage.program.read("channels.json"), as: UTF8.self)
        let renamed = text.replacing("\"email\"", with: "\"\(name)\"").replacing(
            "\"company\": \"Acme\"", with: "\"company\": \"A company with quite a long name, as they are\"")
        try stage.program.write("channels.json", renamed)
        try await stage.program.takeOver("id,email\na,a@acme.example\nb,b@acme.example\nc,\n")
        try await stage.run("channels", "down", name, "--why", String(repeating: "why ", count: 40))
        let widest = { (words: [String]) in
            let shown = try await stage.program.runOnScreen(words, columns: 80, environment: Stage.secrets)
            return shown.errors.split(separator: "\n").map(\.count).max() ?? 0
        }
        #expect(try await widest(["channels"]) <= 80)
        for more in [[], ["--wait", "--linger", "0s"]] {
            let words = ["send", "note", "--to", "all"] + more
            let dry = try await stage.program.runOnScreen(
                words + ["--dry-run"], columns: 80, environment: Stage.secrets
            ).errors
            // Requests are shown as they go out, whatever their width.
            let plan = dry.split(separator: "\n").drop { !$0.contains("note: service") }.map {
                $0.split(separator: "\u{1B}[2K", omittingEmptySubsequences: false).last ?? ""
            }
            #expect(plan.count > 3 && plan.allSatisfy { $0.count <= 80 }, "\(dry)")
            let shown = try await stage.program.runOnTerminal(
                words, typing: "y\n", environment: Stage.secrets)
            let lines = shown.errors.split(whereSeparator: \.isNewline).map {
                $0.split(separator: "\u{1B}[2K", omittingEmptySubsequences: false).last ?? ""
            }
            #expect(lines.allSatisfy { $0.count <= 80 }, "\(shown.errors)")
            #expect(lines.count > 3)
        }
        #expect(try await widest(["report", "latest"]) <= 80)
    }
}
