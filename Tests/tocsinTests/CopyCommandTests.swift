import Broadcast
import Foundation
import Storage
import TestPeers
import Testing

/// Backing up a store that sends, restoring it, and letting the copy send.
@Suite(.serialized) struct CopyCommandTests {
    private static let hold = Stage.well.replacing("{\"status\"", with: "{\"hold\": true, \"status\"")

    /// A send of `n1` to 20 people over a webhook, with two of its requests held; then a backup `b` of it, and its end.
    private func backedUp() async throws -> Stage {
        let stage = try await Stage(
            ["push"], web: "\"/push\": [\(Self.hold), \(Self.hold), \(Stage.well)],",
            more: ["push": #""connections": 2, "timeout": "5m""#])
        try await stage.people(20)
        let running = try stage.start("send", "note", "--to", "all", "--yes", "--id", "n1")
        try await stage.web.wait(for: 2, "request")
        let backup = try await stage.run("backup", "b", "--json")
        #expect(backup.exit == 0, "\(backup.errors)")
        let contents = try backup.json()
        #expect(contents["contacts"].text == "20" && contents["announcements"].text == "1")
        #expect(contents["openDeliveries"].text == "20" && contents["isEncrypted"].text == "false")
        try await stage.web.release()
        #expect(try await running.outcome.value.exit == 0)
        return stage
    }

    /// The key of every request, in order of arrival.
    private func keys(_ stage: Stage) async throws -> [String] {
        let headers = try await stage.web.entries("request").map {
            $0["headers", default: .null].list.map(\.list)
        }
        return headers.flatMap(\.self).filter { $0.first?.text.lowercased() == "webhook-id" }.map {
            $0[1].text
        }
    }

    @Test func `a restored store sends nothing until it is adopted, then the same under the same keys`()
        async throws
    {
        let stage = try await backedUp()
        #expect(try await stage.posted().count == 20)
        let restored = try await stage.run("restore", "b", "--store", "c.db")
        #expect(restored.exit == 0 && restored.errors.contains("tocsin adopt"), "\(restored.errors)")
        #expect(stage.program.mode(of: "b") == 0o600 && stage.program.mode(of: "c.db") == 0o600)
        for words in [
            ["send", "note", "--to", "all", "--yes", "--again"], ["resume", "n1"], ["resume", "--all"],
        ] {
            let refused = try await stage.run(words + ["--store", "c.db"])
            #expect(refused.exit == 64 && refused.errors.contains("tocsin adopt"), "\(refused.errors)")
            #expect(refused.complaints.count == 1)
        }
        let stuck = try await stage.run("report", "n1", "--store", "c.db")
        #expect(
            stuck.unfolded.contains("nobody sends: tocsin adopt lets this copy send")
                && !stuck.output.contains("tocsin resume"), "\(stuck.output)")
        let preview = ["send", "note", "--to", "all", "--dry-run"]
        for words in [
            preview, ["report", "n1"], ["contacts", "list"], ["channels"], ["backup", "d"],
            ["contacts", "set", "p1", "plan=gold"], ["pause", "n1"],
        ] {
            let outcome = try await stage.run(words + ["--store", "c.db"])
            #expect(outcome.exit == 0, "\(words): \(outcome.errors)")
        }
        let refusals = try await stage.run(preview + ["--json", "--store", "c.db"]).json()["refusals"]
        #expect(refusals["0"]["code"].text == "unadopted" && refusals["0"]["exit"].text == "64")
        let unasked = try await stage.run("adopt", "--store", "c.db")
        #expect(unasked.exit == 64 && unasked.errors.contains("--yes") && unasked.errors.contains("n1"))
        let declined = try await stage.terminal("adopt", "--store", "c.db", typing: "n\n")
        #expect(declined.exit == 64 && declined.told.contains("leaves again"), "\(declined.told)")
        // Accepted and due at once: one time, and all of it.
        #expect(!declined.told.contains("…") && !declined.told.contains("Due"), "\(declined.told)")
        #expect(!declined.told.contains("twice"), "\(declined.told)")
        #expect(try await stage.posted().count == 20)

        let adopted = try await stage.run("adopt", "--yes", "--json", "--store", "c.db")
        #expect(adopted.exit == 0, "\(adopted.errors)")
        let told = try adopted.json()
        #expect(told["isAdopted"].text == "true" && told["announcements"]["0"]["id"].text == "n1")
        // What a webhook has claimed ahead, or had on the wire, is in doubt.
        let waiting = Int(told["announcements"]["0"]["waiting"].text) ?? 0
        let inDoubt = Int(told["announcements"]["0"]["inDoubt"].text) ?? 0
        #expect(waiting + inDoubt == 20 && inDoubt >= 2, "\(adopted.errors)")
        #expect(try await stage.posted().count == 20)
        let resumed = try await stage.run("resume", "--all", "--store", "c.db")
        #expect(resumed.exit == 0, "\(resumed.errors)")
        let keys = try await keys(stage)
        #expect(keys.count == 40 && Set(keys).count == 20)
        let again = try await stage.run("adopt", "--store", "c.db")
        #expect(again.exit == 0 && again.errors.contains("is no copy"))
    }

    /// The original told all 20 after the backup: who reads of the end has to be all of them.
    @Test(arguments: [["adopt", "--cancel", "--yes"], ["cancel", "n1"]])
    func `what is cancelled in a copy counts as perhaps told, and hears the end`(words: [String]) async throws
    {
        let stage = try await backedUp()
        try await stage.run("restore", "b", "--store", "c.db")
        let cancelled = try await stage.run(words + ["--store", "c.db"])
        #expect(
            cancelled.exit == 0 && cancelled.errors.contains("20 deliveries will not leave")
                && cancelled.errors.contains("as unknown"), "\(cancelled.errors)")
        try await stage.run("adopt", "--yes", "--store", "c.db")
        let report = try await stage.run("report", "n1", "--json", "--store", "c.db").json()
        #expect(report["state"].text == "cancelled" && report["contacts"]["missed"].text == "0")
        #expect(report["channels"]["push"]["unknown"].text == "20", "\(report)")
        #expect(try await stage.run("report", "n1", "--store", "c.db").output.contains("copy-cancelled"))
        #expect(try await stage.run("resume", "--all", "--store", "c.db").errors.contains("nothing waits"))
        #expect(try await stage.posted().count == 20)
        let end = try await stage.run("send", "note", "--closes", "n1", "--yes", "--store", "c.db")
        #expect(end.exit == 0, "\(end.errors)")
        #expect(try await stage.posted().count == 40)
    }

