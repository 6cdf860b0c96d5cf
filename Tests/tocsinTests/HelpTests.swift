import TestPeers
import Testing

struct HelpTests {
    @Test func `no line of any help is wider than 80 columns`() async throws {
        let program = try Program()
        let overview = try await program.run("--help")
        let names = overview.output.matches(of: /(?m)^  ([a-z]+(?: [a-z]+)?)(?:  |$)/).map { String($0.1) }
        #expect(names.count >= 20)
        #expect(overview.width <= 80)
        for name in names + ["contacts", "channels"] {
            let words = name.split(separator: " ").map(String.init)
            let help = try await program.run(words + ["--help"])
            #expect(help.exit == 0, "\(name): \(help.errors)")
            #expect(help.output.contains("tocsin \(words[0])"), "\(name)")
            #expect(help.width <= 80, "\(name): \(help.width)")
        }
    }

    @Test(arguments: [
        (["contcts"], "did you mean contacts?"), (["contacts", "lst"], "did you mean list?"),
        (["contacts"], "needs one of: import"), (["contacts", "import"], "needs FILE"),
        (["contacts", "set", "anna"], "needs KEY=VALUE"),
        (["contacts", "list", "--jsn"], "did you mean --json?"),
        (["channels", "dwon", "sms"], "did you mean down?"), (["check", "now"], "unexpected now\n"),
        (
            ["send", "x", "--to", "has:sms", "and", "tag:vip"],
            "unexpected and; put the audience in quotes: --to '"
        ),
        (["contacts", "show", "-x\u{1B}[2J"], "options are long here"),
        (["contacts", "show", "--\u{1B}[2J"], "is no option"),
    ])
    func `a word that fits nowhere is told with what was meant`(words: [String], told: String) async throws {
        let program = try Program()
        let outcome = try await program.run(words)
        #expect(outcome.exit == 64)
        #expect(outcome.errors.contains(told), "\(outcome.errors)")
        #expect(outcome.complaints.count == 1)
        #expect(outcome.output.isEmpty && outcome.isPlain)
    }
}
