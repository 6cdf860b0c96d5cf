import Broadcast
import Foundation
import TestPeers
import Testing

/// A line end in any field that people fill, and that a header, an envelope or a URL is made of.
struct HeaderInjectionTests {
    private static let line = "Rome\r\nX-Evil: 1\r\n\r\nBcc: thief@evil.example"

    @Test func `in a list of contacts it reaches no head and no second recipient`() async throws {
        let stage = try await Stage()
        let http = "http://127.0.0.1:\(try stage.web.port("http"))"
        try stage.configure([
            """
            "email": {"type": "smtp", "from": "Acme <notices@acme.example>", "private": true, "tls": "none",
              "url": "smtp://127.0.0.1:\(try stage.mail.port("smtp"))"}
            """,
            """
            "crm": {"type": "webhook", "private": true, "per": "contact", "secret": {"env": "HOOK_SECRET"},
              "url": "\(http)/crm/{{contact.town}}?name={{contact.name}}", "method": "PUT",
              "headers": {"X-Name": "{{contact.name}}", "X-Town": "{{contact.town}}"},
              "body": {"form": {"town": "{{contact.town}}"}}}
            """,
        ])
        try stage.template(
            "hello", "subject: \"Down in {{contact.town}}\"\npurpose: service",
            "Dear {{contact.name}}, sorry.")
        let cells = ["p1", "p1@acme.example", Self.line, Self.line].map { "\"\($0)\"" }
        try await stage.program.takeOver("id,email,name,town\r\n\(cells.joined(separator: ","))\r\n")
        let outcome = try await stage.run("send", "hello", "--to", "all", "--yes", "--id", "n1")
        #expect([0, 1].contains(outcome.exit) && outcome.isPlain, "\(outcome.errors)")

        let mails = try await stage.mail.entries("mail")
        #expect(mails.map { $0["to"]?.list.map(\.text) } == [["p1@acme.example"]])
        let head = try #require(mails.first?["message"]?.text.components(separatedBy: "\r\n\r\n").first)
        #expect(!head.contains("\nX-Evil") && !head.contains("\nBcc"))
        #expect(head.contains("\r\nSubject: ") && head.contains("\r\nTo: "))
        let requests = try await stage.web.entries("request")
        #expect(requests.count <= 1)
        for request in requests {
            let names = request["headers"]?.list.compactMap { $0.list.first?.text.lowercased() } ?? []
            #expect(!names.contains("x-evil") && !names.contains("bcc"))
            #expect(request["method"]?.text == "PUT" && request["path"]?.text.hasPrefix("/crm/Rome") == true)
        }
        // Whoever got no request is told of, with the reason.
        let ending = try #require(try await stage.endings(of: "n1")["p1 crm"])
        #expect(ending.state == .accepted || ending.code == "value-unsuitable", "\(ending)")
        #expect((ending.state == .accepted) == (requests.count == 1))
    }

    @Test(arguments: [
        (#""from": "Acme\r\nBcc: x@evil.example <notices@acme.example>""#, "channels.email.from"),
        (#""from": "notices@acme.example\r\nBcc: x@evil.example""#, "channels.email.from"),
        (#""replyTo": "help@acme.example\r\nBcc: x@evil.example""#, "channels.email.replyTo"),
        (#""url": "smtp://mail.acme.example\r\nRSET""#, "channels.email.url"),
        (#""username": "a\r\nRSET", "password": {"env": "SMS_TOKEN"}"#, "channels.email.username"),
    ])
    func `in the configuration it is refused, with its place`(member: String, place: String) async throws {
        let stage = try await Stage()
        let usual = [
            "from": #""from": "notices@acme.example""#, "url": #""url": "smtp://mail.acme.example""#,
        ].filter { !member.hasPrefix("\"\($0.key)\"") }.values
        try stage.configure(["\"email\": {\"type\": \"smtp\", \((usual + [member]).joined(separator: ", "))}"]
        )
        let outcome = try await stage.run("check")
        #expect(outcome.exit == 78 && outcome.isPlain, "\(outcome.output)")
        #expect(outcome.unfolded.contains(place), "\(outcome.output)")
    }
}
