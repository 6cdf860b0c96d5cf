import Broadcast
import Foundation
import Storage
import TestPeers
import Testing

/// Pausing, resuming, cancelling and stopping what another process sends.
@Suite(.serialized) struct ControlCommandTests {
    private static let hold = Stage.well.replacing("{\"status\"", with: "{\"hold\": true, \"status\"")

    /// A send of `n1` to 20 people with two of its requests held.
    private func sending() async throws -> (Stage, Program.Running) {
        let stage = try await Stage(
            ["sms"], web: "\"/sms\": [\(Self.hold), \(Self.hold), \(Stage.well)],",
            more: ["sms": #""connections": 2, "timeout": "5m""#])
        try await stage.people(20)
        let running = try stage.start("send", "note", "--to", "all", "--yes", "--id", "n1", "--linger", "0s")
        try await stage.web.wait(for: 2, "request")
        return (stage, running)
    }

    @Test(arguments: [["pause", "n1", "--why", "a typo"], ["stop", "--why", "a typo"]])
    func `what is paused elsewhere stops, and resume completes it`(words: [String]) async throws {
        let (stage, running) = try await sending()
        let paused = try await stage.run(words)
        #expect(paused.exit == 0 && paused.errors.contains("resume"), "\(paused.errors)")
        try await stage.web.release()
        let stopped = try await running.outcome.value
        #expect(
            stopped.exit == 3 && stopped.output.contains("paused (a typo)"),
            "\(stopped.errors)\(stopped.output)")
        #expect(stopped.errors.contains("tocsin resume n1"))
        let sms = try await stage.report()["channels"]["sms"]
        #expect(sms["accepted"].text == "2" && sms["queued"].text == "18")
        let resumed = try await stage.run(words[0] == "stop" ? ["resume", "--all"] : ["resume", "n1"])
        #expect(resumed.exit == 0, "\(resumed.errors)")
        #expect(try await stage.posted().count == 20)
    }

    @Test func `a sender may leave no core dump, in which its secrets would lie`() async throws {
        let stage = try await Stage(["sms"], web: "\"/sms\": [\(Self.hold)],")
        try await stage.people(1)
        let dumping = ["/bin/sh", "-c", "ulimit -c $(ulimit -H -c); exec \"$@\"", "sh"]
        let running = try stage.start("send", "note", "--to", "all", "--yes", launcher: dumping)
        try await stage.web.wait(for: 1, "request")
        let limits = try String(contentsOfFile: "/proc/\(running.identifier)/limits", encoding: .utf8)
        running.signal(SIGKILL)
        #expect(try await running.outcome.value.exit == 256)
        #expect(limits.contains(#/Max core file size +0 +0 /#), "\(limits)")
    }

    @Test(arguments: [["stop"], ["report"], ["backup", "b"]])
    func `a configuration in the making keeps nobody from the store`(words: [String]) async throws {
        let stage = try await Stage()
        try await stage.people(1)
        #expect(try await stage.run("send", "note", "--to", "all", "--yes").exit == 0)
        try stage.program.write("channels.json", "{")
        let refused = try await stage.run(words)
        #expect(refused.exit == 78 && refused.told.contains("--store FILE"), "\(refused.errors)")
        let outcome = try await stage.run(words + ["--store", "tocsin.db"])
        #expect(outcome.exit == 0, "\(outcome.errors)")
    }

    @Test func `the same command does not wake what is paused`() async throws {
        let (stage, running) = try await sending()
        try await stage.run("pause", "n1")
        try await stage.web.release()
        _ = try await running.outcome.value
        let again = try await stage.run("send", "note", "--to", "all", "--yes")
        #expect(again.exit == 3 && again.errors.contains("tocsin resume n1 lets it go on"), "\(again.errors)")
        #expect(try await stage.posted().count == 2)
    }

    @Test func `what is cancelled elsewhere leaves no more`() async throws {
        let (stage, running) = try await sending()
        let cancelled = try await stage.run("cancel", "n1", "--json")
        #expect(cancelled.exit == 0 && cancelled.errors.contains("18 deliveries will not leave"))
        try await stage.web.release()
        let ended = try await running.outcome.value
        #expect(ended.exit == 1, "\(ended.errors)")
        let report = try await stage.report()
        #expect(report["state"].text == "cancelled" && report["contacts"]["reached"].text == "2")
        #expect(report["channels"]["sms"]["skipped"]["cancelled"].text == "18")
        let resumed = try await stage.run("resume", "n1")
        #expect(resumed.exit == 1 && resumed.errors.contains("nothing is left to do"))
        #expect(try await stage.posted().count == 2)
    }

    @Test(arguments: ["cancel", "resume"])
    func `what a killed process had on the wire is settled when it is cancelled, or resumed after that`(
        verb: String
    ) async throws {
        let (stage, running) = try await sending()
        running.signal(SIGKILL)
        _ = try await running.outcome.value
        if verb == "resume" {
            let store = try Store.open(stage.program.path("tocsin.db"), now: Date(timeIntervalSince1970: 0))
            _ = try await store.cancel(Announcement.ID(valid: "n1"), now: Date(timeIntervalSince1970: 0))
        }
        let ended = try await stage.run(verb, "n1")
        #expect(ended.exit == (verb == "cancel" ? 0 : 1), "\(ended.errors)")
        #expect(
            ended.errors.contains(
                verb == "cancel" ? "2 deliveries may have left" : "what was on the wire is settled"),
            "\(ended.errors)")
        let report = try await stage.report()
        #expect(report["state"].text == "cancelled" && report["contacts"]["waiting"].text == "0")
        #expect(report["contacts"]["unknown"].text == "2")
        let sms = report["channels"]["sms"]
        #expect(sms["sending"].text == "0" && sms["unknown"].text == "2")
        #expect(sms["skipped"]["cancelled"].text == "18")
        let again = try await stage.run("resume", "n1")
        #expect(again.exit == 1 && again.errors.contains("nothing is left to do"), "\(again.errors)")
        #expect(try await stage.posted().count == 2)
        try await stage.web.release()
    }

