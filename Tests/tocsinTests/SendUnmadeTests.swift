import Broadcast
import Foundation
import TestPeers
import Testing

/// A plan counts no message that cannot be made.
@Suite(.serialized) struct SendUnmadeTests {
    private static let long = String(repeating: "x", count: 700)

    private func stage() async throws -> Stage {
        let stage = try await Stage(["email", "sms"])
        try stage.template(
            "note",
            "subject: We are down\npurpose: service\nsms: \"Down {{contact.plan}}\"\n"
                + "variables: {contact.plan: {default: ''}}", "Sorry.")
        return stage
    }

    @Test func `who would get too long a text is counted as one who will not`() async throws {
        let stage = try await stage()
        try await stage.program.takeOver(
            "id,email,phone,plan\na,a@acme.example,+393331000001,\(Self.long)\nb,,+393331000002,\n"
                + "c,,+393331000003,\(Self.long)\n")
        let dry = try await stage.run("send", "note", "--to", "all", "--dry-run", "--json")
        #expect(dry.exit == 0 && !dry.errors.contains("would be refused"), "\(dry.errors)")
        let plan = try dry.json()["plan"]
        let sms = plan["channels"]["sms"]
        #expect(sms["queued"].text == "1" && sms["planned"].text == "3" && sms["segments"].text == "1")
        #expect(sms["unmade"]["message-too-large"].text == "2", "\(dry.output)")
        #expect(sms["cost"]["amount"].text == "0.05" && plan["deliveries"].text == "2")
        #expect(plan["people"].text == "3" && plan["reachable"].text == "2")
        let shown = try await stage.run("send", "note", "--to", "all", "--dry-run")
        #expect(shown.output.contains("  sms: 2 message-too-large"), "\(shown.output)")

        #expect(try await stage.run("send", "note", "--to", "all", "--yes").exit == 1)
        let counts = try await stage.report()["channels"]["sms"]
        #expect(counts["accepted"].text == "1" && counts["refused"].text == "2")
    }

    @Test func `a text that is too long for every reader of a channel is refused before anything leaves`()
        async throws
    {
        let stage = try await stage()
        try await stage.program.takeOver(
            "id,email,phone,plan\na,a@acme.example,+393331000001,\(Self.long)\nb,b@acme.example,,\n")
        let dry = try await stage.run("send", "note", "--to", "all", "--dry-run")
        #expect(dry.exit == 0 && dry.errors.contains("would be refused: no message can be made for sms"))
        let refused = try await stage.run("send", "note", "--to", "all", "--yes")
        #expect(refused.exit == 65 && refused.errors.contains("(1 message-too-large)"), "\(refused.errors)")
        #expect(try await stage.isUntouched())
        let mail = try await stage.run("send", "note", "--to", "all", "--channels", "email", "--yes")
        #expect(mail.exit == 0, "\(mail.errors)")
    }

    @Test func `a link that is dropped is told before it is missed`() async throws {
        let stage = try await Stage()
        try stage.template("note", "subject: x\npurpose: service", "One\n\nSee [us](www.acme.example).")
        try await stage.people(1)
        let told = "note/message.md:7: “www.acme.example” is no https, http, mailto or tel link"
        for words in [["--dry-run"], ["--yes"]] {
            let outcome = try await stage.run(["send", "note", "--to", "all"] + words)
            #expect(outcome.exit == 0 && outcome.errors.contains("warning: \(told)"), "\(outcome.errors)")
        }
        #expect(try await stage.run("check").unfolded.contains("warning  templates: \(told)"))
    }
}
