import Broadcast
import Foundation
import TestPeers
import Testing

/// Servers that answer with whatever harms: the terminal, the report, the list, or whoever keeps the store.
@Suite(.serialized) struct HostilePeerTests {
    /// Clears a screen, rings, breaks lines, turns text around, ends strings; and what we must not tell.
    private static let poison = "\u{1B}[2J\u{7}\r\nX: y\t\u{9B}31m\u{202E}\u{0}\u{85}\u{2028}"

    private static let secrets = Array(Stage.secrets.values)

    /// A JSON text of `poison` and what the server was told, or shares with us.
    private static func reason(_ secret: String) -> String {
        let told = Stage.secrets[secret, default: ""]
        let text = JSONValue.string("\(poison) you said \(told) \(told)")
        return String(decoding: text.compact, as: UTF8.self)
    }

    private static func reply(_ status: Int, _ body: String) -> String {
        let text = String(decoding: JSONValue.string(body).compact, as: UTF8.self)
        return "{\"status\": \(status), \"body\": \(text)}"
    }

    private static let stage = Task {
        let deep = String(repeating: "[", count: 40_000)
        let wide = String(repeating: "x", count: 40_000)
        let web = """
            "/sms": [\(reply(400, "{\"reason\": \(reason("SMS_TOKEN"))}"))],
            "/taken": [\(reply(200, "{\"id\": \(reason("HOOK_SECRET"))}"))],
            "/deep": [\(reply(400, deep))], "/wide": [\(reply(400, "{\"reason\": \"\(wide)\"}"))],
            "/bot123456:bot-secret-token/sendMessage":
              [\(reply(400, "{\"ok\": false, \"error_code\": 400, \"description\": \(reason("BOT_TOKEN"))}"))],
            """
        let line = "raw 550 5.7.1 \u{1B}[2J\u{7}\u{9B}31m a\rb\tc \u{85} sms-secret-token\r\n"
        // What stands first in a line is its verb to the server, in capitals.
        let login = Data("\0a\0sms-secret-token".utf8).base64EncodedString().uppercased()
        let said = String(decoding: JSONValue.string(line).compact, as: UTF8.self)
        let stage = try await Stage(
            mail: """
                {"EHLO": "250-peer\\n250 AUTH PLAIN", "AUTH": "334 ", "\(login)": "235 ok", "RCPT": \(said)}
                """,
            mailScript: "smtp_script.py", web: web)
        let http = "http://127.0.0.1:\(try stage.web.port("http"))"
        let hook = { (name: String) in
            """
            "\(name)": {"type": "webhook", "url": "\(http)/\(name)", "private": true, "per": "contact",
              "secret": {"env": "HOOK_SECRET"}, "reply": {"id": "/id", "reason": "/reason"}}
            """
        }
        try stage.configure([
            """
            "email": {"type": "smtp", "from": "notices@acme.example", "private": true, "tls": "none",
              "url": "smtp://127.0.0.1:\(try stage.mail.port("smtp"))", "username": "a",
              "password": {"env": "SMS_TOKEN"}}
            """,
            """
            "sms": {"type": "sms", "url": "\(http)/sms", "private": true, "quietHours": "none",
              "authorization": {"bearer": {"env": "SMS_TOKEN"}}, "reply": {"reason": "/reason"},
              "body": {"json": {"to": "{{to}}", "text": "{{text}}"}}}
            """,
            """
            "telegram": {"type": "telegram", "api": "\(http)", "token": {"env": "BOT_TOKEN"}, "private": true,
              "quietHours": "none"}
            """, hook("taken"), hook("deep"), hook("wide"),
        ])
        try await stage.people(2)
        return (stage, try await stage.run("send", "note", "--to", "all", "--yes", "--id", "n1"))
    }

