import Broadcast
import Foundation
import TestPeers
import Testing

/// What a dry run shows, and that it does nothing else.
@Suite(.serialized) struct SendDryRunTests {
    private static let all = ["email", "sms", "telegram", "status"]

    @Test func `a dry run sends nothing and changes no byte of the folder`() async throws {
        let stage = try await Stage(Self.all)
        try await stage.people(3)
        let before = try folder(stage)
        let outcome = try await stage.run("send", "note", "--to", "all", "--dry-run")
        #expect(outcome.exit == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("nothing was sent, nothing was written"))
        #expect(try folder(stage) == before)
        #expect(try await stage.isUntouched())
    }

    @Test func `a dry run works where nothing can be written`() async throws {
        let stage = try await Stage()
        try await stage.people(2)
        let files = ["channels.json", "tocsin.db", "templates/note/message.md"]
        for file in files { try stage.program.write(file, stage.program.read(file), mode: 0o644) }
        let outcome = try await stage.program.run(
            ["send", "note", "--to", "all", "--dry-run"], environment: Stage.secrets, asNobody: true)
        #expect(outcome.exit == 0 && outcome.output.contains("2 people selected"), "\(outcome.errors)")
    }

    @Test func `a dry run without a store makes none`() async throws {
        let stage = try await Stage()
        let outcome = try await stage.run("send", "note", "--to", "all", "--dry-run")
        #expect(outcome.exit == 66 && outcome.errors.contains("there is no store"))
        #expect(!stage.program.holds("tocsin.db"))
    }

    private func folder(_ stage: Stage) throws -> [String: [UInt8]] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: stage.program.folder.path)
            // SQLite leaves an empty log and its index where it only reads.
            .filter { !$0.hasSuffix("-shm") && !($0.hasSuffix("-wal") && stage.program.read($0).isEmpty) }
        return Dictionary(uniqueKeysWithValues: names.map { ($0, stage.program.read($0)) })
    }

    // MARK: The same as is sent

    @Test func `what was previewed is what is sent`() async throws {
        let stage = try await Stage(Self.all)
        try stage.template(
            "note",
            "subject: \"È giù 🚨 {{contact.name}}\"\npurpose: service\nsms: \"Giù: {{contact.name}}\"\n"
                + "variables: {contact.name: {description: Who, default: amici}}",
            "Ciao **{{contact.name}}** & tutti.")
        try await stage.people(2)
        let preview = try await stage.run(
            "send", "note", "--to", "all", "--id", "n1", "--dry-run", "--json", "--contact", "p1",
            "--contact", "p2")
        #expect(preview.exit == 0, "\(preview.errors)")
        let samples = try preview.json()["samples"].items
        #expect(samples.count == 7)
        try #require(samples.allSatisfy { $0["problem"] == .null }, "\(preview.output)")
        #expect(try await stage.run("send", "note", "--to", "all", "--id", "n1", "--yes").exit == 0)

        let mails = try await stage.mail.entries("mail").map { entry in
            "MAIL FROM:<\(entry["from", default: .null].text)>\nRCPT TO:<\(entry["to", default: .null].list[0].text)>\r\n"
                + entry["message", default: .null].text
        }
        let shown = samples.filter { $0["channel"].text == "email" }.map {
            $0["envelope"].text + "\r\n" + $0["request"].text
        }
        #expect(mails.count == 2 && Set(mails.map(undated)) == Set(shown.map(undated)))

        let sent = try await stage.web.entries("request").map(Message.init)
        let promised = try samples.filter { $0["channel"].text != "email" }.map {
            try Message(preview: $0["request"].text)
        }
        #expect(sent.count == 5 && promised.count == 5)
        for message in promised {
            #expect(sent.contains { $0.keeps(message) }, "\(message) is none of \(sent)")
        }
    }

    private func undated(_ mail: String) -> String {
        mail.split(separator: "\r\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("Date: ") }
            .joined(separator: "\r\n")
    }

    @Test(arguments: [["--json"], []])
    func `no preview shows a secret`(format: [String]) async throws {
        let stage = try await Stage(Self.all)
        try await stage.people(1)
        let outcome = try await stage.run(["send", "note", "--to", "all", "--dry-run"] + format)
        #expect(
            outcome.output.contains("[secret]") && outcome.output.contains("webhook-signature: [signature]"))
        #expect(!outcome.output.contains("v1,"))
        for secret in ["sms-secret-token", "bot-secret-token", "ZGRkZGRk"] {
            #expect(!(outcome.output + outcome.errors).contains(secret))
        }
    }

    // MARK: People

    @Test func `each person asked for is shown with what would leave, and why the rest would not`()
        async throws
    {
        let stage = try await Stage(["email", "sms"])
        try await stage.program.takeOver(
            """
            id,email,phone,tags
            a,a@acme.example,+393331000001,in
            b,b@acme.example,,in
            c,c@acme.example,+393331000003,in
            d,d@acme.example,+393331000001,in
            out,out@acme.example,+393331000005,

            """)
        try await stage.run("contacts", "suppress", "c")
        let words = ["a", "b", "c", "d", "out"].flatMap { ["--contact", $0] }
        let outcome = try await stage.run(["send", "note", "--to", "tag:in", "--dry-run", "--json"] + words)
        #expect(outcome.exit == 0, "\(outcome.errors)")
        let shown = try outcome.json()["samples"].items.map {
            "\($0["contact"].text) \($0["channel"].text) \($0["problem"].text)"
        }
        #expect(
            shown == [
                "a email ", "a sms ", "b email ", "b sms not sent: no-address",
                "c email not sent: suppressed",
                "c sms not sent: suppressed", "d email ", "d sms not sent: duplicate-address",
            ])
        #expect(outcome.errors.contains("out is not in the audience"))
    }

    @Test func `a person who does not exist cannot be shown`() async throws {
        let stage = try await Stage()
        try await stage.people(1)
        let outcome = try await stage.run("send", "note", "--to", "all", "--dry-run", "--contact", "p9")
        #expect(
            outcome.exit == 66 && outcome.errors.contains("there is no contact p9") && outcome.output.isEmpty)
    }

    @Test func `a value that somebody lacks stops everything before the first message`() async throws {
        let stage = try await Stage()
        try stage.template("note", "subject: Hi\npurpose: service", "Your plan is\n{{contact.plan}}.")
        try await stage.program.takeOver(
            "id,email,plan\na,a@acme.example,gold\nb,b@acme.example,\nc,c@acme.example,\n")
        let outcome = try await stage.run("send", "note", "--to", "all", "--yes")
        #expect(outcome.exit == 65, "\(outcome.errors)")
        #expect(outcome.errors.contains("note/message.md:6") && outcome.errors.contains("contact.plan"))
        #expect(outcome.errors.contains("2 of 3 people"))
        #expect(try await stage.isUntouched())
    }

    @Test func `a public place has no person's values, which is told before the first message`() async throws
    {
        let stage = try await Stage(["email", "status"])
        try stage.template("note", "subject: Hi\npurpose: service", "Hello {{contact.name}}.")
        try await stage.people(2)
        let outcome = try await stage.run("send", "note", "--to", "all", "--yes")
        #expect(outcome.exit == 65 && outcome.errors.contains("contact.name"), "\(outcome.errors)")
        #expect(outcome.errors.contains("public places"))
        #expect(try await stage.isUntouched())
    }

    /// Who may read the configuration, the secrets that are there, and what is wrong.
    private static let flawed: [(mode: Int, secrets: [String: String], told: [String])] = [
        (0o644, Stage.secrets, ["channels.email.password: holds a secret in a file"]),
        (0o600, [:], ["SMS_TOKEN is not set"]),
    ]

    @Test(arguments: flawed)
    func `what is wrong with the configuration stands among the refusals`(
        mode: Int, secrets: [String: String], told: [String]
    ) async throws {
        let login =
            #""username": "u", "password": \#(secrets.isEmpty ? #"{"env": "UNSET"}"# : #""hunter22""#)"#
        let stage = try await Stage(["email", "sms"], more: ["email": login])
        try await stage.people(2)
        try stage.program.write("channels.json", stage.program.read("channels.json"), mode: mode)
        let words = ["send", "note", "--to", "all", "--yes"]
        let dry = try await stage.program.run(words + ["--dry-run", "--json"], environment: secrets)
        #expect(dry.exit == 0, "\(dry.errors)")
        let refusals = try dry.json()["refusals"].items
        #expect(refusals.allSatisfy { $0["code"].text == "configuration" && $0["exit"].text == "78" })
        for text in told {
            #expect(refusals.contains { $0["message"].text.contains(text) }, "\(dry.output)")
            #expect(dry.told.contains("would be refused: ") && dry.told.contains(text), "\(dry.told)")
        }
        let sent = try await stage.program.run(words, environment: secrets)
        #expect(sent.exit == 78 && sent.complaints.count == refusals.count, "\(sent.errors)")
    }

    @Test func `what a send would refuse, a dry run says`() async throws {
        let stage = try await Stage()
        try await stage.people(3)
        let outcome = try await stage.run("send", "note", "--to", "all", "--dry-run", "--people", "30")
        #expect(
            outcome.exit == 0 && outcome.errors.contains("would be refused: the audience selects 3 people"))
        #expect(!outcome.errors.contains("--yes"))
    }
}