    @Test func `a process that was killed sends no more, wherever it is said who sends`() async throws {
        let (stage, running) = try await sending()
        let living = try await stage.run("channels", "--json").json()["dispatcher"].text
        #expect(living.hasPrefix("tocsin "))
        for words in [["report", "n1"], ["report", "--all"]] {
            #expect(try await !stage.run(words).output.lowercased().contains("nobody sends"))
        }
        running.signal(SIGKILL)
        _ = try await running.outcome.value
        #expect(try await stage.run("channels", "--json").json()["dispatcher"] == .null)
        let report = try await stage.run("report", "n1").output
        #expect(report.contains("running, but nobody sends: tocsin resume n1"), "\(report)")
        let list = try await stage.run("report", "--all").output
        #expect(
            list.hasSuffix("\n\nNobody sends at the moment: tocsin resume --all goes on with what runs.\n"),
            "\(list)")
        try await stage.run("channels", "down", "sms", "--why", "x")
        let up = try await stage.run("channels", "up", "sms", "--yes").errors
        #expect(up.contains("tocsin resume --all sends them") && !up.contains(living), "\(up)")
        try await stage.web.release()
    }

    @Test func `what is cancelled again was cancelled before`() async throws {
        let stage = try await Stage()
        try await stage.people(2)
        try stage.configure(["email"], mailPort: 9)
        try await stage.run("send", "note", "--to", "all", "--yes", "--id", "n1", "--linger", "0s")
        let first = try await stage.run("cancel", "n1")
        #expect(first.errors.contains("n1 is cancelled; 2 deliveries will not leave"), "\(first.errors)")
        let again = try await stage.run("cancel", "n1")
        let told = /^n1 was cancelled already at 20[0-9-]{8} [0-9:]{8} \+0[12]:00\n$/
        #expect(again.exit == 0 && again.errors.contains(told), "\(again.errors)")
    }

    @Test func `the same command given three times at once is sent once, and followed`() async throws {
        let stage = try await Stage()
        try await stage.people(200)
        let sends = try (0..<3).map { _ in
            try stage.start("send", "note", "--to", "all", "--yes", "--id", "n1")
        }
        for send in sends {
            let outcome = try await send.outcome.value
            #expect(outcome.exit == 0, "\(outcome.errors)")
        }
        #expect(try await stage.mailed().count == 200)
    }

    @Test func `stop says how much it paused, and nothing twice`() async throws {
        let (stage, running) = try await sending()
        #expect(try await stage.run("stop", "--json").json()["paused"].text == "1")
        #expect(try await stage.run("stop", "--json").json()["paused"].text == "0")
        try await stage.web.release()
        _ = try await running.outcome.value
        #expect(try await stage.run("resume", "--all").exit == 0)
        let idle = try await stage.run("resume", "--all")
        #expect(idle.exit == 0 && idle.errors.contains("nothing waits"))
    }

    @Test(arguments: [
        (["pause", "n1"], 64, "it cannot be paused"), (["cancel", "n1"], 64, "it cannot be cancelled"),
        (["pause", "n2"], 66, "did you mean n1?"), (["cancel", "n2"], 66, "did you mean n1?"),
        (["resume", "n2"], 66, "did you mean n1?"), (["pause"], 64, "needs ID"),
        (["cancel", "a b"], 64, "is no id"),
        (["pause", "latest"], 64, "pause latest: too easily the wrong one; give its id"),
        (["cancel", "latest"], 64, "cancel latest: too easily the wrong one; give its id"),
        (["resume", "n1"], 0, "nothing is left to do"), (["resume", "--linger", "x"], 64, "--linger x"),
        (["resume", "n1", "--all"], 64, "give either"),
    ])
    func `what is over, or never was, is told`(words: [String], exit: Int32, told: String) async throws {
        let stage = try await Stage()
        try await stage.people(1)
        #expect(try await stage.run("send", "note", "--to", "all", "--id", "n1").exit == 0)
        let outcome = try await stage.run(words)
        #expect(outcome.exit == exit && outcome.errors.contains(told), "\(outcome.errors)")
        #expect(try await stage.mailed().count == 1)
    }

    @Test(arguments: [["report"], ["resume"], ["pause", "x"], ["cancel", "x"]])
    func `on a store that has sent nothing there is nothing to control`(words: [String]) async throws {
        let stage = try await Stage()
        try await stage.people(1)
        #expect(try await stage.run(words).exit == 66)
    }
}
