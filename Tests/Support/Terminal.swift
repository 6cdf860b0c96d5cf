import Foundation
import Glibc
import Synchronization

/// A pseudo-terminal, and all that it has shown.
final class Terminal: Sendable {
    private let master: FileHandle
    let slave: FileHandle
    private let seen = Mutex<[UInt8]>([])

    struct Failure: Error {}

    /// One that says it has so many columns; 0 says nothing.
    init(columns: UInt16 = 0) throws {
        var (master, slave): (Int32, Int32) = (-1, -1)
        var size = winsize(ws_row: 0, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        guard openpty(&master, &slave, nil, nil, &size) == 0 else { throw Failure() }
        for descriptor in [master, slave] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(master, F_SETFL, O_NONBLOCK)
        self.master = FileHandle(fileDescriptor: master, closeOnDealloc: true)
        self.slave = FileHandle(fileDescriptor: slave, closeOnDealloc: true)
    }

    /// Types `text`, as a person does.
    func type(_ text: String) throws { try master.write(contentsOf: Data(text.utf8)) }

    /// Everything it has shown so far.
    func shown() -> String {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(master.fileDescriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            seen.withLock { $0 += buffer.prefix(count) }
        }
        return seen.withLock { String(decoding: $0, as: UTF8.self) }
    }
}

/// A run on a terminal that goes on.
public struct TerminalRun: Sendable {
    let process: ChildProcess
    let terminal: Terminal
    /// What it leaves behind, once it has ended.
    public let outcome: Task<Program.Outcome, any Error>

    /// Returns once the terminal has shown `words`; false when the program has ended without.
    ///
    /// Looking blocks, so it happens on a thread of its own and never on one of Swift's.
    public func shows(_ words: String) async -> Bool {
        let (identifier, terminal) = (process.identifier, terminal)
        return await withCheckedContinuation { continuation in
            DispatchQueue(label: "look").async {
                var isShown = false
                while !isShown, kill(identifier, 0) == 0 {
                    isShown = terminal.shown().contains(words)
                    if !isShown { poll(nil, 0, 10) }
                }
                continuation.resume(returning: isShown)
            }
        }
    }

    /// Types `text`.
    public func type(_ text: String) throws { try terminal.type(text) }

    /// Whether what is typed is shown.
    public var isEchoing: Bool {
        var modes = termios()
        return tcgetattr(terminal.slave.fileDescriptor, &modes) == 0 && modes.c_lflag & tcflag_t(ECHO) != 0
    }

    /// Sends it a signal.
    public func signal(_ number: Int32) { process.signal(number) }
}

extension Program {
    /// Runs the program with a terminal for everything; what it shows, results too, are the errors of the outcome.
    ///
    /// For little output: nobody reads it before the program has ended.
    public func runOnScreen(
        _ words: [String], columns: UInt16, environment: [String: String] = [:]
    ) async throws -> Outcome {
        let terminal = try Terminal(columns: columns)
        let command = Command([Self.executable.path] + words, environment, in: folder)
        let process = try ChildProcess(
            command.line, environment: command.environment, directory: command.directory,
            input: terminal.slave, output: terminal.slave, errors: terminal.slave)
        let exit = await process.end()
        return Outcome(exit: exit, bytes: [], errors: terminal.shown().replacing("\r\n", with: "\n"))
    }

    /// Starts the program on a terminal and does not wait for its end.
    public func startOnTerminal(
        _ words: [String], environment: [String: String] = [:]
    ) throws -> TerminalRun {
        let terminal = try Terminal()
        let command = Command([Self.executable.path] + words, environment, in: folder)
        let (process, output) = try begin(command, input: terminal.slave, errors: terminal.slave)
        let outcome = Task {
            let (exit, bytes) = try await finish(process, output)
            return Outcome(exit: exit, bytes: bytes, errors: terminal.shown())
        }
        return TerminalRun(process: process, terminal: terminal, outcome: outcome)
    }
}
