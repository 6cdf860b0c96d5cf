import Foundation
import Glibc

/// Where words go: results to standard output, everything else to standard error.
struct Output: Sendable {
    /// For words before any option has been read.
    static let plain = Output(isJSON: false)

    /// Whether results are wanted as JSON.
    let isJSON: Bool
    /// Whether standard error is a terminal, so that lines are folded and progress makes sense.
    let isTerminal: Bool
    /// Whether standard input and standard error are a terminal, so that a question makes sense.
    let canAsk: Bool

    /// Looks at what standard input and standard error are.
    init(isJSON: Bool) {
        self.isJSON = isJSON
        isTerminal = isatty(STDERR_FILENO) == 1
        canAsk = isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1
    }

    /// A result on standard output; a line end is added.
    func result(_ text: String) { write(text + "\n", to: .standardOutput) }

    /// A result as bytes, as they are.
    func result(bytes: [UInt8]) { write(Data(bytes), to: .standardOutput) }

    /// A sentence for people on standard error; a line end is added.
    ///
    /// A terminal gets it folded; a file or a pipe gets one line, so that whatever searches it finds it whole.
    func say(_ text: String) {
        let lines = Screen.ofWords.map { Paragraph.folded(text, width: $0) } ?? text
        write(Paragraph.spaced(lines) + "\n", to: .standardError)
    }

    /// Words on standard error after which the line goes on.
    func prompt(_ text: String) { write(text, to: .standardError) }

    /// Overwrites the current line of a terminal; shows nothing elsewhere.
    func progress(_ text: String) {
        guard isTerminal else { return }
        write("\r\u{1B}[2K\(text)", to: .standardError)
    }

    /// Takes the progress line away.
    func endProgress() {
        guard isTerminal else { return }
        write("\r\u{1B}[2K", to: .standardError)
    }

    private func write(_ text: String, to handle: FileHandle) { write(Data(text.utf8), to: handle) }

    /// A reader who went away (`| head`) is no reason to fail: what was asked has been done.
    private func write(_ bytes: Data, to handle: FileHandle) {
        do { try handle.write(contentsOf: bytes) } catch { return }
    }
}
