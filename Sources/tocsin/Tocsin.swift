import Foundation

/// The program: words in, exit code out.
@main
enum Tocsin {
    /// Of the program, the configuration's `User-Agent` and the reports.
    static let version = "0.1.0"

    static func main() async {
        Signals.ignoreFailedWrites()
        Signals.leaveNoDump()
        exit(await run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    private static func run(_ words: [String]) async -> ExitCode {
        do throws(CommandFailure) {
            switch try CommandTable(commands: Commands.all).request(words) {
            case .help(let text):
                Output.plain.result(text)
                return .success
            case .version:
                Output.plain.result("tocsin \(version)")
                return .success
            case .run(let command, let invocation):
                return try await command.run(invocation, Session(invocation))
            }
        } catch {
            for line in error.lines { Output.plain.say("tocsin: \(line)") }
            return error.exit
        }
    }
}
