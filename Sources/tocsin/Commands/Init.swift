import Foundation
import Broadcast
import Dispatching
import Storage

extension Commands {
    /// Makes a folder in which everything works after the settings have been filled in.
    static let initialise = CommandSpec(
        path: ["init"], summary: "Make a working folder: channels.json, templates and an empty store",
        operands: [.init(name: "DIR", help: "the folder (default: this one)", count: .optional)],
        shared: CommandSpec.basic,
        details: [
            "Nothing that stands already is overwritten. The example configuration shows every kind of channel; take "
                + "out what you do not have, fill in the rest, then run tocsin check."
        ],
        examples: ["tocsin init acme && cd acme && tocsin check"]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        let folder = URL(filePath: invocation.operand(0) ?? ".", directoryHint: .isDirectory)
        var made: [String] = []
        for file in Starter.files where try Starter.write(file, into: folder) { made.append(file.path) }
        let store = folder.appending(path: "tocsin.db")
        if !FileManager.default.fileExists(atPath: store.path) { made.append("tocsin.db") }
        _ = try session.translating { () throws(StoreError) in
            try Store.open(store.path, now: session.clock.now().wall)
        }
        for path in made { session.output.say("made \(path)") }
        if made.isEmpty { session.output.say("everything stands already; nothing was changed") }
        session.output.say("next: \(next(in: invocation.operand(0) ?? "."))")
        if session.output.isJSON { session.output.result(json: ["made": made]) }
        return .success
    }

    /// What is to be done in the new folder, by names that hold where it was made.
    private static func next(in name: String) -> String {
        let folder = URL(filePath: name, directoryHint: .isDirectory)
        let here = URL(filePath: ".", directoryHint: .isDirectory)
        guard folder.standardizedFileURL != here.standardizedFileURL else {
            return "fill in channels.json, then tocsin check"
        }
        let file = name.hasSuffix("/") ? "\(name)channels.json" : "\(name)/channels.json"
        let words = Plain.text("cd \(ShellWord.of(name)) && tocsin check", limit: 1000)
        return "fill in \(Plain.text(file, limit: 1000)), then \(Paragraph.command(words))"
    }
}
