import Foundation
import Testing

@testable import Broadcast

struct ShellWordTests {
    @Test(arguments: [
        "plain", "Cellulare=phone", "Città=name", "Tel. casa=phone", "it's", "a\"b", "$HOME", "`id`", "",
        "a;b", "~",
        "#x", "*", "a\nb", "-x", "\\",
    ])
    func `a shell reads the word back as it was`(word: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "printf %s \(ShellWord.of(word))"]
        if word == "-x" { process.arguments = ["-c", "printf -- \(ShellWord.of(word))"] }
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(String(decoding: output, as: UTF8.self) == word)
    }

    @Test(arguments: ["plain", "Cellulare=phone", "people.rejected.csv"])
    func `a plain word stays plain`(word: String) { #expect(ShellWord.of(word) == word) }
}
