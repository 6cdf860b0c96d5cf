import Broadcast
import Foundation
import TestPeers
import Testing

/// Lists and proofs that are made where others stand, or are made at the same time.
@Suite(.timeLimit(.minutes(5))) struct MadeFileTests {
    private static let ways = [
        ["contacts", "export", "--output"], ["report", "n1", "--csv"], ["report", "n1", "--proof"],
    ]

    /// So many people, one of whom has been told.
    private func stage(_ people: Int = 2) async throws -> Stage {
        let stage = try await Stage()
        try await stage.people(people)
        #expect(try await stage.run("send", "note", "--to", "id:p1", "--yes", "--id", "n1").exit == 0)
        return stage
    }

    @Test(arguments: ways) func `a memory stick without links will do`(words: [String]) async throws {
        let stage = try await stage()
        let run = { (more: [String]) in
            try await stage.program.start(words + more, launcher: PeerProcess.launcher("linkless.py")).outcome
                .value
        }
        let outcome = try await run(["list"])
        #expect(outcome.exit == 0, "\(outcome.errors)")
        #expect(try stage.program.names.filter { $0.hasPrefix("list") } == ["list"])
        #expect(stage.program.mode(of: "list") == 0o600)
        let again = try await run(["list"])
        #expect(again.exit == 64 && again.told.contains("stands already"), "\(again.errors)")
        #expect(try await run(["list", "--replace"]).exit == 0)
        guard words.contains("--proof") else { return }
        #expect(try await stage.run("report", "--verify", "list").exit == 0)
    }

    @Test(arguments: ways) func `what stands already is left, unless it is to be replaced`(
        words: [String]
    ) async throws {
        let stage = try await stage()
        let before = stage.program.read("channels.json")
        for more in [[], ["--replace"]] {
            let refused = try await stage.run(words + ["channels.json"] + more)
            #expect(
                refused.exit == 64 && refused.told.contains("stands already and is no"), "\(refused.errors)")
        }
        #expect(stage.program.read("channels.json") == before)
        // An empty one is nobody's loss, and one made here is made anew.
        try stage.program.write("list", "")
        let refused = try await stage.run(words + ["list"])
        #expect(
            refused.exit == 64 && refused.told.contains("stands already; --replace takes its place"),
            "\(refused.errors)")
        for _ in 1...2 {
            #expect(try await stage.run(words + ["list", "--replace"]).exit == 0)
            #expect(!stage.program.read("list").isEmpty && stage.program.mode(of: "list") == 0o600)
        }
        #expect(try stage.program.names.allSatisfy { !$0.contains(".partial") })
        let idle = try await stage.run(words.dropLast() + ["--replace"])
        #expect(idle.exit == 64 && idle.told.contains("--replace goes with --"), "\(idle.errors)")
    }

    @Test(
        arguments: ways + [["report", "n1", "--replace", "--proof"], ["backup"], ["backup", "--replace"]])
    func `a link that leads nowhere is not taken for a file`(words: [String]) async throws {
        let stage = try await stage()
        let (files, link) = (FileManager.default, stage.program.path("list"))
        for (name, place) in [("list", "/nonexistent/list"), ("list/", "nowhere"), ("list", "list")] {
            try? files.removeItem(atPath: link)
            try files.createSymbolicLink(atPath: link, withDestinationPath: place)
            let outcome = try await stage.run(words + [name])
            #expect(
                outcome.exit == 66 && outcome.told.contains("\(name): is a link that leads nowhere"),
                "\(outcome)")
            #expect(try files.destinationOfSymbolicLink(atPath: link) == place)
        }
    }

    @Test(arguments: ways + [["backup"]])
    func `what is no name of a file, or a store's own, is refused`(words: [String]) async throws {
        let stage = try await stage()
        // Those of the store come and go.
        let files = { try stage.program.names.filter { !$0.hasPrefix("tocsin.db") }.sorted() }
        let before = try files()
        for (name, exit) in [("-", 64), ("x/", 66), ("tocsin.db-wal", 64), ("tocsin.db.lock", 64)]
            as [(String, Int32)]
        {
            for more in [[], ["--replace"]] {
                let refused = try await stage.run(words + [name] + more)
                #expect(refused.exit == exit && refused.output.isEmpty, "\(refused.errors)")
            }
        }
        let dash = try await stage.run(words + ["-"])
        #expect(dash.told.contains(words[0] == "contacts" ? "leave --output out" : "name of a file"))
        #expect(try files() == before)
    }

    @Test func `a proof says to a script what verifying it says`() async throws {
        let stage = try await stage()
        let made = try await stage.run("report", "n1", "--proof", "list", "--json").json()
        let verified = try await stage.run("report", "--verify", "list", "--json").json()
        #expect(made["file"].text == "list" && made["deliveries"].text == "1", "\(made)")
        #expect(made.keys == (verified.keys + ["file"]).sorted())
        #expect(verified.keys.allSatisfy { made[$0] == verified[$0] })
    }

    @Test func `one person is no people`() async throws {
        let told = try await stage().run("report", "n1", "--csv", "list").errors
        #expect(told == "1 person in list\n")
    }

    @Test(arguments: [true, false])
    func `several that write one file do not take each other's half`(replaces: Bool) async throws {
        let stage = try await stage(3000)
        let whole = try await stage.run("contacts", "export").bytes
        let words = ["contacts", "export", "--output", "list"] + (replaces ? ["--replace"] : [])
        let exits = try await withThrowingTaskGroup(of: Int32.self) { group in
            for _ in 1...6 { group.addTask { try await stage.run(words).exit } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(exits.sorted() == (replaces ? [0, 0, 0, 0, 0, 0] : [0, 64, 64, 64, 64, 64]))
        #expect(stage.program.read("list") == whole)
        #expect(try stage.program.names.filter { $0.hasPrefix("list") } == ["list"])
    }

    @Test(arguments: ways) func `what others call so is left, what a killed process left goes`(
        words: [String]
    ) async throws {
        let stage = try await stage()
        // No process has the one number, and this one has the other.
        let (left, others) = (
            "list.partial-99999999",
            ["list.partial", "list.partial-\(ProcessInfo.processInfo.processIdentifier)"]
        )
        for name in others + [left] { try stage.program.write(name, "x") }
        let outcome = try await stage.run(words + ["list"])
        #expect(outcome.exit == 0, "\(outcome.errors)")
        let names = try stage.program.names
        #expect(others.allSatisfy(names.contains) && !names.contains(left), "\(names)")
    }
}
