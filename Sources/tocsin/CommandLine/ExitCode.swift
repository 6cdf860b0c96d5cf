/// What the process says to whoever started it; the numbers are documented and never change.
enum ExitCode: Int32, Sendable {
    /// Everyone was reached, or the command did what it was asked.
    case success = 0
    /// Finished, and someone was not reached.
    case someMissed = 1
    /// The journal or the disk failed; what is on disk is safe.
    case storeFailed = 2
    /// Some deliveries wait.
    case someWait = 3
    case usage = 64
    /// Contacts, template, variables or bounds.
    case badContent = 65
    /// No such file, contact or announcement.
    case notFound = 66
    /// Every channel is down and nothing was sent.
    case allDown = 69
    case configuration = 78
    /// Interrupted; `resume` continues.
    case interrupted = 130
}

/// A command that cannot go on: what to say, and with which exit code.
struct CommandFailure: Error, Sendable {
    /// The exit code.
    let exit: ExitCode
    /// Each says what happened, where, and what to do; without control characters.
    let lines: [String]

    init(_ exit: ExitCode, _ lines: String...) {
        self.init(exit, lines: lines)
    }

    init(_ exit: ExitCode, lines: [String]) {
        self.exit = exit
        self.lines = lines
    }
}
