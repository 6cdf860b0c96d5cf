import Broadcast
import Foundation
import TestPeers
import Testing

/// The page that a dry run writes for whoever has to approve it.
@Suite(.timeLimit(.minutes(5))) struct PreviewPageTests {
    private static let all = ["email", "sms", "telegram", "status"]
    private static let hostile = [
        "<script>alert(1)</script>", #""></iframe><script>alert(2)</script>"#,
        "'--></style></pre></body>&amp;&#60;",
        "{{contact.id}} {{#a}} {{{b}}}", "[x](javascript:alert(3)) *b* <b>", "]]> <!-- <![CDATA[ ?>",
        "rtl \u{202E}evil\u{2066}", String(repeating: "long ", count: 2000),
        "&lt;b&gt; \" onload=alert(4) x=\"",
    ]

    /// Three languages, an override of each kind, and people whose names attack it.
    private func stage() async throws -> Stage {
        let stage = try await Stage(Self.all)
        let front =
            "purpose: service\nsubject: \"%s {{contact.name}} down\"\nsms: \"%s {{short}} <down>\"\nlocale: en\n"
            + "variables: {contact.name: {description: Who, default: all}, short: {description: S, default: \"1\"}}"
        try stage.template(
            "note", front.replacing("%s", with: "We"),
            "Dear **{{contact.name}}**,\n\n- [site](https://acme.example)")
        try stage.program.write(
            "templates/note/message.it.md",
            "---\nsubject: Giù {{contact.name}}\nsms: Giù\n---\nGentile {{contact.name}}")
        try stage.program.write(
            "templates/note/message.ar.md",
            "---\nsubject: توقف {{contact.name}}\nsms: توقف\n---\nعزيزي {{contact.name}}")
        let rows = Self.hostile.enumerated().map { number, name in
            "p\(number),\"\(name.replacing("\"", with: "\"\""))\",p\(number)@acme.example,+39333100000\(number),"
                + "\(500 + number),\(["en", "it", "ar"][number % 3])"
        }
        try await stage.program.takeOver(
            "id,name,email,phone,telegram,locale\n" + rows.joined(separator: "\n") + "\n")
        return stage
    }

    private static let words = ["send", "note", "--to", "all", "--dry-run", "--html", "page.html"]

    private func read(_ stage: Stage) async throws -> JSONValue { try await stage.page("page.html") }

    @Test func `it balances for strict readers, loads nothing, runs nothing and tells no secret`()
        async throws
    {
        let stage = try await stage()
        let people = Self.hostile.indices.flatMap { ["--contact", "p\($0)"] }
        let outcome = try await stage.run(Self.words + people)
        #expect(outcome.exit == 0, "\(outcome.errors)")
        #expect(stage.program.mode(of: "page.html") == 0o600)
        let page = try await read(stage)
        #expect(page["loads"].items.isEmpty, "\(page["loads"])")
        #expect(page["framed"].items.isEmpty, "\(page["framed"])")
        let tags = Set(page["tags"].items.map(\.text))
        #expect(
            tags.isDisjoint(with: ["script", "img", "link", "object", "embed", "form", "base", "svg", "b"]))
        #expect(page["policy"].items.map(\.text).first?.hasPrefix("default-src 'none'; ") == true)
        let frames = page["frames"].items
        // Each person's mail, light and dark; nothing may run in either.
        #expect(frames.count == Self.hostile.count * 2)
        #expect(frames.allSatisfy { $0["sandbox"] == .string("") && $0.keys.contains("srcdoc") })
        #expect(frames.allSatisfy { !$0["srcdoc"].text.contains("<script") })
        let styles = page["styles"].items.map(\.text)
        #expect(styles.count == 1 && !styles[0].contains("url(") && !styles[0].contains("@import"))
        let bytes = String(decoding: stage.program.read("page.html"), as: UTF8.self)
        for secret in ["sms-secret-token", "bot-secret-token", "ZGRkZGRk", "v1,"] {
            #expect(!bytes.contains(secret))
        }
        #expect(!bytes.unicodeScalars.contains { $0.isControl && !"\n\t".unicodeScalars.contains($0) })
    }

    @Test func `it says what the plan says, in exact numbers`() async throws {
        let stage = try await stage()
        try await stage.run("contacts", "suppress", "p8")
        let outcome = try await stage.run(Self.words + ["--json", "--people", "900"])
        let plan = try outcome.json()["plan"]
        let page = try await read(stage)
        let labels = page["labels"].items.map(\.text)
        #expect(labels.contains("9 people") && plan["people"].text == "9")
        #expect(labels.contains(plan["reachable"].text) && plan["reachable"].text == "8")
        #expect(labels.contains("will not: suppressed"))
        #expect(labels.contains("0.40 EUR") && labels.contains("0.05 EUR"))
        #expect(
            labels.contains("Telegram (telegram): 7 would hear over another channel"), "\(labels)")
        #expect(
            labels.contains(
                "Acme (email, status): 8 would hear over another channel, status would not tell the public"))
        let refusal = try outcome.json()["refusals"].items.map(\.["message"].text)
        #expect(refusal.count == 1 && labels.contains(refusal[0]), "\(labels)")
        #expect(page["text"].text.contains("--digest \(plan["digest"].text)"))
        for name in Self.all { #expect(page["text"].text.contains(name)) }
        #expect(page["text"].text.contains("11 of 160 units"))
    }

    @Test func `it shows messages as they are sent, and warns of what does not fit`() async throws {
        let stage = try await Stage(
            Self.all,
            more: [
                "sms": #""maxSegments": 1"#, "telegram": #""overflow": "cut-with-link""#,
                "email": #""perDay": 1"#,
                "sender": #", "page": "https://acme.example/n/{{announcement.id}}""#,
            ])
        try stage.template(
            "note",
            "subject: Hi\npurpose: service\nsms: \"It’s {{contact.name}}\"\nvariables: {contact.name: {default: all}}",
            String(repeating: "Sorry for that. ", count: 300))
        try await stage.program.takeOver(
            "id,name,email,phone,telegram\na,\(String(repeating: "x", count: 90)),a@acme.example,+393331000001,501\n"
                + "b,\(String(repeating: "y", count: 200)),b@acme.example,+393331000002,502\n")
        let outcome = try await stage.run(Self.words)
        #expect(outcome.exit == 0, "\(outcome.errors)")
        let page = try await read(stage)
        let labels = page["labels"].items.map(\.text)
        for warning in [
            "telegram: 2 cut, with a link to the page",
            "sms: too long: 2 segments, 1 more than the 1 allowed (maxSegments), in en, note/message.md:4",
            "sms: typographic characters rewritten: saves 1 segment, 0.05 EUR",
            "email: 2 would be sent, its provider takes 1 a day: 1 expire before their turn, 1 h after they are due. "
                + "A longer retry.within of email, fewer people or another channel would mend that",
        ] { #expect(labels.contains(warning), "\(labels)") }
        let text = page["text"].text
        #expect(text.contains("cut with a link") && text.contains("rewritten: ’ as '; saves 1 segment"))
        #expect(text.contains("95 of 160 units") && text.contains("205 of 306 units"), "\(text)")
    }

    @Test func `lengths are grouped as all numbers are`() async throws {
        let stage = try await Stage(["sms", "telegram"])
        let words = "x" + String(repeating: " word", count: 220)
        try stage.template("note", "subject: Hi\npurpose: service\nsms: \(words)", words)
        try await stage.people(1)
        #expect(try await stage.run(Self.words).exit == 0)
        let text = try await read(stage)["text"].text
        #expect(
            text.contains("1,101 of 1,224 units") && text.contains("1,105 of 4,096 characters"), "\(text)")
    }

    @Test func `its command sends exactly what it shows, and nothing else`() async throws {
        let stage = try await Stage()
        try stage.template(
            "note",
            "subject: Hi\npurpose: service\nvariables: {word: A word, other: {description: O, default: \"\"}}",
            "It is {{word}}.")
        try await stage.people(2)
        let outcome = try await stage.run(
            "send", "note", "--to", "id:p1 or id:p2", "--set", "word=it's $HOME `x` \"y\"", "--channels",
            "email",
            "--reach", "first", "--expires", "2h", "--max-cost", "5EUR", "--dry-run", "--html", "page.html",
            "--contact", "p1")
        #expect(outcome.exit == 0, "\(outcome.errors)")
        let command = try await read(stage)["command"].items.map(\.text)
        try #require(command.count == 1)
        #expect(command[0].contains(" --people 2 "))
        #expect(
            !command[0].contains("--dry-run") && !command[0].contains("--html")
                && !command[0].contains("p1 --"))
        let sent = try await stage.program.shell(command[0] + " --yes", environment: Stage.secrets)
        #expect(sent.exit == 0, "\(sent.errors)")
        let mails = try await stage.mail.entries("mail").map { $0["message", default: .null].text }
        #expect(mails.count == 2 && mails.allSatisfy { $0.contains("it's $HOME `x` \"y\"") }, "\(mails)")
        let other = try await stage.program.shell(
            command[0].replacing("word=", with: "other=z' --set 'word=") + " --yes --again",
            environment: Stage.secrets)
        #expect(other.exit == 65 && other.errors.contains("no longer what was previewed"), "\(other.errors)")
        #expect(try await stage.mailed().count == 2)
    }

    @Test func `it takes no other file's place unless it may`() async throws {
        let stage = try await Stage()
        try await stage.people(1)
        for name in ["page.html", "channels.json", "templates/note/message.md"] {
            if name == "page.html" {
                try stage.program.write(name, "<!DOCTYPE html>\n<html lang=\"en\"><p>mine</p>")
            }
            let before = stage.program.read(name)
            for more in [[], ["--replace"]] {
                let refused = try await stage.run(Self.words.dropLast() + [name] + more)
                #expect(
                    refused.exit == 64 && refused.told.contains("stands already and is no page"),
                    "\(refused.errors)")
            }
            #expect(stage.program.read(name) == before)
        }
        try stage.program.write("page.html", "")
        let refused = try await stage.run(Self.words)
        #expect(refused.exit == 64 && refused.told.contains("--replace takes its place"), "\(refused.errors)")
        #expect(try await stage.run(Self.words + ["--replace"]).exit == 0)
        let outcome = try await stage.run(Self.words + ["--replace"])
        #expect(
            outcome.exit == 0 && outcome.told.contains("nothing was written but page.html"),
            "\(outcome.errors)")
        #expect(try stage.program.names.allSatisfy { !$0.contains(".partial") })
        #expect(try await stage.isUntouched())
    }

    private static let misused: [(words: [String], told: String)] = [
        (["--html", "page.html"], "--html writes what would be sent: it goes with --dry-run"),
        (["--dry-run", "--replace"], "--replace goes with --html FILE"),
        (["--dry-run", "--html", "none/page.html"], "none/page.html"),
        (["--dry-run", "--html", "tocsin.db", "--replace"], "is a store or a backup"),
    ]

    @Test(arguments: misused)
    func `what cannot be written is told`(words: [String], told: String) async throws {
        let stage = try await Stage()
        try await stage.people(1)
        let outcome = try await stage.run(["send", "note", "--to", "all", "--yes"] + words)
        #expect(outcome.exit != 0 && outcome.told.contains(told), "\(outcome.errors)")
        #expect(try await stage.isUntouched())
    }
}