/// An HTTP request, as previewed or as it arrived.
private struct Message: CustomStringConvertible {
    let line: String
    let headers: [String: String]
    /// Byte for byte.
    let body: String
    var description: String { "\(line) \(headers) \(body)" }

    init(preview: String) throws {
        let gap = try #require(preview.firstRange(of: "\n\n"))
        let lines = preview[..<gap.lowerBound].split(separator: "\n").map(String.init)
        let words = lines[0].split(separator: " ")
        let path = words[1].split(separator: "/", maxSplits: 2)[2]
        line = "\(words[0]) /\(path)"
        let fields = lines.dropFirst().map { line in
            (String(line.prefix { $0 != ":" }).lowercased(), String(line.drop { $0 != " " }.dropFirst()))
        }
        headers = Dictionary(fields) { first, _ in first }
        body = String(preview[gap.upperBound...])
    }

    init(_ entry: PeerProcess.Entry) throws {
        let hidden = { (text: String) in
            Stage.secrets.values.reduce(text) { $0.replacing($1, with: "[secret]") }
        }
        line = hidden("\(entry["method", default: .null].text) \(entry["path", default: .null].text)")
        let fields = entry["headers", default: .null].list.map {
            ($0.list[0].text.lowercased(), hidden($0.list[1].text))
        }
        headers = Dictionary(fields) { first, _ in first }
        body = entry["body", default: .null].text
    }

    /// Whether it is `promised`, apart from what each attempt has anew.
    func keeps(_ promised: Message) -> Bool {
        let fresh: Set = ["webhook-timestamp", "webhook-signature"]
        return line == promised.line && undated(body) == undated(promised.body)
            && promised.headers.allSatisfy { fresh.contains($0.key) || headers[$0.key] == $0.value }
    }

    /// Without the moment at which an announcement was accepted: a preview comes before it.
    private func undated(_ body: String) -> String { body.replacing(/"sentAt":"[^"]*"/, with: "") }
}
