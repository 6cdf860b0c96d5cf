import Broadcast
import Foundation
import Storage
import TestPeers
import Testing

/// What a send cannot use: told in clear lines, with the documented exit code, and nothing sent.
@Suite(.serialized) struct SendBadInputTests {
    /// One for all cases: none of them changes anything.
    private static let stage = Task {
        let stage = try await Stage(["email", "sms"])
        try await stage.people(2)
        try stage.template(
            "note",
            "subject: \"{{service}}\"\npurpose: service\nvariables: {service: {description: What, default: It}}",
            "Sorry.")
        try stage.template("unclosed", "subject: Hi\npurpose: service", "{{#contact.name}}Hello")
        try stage.template("loop", "subject: Hi\npurpose: service", "{{> loop}}")
        try stage.template("nosubject", "purpose: service", "Hi")
        try stage.program.write("nul.txt", Array("p1\np\0two\n".utf8))
        try stage.program.write("templates/_partials/loop.md", "again {{> loop}}")
        try stage.program.write(
            "templates/latin/message.md",
            Array("---\nsubject: Hi\npurpose: service\n---\n".utf8) + [0xE8, 0x0A])
        return stage
    }

    @Test(arguments: [
        (["send", "notte", "--to", "all"], 66, "did you mean note?"),
        (["send", "../note", "--to", "all"], 65, "is no template name"),
        (["send", "note.md", "--to", "all"], 65, "did you mean note?"),
        (["send", "/etc/passwd", "--to", "all"], 65, "is no template name"),
        (["send", "note", "--to", "tga:vip"], 64, "did you mean tag"),
        (["send", "note", "--to", "(tag:vip"], 64, ")"),
        (["send", "note", "--to", ""], 64, "audience"),
        (["send", "note", "--to", "ids:none.txt"], 66, "none.txt"),
        (["send", "note", "--to", "missed:nobody"], 66, "nobody"),
        (["send", "note"], 64, "--to"),
        (["send", "note", "--to", "all", "--set", "servce=x"], 65, "did you mean service?"),
        (["send", "note", "--to", "all", "--set", "service"], 64, "expected --set name=value"),
        (["send", "note", "--to", "all", "--set", "service=a", "--set", "service=b"], 64, "given twice"),
        (["send", "note", "--to", "all", "--channels", "emial"], 64, "did you mean email?"),
        (["send", "note", "--to", "all", "--channels", "email,"], 64, "expected names with commas"),
        (["send", "note", "--to", "all", "--reach", "frist"], 64, "did you mean first?"),
        (["send", "note", "--to", "all", "--priority", "high"], 64, "urgent, normal, bulk"),
        (["send", "note", "--to", "all", "--expires", "soon"], 64, "--expires soon"),
        (["send", "note", "--to", "all", "--linger", "5"], 64, "has no unit"),
        (["send", "note", "--to", "all", "--id", "a b"], 64, "is no id"),
        (["send", "note", "--to", "all", "--id", "latest"], 64, "the word means the last"),
        (["send", "note", "--to", "all", "--expires", "0s"], 64, "--expires 0s: expected at least 1s"),
        (["send", "note", "--to", "all", "--expires", "1ms"], 64, "--expires 1ms: expected at least 1s"),
        (["send", "note", "--to", "ids:nul.txt"], 65, "nul.txt, line 2: holds a NUL"),
        (["send", "layouts", "--to", "all"], 65, "layouts is reserved for what templates share"),
        (["send", "note", "--to", "all", "--contact", "p1"], 64, "--dry-run"),
        (["send", "note", "--to", "all", "--ye"], 64, "did you mean --yes?"),
        (["send", "unclosed", "--to", "all"], 65, "unclosed/message.md:5"),
        (["send", "loop", "--to", "all"], 65, "loop"),
        (["send", "nosubject", "--to", "all"], 65, "subject"),
        (["send", "latin", "--to", "all"], 65, "UTF-8"),
    ])
    func `is told in a line that helps`(words: [String], exit: Int32, told: String) async throws {
        let stage = try await Self.stage.value
        let outcome = try await stage.run(words + (words.contains("--ye") ? [] : ["--yes"]))
        #expect(outcome.exit == exit && outcome.errors.contains(told), "\(outcome.errors)")
        #expect(outcome.isPlain && outcome.output.isEmpty)
        #expect(try await stage.isUntouched())
    }

    @Test(arguments: ["a\r\nBcc: thief@evil.example", "a\nX-Evil: 1", "a\u{0}b", "a\u{1B}[2Jb", "a\u{202E}b"])
    func `a value with controls injects no header`(value: String) async throws {
        let stage = try await Stage()
        try await stage.people(1)
        try stage.template(
            "note", "subject: \"{{service}}\"\npurpose: service\nvariables: {service: It}", "Sorry.")
        let shown = value.replacing("\u{0}", with: "\u{7}")
        let outcome = try await stage.run("send", "note", "--to", "all", "--set", "service=\(shown)")
        #expect([0, 65].contains(outcome.exit) && outcome.isPlain, "\(outcome.errors)")
        let mails = try await stage.mail.entries("mail")
        #expect(mails.count == (outcome.exit == 0 ? 1 : 0))
        for mail in mails {
            #expect(mail["to", default: .null].list.map(\.text) == ["p1@acme.example"])
            let head = mail["message", default: .null].text.split(separator: "\r\n\r\n")[0]
            #expect(!head.contains("\r\nBcc:") && !head.contains("\r\nX-Evil") && !head.contains("\u{1B}"))
        }
    }

