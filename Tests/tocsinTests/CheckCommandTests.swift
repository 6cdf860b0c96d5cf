import Broadcast
import Foundation
import TestPeers
import Testing

struct CheckCommandTests {
    static let message =
        "---\nsubject: We are down\npurpose: service\n---\nHello {{contact.name}}, we are down.\n"

    private func sound() throws -> Program {
        let program = try Program.configured()
        try program.write("templates/outage/message.md", Self.message)
        return program
    }

    @Test func `what is well is listed, and warnings alone exit 0`() async throws {
        let program = try sound()
        try program.write("templates/newz/mesage.md", Self.message)
        let outcome = try await program.run("check")
        #expect(outcome.exit == 0, "\(outcome.output)")
        #expect(
            outcome.unfolded.contains(
                "well     configuration: channels.json: 4 channels, every secret is there"))
        #expect(
            outcome.unfolded.contains("templates: outage (")
                || outcome.unfolded.contains("/templates: outage ("))
        #expect(outcome.unfolded.contains("tocsin.db: none yet"))
        #expect(outcome.unfolded.contains("warning  configuration: channels.json: channels.whatsapp.secret"))
        #expect(outcome.unfolded.contains("newz: is no template: it has no message.md"))
        #expect(!program.holds("tocsin.db"))

        try await program.takeOver("id,email\n1,a@acme.example\n")
        let json = try await program.run("check", "--json").json()
        #expect(json.keys == ["notes", "problems", "warnings", "well"] && json["problems"] == .array([]))
        #expect(json["well"].items.contains { $0["message"].text.contains("contacts: 1,") })
        #expect(json["warnings"]["0"].keys == ["area", "code", "message"])
    }

    @Test func `problems of configuration and templates are told together`() async throws {
        let program = try sound()
        let text = String(decoding: program.read("channels.json"), as: UTF8.self)
            .replacing("\"tls\": \"none\"", with: "\"tsl\": \"none\", \"password\": { \"env\": \"NO_SUCH\" }")
            .replacing("\"type\": \"sms\"", with: "\"type\": \"smms\"")
        try program.write("channels.json", text)
        try program.write(
            "templates/outage/message.md", "---\nsubject: x\npurpose: sevice\n---\nHi {{contact.nmae}}\n")
        try program.write("templates/other/message.md", "---\nsubject: x\npurpose: service\n---\n{{#open}}\n")
        let outcome = try await program.run("check", "--json")
        #expect(outcome.exit == 78)
        let problems = try outcome.json()["problems"].items.map { $0["message"].text }
        for told in [
            "channels.email.tsl", "NO_SUCH is not set: export it,", "channels.sms.type",
            "outage/message.md:3", "other/message.md:",
        ] {
            #expect(problems.contains { $0.contains(told) }, "\(told) in \(problems)")
        }
        #expect(problems.contains { $0.contains("did you mean") || $0.contains("tls") })
        let warnings = try outcome.json()["warnings"].items.map { $0["message"].text }
        #expect(warnings.contains { $0.hasPrefix("not looked at: mend the configuration first") })
        #expect(try await program.run("check").isPlain)
    }

    @Test func `bad templates alone exit 65`() async throws {
        let program = try sound()
        try program.write(
            "templates/outage/message.md",
            Self.message.replacing("contact.name", with: "contact.nmae}}{{nope"))
        try program.write(
            "templates/news/message.md",
            "---\nsubject: x\npurpose: service\nchannels: [emial]\n---\nHi\n")
        let outcome = try await program.run("check")
        #expect(outcome.exit == 65)
        #expect(
            outcome.unfolded.contains(
                "news/message.md:4: there is no channel emial; did you mean email?"))
        #expect(outcome.unfolded.contains("outage/message.md:5: "))
        let elsewhere = try await program.run("check", "--templates", "no-such-folder")
        #expect(
            elsewhere.exit == 65 && elsewhere.unfolded.contains("no-such-folder: there is no such directory"))
    }

    @Test func `a configuration that is not there, or not found, exits 78`() async throws {
        let program = try Program()
        let none = try await program.run("check")
        #expect(none.exit == 78 && none.unfolded.contains("there is no configuration"))
        let named = try await program.run("check", "--config", "my\u{1B}[2J.json")
        #expect(named.exit == 78 && named.isPlain)
        let variable = try await program.run("check", environment: ["TOCSIN_CONFIG": "else.json"])
        #expect(variable.unfolded.contains("else.json: the configuration file does not exist"))
    }

    @Test func `a store that is not ours exits 2, one that others can read is warned of`() async throws {
        let program = try sound()
        try program.write("tocsin.db", "this is certainly not a database of ours, nor of anybody else")
        let foreign = try await program.run("check")
        #expect(foreign.exit == 2 && foreign.unfolded.contains("problem  store: "))
        try FileManager.default.removeItem(atPath: program.path("tocsin.db"))
        try await program.takeOver("id,email\n1,a@acme.example\n")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644], ofItemAtPath: program.path("tocsin.db"))
        let open = try await program.run("check")
        #expect(open.exit == 0 && open.unfolded.contains("chmod 600"))
    }

    @Test func `online, a secret that is missing keeps only its own channel from being greeted`() async throws
    {
        let mail = try await PeerProcess("smtp_peer.py")
        let program = try Program.configured(mail: try mail.port("smtp"))
        try program.write("templates/outage/message.md", Self.message)
        let text = String(decoding: program.read("channels.json"), as: UTF8.self)
        let bearer = "\"type\": \"sms\", \"authorization\": {\"bearer\": {\"env\": \"NO_SUCH\"}}"
        try program.write("channels.json", text.replacing("\"type\": \"sms\"", with: bearer))
        let outcome = try await program.run("check", "--online")
        #expect(outcome.exit == 78 && outcome.unfolded.contains("NO_SUCH"), "\(outcome.output)")
        #expect(outcome.unfolded.contains("well     channels: email: 250"))
        #expect(outcome.unfolded.contains("warning  channels: sms: not greeted before its settings"))
    }

    @Test func `names of the example that nobody can have are warned of`() async throws {
        let program = try sound()
        #expect(try await program.run("check").unfolded.contains("still names acme.example: nobody can have"))
        let text = String(decoding: program.read("channels.json"), as: UTF8.self)
        try program.write("channels.json", text.replacing("acme.example", with: "acme-mail.com"))
        #expect(try await !program.run("check").unfolded.contains("still names"))
    }

    @Test func `online, channels that do not answer are problems`() async throws {
        let mail = try await PeerProcess("smtp_peer.py")
        let program = try Program.configured(mail: try mail.port("smtp"))
        try program.write("templates/outage/message.md", Self.message)
        let well = try await program.run("check", "--online")
        #expect(well.exit == 0, "\(well.output)")
        #expect(well.unfolded.contains("well     channels: email: 250"))
        let dead = try Program.configured()
        try dead.write("templates/outage/message.md", Self.message)
        let none = try await dead.run("check", "--online")
        #expect(none.exit == 69 && none.unfolded.contains("problem  channels: email: connect-failed"))
    }
}
