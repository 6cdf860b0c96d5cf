import Broadcast
import Foundation
import Storage
import TestPeers
import Testing

/// What a rehearsal leaves, where it may stand, and that nothing else changes.
@Suite(.timeLimit(.minutes(5))) struct RehearsalTests {
    private static let rehearse = ["send", "note", "--to", "all", "--rehearse", "r"]

    private func stage(_ people: Int = 3, _ channels: [String] = ["email", "sms", "status"]) async throws
        -> Stage
    {
        let stage = try await Stage(channels)
        try await stage.people(people)
        return stage
    }

    private func folder(_ stage: Stage) -> RehearsedFolder {
        RehearsedFolder(program: stage.program, name: "r")
    }

    /// A rehearsal that gets the signals as soon as its first file stands.
    ///
    /// A process of its own watches for it: a task among those of other tests can be late by more than the
    /// whole rehearsal takes.
    private func interrupted(_ stage: Stage, by signals: String...) async throws -> Program.Outcome {
        let signalling = signals.map { "kill -\($0) $$; " }.joined()
        let watching = "until [ -e r/email/0000/p1.eml ] || ! kill -0 $$; do :; done; \(signalling)"
        return try await stage.program.start(
            Self.rehearse, environment: Stage.secrets,
            launcher: ["/bin/sh", "-c", "(\(watching)) > /dev/null 2>&1 & exec \"$@\"", "sh"]
        ).outcome.value
    }

    /// Everything in the program's folder but `r`, byte for byte.
    private func surroundings(_ stage: Stage) throws -> [String: [UInt8]] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: stage.program.folder.path)
            // SQLite leaves an empty log and its index where it only reads.
            .filter {
                !$0.hasPrefix("r") && !$0.hasSuffix("-shm")
                    && !($0.hasSuffix("-wal") && stage.program.read($0).isEmpty)
            }
        return Dictionary(uniqueKeysWithValues: names.map { ($0, stage.program.read($0)) })
    }

    @Test func `everything is a file that only its owner reads, and nothing else changes`() async throws {
        let stage = try await stage()
        let before = try surroundings(stage)
        let outcome = try await stage.run(Self.rehearse + ["--id", "n1"])
        #expect(outcome.exit == 0, "\(outcome.errors)")
        #expect(
            outcome.told.contains(
                "rehearsed: 7 deliveries written to r; index.csv there lists all; nothing was sent"))
        #expect(outcome.output.contains("3 people selected") && outcome.width <= 80)
        #expect(try surroundings(stage) == before)
        #expect(try await stage.isUntouched())
        #expect(try folder(stage).openModes().isEmpty)
        #expect(try await stage.run("send", "note", "--to", "all", "--id", "n1", "--yes").exit == 0)

        #expect(
            try folder(stage).index().map(\.file) == [
                "status/0000/n1.http", "email/0000/p1.eml", "sms/0000/p1.http", "email/0000/p2.eml",
                "sms/0000/p2.http", "email/0000/p3.eml", "sms/0000/p3.http",
            ])
    }

    @Test func `the index says of each delivery what it came to`() async throws {
        let stage = try await Stage(["email", "sms"])
        try stage.template(
            "note",
            "subject: Hi\npurpose: service\nsms: '\(String(repeating: "{{contact.name}}", count: 20))'",
            "Hi {{contact.id}}.")
        try await stage.program.takeOver(
            """
            id,name,email,phone
            a,Anna,a@acme.example,+393331000001
            b,Bea,b@acme.example,
            c,Cid,c@acme.example,+393331000003
            d,Dan,d@acme.example,+393331000001
            "e, /../e",\(String(repeating: "Eva Maria ", count: 9))Z,,+393331000005

            """)
        try await stage.run("contacts", "suppress", "c")
        let outcome = try await stage.run(Self.rehearse + ["--json"])
        #expect(outcome.exit == 0, "\(outcome.errors)")
        let lines = try folder(stage).index()
        let told = lines.map {
            "\($0.contact) \($0.channel) \($0.address) \($0.file) \($0.segments) \($0.reason)"
        }
        #expect(
            told == [
                "a email a@acme.example email/0000/a.eml  ", "a sms +393331000001 sms/0000/a.http 1 ",
                "b email b@acme.example email/0000/b.eml  ", "b sms    no-address",
                "c email c@acme.example   suppressed", "c sms +393331000003   suppressed",
                "d email d@acme.example email/0000/d.eml  ", "d sms +393331000001   duplicate-address of a",
                "e, /../e email    no-address",
                lines.last.map { "e, /../e sms +393331000005   \($0.reason)" },
            ])
        #expect(lines.last?.reason.hasPrefix("message-too-large: ") == true, "\(lines.last?.reason ?? "")")
        for line in lines where !line.file.isEmpty {
            let bytes = stage.program.read("r/\(line.file)")
            let size = line.channel == "email" ? bytes.count : KeptHTTP(file: bytes).body.utf8.count
            #expect(String(size) == line.bytes)
        }
        let channels = try outcome.json()["rehearsal"]["channels"]
        #expect(channels["email"]["written"].text == "3" && channels["email"]["left"].text == "2")
        #expect(channels["sms"]["segments"].text == "1" && channels["sms"]["left"].text == "4")
        #expect(try outcome.json()["plan"]["people"].text == "5")
    }

    // MARK: Where it stands

    private static let taken: [(make: String, words: [String], exit: Int32, told: String)] = [
        ("mkdir r && touch r/mine", [], 64, "holds mine, which no rehearsal made"),
        ("mkdir r && touch r/mine", ["--replace"], 64, "holds mine, which no rehearsal made"),
        ("touch r", [], 64, "is no folder"),
        ("mkdir r && chmod 500 r", [], 0, ""),
        ("ln -s nowhere/else r", [], 66, "is a link that leads nowhere"),
        ("true", ["--rehearse=x/y/r"], 64, "is given twice"),
        ("mkdir s && ln -s s r", [], 0, ""),
        ("tocsin send note --to id:p1 --rehearse r", [], 64, "an earlier rehearsal stands there; --replace"),
        ("tocsin send note --to id:p1 --rehearse r", ["--replace"], 0, ""),
        ("tocsin send note --to id:p1 --rehearse r && touch r/mine", ["--replace"], 64, "holds mine"),
        ("tocsin send note --to id:p1 --rehearse r && rm r/index.csv", [], 64, "an earlier rehearsal"),
        ("tocsin send note --to id:p1 --rehearse r && rm r/index.csv", ["--replace"], 0, ""),
    ]

    @Test(arguments: taken)
    func `nothing of anybody's is written over`(
        row: (make: String, words: [String], exit: Int32, told: String)
    ) async throws {
        let stage = try await stage(2, ["email"])
        let made = try await stage.program.shell(row.make, environment: Stage.secrets)
        #expect(made.exit == 0, "\(made.errors)")
        let mine = stage.program.holds("r/mine")
        let outcome = try await stage.run(Self.rehearse + row.words)
        #expect(outcome.exit == row.exit, "\(outcome.errors)")
        #expect(row.told.isEmpty || outcome.told.contains(row.told), "\(outcome.errors)")
        #expect(stage.program.holds("r/mine") == mine)
        guard row.exit == 0 else { return #expect(outcome.complaints.count == 1 && outcome.output.isEmpty) }
        #expect(try folder(stage).index().map(\.file) == ["email/0000/p1.eml", "email/0000/p2.eml"])
        #expect(try folder(stage).files("email").count == 2)
        #expect(!stage.program.holds("r/.previous"))
        if !row.make.contains("ln ") { #expect(try folder(stage).openModes().isEmpty) }
    }

    @Test(arguments: [
        (["--dry-run"], "give one of them"), (["--test-to", "p1"], "give one of them"),
        (["--contact", "p1"], "--dry-run"), (["--rehearse", "s"], "given twice"),
    ])
    func `a rehearsal is nothing else besides`(more: [String], told: String) async throws {
        let stage = try await stage(1, ["email"])
        let outcome = try await stage.run(Self.rehearse + more)
        #expect(
            outcome.exit == 64 && outcome.told.contains(told) && !stage.program.holds("r"),
            "\(outcome.errors)")
        let alone = try await stage.run("send", "note", "--to", "all", "--replace")
        #expect(alone.exit == 64 && alone.told.contains("--replace goes with --html FILE or --rehearse DIR"))
        #expect(try await stage.run("send", "note", "--to", "all", "--rehearse", "").exit == 64)
    }

    @Test func `where there is no room nothing stays, and what stood there stands`() async throws {
        let stage = try await stage(2, ["email"])
        #expect(try await stage.run(Self.rehearse).exit == 0)
        let before = try folder(stage).files("email")
        try stage.template(
            "note", "subject: Hi\npurpose: service", String(repeating: "Much to say. ", count: 20_000))
        // Blocks of 512 bytes: less than a mail, more than the memory that readers share.
        let limited = ["/bin/sh", "-c", "ulimit -f 200; exec \"$@\"", "sh"]
        for (name, more) in [("r", ["--replace"]), ("s", [])] {
            let words = ["send", "note", "--to", "all", "--rehearse", name] + more
            let outcome = try await stage.program.start(words, environment: Stage.secrets, launcher: limited)
                .outcome.value
            #expect(outcome.exit == 2, "\(outcome.errors)")
            let told = outcome.complaints.filter { $0.contains("cannot be written") }
            #expect(told.count == 1 && told[0].contains("\(name)/email/0000/p"), "\(outcome.errors)")
        }
        #expect(!stage.program.holds("s"))
        #expect(try folder(stage).files("email") == before)
        #expect(try folder(stage).index().count == 2)
    }

    @Test func `an interrupted rehearsal leaves nothing`() async throws {
        let stage = try await stage(4000, ["email", "sms"])
        let outcome = try await interrupted(stage, by: "INT")
        #expect(outcome.exit == 130 && outcome.told.contains("nothing was sent"), "\(outcome.errors)")
        #expect(!stage.program.holds("r"))
    }

    @Test func `who does not wait for the clearing either leaves what the next rehearsal clears`()
        async throws
    {
        let stage = try await stage(4000, ["email", "sms"])
        let outcome = try await interrupted(stage, by: "INT", "TERM")
        #expect(
            outcome.exit == 130 && outcome.told.contains("left in r is no rehearsal: --replace clears it"),
            "\(outcome.errors)")
        #expect(!stage.program.holds("r/index.csv"))
        let one = ["send", "note", "--to", "id:p1", "--rehearse", "r"]
        #expect(try await stage.run(one).exit == 64)
        #expect(try await stage.run(one + ["--replace"]).exit == 0)
        #expect(try folder(stage).files("email").count == 1 && !stage.program.holds("r/.previous"))
    }

    // MARK: As a send

    @Test func `secrets stand in no file, and none is needed`() async throws {
        let stage = try await stage(2, ["email", "sms", "telegram", "status"])
        for secrets in [Stage.secrets, ["BOT_TOKEN": "123456:bot-secret-token"], [:]] {
            let outcome = try await stage.program.run(Self.rehearse + ["--replace"], environment: secrets)
            #expect(outcome.exit == 0, "\(outcome.errors)")
            let isWhole = secrets.count == Stage.secrets.count
            #expect(outcome.told.contains("would be refused: ") != isWhole, "\(outcome.errors)")
            var text = outcome.output + outcome.errors
            for channel in ["sms", "telegram", "status"] {
                let files = try folder(stage).files(channel)
                #expect(files.count == (channel == "status" ? 1 : 2))
                text += files.values.map { String(decoding: $0, as: UTF8.self) }.joined()
            }
            #expect(text.contains("Bearer [secret]") && text.contains("/bot[secret]/"))
            #expect(text.contains("webhook-signature: [signature]"))
            for secret in ["sms-secret-token", "bot-secret-token", "ZGRkZGRk", "withheld", "v1,"] {
                #expect(!text.contains(secret), "\(secret)")
            }
        }
    }

    @Test func `what a send would refuse is said, and what would wait is written`() async throws {
        let stage = try await Stage(
            ["sms", "email"], more: ["sms": "\(QuietNow().setting), \"rate\": \"1/m\""])
        try await stage.people(30)
        let words = Self.rehearse + ["--people", "300", "--max-cost", "1EUR", "--expires", "25h"]
        let outcome = try await stage.run(words)
        #expect(outcome.exit == 0, "\(outcome.errors)")
        #expect(outcome.told.contains("would be refused: the audience selects 30 people"))
        #expect(outcome.told.contains("more than --max-cost"))
        #expect(outcome.unfolded.contains("Quiet hours: 30 wait on sms"), "\(outcome.output)")
        #expect(try folder(stage).files("sms").count == 30 && folder(stage).files("email").count == 30)
    }

    @Test func `what would be held for a person is rehearsed to its end, and said`() async throws {
        let stage = try await Stage(["sms"])
        let long = String(repeating: "x", count: 700)
        try stage.template("note", "subject: Hi\npurpose: service\nsms: '{{contact.text}}'", "Hi.")
        let rows = (1...60).map { "p\($0),+39333\(1_000_000 + $0),\($0 <= 40 ? long : "short")" }
        try await stage.program.takeOver("id,phone,text\n" + rows.joined(separator: "\n") + "\n")
        let outcome = try await stage.run(Self.rehearse)
        #expect(outcome.exit == 0, "\(outcome.errors)")
        #expect(outcome.told.contains("a send would stop here:") && outcome.told.contains("held on sms"))
        #expect(try folder(stage).files("sms").count == 20)
        #expect(try folder(stage).index().filter { $0.reason.hasPrefix("message-too-large") }.count == 40)
    }

    @Test func `reach, channels, marks and closing are those of a send`() async throws {
        let stage = try await stage(3, ["sms", "email"])
        let rehearsed = { (words: [String]) in
            let outcome = try await stage.run(["send", "note", "--rehearse", "r", "--replace"] + words)
            #expect(outcome.exit == 0, "\(outcome.errors)")
            return try folder(stage).index().filter { !$0.file.isEmpty }.map { "\($0.contact) \($0.channel)" }
        }
        #expect(try await rehearsed(["--to", "all", "--reach", "first"]) == ["p1 sms", "p2 sms", "p3 sms"])
        #expect(try await rehearsed(["--to", "id:p2", "--channels", "email"]) == ["p2 email"])
        try await stage.run("channels", "down", "sms", "--why", "x")
        #expect(try await rehearsed(["--to", "id:p1", "--reach", "first"]) == ["p1 email"])
        #expect(try await rehearsed(["--to", "id:p1", "--wait"]) == ["p1 email", "p1 sms"])
        #expect(try await stage.run("send", "note", "--to", "id:p3", "--yes", "--id", "n1").exit == 0)
        try await stage.run("channels", "up", "sms")
        #expect(try await rehearsed(["--closes", "n1"]) == ["p3 email"])
        #expect(try await rehearsed(["--to", "told:n1"]) == ["p3 email", "p3 sms"])
        #expect(try await stage.report("n1")["closedBy"] == .null)
    }

    @Test func `a rehearsal and a dispatcher do not disturb each other`() async throws {
        let hold = Stage.well.replacing("{\"status\"", with: "{\"hold\": true, \"status\"")
        let stage = try await Stage(["sms"], web: "\"/sms\": [\(hold), \(Stage.well)],")
        try await stage.people(5)
        let sending = try stage.start("send", "note", "--to", "all", "--yes", "--id", "n1")
        try await stage.web.wait(for: 1, "request")
        let outcome = try await stage.run(Self.rehearse + ["--id", "n1"])
        #expect(outcome.exit == 0, "\(outcome.errors)")
        #expect(try folder(stage).files("sms").count == 5)
        try await stage.web.release()
        #expect(try await sending.outcome.value.exit == 0)
        #expect(try await stage.posted().count == 5)
    }

    @Test func `a copy that nobody has adopted can be rehearsed, which says that it could not send`()
        async throws
    {
        let stage = try await stage(1, ["email"])
        let copied = try await stage.program.shell("cp tocsin.db copy.db")
        #expect(copied.exit == 0)
        let outcome = try await stage.run(Self.rehearse + ["--store", "copy.db"])
        #expect(
            outcome.exit == 0 && outcome.told.contains("would be refused: the store is a copy"),
            "\(outcome.errors)")
        #expect(try folder(stage).files("email").count == 1)
    }
}
