import Broadcast
import Foundation
import TestPeers
import Testing

/// What `check` advises of a template is told to whoever approves it, as far as somebody gets it so.
@Suite(.timeLimit(.minutes(5))) struct PreviewAdviceTests {
    private static let dry = ["send", "note", "--to", "all", "--dry-run"]

    /// Ten readers of German and five of English, of whom two read no language that is known; English and Italian texts.
    private func stage(_ channels: [String] = ["email", "sms"], more: [String: String] = [:]) async throws
        -> Stage
    {
        let stage = try await Stage(channels, more: more)
        try stage.template(
            "note", "locale: en\nsubject: We are down\npurpose: service\nsms: We are down",
            "Sorry. <br> [Status](http://status.acme.example/x)")
        try stage.program.write(
            "templates/note/message.it.md",
            "---\nsubject: Non funziona\nsms: Non funziona\n---\n<u>Scusate</u>\n")
        let rows = (1...15).map { number in
            "p\(number),p\(number)@acme.example,\(number > 10 ? "en" : number > 3 ? "de-DE" : "de-AT")"
        }
        try await stage.program.takeOver("id,email,locale\n" + rows.joined(separator: "\n") + "\n")
        return stage
    }

    private func codes(_ outcome: Program.Outcome) throws -> [String] {
        try outcome.json()["plan"]["warnings"].items.map { $0["code"].text }
    }

    private static let told = [
        "note/message.md:7: readers see “<br>” as it is written",
        "note/message.md:7: “http://status.acme.example/x” is no https link",
        "10 of 15 people read it in English, theirs is German (de): there is no note/message.de.md",
    ]

    @Test func `text, page and JSON warn of what readers get, each once`() async throws {
        let stage = try await stage()
        let outcome = try await stage.run(Self.dry + ["--html", "page.html"])
        #expect(outcome.exit == 0, "\(outcome.errors)")
        let page = try await stage.page("page.html")
        let labels = page["labels"].items.map(\.text)
        for told in Self.told {
            #expect(outcome.unfolded.components(separatedBy: told).count == 2, "\(told)\n\(outcome.output)")
            #expect(labels.count { $0.contains(told) } == 1, "\(told)\n\(labels)")
        }
        #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(outcome.output)")
        #expect(labels.contains("3 warnings"), "\(labels)")
        let json = try await stage.run(Self.dry + ["--json"])
        #expect(try codes(json) == ["link-insecure", "html-shown", "locale-missing"])
        let check = try await stage.run("check", "--json").json()
        let known = check["warnings"].items.map { $0["message"].text }
        let plan = try json.json()["plan"]["warnings"].items.map { $0["message"].text }
        #expect(plan.dropLast().allSatisfy(known.contains), "\(plan) \(known)")
    }

    @Test func `whoever is asked before a send sees them too`() async throws {
        let stage = try await stage()
        let asked = try await stage.terminal("send", "note", "--to", "all", typing: "n\n")
        for told in Self.told { #expect(asked.told.contains(told), "\(asked.output)") }
    }

    /// Words of the command line, what the template has besides, and the codes that are told.
    private static let parts: [(words: [String], files: [String: String], codes: [String])] = [
        // Nobody gets the Italian text, the mail's own HTML, or a webhook.
        (["--channels", "sms"], ["email.html": "<p>Down</p>"], ["locale-missing"]),
        (
            ["--channels", "email"], ["sms.txt": "See http://a.acme.example 🎉"],
            [
                "link-insecure", "html-shown", "locale-missing",
            ]
        ),
        (
            ["--channels", "sms"], ["sms.txt": "See http://a.acme.example 🎉"],
            [
                "link-insecure", "characters-costly", "locale-missing",
            ]
        ),
        (
            ["--channels", "email"],
            ["email.html": "<script>x()</script>{{{content}}}", "email.txt": "Down"],
            [
                "html-unsupported", "link-insecure", "html-shown", "locale-missing",
            ]
        ),
        (
            ["--channels", "email"], ["message.de.md": "---\nsubject: Hallo\nsms: Hallo\n---\nHallo\n"],
            [
                "link-insecure", "html-shown",
            ]
        ),
    ]

    @Test(arguments: parts)
    func `only what goes over these channels in these languages is told`(
        words: [String], files: [String: String], codes: [String]
    ) async throws {
        let stage = try await stage()
        try await stage.program.takeOver("id,phone,locale\ng1,+393332000001,de\n")
        for (name, text) in files { try stage.program.write("templates/note/\(name)", text) }
        let outcome = try await stage.run(Self.dry + ["--json"] + words)
        #expect(Set(try self.codes(outcome)) == Set(codes), "\(outcome.output)")
    }

    @Test func `files that mail providers refuse are told with the plan`() async throws {
        let stage = try await Stage()
        try stage.template(
            "note", "subject: We are down\npurpose: service\nattachments: [virus.exe]", "Sorry.")
        try stage.program.write("templates/note/virus.exe", "MZ")
        try await stage.people(2)
        let outcome = try await stage.run(Self.dry + ["--json"])
        #expect(try codes(outcome).contains("attachment-refused"), "\(outcome.output)")
    }

    @Test func `many are told as a few and their number, and whole on the page`() async throws {
        let stage = try await Stage()
        let links = (1...20).map { "[l](http://acme.example/\($0))" }.joined(separator: " ")
        try stage.template("note", "subject: We are down\npurpose: service", links)
        try await stage.people(2)
        let outcome = try await stage.run(Self.dry + ["--html", "page.html"])
        #expect(outcome.unfolded.components(separatedBy: "is no https link").count == 9, "\(outcome.output)")
        #expect(outcome.unfolded.contains("and 12 more warnings: tocsin check, or --html, tells them all"))
        let labels = try await stage.page("page.html")["labels"].items.map(\.text)
        #expect(labels.count { $0.contains("is no https link") } == 20 && labels.contains("20 warnings"))
    }

    @Test func `what is merely so is no warning`() async throws {
        let stage = try await Stage()
        try await stage.people(2)
        #expect(try await stage.run("send", "note", "--to", "all", "--id", "n1", "--yes").exit == 0)
        let outcome = try await stage.run(
            "send", "note", "--closes", "n1", "--dry-run", "--html", "page.html")
        #expect(outcome.exit == 0, "\(outcome.errors)")
        let page = try await stage.page("page.html")
        #expect(page["labels"].items.map(\.text).contains("Closes n1: nothing of it waits"), "\(page)")
        let text = page["text"].text
        #expect(text.contains("Nothing stands in the way of sending it."), "\(text)")
        #expect(!text.contains("1 warning") && text.contains("None."), "\(text)")
    }

    @Test func `those without a locale read the sender's, and a script is a part of what one reads`()
        async throws
    {
        let stage = try await Stage()
        try stage.template("note", "locale: it\nsubject: Non funziona\npurpose: service", "Scusate.")
        try stage.program.write("templates/note/message.zh.md", "---\nsubject: 服务中断\n---\n抱歉。\n")
        try await stage.program.takeOver(
            "id,email,locale\na,a@acme.example,\nb,b@acme.example,\nc,c@acme.example,zh_tw\n"
                + "d,d@acme.example,zh-CN\ne,e@acme.example,it-CH\n")
        let outcome = try await stage.run(Self.dry)
        for told in [
            "2 of 5 people read it in Italian, theirs is English (en): there is no note/message.en.md",
            "1 of 5 people read it in Chinese (Simplified Han), theirs is Chinese (Traditional Han) (zh-TW): there "
                + "is no note/message.zh-TW.md",
        ] {
            #expect(outcome.unfolded.contains(told), "\(outcome.output)")
        }
        let json = try await stage.run(Self.dry + ["--json"])
        #expect(try codes(json) == ["locale-missing", "locale-missing"])
        let check = try await stage.run("check")
        #expect(
            check.unfolded.contains(
                "there is no text for “en” (2 people), “zh-TW” (1 person): they get another language or script; "
                    + "write note/message.en.md"), "\(check.output)")
    }

    @Test func `who waits is named after a send, and a time has no option yet`() async throws {
        let stage = try await Stage()
        try await stage.people(2)
        try await stage.run("channels", "down", "email", "--why", "x")
        let words = ["send", "note", "--to", "all", "--yes", "--id", "n1", "--wait", "--linger", "1s"]
        let outcome = try await stage.run(words)
        #expect(outcome.exit == 3, "\(outcome.errors)")
        let last = outcome.errors.split(separator: "\n").last ?? ""
        #expect(last == "who waits: tocsin report n1 --contacts waiting", "\(outcome.errors)")
        let later = try await stage.run("send", "note", "--to", "all", "--at", "9:00")
        #expect(later.exit == 64 && later.told.contains("let cron run this command"), "\(later.errors)")
    }

    // MARK: The page's link

    private static let linked = ["sender": #", "page": "https://acme.example/n/{{announcement.id}}""#]

    @Test(arguments: [[], ["--again"]])
    func `the link that was approved is the one that is sent`(more: [String]) async throws {
        let stage = try await Stage(more: Self.linked)
        try stage.template("note", "subject: Hi\npurpose: service", "See [more]({{links.page}}).")
        try await stage.people(2)
        let outcome = try await stage.run(Self.dry + ["--html", "page.html"] + more)
        #expect(outcome.exit == 0, "\(outcome.errors)")
        let page = try await stage.page("page.html")
        let command = page["command"].items.map(\.text).first ?? ""
        let id = try #require(command.firstMatch(of: /--id (\S+)/)?.1)
        #expect(page["text"].text.contains("https://acme.example/n/\(id)"), "\(id)")
        let sent = try await stage.program.shell(command + " --yes", environment: Stage.secrets)
        #expect(sent.exit == 0, "\(sent.errors)")
        let mails = try await stage.mail.entries("mail").map { $0["message", default: .null].text }
        #expect(mails.count == 2 && mails.allSatisfy { $0.contains("https://acme.example/n/\(id)") })
    }

    @Test func `text and JSON name the id that the link holds for`() async throws {
        let stage = try await Stage(more: Self.linked)
        try stage.template("note", "subject: Hi\npurpose: service", "See [more]({{links.page}}).")
        try await stage.people(2)
        let outcome = try await stage.run(Self.dry + ["--json"])
        let id = try outcome.json()["plan"]["id"].text
        #expect(id.hasPrefix("note-2"), "\(outcome.output)")
        #expect(outcome.told.contains("links to its page hold for --id \(id)"), "\(outcome.errors)")
        let named = try await stage.run(Self.dry + ["--id", "n1"])
        #expect(!named.told.contains("links to its page"), "\(named.errors)")
    }

    // MARK: What is too long

    @Test func `an SMS that is too long in a language is told with its file, by check and plan`() async throws
    {
        let stage = try await stage(more: ["sms": #""maxSegments": 2"#])
        let long = String(repeating: "Non funziona. ", count: 30)
        try stage.program.write(
            "templates/note/message.it.md",
            "---\nsubject: Non funziona\nsms: \(long){{contact.id}}\n---\nScusate\n"
        )
        let told =
            "note/message.it.md:3: the SMS in it takes 3 segments before any value, 1 more than the 2 that sms "
            + "takes (maxSegments); shorten it"
        let check = try await stage.run("check")
        #expect(check.exit == 0 && check.unfolded.contains(told), "\(check.output)")
        let codes = try await stage.run("check", "--json").json()["warnings"].items.map { $0["code"].text }
        #expect(codes.contains("message-too-large"), "\(codes)")
        try await stage.program.takeOver(
            "id,phone,locale\ni1,+393332000001,it\ni2,+393332000002,it\nd1,+393332000003,de\n")
        let plan = try await stage.run(Self.dry + ["--channels", "sms"])
        #expect(
            plan.unfolded.contains(
                "sms: too long: 3 segments, 1 more than the 2 allowed (maxSegments), in it, note/message.it.md:3"
            ),
            "\(plan.output)")
        try stage.program.write("templates/note/sms.it.txt", long)
        #expect(try await stage.run("check").unfolded.contains("note/sms.it.txt: the SMS in it takes 3"))
        try stage.configure(["email", "sms"], mailPort: 9, more: ["sms": #""maxSegments": 3"#])
        #expect(try await !stage.run("check").unfolded.contains("the SMS in it"))
    }

    @Test func `a mail that is too large names its files`() async throws {
        let stage = try await Stage(more: ["email": #""maxBytes": 100000"#])
        try stage.template(
            "note", "subject: Hi\npurpose: service\nattachments: [{file: big.txt}, {file: small.txt}]", "x")
        try stage.program.write("templates/note/big.txt", String(repeating: "a line\n", count: 20000))
        try stage.program.write("templates/note/small.txt", "a line\n")
        try await stage.people(2)
        let outcome = try await stage.run("send", "note", "--to", "all", "--yes")
        #expect(outcome.exit == 65, "\(outcome.errors)")
        #expect(
            outcome.told.contains(
                "no message can be made for email (2 message-too-large): make note/big.txt (140 kB) smaller, "
                    + "link to it, or leave the channel out with --channels"), "\(outcome.errors)")
        #expect(!outcome.told.contains("change its text"), "\(outcome.errors)")
    }

    @Test func `with a broken configuration check does not ask for a page that is set`() async throws {
        let stage = try await Stage(more: Self.linked)
        try stage.template("note", "subject: Hi\npurpose: service", "See [more]({{links.page}}).")
        let text = String(decoding: stage.program.read("channels.json"), as: UTF8.self)
        for broken in [text.replacing("\"locale\"", with: "\"lokale\""), text + "}"] {
            try stage.program.write("channels.json", broken)
            let outcome = try await stage.run("check")
            #expect(outcome.exit == 78 && !outcome.unfolded.contains("have no page"), "\(outcome.output)")
        }
    }

    @Test func `a public place does not stand for people whom nobody can tell`() async throws {
        let stage = try await Stage(["email", "status"])
        try stage.template("note", "subject: Hi\npurpose: marketing", "Buy. Answer stop to end.")
        try await stage.people(3)
        let send = ["send", "note", "--to", "all", "--yes"]
        let refused = try await stage.run(send)
        #expect(refused.exit == 65, "\(refused.errors)")
        #expect(
            refused.told.contains("of 3 people nobody can be told (email: 3 no-consent)")
                && refused.told.contains("--channels status tells the public alone"), "\(refused.errors)")
        #expect(try await stage.isUntouched())
        let some = try await stage.run("send", "note", "--to", "has:email", "--yes")
        #expect(
            some.exit == 65 && some.told.contains("; --to all --channels status tells the public alone"),
            "\(some.errors)")
        #expect(try await stage.run(send + ["--channels", "status"]).exit == 0)
    }
}