    @Test func `without a configuration, or without its secrets, nothing begins`() async throws {
        let stage = try await Stage(["sms", "telegram"])
        try await stage.people(2)
        let bare = try await stage.program.run("send", "note", "--to", "all", "--yes")
        #expect(bare.exit == 78 && bare.errors.contains("SMS_TOKEN") && bare.errors.contains("BOT_TOKEN"))
        let none = try await Program().run("send", "note", "--to", "all", "--yes")
        #expect(none.exit == 78 && none.errors.contains("tocsin init makes one"), "\(none.errors)")
        #expect(try await stage.isUntouched())
    }

    // MARK: The store

    @Test func `a store that is not ours is left alone`() async throws {
        let stage = try await Stage()
        let foreign = Array("this is a diary, not a database; ".utf8)
        try stage.program.write("tocsin.db", foreign + foreign + foreign + foreign)
        for words in [["send", "note", "--to", "all", "--yes"], ["report"], ["resume"]] {
            let outcome = try await stage.run(words)
            #expect(outcome.exit == 2 && outcome.errors.contains("tocsin.db"), "\(outcome.errors)")
        }
        #expect(stage.program.read("tocsin.db") == foreign + foreign + foreign + foreign)
    }

    @Test(arguments: [
        (".", 2, "is a directory, and a store is a file, such as"),
        ("postgres://ops:hush@db/x", 64, "only SQLite files are known"), ("", 64, "--store is empty"),
    ])
    func `a store of another kind is told in its own words`(store: String, exit: Int32, told: String)
        async throws
    {
        let stage = try await Stage()
        for words in [["send", "note", "--to", "all", "--yes"], ["report"], ["contacts", "list"]] {
            let outcome = try await stage.run(words + ["--store", store])
            #expect(outcome.exit == exit && outcome.errors.contains(told), "\(words): \(outcome.errors)")
            #expect(!outcome.errors.contains("hush"))
        }
        #expect(!stage.program.holds("tocsin.db"))
    }

    @Test func `a newer store is left alone`() async throws {
        let stage = try await Stage()
        try await stage.people(2)
        var bytes = stage.program.read("tocsin.db")
        // The user version stands at offset 60, big-endian. Source: https://www.sqlite.org/fileformat.html
        bytes[62] = 0x7F
        try stage.program.write("tocsin.db", bytes)
        let outcome = try await stage.run("send", "note", "--to", "all", "--yes")
        #expect(outcome.exit == 2 && outcome.errors.contains("update Tocsin"), "\(outcome.errors)")
        #expect(try await stage.mailed().isEmpty)
    }

    @Test func `a store that cannot be written sends nothing`() async throws {
        let stage = try await Stage()
        try await stage.people(2)
        #expect(try await stage.run("send", "note", "--to", "all", "--yes", "--id", "n1").exit == 0)
        for file in ["channels.json", "tocsin.db", "templates/note/message.md"] {
            try stage.program.write(file, stage.program.read(file), mode: 0o644)
        }
        let words = ["send", "note", "--to", "all", "--yes", "--again"]
        let outcome = try await stage.program.run(words, environment: Stage.secrets, asNobody: true)
        #expect(outcome.exit == 2 && outcome.errors.contains("tocsin.db"), "\(outcome.errors)")
        #expect(try await stage.mailed().count == 2)
    }

    @Test func `on a full disk nothing is sent, and afterwards everybody is told once`() async throws {
        let stage = try await Stage()
        try await stage.people(1500)
        let before = stage.program.read("tocsin.db").count
        // In units of 512 bytes: what the log of so many deliveries does not fit in.
        let limit = ["/bin/sh", "-c", "ulimit -f \(before / 512 / 2); exec \"$@\"", "sh"]
        let full = try await stage.start("send", "note", "--to", "all", "--yes", launcher: limit).outcome
            .value
        #expect(full.exit == 2 && full.errors.contains("tocsin.db"), "\(full.errors)")
        #expect(try await stage.mailed().isEmpty)
        let sent = try await stage.run("send", "note", "--to", "all", "--yes")
        #expect(sent.exit == 0, "\(sent.errors)")
        let mails = try await stage.mailed()
        #expect(mails.count == 1500 && Set(mails).count == 1500)
    }

    // MARK: Terminal

    @Test func `progress is for terminals, and colour for nobody`() async throws {
        let stage = try await Stage()
        try await stage.people(5)
        let piped = try await stage.run("send", "note", "--to", "all", "--yes")
        #expect(piped.isPlain && piped.width <= 80)
        #expect(piped.complaints.allSatisfy { $0.count <= 80 }, "\(piped.errors)")
        let shown = try await stage.terminal("send", "note", "--to", "all", "--again", typing: "y\n")
        #expect(shown.errors.contains("\u{1B}[2K") && !shown.output.contains("\u{1B}"))
        #expect(!shown.errors.contains(/\u{1B}\[[0-9;]*m/))
    }
}
