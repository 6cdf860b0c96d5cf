import Broadcast
import Foundation
import TestPeers
import Testing

/// What a delivery says is fixed by its first attempt.
struct FrozenTests {
    private static let paths = ["/sms", "/push", "/bot123456:bot-secret-token/sendMessage"]

    @Test func `people, template and settings changed between two attempts change no byte of the second`()
        async throws
    {
        let later = #"{"hold": true, "status": 503}"#
        let web = Self.paths.map { "\"\($0)\": [\(later), \(Stage.well)]," }.joined(separator: " ")
        let channels = ["email", "sms", "telegram", "push"]
        let stage = try await Stage(
            channels, mail: #"{"end": ["hold 451 4.7.1 later", "250 2.0.0 taken"]}"#,
            mailScript: "smtp_script.py", web: web)
        let front = "subject: Down, {{contact.name}}\npurpose: service\nsms: \"Down, {{contact.name}}\""
        try stage.template("hello", front, "Dear {{contact.name}} of {{contact.town}}, sorry.")
        try await stage.program.takeOver(
            "id,name,email,phone,telegram,town\np1,Anna,a@acme.example,+393331000001,5000001,Rome\n")
        let sending = try stage.start("send", "hello", "--to", "all", "--yes", "--id", "n1")
        try await stage.web.wait(for: 3, "request")
        try await stage.mail.wait(for: 1, "text")

        try await stage.program.takeOver(
            "id,name,email,phone,telegram,town\np1,Berta,b@acme.example,+393331000002,5000002,Milan\n")
        try stage.template("hello", "subject: Other\npurpose: service\nsms: Other", "Other.")
        let config = String(decoding: stage.program.read("channels.json"), as: UTF8.self)
        try stage.program.write(
            "channels.json", config.replacing("\"name\": \"Acme\"", with: "\"name\": \"Emca\""))
        try await stage.mail.release()
        try await stage.web.release()
        let outcome = try await sending.outcome.value
        #expect(outcome.exit == 0, "\(outcome.errors)")

        let mails = try await stage.mail.entries("text")
        #expect(mails.map { $0["to"]?.text } == ["a@acme.example", "a@acme.example"])
        #expect(Set(mails.map { $0["text"] }).count == 1 && mails[0]["text"]?.text.contains("Anna") == true)
        let posts = try await stage.posted()
        for path in Self.paths {
            let bodies = posts.filter { $0.path == path }.map(\.body)
            #expect(bodies.count == 2 && Set(bodies).count == 1 && bodies[0].contains("Anna"), "\(path)")
        }
    }

    @Test func `the next process says the same bytes as the one that was killed`() async throws {
        let stage = try await Stage(
            ["email"], mail: #"{"end": ["hold 250 2.0.0 taken", "250 2.0.0 taken"]}"#,
            mailScript: "smtp_script.py")
        try stage.template("hello", "subject: Down\npurpose: service", "Dear {{contact.name}}, sorry.")
        try await stage.program.takeOver("id,name,email\np1,Anna,a@acme.example\n")
        let sending = try stage.start("send", "hello", "--to", "all", "--yes", "--id", "n1")
        try await stage.mail.wait(for: 1, "text")
        sending.signal(SIGKILL)
        _ = try await sending.outcome.value
        try await stage.program.takeOver("id,name,email\np1,Berta,b@acme.example\n")
        let resumed = try await stage.run("resume", "n1")
        #expect(resumed.exit == 0, "\(resumed.errors)")
        let mails = try await stage.mail.entries("text")
        #expect(mails.count == 2 && Set(mails.map { $0["text"] }).count == 1)
        #expect(mails.last?["to"]?.text == "a@acme.example")
    }
}