    @Test func `a store that was copied by hand while it sends is as careful`() async throws {
        let stage = try await Stage(
            ["sms"], web: "\"/sms\": [\(Self.hold), \(Self.hold), \(Stage.well)],",
            more: ["sms": #""connections": 2, "timeout": "5m""#])
        try await stage.people(20)
        let running = try stage.start("send", "note", "--to", "all", "--yes", "--id", "n1")
        try await stage.web.wait(for: 2, "request")
        let copied = try await stage.program.shell("mkdir c && cp -a tocsin.db* c/ && ls c")
        #expect(copied.output.contains("tocsin.db-wal"))
        let resumed = try await stage.run("resume", "n1", "--store", "c/tocsin.db")
        #expect(resumed.exit == 64 && resumed.errors.contains("is a copy made"), "\(resumed.errors)")
        // An SMS has no key: what was claimed ahead leaves again too, only the two on the wire do not.
        let asked = try await stage.run("adopt", "--store", "c/tocsin.db")
        #expect(asked.exit == 64 && asked.errors.contains("n1: "), "\(asked.errors)")
        #expect(
            asked.errors.contains("On sms no key tells a second copy: up to 18 people may get it twice."),
            "\(asked.errors)")
        try await stage.web.release()
        #expect(try await running.outcome.value.exit == 0)
        #expect(try await stage.posted().count == 20)
    }

    @Test func `nothing takes the place of the store of a running send`() async throws {
        let stage = try await Stage(["sms"], web: "\"/sms\": [\(Self.hold), \(Stage.well)],")
        try await stage.people(3)
        #expect(try await stage.run("backup", "b").exit == 0)
        let running = try stage.start("send", "note", "--to", "all", "--yes", "--id", "n1")
        try await stage.web.wait(for: 1, "request")
        let refused = try await stage.run("restore", "b", "--replace")
        #expect(refused.exit == 64 && refused.errors.contains("in use"), "\(refused.errors)")
        try await stage.web.release()
        #expect(try await running.outcome.value.exit == 0)
        let restored = try await stage.run("restore", "b", "--replace", "--json")
        #expect(restored.exit == 0, "\(restored.errors)")
        let aside = try restored.json()["aside"].text
        #expect(restored.errors.contains(aside))
        let kept = try await stage.run("report", "n1", "--store", aside)
        #expect(kept.exit == 0 && !kept.errors.contains("adopt"), "\(kept.errors)")
        #expect(try await stage.run("report", "n1").exit == 66)
    }

    @Test(arguments: ["0", "077"])
    func `all that is written is private, whatever the umask`(mask: String) async throws {
        let stage = try await Stage()
        let masked = ["/bin/sh", "-c", "umask \(mask); exec \"$@\"", "sh"]
        try stage.program.write("passphrase", "correct horse\n")
        for words in [
            ["contacts", "add", "a", "email=a@acme.example"], ["backup", "b"],
            ["backup", "e", "--passphrase-file", "passphrase"], ["restore", "b", "--store", "c.db"],
        ] {
            let outcome = try await stage.program.start(words, launcher: masked).outcome.value
            #expect(outcome.exit == 0, "\(outcome.errors)")
        }
        for name in ["tocsin.db", "b", "e", "c.db", "c.db.lock"] {
            #expect(stage.program.mode(of: name) == 0o600, "\(name)")
        }
    }

    @Test func `no list takes the place of a store or a backup`() async throws {
        let stage = try await Stage()
        try await stage.people(1)
        #expect(try await stage.run("send", "note", "--to", "all", "--id", "n1").exit == 0)
        #expect(try await stage.run("backup", "b").exit == 0)
        for name in ["tocsin.db", "b"] {
            for words in [["contacts", "export", "--output", name], ["report", "n1", "--csv", name]] {
                let outcome = try await stage.run(words)
                #expect(
                    outcome.exit == 64 && outcome.errors.contains("give another name"), "\(outcome.errors)")
            }
        }
        #expect(try await stage.run("report", "n1").exit == 0)
    }

