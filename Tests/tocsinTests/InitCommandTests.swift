import Broadcast
import Foundation
import TestPeers
import Testing

/// What `init` lays down, and what it leaves alone.
@Suite(.serialized) struct InitCommandTests {
    private static let files = [
        "channels.json", "tocsin.db", "templates/layouts/email.html", "templates/outage/message.md",
        "templates/outage/message.it.md", "templates/resolved/message.md",
        "templates/resolved/message.it.md", "templates/campaign/message.md",
        "templates/campaign/message.it.md",
    ]

    @Test func `a new folder holds all that is needed, and passes the check once its secrets are set`()
        async throws
    {
        let program = try Program()
        let made = try await program.run("init", "acme/new", "--json")
        #expect(made.exit == 0, "\(made.errors)")
        #expect(Set(try made.json()["made"].items.map(\.text)) == Set(Self.files))
        #expect(Self.files.allSatisfy { program.holds("acme/new/\($0)") })
        #expect(program.mode(of: "acme/new/tocsin.db") == 0o600)
        let config = program.path("acme/new/channels.json")
        let bare = try await program.run("check", "--config", config)
        #expect(bare.exit == 78 && bare.output.contains("SMS_TOKEN"), "\(bare.output)")
        let checked = try await program.run(
            "check", "--config", config,
            environment: [
                "SMS_TOKEN": "x", "SMTP_PASSWORD": "x", "PUSH_KEY": "x",
                "PUSH_HOOK_SECRET": Stage.secrets["HOOK_SECRET", default: ""],
                "TELEGRAM_TOKEN": "123456:abcdefghijklmnopqrstuvwxyz",
                "STATUS_HOOK_SECRET": Stage.secrets["HOOK_SECRET", default: ""],
            ])
        #expect(checked.exit == 0, "\(checked.output)")
    }

    @Test(arguments: [
        ("acme", "acme/channels.json, then cd acme && tocsin check"),
        ("new folder/", "new folder/channels.json, then cd 'new folder/' && tocsin check"),
        (".", "channels.json, then tocsin check"), (nil, "channels.json, then tocsin check"),
    ])
    func `what is to be done next is said by names that hold where it was made`(
        folder: String?, told: String
    ) async throws {
        let program = try Program()
        let made = try await program.run(["init"] + (folder.map { [$0] } ?? []))
        #expect(made.exit == 0 && made.complaints.last == "next: fill in \(told)", "\(made.errors)")
    }

    @Test func `nothing that stands is overwritten`() async throws {
        let program = try Program()
        try program.write("channels.json", "mine")
        try program.write("templates/outage/message.md", "mine too")
        let first = try await program.run("init")
        #expect(first.exit == 0 && !first.errors.contains("made channels.json"))
        #expect(program.read("channels.json") == Array("mine".utf8))
        #expect(program.read("templates/outage/message.md") == Array("mine too".utf8))
        let store = program.read("tocsin.db")
        let second = try await program.run("init", "--json")
        #expect(try second.json()["made"] == .array([]) && second.errors.contains("nothing was changed"))
        #expect(program.read("tocsin.db") == store)
    }

    @Test(arguments: ["--config", "--store", "--templates"])
    func `it takes no option that it would ignore`(option: String) async throws {
        let program = try Program()
        let outcome = try await program.run("init", "acme", option, "x")
        #expect(outcome.exit == 64 && outcome.errors.contains("\(option) is no option of tocsin init"))
        #expect(!program.holds("acme"))
    }

    @Test func `a folder that cannot be written is told`() async throws {
        let program = try Program()
        let locked = program.path("locked")
        try FileManager.default.createDirectory(
            atPath: locked, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o555])
        let outcome = try await program.run(["init", "locked/acme"], asNobody: true)
        #expect(outcome.exit == 66 && outcome.errors.contains("locked/acme"), "\(outcome.errors)")
        #expect(outcome.complaints.count == 1 && outcome.errors.contains("may you write into"))
        try program.write("file", "x")
        let inFile = try await program.run("init", "file")
        #expect(
            inFile.exit == 66 && inFile.errors.contains("file is no folder; name another"), "\(inFile.errors)"
        )
        let nowhere = try await program.run("init", "/proc/acme")
        #expect(
            nowhere.exit == 66 && nowhere.errors.contains("may you write into /proc"), "\(nowhere.errors)")
        #expect(program.read("file") == Array("x".utf8))
    }
}
