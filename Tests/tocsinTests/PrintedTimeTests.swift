import Broadcast
import TestPeers
import Testing

/// Times as people read them: of the sender's clock, and whole.
struct PrintedTimeTests {
    /// A stage with an announcement that waits, and a backup.
    private func stage() async throws -> Stage {
        let stage = try await Stage()
        try await stage.people(2)
        try stage.configure(["email"], mailPort: 9)
        let words = ["send", "note", "--to", "all", "--yes", "--id", "n1", "--linger", "0s"]
        #expect(try await stage.run(words).exit == 3)
        #expect(try await stage.run("backup", "b").exit == 0)
        return stage
    }

    @Test func `commands on the store show the sender's clock, and programs get UTC`() async throws {
        let stage = try await stage()
        let local = try Regex("20[0-9-]{8} [0-9:]{8} [+]0[12]:00")
        for words in [
            ["backup", "c"], ["restore", "b", "--store", "c.db"], ["purge", "--yes"],
            ["report", "--store", "c.db"], ["adopt", "--store", "c.db", "--yes"],
        ] {
            let outcome = try await stage.run(words)
            #expect(outcome.exit == 0 && outcome.errors.contains(local), "\(words): \(outcome.errors)")
            #expect(!outcome.errors.contains(/\d\dZ/), "\(words): \(outcome.errors)")
        }
        let copy = try await stage.run("backup", "c", "--replace", "--json").json()
        #expect(copy["copiedAt"].text.hasSuffix("Z"))
    }

    @Test(arguments: [
        ["send", "note", "--to", "all", "--yes", "--again"], ["resume", "n1"], ["resume", "--all"],
    ])
    func `a refusal shows the sender's clock too`(words: [String]) async throws {
        let stage = try await stage()
        try await stage.run("restore", "b", "--store", "c.db")
        let refused = try await stage.run(words + ["--store", "c.db"])
        let told = /restored from a backup made 20[0-9-]{8} [0-9:]{8} \+0[12]:00: nothing leaves it/
        #expect(refused.exit == 64 && refused.errors.contains(told), "\(refused.errors)")
    }

    @Test func `the table of what a copy would send fits a terminal, with its times whole`() async throws {
        let stage = try await stage()
        try await stage.run("restore", "b", "--store", "c.db")
        let words = ["adopt", "--store", "c.db", "--yes"]
        let outcome = try await stage.program.runOnScreen(words, columns: 80, environment: Stage.secrets)
        #expect(outcome.exit == 0 && !outcome.errors.contains("…"), "\(outcome.errors)")
        #expect(outcome.errors.contains(/n1 +running +20[0-9-]{8} [0-9:]{8} \+0[12]:00 +2 +0/))
    }

    @Test(arguments: [46, 54, 60, 67]) func `where a line is broken a time stays whole`(columns: UInt16)
        async throws
    {
        let stage = try await stage()
        try await stage.run("restore", "b", "--store", "c.db")
        let words = ["report", "--store", "c.db"]
        let told = /backup\s+made\s+20[0-9-]{8} [0-9:]{8} \+0[12]:00:/
        let shown = try await stage.program.runOnScreen(
            words, columns: columns, environment: Stage.secrets)
        #expect(shown.exit == 0 && shown.errors.contains(told), "\(shown.errors)")
        #expect(try await stage.run(words).errors.contains(told))
    }
}
