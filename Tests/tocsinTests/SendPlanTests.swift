import Broadcast
import Foundation
import TestPeers
import Testing

/// The numbers of a dry run, and which messages it shows.
@Suite(.timeLimit(.minutes(5))) struct SendPlanTests {
    private static let list = """
        id,name,email,phone,telegram,locale
        a,Anna,a@acme.example,+393331000001,501,it
        b,Bo,b@acme.example,,,en
        c,Carl,,+393331000003,,en
        d,Dora Maria von und zu Hohenstein,d@acme.example,,504,it
        e,E,,,,en
        f,Fay,f@acme.example,+393331000001,,en

        """

    private func stage(_ more: [String: String] = [:]) async throws -> Stage {
        let stage = try await Stage(["telegram", "email", "sms", "status"], more: more)
        try stage.template(
            "note",
            "subject: Down\npurpose: service\nlocale: en\nsms: \"{{contact.name}}: \(String(repeating: "x", count: 145))\"\n"
                + "variables: {contact.name: {description: Who, default: all}}", "Dear {{contact.name}}")
        try stage.program.write(
            "templates/note/message.it.md", "---\nsubject: Giù\nsms: \"Giù\"\n---\nGentile {{contact.name}}")
        try await stage.program.takeOver(Self.list)
        return stage
    }

    private func dryRun(_ stage: Stage, _ words: [String] = []) async throws -> JSONValue {
        let outcome = try await stage.run(["send", "note", "--to", "all", "--dry-run", "--json"] + words)
        #expect(outcome.exit == 0, "\(outcome.errors)")
        return try outcome.json()
    }

    /// By reach: who would hear nothing and who elsewhere if each were down; a's number is f's as well.
    private static let losses: [(reach: String, expected: [String])] = [
        (
            "every",
            [
                "Telegram telegram 0 2", "Acme email,status 1 3 status", "Example SMS sms 1 2",
                "Milan email 1 3",
            ]
        ),
        // a and d hear over Telegram first, then b and f over mail, then c.
        (
            "first",
            [
                "Telegram telegram 0 2", "Acme email,status 1 1 status", "Example SMS sms 1 0",
                "Milan email 1 1",
            ]
        ),
    ]

    @Test(arguments: losses)
    func `it says what the loss of each company would cost`(reach: String, expected: [String]) async throws {
        let stage = try await stage(["email": "\"depends\": [\"Milan\"]"])
        let plan = try await dryRun(stage, ["--reach", reach])["plan"]
        let found = plan["ifDown"].items.map { loss in
            ([
                loss["name"].text, loss["channels"].items.map(\.text).joined(separator: ","),
                loss["missed"].text,
            ]
                + [loss["elsewhere"].text] + loss["places"].items.map(\.text)).joined(separator: " ")
        }
        #expect(found == expected)
        #expect(plan["reachable"].text == "5")
    }

    @Test func `what is marked down is nobody's way out`() async throws {
        let stage = try await stage()
        try await stage.run("channels", "down", "email", "--why", "works")
        let waiting = try await dryRun(stage, ["--wait"])["plan"]["ifDown"].items
        // b waits for mail already, d and a hear over Telegram, f over a's number.
        #expect(waiting.map { "\($0["missed"].text) \($0["elsewhere"].text)" } == ["1 1", "1 3", "2 1"])
    }

    @Test func `a plan counts languages, segments and prices message by message`() async throws {
        let stage = try await stage()
        let plan = try await dryRun(stage)["plan"]
        let sms = plan["channels"]["sms"]
        #expect(sms["locales"]["it"]["messages"].text == "1" && sms["locales"]["it"]["segments"].text == "1")
        #expect(sms["locales"]["en"]["messages"].text == "1")
        #expect(plan["channels"]["email"]["locales"]["it"]["messages"].text == "2")
        #expect(plan["channels"]["status"]["locales"]["en"]["messages"].text == "1")
        #expect(sms["segments"].text == "2" && sms["segmentsPerMessage"]["max"].text == "1")
        #expect(sms["cost"]["amount"].text == "0.1" && sms["costPerMessage"]["min"].text == "0.05")
        #expect(plan["missing"].items.isEmpty)
    }

    @Test func `a message for each language and channel is shown, and the longest`() async throws {
        let stage = try await stage()
        let shown = try await dryRun(stage, ["--contact", "b"])["samples"].items.map { sample in
            "\(sample["channel"].text) \(sample["contact"].text) \(sample["locale"].text) "
                + sample["why"].items.map(\.text).joined(separator: "+")
        }
        #expect(
            shown == [
                "status  en place", "telegram a it locale", "telegram d it longest",
                "email b en locale+contact",
                "email a it locale", "email d it longest", "sms c en locale+longest", "sms a it locale",
                "telegram b en contact", "sms b en contact",
            ])
    }

    @Test func `a message that cannot be made is shown with the reason`() async throws {
        let stage = try await stage(["sms": "\"maxSegments\": 1"])
        try await stage.program.takeOver(
            "id,name,email,phone,locale\ng,\(String(repeating: "g", count: 30)),,+393331000009,en\n")
        let samples = try await dryRun(stage)["samples"].items.filter { $0["channel"].text == "sms" }
        let unmade = samples.filter { $0["why"].items.map(\.text) == ["unmade"] }
        #expect(unmade.count == 1 && unmade[0]["contact"].text == "g")
        #expect(unmade[0]["problem"].text.contains("2 segments") && unmade[0]["sms"]["segments"].text == "2")
    }

    @Test func `the text holds all of it in 80 columns, and only those asked for`() async throws {
        let stage = try await stage(["email": "\"depends\": [\"The data centre in Milan, second floor\"]"])
        let outcome = try await stage.run("send", "note", "--to", "all", "--dry-run", "--contact", "b")
        let plan = String(
            outcome.output[
                (outcome.output.range(of: "note: service")?.lowerBound ?? outcome.output.startIndex)...])
        #expect(plan.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(plan)")
        let text = outcome.unfolded
        #expect(
            plan.contains("\nLanguages:\n  telegram: it 2\n  email: en 2, it 2\n  status: en 1\n"),
            "\(text)")
        #expect(text.contains("sms: segments en 1 for 1 (1 each), it 1 for 1 (1 each)"), "\(text)")
        #expect(text.contains("Cost: 0.10 EUR; a message on sms 0.05 EUR"))
        #expect(text.contains("If Telegram were down (telegram): 2 would hear over another channel\n"))
        #expect(
            text.contains(
                "If Acme were down (email, status): 1 would hear nothing, 3 would hear over another channel, "
            ))
        #expect(text.contains(/── email to d \([^)]*\), it, the longest/) && !text.contains("── email to a"))
    }

    @Test func `what somebody lacks is shown beside the plan, and stands among the refusals`() async throws {
        let stage = try await Stage(["email", "status"])
        try stage.template("note", "subject: Hi\npurpose: service", "Your plan is\n{{contact.plan}}.")
        try await stage.program.takeOver(
            "id,email,plan\na,a@acme.example,gold\nb,b@acme.example,\nc,c@acme.example,\n")
        let result = try await dryRun(stage)
        let missing = result["plan"]["missing"].items
        #expect(
            missing.map { "\($0["name"].text) \($0["file"].text) \($0["line"].text) \($0["people"].text)" }
                == [
                    "contact.plan note/message.md 6 2", "contact.plan note/message.md 6 ",
                ])
        #expect(result["refusals"].items.map(\.["code"].text) == ["value-missing", "value-missing"])
        #expect(result["plan"]["channels"]["email"]["planned"].text == "3")
    }

    @Test func `a value that is there but is no date is to be corrected`() async throws {
        let stage = try await Stage(["email"])
        try stage.template("note", "subject: Hi\npurpose: service", "Pay by {{contact.due.date}}.")
        try await stage.program.takeOver("id,email,due\na,a@acme.example,2026-12-01\nb,b@acme.example,soon\n")
        let missing = try await dryRun(stage)["plan"]["missing"].items
        #expect(missing.map(\.["reason"].text) == ["not-a-date"])
        #expect(
            missing.map(\.["message"].text).allSatisfy {
                $0.hasSuffix("so for 1 of 2 people; correct it, or leave them out")
            }, "\(missing)")
    }

    // MARK: The digest

    /// What is changed between a preview and a send, and how.
    private static let options = "options (--reach, --priority, --expires, --wait)"
    private static let changes: [(file: String, from: String, to: String, words: [String], told: String)] = [
        ("templates/note/message.md", "Dear", "Deer", [], "texts"),
        ("templates/note/message.it.md", "Giù", "Su", [], "texts"),
        ("templates/layouts/email.html", "<i>", "<b>", [], "texts"),
        ("templates/_partials/end.md", "Bye", "Ciao", [], "texts"),
        ("channels.json", "\"name\": \"Acme\"", "\"name\": \"Acne\"", [], "sender"),
        ("channels.json", "Europe/Rome", "Europe/Paris", [], "sender"),
        ("channels.json", "notices@", "others@", [], "settings of channels"),
        ("channels.json", "\"ACME\"", "\"ACNE\"", [], "settings of channels"),
        ("channels.json", "/status\"", "/public\"", [], "settings of channels"),
        ("", "", "", ["--set", "word=two"], "variables"),
        ("", "", "", ["--channels", "email"], "channels, settings of channels"),
        ("", "", "", ["--priority", "urgent"], options), ("", "", "", ["--expires", "2h"], options),
        ("", "", "", ["--wait"], options), ("", "", "", ["--reach", "first"], "\(options), channels"),
    ]

    @Test(arguments: changes)
    func `a digest holds a send to what was previewed`(
        file: String, from: String, to: String, words: [String], told: String
    ) async throws {
        let stage = try await stage()
        try stage.template(
            "note",
            "subject: Down\npurpose: service\nlocale: en\nvariables: {word: {description: W, default: one}}",
            "Dear all, {{word}}.\n\n{{> end}}")
        try stage.program.write("templates/_partials/end.md", "Bye")
        try stage.program.write(
            "templates/layouts/email.html", "<html><body><i>{{{content}}}</i></body></html>")
        let digest = try await dryRun(stage)["plan"]["digest"].text
        let send = ["send", "note", "--to", "all", "--yes", "--digest", digest]
        if !file.isEmpty {
            let text = String(decoding: stage.program.read(file), as: UTF8.self)
            try #require(text.contains(from))
            try stage.program.write(file, text.replacing(from, with: to))
        }
        let refused = try await stage.run(send + words)
        #expect(
            refused.exit == 65
                && refused.errors.contains("no longer what was previewed (changed: \(told)):"),
            "\(refused.errors)"
        )
        #expect(try await stage.isUntouched())
    }
}
