import Broadcast
import Foundation
import TestPeers
import Testing

extension Stage {
    /// What a strict reader finds on the page called `name`.
    func page(_ name: String) async throws -> JSONValue {
        try program.write("read.json", "")
        let output = try FileHandle(forWritingTo: program.folder.appending(path: "read.json"))
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let reader = tests.appending(path: "Peers/read_page.py").path
        let line = ["/usr/bin/python3", reader, program.path(name)]
        #expect(try await ChildProcess(line, output: output).end() == 0)
        return try JSONValue(parsing: program.read("read.json"), maxBytes: 1 << 26)
    }
}