    @Test func `every refusal is one, whatever it says, and what was taken stays taken`() async throws {
        let (stage, sent) = try await Self.stage.value
        #expect(sent.exit == 0 && sent.output.contains("Refused"), "\(sent.errors)")
        let endings = try await stage.endings(of: "n1")
        #expect(endings.count == 12)
        for (place, ending) in endings {
            let isTaken = place.hasSuffix("taken")
            #expect(
                ending.state == (isTaken ? .accepted : .refused) && ending.attempts == 1,
                "\(place): \(ending)")
        }
    }

    @Test(arguments: [
        ["report", "n1"], ["report", "n1", "--json"], ["report", "n1", "--contacts", "reached"],
        ["report", "n1", "--contacts", "reached", "--json"], ["report", "--all"], ["channels"],
        ["channels", "--json"], ["contacts", "show", "p1"], ["contacts", "show", "p1", "--json"],
        ["contacts", "list", "all"], ["resume", "n1"],
    ])
    func `no command passes on a control or a secret`(words: [String]) async throws {
        let (stage, _) = try await Self.stage.value
        let outcome = try await stage.run(words)
        #expect(outcome.exit == 0 && outcome.isPlain, "\(outcome.errors)")
        if words.contains("--json") {
            for text in try outcome.json().texts {
                #expect(!text.unicodeScalars.contains { $0.isControl }, "\(text)")
            }
        }
        for secret in Self.secrets { #expect(!(outcome.output + outcome.errors).contains(secret)) }
    }

    @Test func `what is sent says, and what a list keeps, holds neither`() async throws {
        let (stage, sent) = try await Self.stage.value
        #expect(sent.isPlain)
        let listed = try await stage.run("report", "n1", "--contacts", "reached", "--csv", "list.csv")
        #expect(listed.exit == 0, "\(listed.errors)")
        let list = String(decoding: stage.program.read("list.csv"), as: UTF8.self)
        #expect(list.split(separator: "\n").count == 13)
        #expect(list.contains("[secret]"))
        #expect(!list.unicodeScalars.contains { $0 != "\n" && $0.isControl })
        for secret in Self.secrets { #expect(!(list + sent.errors + sent.output).contains(secret)) }
        #expect(stage.program.mode(of: "list.csv") == 0o600)
    }

    @Test func `no byte of a secret is on disk, and nobody else may read what is`() async throws {
        let (stage, _) = try await Self.stage.value
        let folder = stage.program.folder
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.contains("tocsin.db"))
        for name in names where !name.hasPrefix(".") && name != "templates" {
            let bytes = Data(stage.program.read(name))
            for secret in Self.secrets {
                let forms = [
                    secret, Data(secret.utf8).base64EncodedString(), secret.replacing(":", with: "%3A"),
                ]
                for form in forms { #expect(bytes.firstRange(of: Data(form.utf8)) == nil, "\(name)") }
            }
            #expect(bytes.firstRange(of: Data("\u{1B}[2J".utf8)) == nil, "\(name)")
            #expect(stage.program.mode(of: name) == 0o600, "\(name)")
        }
    }

    @Test func `no secret stands in the list of processes`() async throws {
        let stage = try await Stage(["sms"], web: #""/sms": [{"hold": true}],"#)
        try await stage.people(1)
        let sending = try stage.start("send", "note", "--to", "all", "--yes")
        try await stage.web.wait(for: 1, "request")
        var lines: [String] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") where Int(name) != nil {
            guard let bytes = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") else { continue }
            let words = String(decoding: bytes, as: UTF8.self).split(separator: "\0")
            if words.first?.hasSuffix("/tocsin") == true { lines.append(words.joined(separator: " ")) }
        }
        #expect(lines.contains { $0.hasSuffix("send note --to all --yes") })
        for secret in Self.secrets { #expect(!lines.contains { $0.contains(secret) }) }
        sending.signal(SIGKILL)
        _ = try await sending.outcome.value
    }
}

extension JSONValue {
    /// Every string in it, names included.
    fileprivate var texts: [String] {
        switch self {
        case .object(let members): members.flatMap { [$0.key] + $0.value.texts }
        case .array(let items): items.flatMap(\.texts)
        case .string(let text): [text]
        default: []
        }
    }
}
