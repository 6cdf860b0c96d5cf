import Broadcast
import Foundation
import Storage
import TestPeers
import Testing

@Suite(.timeLimit(.minutes(10)))
struct MemoryTests {
    /// The program itself, which stands beside the tests.
    private var program: String {
        URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "tocsin").path
    }

    private func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    @Test func `sending twenty thousand mails keeps less than 100 MB resident`() async throws {
        let sink = try await PeerProcess("smtp_sink.py")
        let line = Line.email(try sink.port("smtp"))
        let stand = try await Stand([line], people: everybody(20_000))
        let scratch = stand.scratch
        let template = scratch.file("templates/outage")
        try FileManager.default.createDirectory(atPath: template, withIntermediateDirectories: true)
        let text = String(repeating: "We are sorry, {{contact.name}}, and will write again.\n\n", count: 40)
        try write("---\nsubject: Down\npurpose: service\n---\n\(text)", to: template + "/message.md")
        let config = scratch.file("channels.json")
        try write(#"{"sender":{"name":"Acme"},"store":"tocsin.db","channels":{\#(line)}}"#, to: config)
        let command = [
            program, "send", "outage", "--to", "all", "--id", "outage", "--yes", "--config", config,
        ]
        let settings = try JSONSerialization.data(withJSONObject: [
            "command": command, "output": scratch.file("output"),
        ])
        let run = try await PeerProcess("measure.py", String(decoding: settings, as: UTF8.self))
        let output = try String(contentsOfFile: scratch.file("output"), encoding: .utf8)
        #expect(try run.port("exit") == 0, "\(output)")
        let peak = try run.port("peak")
        #expect(peak < 100 * 1024, "\(peak) KiB")
        #expect(try await sink.entries("count").first?["mails"]?.number == 20_000)
        #expect(try await stand.standing("email") == "accepted 20000")
    }
}
