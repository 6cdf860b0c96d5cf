import Broadcast
import Foundation
import TestPeers
import Testing

/// What `check` advises of templates that can be sent.
struct CheckLintTests {
    private static let message = """
        ---
        locale: en
        subject: WE ARE DOWN AGAIN
        purpose: service
        sms: "We are down 🎉, see http://status.acme.example"
        ---
        See [here](http://status.acme.example/x). ![](https://www.acme.example/a.png)

        """

    private func program() async throws -> Program {
        let program = try Program.configured()
        try program.write("templates/outage/message.md", Self.message)
        try program.write("templates/outage/email.html", "<p>down</p>")
        return program
    }

    @Test func `advice is a warning with its line, and leaves the exit code alone`() async throws {
        let program = try await program()
        let outcome = try await program.run("check")
        #expect(outcome.exit == 0 && outcome.isPlain, "\(outcome.output)")
        for told in [
            "warning  templates: outage/message.md:3: the subject is all in capitals",
            "warning  templates: outage/message.md:5: “http://status.acme.example” is no https link",
            "warning  templates: outage/message.md:7: “http://status.acme.example/x” is no https link",
            "warning  templates: outage/message.md:7: the image https://www.acme.example/a.png has no words",
            "warning  templates: outage/email.html: there is no email.txt beside it",
            "warning  templates: outage/message.md:5: “🎉” is not in the alphabet of SMS",
        ] {
            #expect(outcome.unfolded.contains(told), "\(told) in \(outcome.output)")
        }
        #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
        let json = try await program.run("check", "--json").json()
        let codes = Set(json["warnings"].items.map { $0["code"].text })
        #expect(
            codes.isSuperset(of: [
                "subject-shouting", "link-insecure", "image-wordless", "plain-text-missing",
                "characters-costly",
            ]), "\(codes)")
    }

    @Test(arguments: [("", false), (#""transliterate": false,"#, true)])
    func `a dash is costly only where the channel keeps it`(setting: String, isTold: Bool) async throws {
        let program = try Program.configured(health: setting)
        try program.write(
            "templates/outage/message.md",
            "---\nsubject: Down\npurpose: service\nsms: We are down – sorry\n---\nx\n")
        let outcome = try await program.run("check")
        #expect(outcome.exit == 0, "\(outcome.output)")
        #expect(
            outcome.unfolded.contains("outage/message.md:4: “–” is not in the alphabet of SMS") == isTold,
            "\(outcome.output)")
    }

    @Test func `attributes that no contact has are told, in check and before a send`() async throws {
        let program = try await program()
        try program.write(
            "templates/refund/message.md",
            "---\nsubject: Down\npurpose: service\n---\nDown.\n\n{{#contact.plna}}Refund of {{contact.plna}}.{{/contact.plna}}\n"
        )
        let told = "refund/message.md:7: no contact has contact.plna"
        let empty = try await program.run("check")
        #expect(!empty.unfolded.contains(told), "\(empty.output)")
        try await program.takeOver("id,email,plan\n1,a@acme.example,gold\n2,b@acme.example,\n")
        let outcome = try await program.run("check")
        #expect(outcome.exit == 0, "\(outcome.output)")
        #expect(outcome.unfolded.contains("\(told); did you mean contact.plan?"), "\(outcome.output)")
        let dry = try await program.run("send", "refund", "--to", "all", "--dry-run")
        #expect(dry.errors.contains("warning: \(told); did you mean contact.plan?"), "\(dry.errors)")
        try await program.takeOver("id,email,plna\n3,c@acme.example,x\n")
        let known = try await program.run("check")
        #expect(!known.unfolded.contains(told), "\(known.output)")
    }

    @Test func `languages of contacts in which there is no text are noted`() async throws {
        let program = try await program()
        try await program.takeOver(
            "id,email,locale\n1,a@acme.example,fr\n2,b@acme.example,fr-CH\n3,c@acme.example,fr-CH\n"
                + "4,d@acme.example,en-GB\n5,e@acme.example,\n")
        let outcome = try await program.run("check")
        #expect(outcome.exit == 0, "\(outcome.output)")
        #expect(
            outcome.unfolded.contains(
                "note     templates: outage/message.md: there is no text for “fr-CH” (2 people), “fr” (1 person), “it” (1 person): they get "
                    + "another language or script; write outage/message.fr.md"), "\(outcome.output)")
        for locale in ["fr", "it"] {
            try program.write("templates/outage/message.\(locale).md", "---\nsubject: a\nsms: b\n---\nc\n")
        }
        let notes = try await program.run("check", "--json").json()["notes"]
        #expect(notes == .array([]))
    }
}
