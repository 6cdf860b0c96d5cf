import CFuzzer
import Foundation

/// Runs one target under libFuzzer: `fuzz TARGET [libFuzzer's own arguments]`.
@main
struct Fuzz {
    /// Chosen before the first input, since libFuzzer's callback carries nothing of ours.
    static let target: FuzzTarget? = CommandLine.arguments.dropFirst().first.flatMap(FuzzTarget.named)

    static func main() {
        guard target != nil else {
            let names = FuzzTarget.all.map(\.name).joined(separator: "\n")
            say("usage: fuzz TARGET [arguments of libFuzzer]; TARGET is one of\n\(names)")
            exit(64)
        }
        var count = CommandLine.argc - 1
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv + 1
        let status = LLVMFuzzerRunDriver(&count, &arguments) { data, size in
            let law = Fuzz.target?.run(Array(UnsafeBufferPointer(start: data, count: size)))
            guard let law else { return 0 }
            Fuzz.say("broken: \(law)")
            abort()
        }
        exit(status)
    }

    private static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
