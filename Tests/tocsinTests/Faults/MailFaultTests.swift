import Broadcast
import Foundation
import TestPeers
import Testing

/// A mail server that does all that mail servers do, from the command to the server's own log.
struct MailFaultTests {
    /// What the server does with one recipient, what becomes of the delivery, and how many copies were given whole.
    private static let table: [(script: String, ending: Ending, copies: Int)] = [
        (#"{}"#, Ending(.accepted, 1), 1),
        (#"{"RCPT": ["451 4.2.0 later", "250 ok"]}"#, Ending(.accepted, 2), 1),
        (#"{"RCPT": "550 5.1.1 no such user"}"#, Ending(.refused, 1, "address-unknown"), 0),
        (#"{"RCPT": "552 5.2.2 full"}"#, Ending(.refused, 1, "mailbox-full"), 0),
        (#"{"end": "552 5.3.4 too big"}"#, Ending(.refused, 1, "message-too-large"), 1),
        (#"{"end": ["451 4.7.1 greylisted", "250 ok"]}"#, Ending(.accepted, 2), 2),
        // Before the final dot nothing was handed over; after it nobody knows, and three copies are the most.
        (#"{"RCPT": ["reset", "250 ok"]}"#, Ending(.accepted, 2), 1),
        (#"{"DATA": ["close", "354 go on"]}"#, Ending(.accepted, 2), 1),
        (#"{"end": ["close", "250 ok"]}"#, Ending(.accepted, 2), 2),
        (#"{"end": "close"}"#, Ending(.unknown, 3, "connection-lost"), 3),
        // Tarpits: one says nothing, others a letter now and then.
        (#"{"RCPT": ["hang", "250 ok"]}"#, Ending(.accepted, 2), 1),
        (#"{"RCPT": ["drip 250 2.1.5 in good time", "250 ok"]}"#, Ending(.accepted, 2), 1),
        (#"{"end": ["drip 250 2.0.0 in good time", "250 ok"]}"#, Ending(.accepted, 2), 2),
    ]

    private static func email(_ port: Int, _ more: String) -> String {
        """
        "email": {"type": "smtp", "from": "Acme <notices@acme.example>", "private": true, "timeout": "10s",
          "retry": {"first": "200ms", "cap": "500ms", "within": "1h"}, \(more.replacing("PORT", with: "\(port)"))}
        """
    }

    @Test func `every reply has its ending and its number of attempts, as the server's log has it`()
        async throws
    {
        let scripts = Self.table.enumerated().map { "\"p\($0 + 1)@acme.example\": \($1.script)" }
        let stage = try await Stage(
            mail: "{\"for\": {\(scripts.joined(separator: ", "))}}", mailScript: "smtp_script.py")
        let port = try stage.mail.port("smtp")
        try stage.configure([Self.email(port, #""url": "smtp://127.0.0.1:PORT", "tls": "none""#)])
        try await stage.people(Self.table.count)
        let outcome = try await stage.run("send", "note", "--to", "all", "--yes", "--wait", "--id", "n1")
        #expect(outcome.exit == 1, "\(outcome.errors)")

        let endings = try await stage.endings(of: "n1")
        let copies = Dictionary(grouping: try await stage.mail.entries("text")) { $0["to"]?.text ?? "" }
        for (index, row) in Self.table.enumerated() {
            let person = "p\(index + 1)"
            #expect(endings["\(person) email"] == row.ending, "\(row.script)")
            let received = copies["\(person)@acme.example"] ?? []
            #expect(received.count == row.copies, "\(row.script)")
            #expect(Set(received.map { $0["text"] }).count <= 1, "\(row.script): copies differ")
        }
        // Only the address that does not exist is written to no more.
        for index in Self.table.indices {
            let shown = try await stage.run("contacts", "show", "p\(index + 1)", "--json").json()
            let isGone = Self.table[index].ending.code == "address-unknown"
            #expect(shown["0"]["suppressions"].items.isEmpty != isGone, "\(Self.table[index].script)")
        }
    }

    @Test func `after 421 the next mail takes another connection, and no attempt is spent`() async throws {
        let stage = try await Stage(mail: #"{"most": 20}"#, mailScript: "smtp_script.py")
        let port = try stage.mail.port("smtp")
        let more = #""url": "smtp://127.0.0.1:PORT", "tls": "none", "connections": 1"#
        try stage.configure([Self.email(port, more)])
        try await stage.people(50)
        let outcome = try await stage.run("send", "note", "--to", "all", "--yes", "--id", "n1")
        #expect(outcome.exit == 0, "\(outcome.errors)")
        #expect(try await Set(stage.endings(of: "n1").values.map(\.description)) == ["accepted after 1 "])
        let texts = try await stage.mail.entries("text")
        #expect(texts.count == 50 && Set(texts.map { $0["to"] }).count == 50)
        let perConnection = Dictionary(grouping: texts) { $0["connection"]?.number ?? 0 }.mapValues(\.count)
        #expect(perConnection.values.sorted() == [10, 20, 20])
    }

    /// A server with which no mail can be exchanged at all.
    private static let hopeless: [(settings: String, channel: String, code: String)] = [
        (
            #"{"EHLO": "250-peer\n250 AUTH PLAIN", "AUTH": "535 5.7.8 no"}"#,
            #""url": "smtp://127.0.0.1:PORT", "tls": "none", "username": "a", "password": {"env": "SMS_TOKEN"}"#,
            "credentials-refused"
        ),
        (
            #"{"EHLO": "250-peer\n250 STARTTLS", "STARTTLS": "220 go on"}"#,
            #""url": "smtp://127.0.0.1:PORT""#, "tls-failed"
        ),
        ("{}", #""url": "smtps://127.0.0.1:PORT""#, "tls-failed"),
        (#"{"connect": "close"}"#, #""url": "smtp://127.0.0.1:PORT", "tls": "none""#, "connect-failed"),
    ]

    @Test(arguments: 0..<4)
    func `a server that takes no mail spends no recipient; what waited expires with the reason`(
        row: Int
    ) async throws {
        let (settings, channel, code) = Self.hopeless[row]
        let stage = try await Stage(mail: settings, mailScript: "smtp_script.py")
        try stage.configure([Self.email(try stage.mail.port("smtp"), channel)])
        try await stage.people(30)
        let outcome = try await stage.run(
            "send", "note", "--to", "all", "--yes", "--wait", "--expires", "15s", "--id", "n1")
        #expect(outcome.exit == 1, "\(outcome.errors)")
        #expect(outcome.errors.contains("email is tripped (\(code)"), "\(outcome.errors)")
        let endings = try await stage.endings(of: "n1").values
        #expect(endings.count == 30 && endings.allSatisfy { $0.state == .expired })
        // Who was tried says with what; the others were never told on.
        #expect(Set(endings.filter { $0.attempts > 0 }.map(\.code)) == [code])
        let lines = try await stage.mail.entries("line").map { $0["text"]?.text ?? "" }
        #expect(!lines.contains { $0.hasPrefix("MAIL") || $0.hasPrefix("RCPT") })
        // One probe at a time: each attempt is a connection, and the rests between them grow to half a second.
        let tries = endings.reduce(0) { $0 + $1.attempts }
        #expect(try await stage.mail.entries("connection").count == tries && tries > 1)
    }
}
