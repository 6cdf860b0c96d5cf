import Broadcast
import Foundation
import TestPeers
import Testing

/// Who was told and who was not, as the program prints it.
@Suite(.serialized) struct ReportCommandTests {
    /// One is reached, one refused, one has no address, one's name is a formula.
    private func sent() async throws -> Stage {
        let stage = try await Stage(mail: #"{"recipients": {"bad@acme.example": "550 5.1.1 no such user"}}"#)
        try await stage.program.takeOver(
            """
            id,name,email,tags
            good,Anna,good@acme.example,
            bad,Bruno,bad@acme.example,
            none,Carla,,x
            formula,"'=HYPERLINK(""http://evil.example"")",bad@acme.example,

            """)
        let outcome = try await stage.run("send", "note", "--to", "all", "--yes", "--id", "n1")
        #expect(
            outcome.exit == 1 && outcome.errors.contains("report n1 --contacts missed"), "\(outcome.errors)")
        return stage
    }

    @Test func `the keys of the JSON report are those that scripts rely on`() async throws {
        let report = try await sent().report()
        #expect(Set(report.keys).isSuperset(of: ["channels", "contacts", "id", "state", "template"]))
        #expect(report["contacts"].keys == ["missed", "reached", "selected", "unknown", "waiting"])
        let email = report["channels"]["email"]
        #expect(
            email.keys == [
                "accepted", "bounced", "company", "delivered", "expired", "faults", "planned", "queued",
                "refused",
                "sending", "skipped", "unknown",
            ])
        let states = [
            "accepted", "bounced", "delivered", "expired", "queued", "refused", "sending", "unknown",
        ]
        let counts =
            states.compactMap { Int(email[$0].text) }
            + email["skipped"].keys.compactMap { Int(email["skipped"][$0].text) }
        #expect(counts.reduce(0, +) == Int(email["planned"].text) && email["planned"].text == "4")
        #expect(email["company"].text == "Acme" && report["state"].text == "finished")
    }

    @Test(arguments: [
        ("missed", ["bad", "none", "formula"]), ("reached", ["good"]), ("unknown", []), ("waiting", []),
    ])
    func `people are listed by where they stand, with the reasons`(which: String, ids: [String]) async throws
    {
        let stage = try await sent()
        let json = try await stage.run("report", "n1", "--contacts", which, "--json").json()
        #expect(json.items.map { $0["id"].text } == ids)
        #expect(json.items.allSatisfy { $0["standing"].text == which })
        let text = try await stage.run("report", "--contacts", which)
        #expect(text.exit == 0 && text.width <= 80 && text.isPlain)
        #expect(ids.allSatisfy(text.output.contains) && text.errors == "\(ids.count) \(which)\n")
        #expect(!text.output.contains("accepted") && !text.output.contains("skipped"))
        if which == "reached" { #expect(text.output.contains("good Anna: email handed over")) }
        if which == "missed" {
            #expect(text.output.contains("no-address") && text.output.contains("address-unknown"))
            #expect(json["0"]["deliveries"]["0"]["why"].text.contains("no such user"))
        }
    }

    @Test func `the list as CSV is private, and no spreadsheet runs it`() async throws {
        let stage = try await sent()
        let outcome = try await stage.run("report", "n1", "--contacts", "missed", "--csv", "missed.csv")
        #expect(outcome.exit == 0 && outcome.output.isEmpty, "\(outcome.errors)")
        #expect(outcome.errors == "3 missed in missed.csv\n" && stage.program.mode(of: "missed.csv") == 0o600)
        let lines = String(decoding: stage.program.read("missed.csv"), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[0] == "id,name,standing,channel,state,reason,attempts,settledAt,nextAt")
        #expect(lines[1].hasPrefix("bad,Bruno,missed,email,refused,") && lines[1].contains("address-unknown"))
        #expect(lines[2].hasPrefix("none,Carla,missed,email,skipped,no-address,0,"))
        #expect(lines[3].hasPrefix("formula,\"'=HYPERLINK("))
        let all = try await stage.run("report", "n1", "--csv", "all.csv", "--json")
        #expect(try all.json()["id"].text == "n1")
        #expect(
            String(decoding: stage.program.read("all.csv"), as: UTF8.self).split(separator: "\n").count == 5)
        #expect(try await stage.run("report", "n1", "--csv", "no/where.csv").exit == 66)
    }

    @Test func `hostile names and reasons stay on their line and within 80 columns`() async throws {
        let long = String(repeating: "very long name ", count: 20)
        let refusal = "554 5.7.1 \(String(repeating: "spam ", count: 60))"
        let stage = try await Stage(mail: "{\"recipients\": {\"bad@acme.example\": \"\(refusal)\"}}")
        try await stage.program.takeOver(
            "id,name,email\nbad,\"\(long)\u{202E}gnihtemos\",bad@acme.example\n"
                + "\(String(repeating: "i", count: 64)),\"名前 \u{1F468}\u{200D}\u{1F469}\",\nnone,\"; DROP TABLE\",\n"
                + "wide,\(String(repeating: "名", count: 90)),\nword,\(String(repeating: "w", count: 150)),\n"
        )
        #expect(try await stage.run("send", "note", "--to", "all", "--yes", "--id", "n1").exit == 1)
        let people = try await stage.run("report", "n1", "--contacts", "missed")
        #expect(people.exit == 0 && people.width <= 80 && people.isPlain, "\(people.output)")
        #expect(people.unfolded.contains("policy-refused") && people.unfolded.contains("no-address"))
        #expect(people.unfolded.contains("…: email refused"), "\(people.output)")
        for id in ["wide", "word"] {
            let shown = try await stage.run("contacts", "show", id)
            #expect(shown.exit == 0 && shown.width <= 80, "\(shown.output)")
        }
        let report = try await stage.run("report", "n1")
        #expect(report.width <= 80 && report.isPlain)
        let json = try await stage.run("report", "n1", "--contacts", "missed", "--json").json()
        #expect(json.items.count == 5)
        #expect(try await stage.run("report", "n1", "--contacts", "missed", "--csv", "m.csv").exit == 0)
        #expect(stage.program.read("m.csv").split(separator: 0x0A).count == 6)
    }

    @Test func `a list that cannot be read to its end leaves no half of a file`() async throws {
        let stage = try await Stage()
        try await stage.people(2)
        #expect(try await stage.run("send", "note", "--to", "all", "--yes", "--id", "n1").exit == 0)
        let broken = try await stage.program.shell(
            "/usr/bin/python3 -c \"import sqlite3; c = sqlite3.connect('tocsin.db'); "
                + "c.execute('ALTER TABLE contacts RENAME TO gone')\"")
        #expect(broken.exit == 0, "\(broken.errors)")
        for words in [
            ["contacts", "export", "--output"], ["report", "n1", "--csv"], ["report", "n1", "--proof"],
        ] {
            #expect(try await stage.run(words + ["list"]).exit == 2, "\(words)")
            #expect(try stage.program.names.allSatisfy { !$0.hasPrefix("list") }, "\(words)")
        }
    }

    @Test func `people whose names are flags stand within eighty columns`() async throws {
        let refusal = "550 5.1.1 nobody of that name works here as far as anybody in this house knows"
        let stage = try await Stage(mail: "{\"recipients\": {\"p1@acme.example\": \"\(refusal)\"}}")
        let flags = String(repeating: "\u{1F1EE}\u{1F1F9}", count: 20)
        try await stage.program.takeOver("id,name,email\np1,\(flags),p1@acme.example\n")
        try await stage.run("send", "note", "--to", "all", "--yes", "--id", "n1")
        let list = try await stage.run("report", "n1", "--contacts", "missed")
        #expect(list.output.contains(flags) && list.unfolded.contains("anybody in this house"))
        #expect(list.width <= 80, "\(list.output)")
    }

    @Test func `what is in doubt with people who were reached is not hidden`() async throws {
        let stage = try await Stage(["email", "sms"], web: #""/sms": [{"status": 504}],"#)
        try await stage.people(2)
        let sent = try await stage.run("send", "note", "--to", "all", "--yes", "--id", "n1")
        #expect(sent.exit == 0, "\(sent.errors)")
        let people = try await stage.run("report", "n1", "--contacts", "unknown")
        #expect(people.output.isEmpty)
        #expect(
            people.errors
                == "0 unknown\n2 deliveries unknown; those to people who were reached another way are listed by "
                + "tocsin report n1 --csv FILE\n")
    }

    @Test func `people read times on the sender's clock, programs in UTC`() async throws {
        let stage = try await sent()
        try await stage.run("contacts", "suppress", "good@acme.example", "--reason", "complaint")
        let marked = try await stage.run("channels", "down", "email", "--why", "x", "--until", "00:00")
        #expect(marked.errors.contains(/until tomorrow, \d{4}-\d{2}-\d{2} 00:00:00 \+0[12]:00: x/))
        let local = /\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} \+0[12]:00/
        let zulu = /\d{2}:\d{2}:\d{2}Z/
        #expect(try await stage.run("report", "n1", "--proof", "p").exit == 0)
        for words in [
            ["report", "n1"], ["report", "--all"], ["channels"], ["contacts", "show", "good"],
            ["report", "--verify", "p"], ["send", "note", "--to", "all", "--dry-run"],
        ] {
            let text = try await stage.run(words)
            let told = text.output + text.errors
            #expect(told.contains(local) || words[0] == "send", "\(words): \(told)")
            #expect(!told.contains(zulu) && text.width <= 80, "\(words): \(told)")
        }
        let json = try await stage.run("report", "n1", "--json")
        #expect(json.output.contains(zulu) && !json.output.contains(local))
        try stage.program.write("channels.json", "{}")
        let unread = try await stage.run("report", "n1", "--store", "tocsin.db")
        #expect(
            unread.output.contains(/accepted \d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} UTC/), "\(unread.output)")
    }

    @Test func `a long list is whole, page after page`() async throws {
        let stage = try await Stage()
        try await stage.program.takeOver(
            "id,name,email\ntold,T,t@acme.example\n" + (1...2500).map { "q\($0),N\($0),\n" }.joined())
        #expect(try await stage.run("send", "note", "--to", "all", "--yes").exit == 1)
        let json = try await stage.run("report", "--contacts", "missed", "--json").json()
        #expect(Set(json.items.map { $0["id"].text }).count == 2500)
        let text = try await stage.run("report", "--contacts", "missed")
        #expect(text.output.split(separator: "\n").count == 2500)
    }

    @Test(arguments: [
        (["report", "n11"], 66, "did you mean n1?"), (["report", "a b"], 64, "is no id"),
        (["report", "n1", "--contacts", "mised"], 64, "did you mean missed?"),
        (["report", "n1", "n2"], 64, ""),
    ])
    func `what does not exist is told with what does`(words: [String], exit: Int32, told: String) async throws
    {
        let outcome = try await sent().run(words)
        #expect(outcome.exit == exit && (told.isEmpty || outcome.errors.contains(told)), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
    }

    @Test func `latest is the last one accepted`() async throws {
        let stage = try await sent()
        #expect(try await stage.run("send", "note", "--to", "id:good", "--id", "n2").exit == 0)
        #expect(try await stage.report()["id"].text == "n2")
        #expect(try await stage.run("report").output.hasPrefix("n2  note  finished"))
    }

    @Test func `two hundred customers, four channels: what is reported is what arrived, person by person`()
        async throws
    {
        let program = try Program()
        let received = program.path("received")
        let receivers = try await PeerProcess("receivers.py", received)
        let stage = try await Stage(["email", "sms", "telegram", "status"])
        try stage.program.write(
            "channels.json",
            demo(mail: try receivers.port("smtp"), http: "http://127.0.0.1:\(try receivers.port("http"))"))
        let secrets = [
            "SMS_TOKEN": "demo-sms-token", "BOT_TOKEN": "123456:demo-token",
            "HOOK_SECRET": "whsec_ZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGQ=",
        ]
        let samples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Samples/customers.csv").path
        let run = { (words: [String]) in try await stage.program.run(words, environment: secrets) }
        _ = try await run(["init", stage.program.folder.path])
        #expect(try await run(["contacts", "import", samples]).exit == 0)
        let outcome = try await run(
            ["send", "outage", "--to", "all", "--set", "service=Caffè 🚨 Zürich", "--yes", "--id", "n1"])
        #expect(outcome.exit == 1, "\(outcome.errors)")
        let people = try await run(["contacts", "list", "--json"]).json().items
        let known = Dictionary(uniqueKeysWithValues: people.map { ($0["id"].text, $0) })
        let kinds = ["email": "email", "sms": "phone", "telegram": "telegram"]
        var reported: Set<String> = []
        for person in try await run(["report", "n1", "--contacts", "reached", "--json"]).json().items {
            for delivery in person["deliveries"].items where delivery["state"].text == "accepted" {
                let channel = delivery["channel"].text
                let address = known[person["id"].text, default: .null][kinds[channel, default: ""]].text
                reported.insert("\(channel) \(address)")
            }
        }
        let log = String(decoding: program.read("received/log.jsonl"), as: UTF8.self).split(separator: "\n")
        let arrived = try log.map { try JSONValue(parsing: Array($0.utf8), maxBytes: 1 << 20) }
        let direct = arrived.filter { $0["channel"].text != "status" }.map {
            "\($0["channel"].text) \($0["to"].text)"
        }
        #expect(direct.count == reported.count && Set(direct) == reported && reported.count > 400)
        #expect(arrived.count { $0["channel"].text == "status" } == 1)

        let mails = try await readMails(in: program)
        #expect(mails.count > 150 && mails.allSatisfy { $0["defects"] == .array([]) })
        #expect(mails.allSatisfy { $0["kinds"].items.map(\.text) == ["text/plain", "text/html"] })
        let locales = Dictionary(people.map { ($0["email"].text, $0["locale"].text) }) { first, _ in first }
        for mail in mails {
            // Who reads neither language gets the sender's.
            let isItalian = !locales[mail["to"].text, default: ""].hasPrefix("en")
            let subject = isItalian ? "al momento non funziona" : "is not working right now"
            #expect(
                mail["subject"].text.hasPrefix("Caffè 🚨 Zürich") && mail["subject"].text.hasSuffix(subject))
            for part in ["text", "html"] {
                #expect(mail[part].text.contains(isItalian ? "Ti scriveremo appena" : "We will write again"))
            }
        }
    }

    private func readMails(in program: Program) async throws -> [JSONValue] {
        let folder = program.folder.appending(path: "received/email")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let peers = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        try program.write("mails.json", "")
        let output = try FileHandle(forWritingTo: program.folder.appending(path: "mails.json"))
        let line = ["/usr/bin/python3", peers.appending(path: "Peers/read_mail.py").path] + files.map(\.path)
        #expect(try await ChildProcess(line, output: output).end() == 0)
        return try JSONValue(parsing: program.read("mails.json"), maxBytes: 1 << 26).items
    }

    private func demo(mail: Int, http: String) -> String {
        """
        { "sender": {"name": "Acme", "locale": "it", "timezone": "Europe/Rome", "website": "https://acme.example"},
          "store": "tocsin.db", "order": ["telegram", "email", "sms"],
          "channels": {
            "email": {"type": "smtp", "company": "Acme", "url": "smtp://127.0.0.1:\(mail)", "tls": "none",
                      "private": true, "from": "Acme <notices@acme.example>"},
            "sms": {"type": "sms", "company": "Example SMS", "url": "\(http)/sms", "private": true, "from": "ACME",
                    "authorization": {"bearer": {"env": "SMS_TOKEN"}}, "reply": {"id": "/message_id"},
                    "body": {"json": {"to": "{{to}}", "from": "{{from}}", "text": "{{text}}"}}},
            "telegram": {"type": "telegram", "company": "Telegram", "api": "\(http)", "private": true,
                         "token": {"env": "BOT_TOKEN"}, "rate": "500/s"},
            "status": {"type": "webhook", "company": "Acme", "url": "\(http)/status", "private": true,
                       "secret": {"env": "HOOK_SECRET"}} } }
        """
    }
}
