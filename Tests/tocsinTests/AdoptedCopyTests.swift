import Broadcast
import Foundation
import Storage
import TestPeers
import Testing

/// What a copy says and does once it has taken the original's place.
struct AdoptedCopyTests {
    /// `n1` is sent over a channel that holds it up; a backup `b` is taken, and the rest goes out after it.
    private func backedUp(
        _ answer: String = Stage.well, then: [String] = [], more: [String] = []
    ) async throws -> Stage {
        let held = answer.replacing("{\"status\"", with: "{\"hold\": true, \"status\"")
        let answers = [held] + (then.isEmpty ? [answer] : then)
        let stage = try await Stage(
            ["sms", "push"], web: "\"/sms\": [\(answers.joined(separator: ", "))],",
            more: ["sms": #""connections": 1"#])
        try stage.template("solved", "subject: Solved\npurpose: service\nsms: Solved", "Thanks.")
        try await stage.people(6)
        let words = ["send", "note", "--to", "all", "--yes", "--id", "n1"] + more
        let running = try stage.program.start(words, environment: Stage.secrets)
        try await stage.web.wait(for: 1, "request")
        #expect(try await stage.run("backup", "b").exit == 0)
        try await stage.web.release()
        #expect(try await running.outcome.value.exit == 0)
        #expect(try await stage.run("restore", "b", "--store", "c.db").exit == 0)
        return stage
    }

    @Test func `an end told from an adopted copy reaches whom the original told after the backup`()
        async throws
    {
        let stage = try await backedUp(more: ["--channels", "sms"])
        #expect(try await stage.posted().count == 6)
        #expect(try await stage.run("adopt", "--yes", "--store", "c.db").exit == 0)
        let end = try await stage.run("send", "solved", "--closes", "n1", "--yes", "--store", "c.db")
        #expect(end.exit == 0, "\(end.errors)")
        #expect(try await stage.posted().filter { $0.body.contains("Solved") }.count == 6)
        let report = try await stage.run("report", "n1", "--json", "--store", "c.db").json()
        #expect(report["channels"]["sms"]["unknown"].text == "6", "\(report)")
    }

    @Test func `nobody whom the original told is missed because the copy's second one was refused`()
        async throws
    {
        let known = Array(repeating: #"{"status": 409, "body": "{\"error\": \"duplicate\"}"}"#, count: 5)
        let well = Array(repeating: Stage.well, count: 5)
        let stage = try await backedUp(then: well + known + [Stage.well], more: ["--channels", "sms"])
        #expect(try await stage.run("adopt", "--yes", "--store", "c.db").exit == 0)
        try await stage.run("resume", "--all", "--store", "c.db")
        #expect(try await stage.posted().count == 11)
        let end = try await stage.run("send", "solved", "--closes", "n1", "--yes", "--store", "c.db")
        #expect(end.exit == 0, "\(end.errors)")
        #expect(try await stage.posted().filter { $0.body.contains("Solved") }.count == 6)
    }

    @Test(arguments: [["adopt", "--cancel", "--yes"], ["adopt", "--yes"]])
    func `it reaches whom the original led on to their next channel`(words: [String]) async throws {
        let stage = try await backedUp(
            #"{"status": 404, "body": "{}"}"#, more: ["--reach", "first", "--linger", "30s"])
        let told = try await stage.posted().filter { $0.path == "/push" }
        #expect(told.count == 6)
        #expect(try await stage.run(words + ["--store", "c.db"]).exit == 0)
        let end = try await stage.run(
            "send", "solved", "--closes", "n1", "--reach", "first", "--yes", "--store", "c.db")
        #expect(end.exit == 0, "\(end.errors)")
        #expect(
            try await stage.posted().filter { $0.path == "/push" && $0.body.contains("Solved") }.count == 6)
    }

    @Test func `who opted out since the backup is told nothing, and the number is said`() async throws {
        let stage = try await Stage()
        try await stage.people(5)
        #expect(try await stage.run("backup", "b").exit == 0)
        #expect(try await stage.run("contacts", "suppress", "p1").exit == 0)
        #expect(try await stage.run("contacts", "remove", "p2").exit == 0)
        #expect(try await stage.run("contacts", "erase", "p3", "--yes").exit == 0)
        let restored = try await stage.run("restore", "b", "--replace", "--json")
        #expect(
            restored.errors.contains("taken over from it: 3 suppressions, 1 removed person\n"),
            "\(restored.errors)")
        #expect(
            restored.errors.contains(
                "is in it again, and so is each address that was cleared: tocsin contacts erase"),
            "\(restored.errors)")
        let told = try restored.json()
        #expect(told["optOuts"]["suppressions"].text == "3" && told["optOuts"]["removed"].text == "1")
        #expect(told["contacts"].text == "4")
        #expect(try await stage.run("contacts", "erase", "p3", "--yes").exit == 0)
        let adopted = try await stage.run("adopt", "--yes", "--json")
        #expect(
            adopted.errors.contains("in the store that stood here: restore took that over")
                && !adopted.errors.contains("is not known in it"), "\(adopted.errors)")
        #expect(try adopted.json()["knowsOptOuts"].text == "true")
        #expect(try await stage.run("send", "note", "--to", "all", "--yes").exit == 1)
        #expect(try await stage.mailed().sorted() == ["p4@acme.example", "p5@acme.example"])

        let elsewhere = try await stage.run("restore", "b", "--store", "c.db")
        #expect(
            elsewhere.errors.contains("whoever opted out, withdrew consent or was erased since 20")
                && elsewhere.errors.contains("tocsin contacts suppress"), "\(elsewhere.errors)")
        try stage.program.write("c.db", "no store")
        let damaged = try await stage.run("restore", "b", "--store", "c.db", "--replace")
        #expect(damaged.errors.contains("it is damaged, another store, or of another"), "\(damaged.errors)")
        let unknown = try await stage.run("adopt", "--yes", "--json", "--store", "c.db")
        #expect(
            unknown.errors.contains("is not known in it: tocsin contacts import")
                && !unknown.errors.contains("nless"), "\(unknown.errors)")
        #expect(try unknown.json()["knowsOptOuts"].text == "false")
    }

    @Test func `a backup of a restored store knows nothing of who opts out after it`() async throws {
        let stage = try await Stage()
        try await stage.people(2)
        try await stage.run("backup", "b")
        try await stage.run("restore", "b", "--replace")
        try await stage.run("backup", "d")
        try await stage.run("restore", "d", "--store", "d.db")
        let adopted = try await stage.run("adopt", "--yes", "--store", "d.db")
        #expect(adopted.errors.contains("is not known in it"), "\(adopted.errors)")
    }

    @Test func `after a fail-over what was said in the first store is not lost, and nothing else claimed`()
        async throws
    {
        let stage = try await Stage()
        try await stage.people(4)
        for words in [
            ["backup", "b"], ["contacts", "suppress", "p1"], ["contacts", "remove", "p2"],
            ["restore", "b", "--store", "c.db"], ["adopt", "--yes", "--store", "c.db"],
            ["contacts", "set", "p3", "email=p9@acme.example", "--store", "c.db"],
            ["contacts", "suppress", "p3", "--store", "c.db"], ["backup", "d", "--store", "c.db"],
        ] { #expect(try await stage.run(words).exit == 0, "\(words)") }
        let restored = try await stage.run("restore", "d", "--replace", "--json")
        #expect(
            restored.errors.contains("it and the store of the backup parted at 20")
                && restored.errors.contains("; taken over from it: 3 suppressions, 1 removed person\n")
                && restored.errors.contains("whoever was erased since 20")
                && restored.errors.contains("is not known in it"), "\(restored.errors)")
        let told = try restored.json()
        #expect(told["knowsOptOuts"].text == "false" && told["contacts"].text == "3")
        #expect(told["optOuts"]["partedAt"].text.hasPrefix("20"))
        let adopted = try await stage.run("adopt", "--yes")
        #expect(!adopted.errors.contains("restore took that over"), "\(adopted.errors)")
        #expect(try await stage.run("send", "note", "--to", "all", "--yes").exit == 1)
        #expect(try await stage.mailed() == ["p4@acme.example"])
    }

    @Test func `what the store that was replaced knows beyond the backup is said`() async throws {
        let stage = try await Stage()
        try await stage.people(2)
        let send = ["send", "note", "--to", "all", "--yes", "--id"]
        #expect(try await stage.run(send + ["n1"]).exit == 0)
        for words in [["backup", "b"], ["restore", "b", "--store", "c.db"]] {
            #expect(try await stage.run(words).exit == 0)
        }
        let same = try await stage.run("restore", "b", "--store", "c.db", "--replace", "--json")
        #expect(!same.errors.contains("backup lacks"), "\(same.errors)")
        #expect(try same.json()["lackingAnnouncements"].text == "0")
        // One copy cannot tell what another one does not know either.
        #expect(same.errors.contains("is not known in it"), "\(same.errors)")
        for id in ["n2", "n3"] { #expect(try await stage.run(send + [id]).exit == 0) }
        let restored = try await stage.run("restore", "b", "--replace", "--json")
        let told = try restored.json()
        #expect(
            restored.errors.contains("what stood there is newer: 2 announcements that the backup lacks"),
            "\(restored.errors)")
        #expect(told["lackingAnnouncements"].text == "2")
        let listed = try await stage.run("report", "--all", "--store", told["aside"].text)
        #expect(listed.output.contains("n3") && listed.exit == 0)
        try stage.program.write("d.db", "no store")
        let damaged = try await stage.run("restore", "b", "--store", "d.db", "--replace", "--json")
        #expect(damaged.exit == 0 && !damaged.errors.contains("backup lacks"), "\(damaged.errors)")
        #expect(try damaged.json()["lackingAnnouncements"] == .null)
    }
}
