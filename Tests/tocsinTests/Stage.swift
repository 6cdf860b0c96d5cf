import Broadcast
import Foundation
import Storage
import TestPeers
import Testing

/// A mail server and a web server that plays every other receiver; and the program, set up to send to them.
struct Stage {
    let program: Program
    let mail: PeerProcess
    let web: PeerProcess

    static let secrets = [
        "SMS_TOKEN": "sms-secret-token", "BOT_TOKEN": "123456:bot-secret-token",
        "HOOK_SECRET": "whsec_ZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGQ=",
    ]

    /// The answer every receiver but mail gives unless told otherwise.
    static let well =
        #"{"status": 200, "body": "{\"ok\": true, \"result\": {\"message_id\": 7}, \"message_id\": \"s7\"}"}"#

    /// Starts the receivers; `web` is their script beyond ``well``, `login` what they ask for, `mail` the mail server's settings.
    ///
    /// With `logs` both write what they see to a file as well, which ``logged(_:_:)`` reads: for much more than a few.
    init(
        _ channels: [String] = ["email"], mail: String = "{}", mailScript: String = "smtp_peer.py",
        web: String = "", more: [String: String] = [:], login: String = "{}", logs: Bool = false
    ) async throws {
        let program = try Program()
        self.program = program
        var directories = ["", ""]
        if logs {
            directories = try ["mail", "web"].map { name in
                try program.write("\(name)/log.jsonl", "")
                return ", \"directory\": \"\(program.path(name))\""
            }
        }
        self.mail = try await PeerProcess(mailScript, logs ? "{\"users\": {}\(directories[0])}" : mail)
        self.web = try await PeerProcess(
            "http_peer.py",
            "{\"script\": {\(web) \"*\": [\(Self.well)]}, \"login\": \(login)\(directories[1])}")
        try configure(channels, mailPort: try self.mail.port("smtp"), more: more)
        try template("note", "subject: We are down\npurpose: service\nsms: We are down", "Sorry.")
    }

    /// Writes the configuration of these channels, such as `email` and `email2`; `more` are settings of theirs, or of `sender`.
    func configure(_ channels: [String], mailPort: Int, more: [String: String] = [:]) throws {
        let http = "http://127.0.0.1:\(try web.port("http"))"
        let common = [
            "private": "true", "retry": #"{"first": "200ms", "cap": "1s", "within": "1h"}"#,
            // A reply may be held as long as a test lasts.
            "timeout": #""5m""#, "connectTimeout": #""5m""#, "quietHours": #""none""#,
        ]
        let kinds = [
            "email": """
            "type": "smtp", "company": "Acme", "url": "smtp://127.0.0.1:\(mailPort)", "tls": "none",
            "from": "Acme <notices@acme.example>"
            """,
            "sms": """
            "type": "sms", "company": "Example SMS", "url": "\(http)/sms", "from": "ACME", "price": "0.05 EUR",
            "authorization": {"bearer": {"env": "SMS_TOKEN"}}, "reply": {"id": "/message_id"},
            "body": {"json": {"to": "{{to}}", "from": "{{from}}", "text": "{{text}}"}}
            """,
            "telegram": """
            "type": "telegram", "company": "Telegram", "api": "\(http)", "token": {"env": "BOT_TOKEN"}
            """,
            "status": """
            "type": "webhook", "company": "Acme", "url": "\(http)/status", "secret": {"env": "HOOK_SECRET"}
            """,
            "push": """
            "type": "webhook", "company": "Acme", "url": "\(http)/push", "per": "contact"
            """,
        ]
        let members = channels.map { name in
            let own = more[name].map { ", \($0)" } ?? ""
            let rest = common.filter { !own.contains("\"\($0.key)\"") }.map { ", \"\($0.key)\": \($0.value)" }
            let kind = kinds[String(name.prefix(while: \.isLetter))] ?? ""
            return "\"\(name)\": { \(kind)\(rest.sorted().joined())\(own) }"
        }
        try program.write(
            "channels.json",
            """
            { "sender": {"name": "Acme", "locale": "en", "timezone": "Europe/Rome"\(more["sender"] ?? "")},
              "store": "tocsin.db", "order": [\(channels.map { "\"\($0)\"" }.joined(separator: ", "))],
              "channels": { \(members.joined(separator: ",\n")) } }
            """)
    }

    func template(_ name: String, _ front: String, _ body: String) throws {
        try program.write("templates/\(name)/message.md", "---\n\(front)\n---\n\(body)\n")
    }

    /// Imports p1, p2, … with every address; `more` are columns and their value.
    func people(_ count: Int, _ more: [(String, String)] = []) async throws {
        let head = (["id", "name", "email", "phone", "telegram"] + more.map(\.0)).joined(separator: ",")
        let rows = (1...count).map { number in
            ([
                "p\(number)", "Person \(number)", "p\(number)@acme.example",
                "+39333\(1_000_000 + number)", "\(5_000_000 + number)",
            ] + more.map(\.1)).joined(separator: ",")
        }
        try await program.takeOver(([head] + rows).joined(separator: "\n") + "\n")
    }

    // MARK: Running

    @discardableResult func run(_ words: String...) async throws -> Program.Outcome {
        try await program.run(words, environment: Self.secrets)
    }

    @discardableResult func run(_ words: [String]) async throws -> Program.Outcome {
        try await program.run(words, environment: Self.secrets)
    }

    func terminal(_ words: String..., typing: String) async throws -> Program.Outcome {
        try await program.runOnTerminal(words, typing: typing, environment: Self.secrets)
    }

    func startOnTerminal(_ words: [String]) throws -> TerminalRun {
        try program.startOnTerminal(words, environment: Self.secrets)
    }

    func start(_ words: String..., launcher: [String] = []) throws -> Program.Running {
        try program.start(words, environment: Self.secrets, launcher: launcher)
    }

    /// What `report --json` says.
    func report(_ id: String = "latest") async throws -> JSONValue {
        try await run("report", id, "--json").json()
    }

    // MARK: What arrived

    /// Everyone who got a mail, in order of arrival.
    func mailed() async throws -> [String] {
        try await mail.entries("mail").flatMap { $0["to", default: .null].list.map(\.text) }
    }

    /// The paths and bodies of what the web server was sent.
    func posted() async throws -> [(path: String, body: String)] {
        try await web.entries("request").map {
            ($0["path", default: .null].text, $0["body", default: .null].text)
        }
    }

    /// What a receiver, `mail` or `web`, wrote down of the kind `what`.
    func logged(_ receiver: String, _ what: String) throws -> [PeerProcess.Entry] {
        try program.read("\(receiver)/log.jsonl").split(separator: UInt8(ascii: "\n"))
            .map { try JSONDecoder().decode(PeerProcess.Entry.self, from: Data($0)) }
            .filter { $0["what"] == .text(what) }
    }

    /// Whether nothing left, and the store knows of no announcement.
    func isUntouched() async throws -> Bool {
        let arrivals = try await mailed().count + posted().count
        let report = try await run("report")
        let store = try Store.openReadOnly(program.path("tocsin.db"))
        let known = try await store.announcements()
        return arrivals == 0 && report.exit == 66 && known.isEmpty
    }
}