    // MARK: Passphrases

    @Test func `a passphrase is asked for twice and shown never`() async throws {
        let stage = try await Stage()
        try await stage.people(3)
        let run = try stage.startOnTerminal(["backup", "b", "--encrypt"])
        #expect(await run.shows("Passphrase: "))
        try run.type("correct horse\n")
        #expect(await run.shows("The same again: "))
        try run.type("correct horse\n")
        let outcome = try await run.outcome.value
        #expect(outcome.exit == 0 && !outcome.errors.contains("horse"), "\(outcome.errors)")
        #expect(stage.program.read("b").starts(with: Array("Tocsin backup 1\n".utf8)))

        let wrong = try stage.startOnTerminal(["restore", "b", "--store", "c.db"])
        #expect(await wrong.shows("Passphrase: "))
        try wrong.type("correct house\n")
        let refused = try await wrong.outcome.value
        #expect(refused.exit == 65 && refused.told.contains("another passphrase"), "\(refused.told)")
        #expect(!stage.program.holds("c.db"))
        let secrets = ["TOCSIN_PASSPHRASE": "correct horse"]
        let restored = try await stage.program.run(["restore", "b", "--store", "c.db"], environment: secrets)
        #expect(restored.exit == 0, "\(restored.errors)")
    }

    @Test(arguments: [["correct horse\n", "correct house\n"], ["short\n", "short\n"], ["\n"]])
    func `a passphrase that is no good writes nothing`(answers: [String]) async throws {
        let stage = try await Stage()
        try await stage.people(1)
        let run = try stage.startOnTerminal(["backup", "b", "--encrypt"])
        for (question, answer) in zip(["Passphrase: ", "The same again: "], answers) {
            #expect(await run.shows(question))
            try run.type(answer)
        }
        #expect(try await run.outcome.value.exit == 64)
        #expect(!stage.program.holds("b"))
    }

    @Test(arguments: [SIGTERM, SIGHUP])
    func `a signal ends the question at once and leaves a terminal that shows what is typed`(number: Int32)
        async throws
    {
        let stage = try await Stage()
        try await stage.people(1)
        let run = try stage.startOnTerminal(["backup", "b", "--encrypt"])
        #expect(await run.shows("Passphrase: ") && !run.isEchoing)
        run.signal(number)
        #expect(try await run.outcome.value.exit == 256)
        #expect(run.isEchoing)
        #expect(!stage.program.holds("b"))
    }

