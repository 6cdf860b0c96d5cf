import Broadcast
import Foundation
import TestPeers
import Testing

@Suite(.timeLimit(.minutes(10))) struct DryRunMemoryTests {
    /// The most that a dry run over so many people had resident, in KiB.
    private func peak(of people: Int, _ stage: Stage) async throws -> Int {
        let words = [
            "send", "note", "--to", people > 1000 ? "all" : "tag:few", "--dry-run", "--reach", "first",
        ]
        let command =
            ["/usr/bin/env"] + Stage.secrets.map { "\($0)=\($1)" } + [Self.executable] + words
            + [
                "--config", stage.program.path("channels.json"), "--html",
                stage.program.path("\(people).html"),
            ]
        let settings = try JSONSerialization.data(withJSONObject: [
            "command": command, "output": stage.program.path("output"),
        ])
        let run = try await PeerProcess("measure.py", String(decoding: settings, as: UTF8.self))
        let output = String(decoding: stage.program.read("output"), as: UTF8.self)
        #expect(
            try run.port("exit") == 0 && output.contains("\(people / 1000),000 people selected"), "\(output)")
        return try run.port("peak")
    }

    @Test func `a file that goes along is held once, not for each reader`() async throws {
        let stage = try await Stage(["email"], more: ["email": #""maxBytes": 50000000"#])
        try stage.template("note", "subject: Down\npurpose: service\nattachments: [big.bin]", "We are sorry.")
        let size = 8_000_000
        try stage.program.write("templates/note/big.bin", [UInt8](repeating: 0, count: size))
        let (few, many) = (1000, 20_000)
        let rows = (1...many).map { "p\($0),p\($0)@acme.example,\($0 > few ? "" : "few")" }
        try await stage.program.takeOver("id,email,tags\n" + rows.joined(separator: "\n") + "\n")
        let (least, most) = try await (peak(of: few, stage), peak(of: many, stage))
        // One more copy of it would be more than that.
        #expect(most - least < size / 1024, "\(least) KiB, then \(most) KiB")
    }

    private static let executable = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appending(path: "tocsin").path

    @Test func `a dry run over many people takes no more memory than over a page of them`() async throws {
        let stage = try await Stage(["email", "sms", "telegram", "status"])
        try stage.template(
            "note",
            "subject: Down\npurpose: service\nvariables: {contact.name: {description: W, default: all}}",
            String(repeating: "Dear {{contact.name}}, we are sorry.\n\n", count: 20))
        let (few, many) = (1000, 20_000)
        let rows = (1...many).map { number in
            "p\(number),Person \(number),p\(number)@acme.example,+39333\(1_000_000 + number),\(number),"
                + (number > few ? "" : "few")
        }
        try await stage.program.takeOver(
            "id,name,email,phone,telegram,tags\n" + rows.joined(separator: "\n") + "\n")
        let (least, most) = try await (peak(of: few, stage), peak(of: many, stage))
        // Keeping what is planned for each person, at 100 bytes a delivery, would be twice that.
        #expect(most - least < 6 * 1024, "\(least) KiB, then \(most) KiB")
    }
}
