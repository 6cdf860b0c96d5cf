import Broadcast
import Foundation
import Storage
import TestPeers
import Testing

struct PurgeCommandTests {
    /// A store where `n1` to three people was over in 1970, and `n2` just now.
    private func stage() async throws -> Stage {
        let stage = try await Stage()
        try await stage.people(3)
        #expect(try await stage.run("send", "note", "--to", "all", "--yes", "--id", "n2").exit == 0)
        try stage.configure(["email"], mailPort: 9)
        let waits = try await stage.run(
            "send", "note", "--to", "all", "--yes", "--id", "n1", "--linger", "0s")
        #expect(waits.exit == 3, "\(waits.errors)")
        let store = try Store.open(stage.program.path("tocsin.db"), now: Date(timeIntervalSince1970: 0))
        _ = try await store.cancel(Announcement.ID(valid: "n1"), now: Date(timeIntervalSince1970: 0))
        return stage
    }

    @Test func `what is over for long is shown, asked about, and gone`() async throws {
        let stage = try await stage()
        let dry = try await stage.run("purge", "--dry-run", "--json")
        #expect(dry.exit == 0 && dry.errors.contains("24 months"), "\(dry.errors)")
        let found = try dry.json()
        #expect(found["announcements"].text == "1" && found["deliveries"].text == "3")
        let unasked = try await stage.run("purge")
        #expect(unasked.exit == 64 && unasked.errors.contains("--yes"), "\(unasked.errors)")
        let declined = try await stage.terminal("purge", typing: "n\n")
        #expect(declined.exit == 64)
        #expect(try await stage.run("report", "n1").exit == 0)
        let purged = try await stage.terminal("purge", typing: "y\n")
        #expect(
            purged.exit == 0 && purged.told.contains("removed: 1 announcement, 3 deliveries"),
            "\(purged.told)")
        for words in [["report", "n1"], ["send", "note", "--to", "told:n1", "--yes"], ["resume", "n1"]] {
            let outcome = try await stage.run(words)
            #expect(outcome.exit == 66 && outcome.errors.contains("is purged"), "\(words): \(outcome.errors)")
        }
        #expect(try await stage.run("report", "n2").exit == 0)
        let again = try await stage.run("purge", "--json")
        #expect(again.exit == 0 && again.errors.contains("nothing was over"), "\(again.errors)")
        #expect(try again.json()["isCompact"].text == "true")
    }

    @Test func `the configuration says how long, and the command line overrides it`() async throws {
        let stage = try await stage()
        let text = String(decoding: stage.program.read("channels.json"), as: UTF8.self)
        try stage.program.write(
            "channels.json", text.replacing("\"store\"", with: "\"keep\": \"100 years\", \"store\""))
        let kept = try await stage.run("purge", "--yes", "--json")
        #expect(kept.exit == 0 && kept.errors.contains("100 years"), "\(kept.errors)")
        #expect(try kept.json()["announcements"].text == "0")
        let gone = try await stage.run("purge", "--older-than", "2 years", "--yes", "--json")
        #expect(try gone.json()["announcements"].text == "1")
    }

    @Test(arguments: [("2 yeers", "did you mean 2 years"), ("0d", "keeps nothing"), ("x", "24 months")])
    func `a time that is none is told`(text: String, told: String) async throws {
        let stage = try await Stage()
        let outcome = try await stage.run("purge", "--older-than", text)
        #expect(outcome.exit == 64 && outcome.errors.contains(told), "\(outcome.errors)")
    }

    @Test func `beside a running send nothing waits, and the file shrinks later`() async throws {
        let hold = Stage.well.replacing("{\"status\"", with: "{\"hold\": true, \"status\"")
        let stage = try await Stage(["sms"], web: "\"/sms\": [\(Stage.well), \(hold), \(Stage.well)],")
        try await stage.people(1)
        #expect(try await stage.run("send", "note", "--to", "all", "--id", "n1").exit == 0)
        let age = "c.execute('UPDATE announcements SET finished_at = 0'); c.commit()"
        let aged = try await stage.program.shell(
            "/usr/bin/python3 -c \"import sqlite3; c = sqlite3.connect('tocsin.db'); \(age)\"")
        #expect(aged.exit == 0, "\(aged.errors)")
        let running = try stage.start("send", "note", "--to", "all", "--id", "n2")
        try await stage.web.wait(for: 2, "request")
        let purged = try await stage.run("purge", "--yes")
        #expect(purged.exit == 0 && purged.errors.contains("shrinks at the next purge"), "\(purged.errors)")
        try await stage.web.release()
        #expect(try await running.outcome.value.exit == 0)
        let next = try await stage.run("purge", "--json")
        #expect(try next.json()["isCompact"].text == "true")
        #expect(try await stage.report("n2")["contacts"]["reached"].text == "1")
    }
}