    @Test func `what is wrong with a file is told in one line`() async throws {
        let stage = try await Stage()
        try await stage.people(3)
        let secrets = ["TOCSIN_PASSPHRASE": "correct horse"]
        #expect(try await stage.program.run(["backup", "b"], environment: secrets).exit == 0)
        try stage.program.write("foreign", "id,name\n")
        try stage.program.write("empty", "\n")
        try stage.program.write("cut", Array(stage.program.read("b").dropLast(9)))
        try stage.program.write("passphrase", "correct horse\r\nsecond line\n")
        try stage.program.write("random", [UInt8](repeating: 0xFF, count: 12))
        try stage.program.write("long", String(repeating: "x", count: 4097) + "\n")
        try stage.program.write("longest", String(repeating: "ä", count: 2048) + "\n")
        let known = ["--passphrase-file", "passphrase", "--store", "c.db"]
        for (words, exit, told) in [
            (["backup", "foreign"], 64, "foreign: stands already"),
            (["backup", "none/b"], 66, "there is no directory"),
            (["backup", "."], 66, "is no file"),
            (["backup", "x", "--store", "y.db"], 66, "there is no store"),
            (["backup", "x", "--encrypt"], 64, "TOCSIN_PASSPHRASE"),
            (["backup", "x", "--passphrase-file", "empty"], 64, "empty"),
            (["backup", "x", "--passphrase-file", "none"], 66, "none cannot be read"),
            (["backup", "x", "--passphrase-file", "random"], 64, "random is no text (UTF-8)"),
            (["restore", "b", "--passphrase-file", "random"], 64, "random is no text (UTF-8)"),
            (["backup", "x", "--passphrase-file", "long"], 64, "of long is longer than 4096 bytes"),
            (["backup", "tocsin.db-backup", "--passphrase-file", "longest"], 0, "encrypted"),
            (["restore", "none"], 66, "there is no such file"), (["restore", "."], 66, "is no file"),
            (["restore", "foreign"] + known, 65, "foreign: is no backup"),
            (["restore", "cut"] + known, 65, "cut off"), (["restore", "b"], 64, "a passphrase is needed"),
            (["restore", "b", "--passphrase-file", "foreign", "--store", "c.db"], 65, "another passphrase"),
            (["restore", "b", "--passphrase-file", "passphrase"], 64, "tocsin.db: stands already"),
            (["adopt", "--store", "none.db"], 66, "no store to adopt"),
            (["restore", "b"] + known, 0, "3 contacts, 0 announcements, 0 deliveries open, as of 20"),
        ] as [([String], Int32, String)] {
            let outcome = try await stage.run(words)
            #expect(outcome.exit == exit && outcome.told.contains(told), "\(words): \(outcome.errors)")
            #expect(exit == 0 || outcome.complaints.count == 1, "\(words): \(outcome.errors)")
            #expect(!outcome.errors.contains("horse"))
            #expect(exit == 0 || !stage.program.holds("c.db.lock"), "\(words)")
        }
        let secret = ["TOCSIN_PASSPHRASE": "correct\u{FFFD}horse"]
        #expect(try await stage.program.run(["backup", "x"], environment: secret).exit == 64)
        #expect(!stage.program.holds("x"))
    }

    private func change(_ sql: String, in name: String, _ stage: Stage) async throws {
        let changed = try await stage.program.shell(
            "/usr/bin/python3 -c \"import sqlite3; sqlite3.connect('\(name)').execute('\(sql)')\"")
        #expect(changed.exit == 0, "\(changed.told)")
    }

    @Test func `a store or backup of other tables is refused, and what no list carries is told`() async throws
    {
        let stage = try await Stage()
        try await stage.people(1)
        #expect(try await stage.run("backup", "b").exit == 0)
        for name in ["tocsin.db", "b"] {
            try await change("ALTER TABLE marks DROP COLUMN until", in: name, stage)
        }
        for words in [["contacts", "list"], ["backup", "c"], ["check"]] {
            let refused = try await stage.run(words)
            #expect(refused.exit != 0)
            for part in [
                "export its contacts with that one", "give another path",
                "suppressions of addresses that no contact has, reports, proofs and what waits",
            ] {
                #expect("\(refused.unfolded) \(refused.told)".contains(part), "\(words): \(refused.told)")
            }
        }
        let restored = try await stage.run("restore", "b", "--store", "c.db")
        #expect(
            restored.exit != 0 && restored.told.contains("b: is of another Tocsin"), "\(restored.errors)")
        #expect(restored.told.contains("restore it with that one"))
        #expect(!stage.program.holds("c.db") && restored.complaints.count == 1)
    }

    @Test func `a store of other tables that is replaced is not called damaged`() async throws {
        let stage = try await Stage()
        try await stage.people(1)
        #expect(try await stage.run("backup", "b").exit == 0)
        try await change("DROP TABLE suppressions", in: "tocsin.db", stage)
        let restored = try await stage.run("restore", "b", "--replace")
        #expect(restored.exit == 0, "\(restored.told)")
        #expect(
            restored.told.contains(
                "cannot be taken over, as it is damaged, another store, or of another Tocsin"),
            "\(restored.told)")
    }

    @Test func `where there is no room, there is no half backup`() async throws {
        let stage = try await Stage()
        try await stage.people(900)
        // Blocks of 512 bytes: less than the store, more than the memory that readers share.
        let limited = ["/bin/sh", "-c", "ulimit -f 200; exec \"$@\"", "sh"]
        for more in [[], ["--passphrase-file", "channels.json"]] {
            let run = try stage.program.start(["backup", "b"] + more, launcher: limited)
            let outcome = try await run.outcome.value
            #expect(outcome.exit == 2, "\(outcome.errors)")
            let left = try FileManager.default.contentsOfDirectory(atPath: stage.program.folder.path)
            #expect(!left.contains { $0 == "b" || $0.contains("partial") || $0.contains("plain") }, "\(left)")
        }
        #expect(try await stage.run("contacts", "list").exit == 0)
    }
}
