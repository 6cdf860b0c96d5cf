import Foundation
import TestPeers
import Testing

/// What limits, and values that somebody lacks, are to a rehearsal and to a test.
@Suite(.timeLimit(.minutes(5))) struct TrialLimitTests {
    private static let cutting = #", "overflow": "cut-with-link""#

    @Test(arguments: [false, true])
    func `a test is as long as its channel takes, its mark included`(isCut: Bool) async throws {
        let stage = try await Stage(
            ["sms"],
            more: [
                "sms": #""maxSegments": 1\#(isCut ? Self.cutting : "")"#,
                "sender": #", "page": "https://acme.example/n/{{announcement.id}}""#,
            ])
        // One segment, with no room for more.
        try stage.template(
            "note", "subject: Hi\npurpose: service\nsms: \"\(String(repeating: "Word ", count: 31)) end.\"",
            "Sorry.")
        try await stage.people(1)
        let outcome = try await stage.run("send", "note", "--test-to", "p1")
        let bodies = try await stage.posted().map(\.body)
        #expect(try await stage.run("send", "note", "--to", "all", "--yes").exit == 0)
        #expect(try await stage.posted().last?.body.contains("\"Word Word") == true)
        guard isCut else {
            #expect(outcome.exit == 1 && outcome.output.contains("message-too-large"), "\(outcome.output)")
            return #expect(bodies.isEmpty)
        }
        #expect(outcome.exit == 0, "\(outcome.output)\(outcome.errors)")
        #expect(bodies.count == 1)
        #expect(
            bodies[0].contains("\"[TEST] Word Word")
                && bodies[0].contains("Word... https://acme.example/n/test-note-"), "\(bodies)")
    }

    @Test func `what a provider takes in a day holds neither a rehearsal back nor a test`() async throws {
        let stage = try await Stage(["email"], more: ["email": #""perDay": 1"#])
        try await stage.people(3)
        let rehearsed = try await stage.run("send", "note", "--to", "all", "--rehearse", "r")
        #expect(rehearsed.exit == 0, "\(rehearsed.errors)")
        let files = try RehearsedFolder(program: stage.program, name: "r").files("email")
        #expect(files.count == 3)
        #expect(try await stage.run("send", "note", "--to", "id:p3", "--yes").exit == 0)
        let tested = try await stage.run("send", "note", "--test-to", "p1", "--test-to", "p2")
        #expect(tested.exit == 0, "\(tested.output)\(tested.errors)")
        #expect(
            try await stage.mailed().sorted() == ["p1@acme.example", "p2@acme.example", "p3@acme.example"])
    }

    @Test func `a value that somebody lacks refuses a rehearsal as it does a send`() async throws {
        let stage = try await Stage()
        try stage.template("note", "subject: Hi\npurpose: service", "Your plan is\n{{contact.plan}}.")
        try await stage.program.takeOver("id,email,plan\na,a@acme.example,gold\nb,b@acme.example,\n")
        for how in [["--yes"], ["--rehearse", "r"]] {
            let outcome = try await stage.run(["send", "note", "--to", "all"] + how)
            #expect(outcome.exit == 65 && outcome.told.contains("1 of 2 people"), "\(outcome.errors)")
        }
        #expect(!stage.program.holds("r"))
    }
}
