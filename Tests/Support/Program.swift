public import Foundation
import Glibc

/// The built program in a folder of its own, run as a process; the folder goes with this object.
public final class Program: Sendable {
    /// What a run left behind.
    public struct Outcome: Sendable {
        /// The exit code; 256 when a signal ended it.
        public let exit: Int32
        /// Standard output.
        public let bytes: [UInt8]
        /// Standard error; on a terminal, all that the terminal showed.
        public let errors: String
        /// Standard output as text.
        public var output: String { String(decoding: bytes, as: UTF8.self) }
        /// The widest line of standard output, in columns of a terminal: what is not of the West takes two.
        public var width: Int {
            output.split(separator: "\n").map { line in
                line.reduce(0) { $0 + ($1.unicodeScalars.allSatisfy { $0.value < 0x2E80 } ? 1 : 2) }
            }.max() ?? 0
        }
    }

    /// Its working directory.
    public let folder: URL
    private let queue = DispatchQueue(label: "program", attributes: .concurrent)

    /// Makes an empty folder.
    public init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "tocsin-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        // A test may have left it unwritable.
        try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
        try? FileManager.default.removeItem(at: folder)
    }

    // MARK: Files

    /// The path of `name` in the folder.
    public func path(_ name: String) -> String { folder.appending(path: name).path }

    /// Writes a file, and the directories above it.
    public func write(_ name: String, _ bytes: [UInt8], mode: Int = 0o600) throws {
        let file = folder.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
    }

    /// Writes a text.
    public func write(_ name: String, _ text: String, mode: Int = 0o600) throws {
        try write(name, Array(text.utf8), mode: mode)
    }

    /// The bytes of a file; empty when there is none.
    public func read(_ name: String) -> [UInt8] {
        Array(FileManager.default.contents(atPath: path(name)) ?? Data())
    }

    /// Whether there is such a file.
    public func holds(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    /// What stands in the folder.
    public var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path) }
    }

    /// The permissions of a file; -1 when there is none.
    public func mode(of name: String) -> Int {
        let facts = try? FileManager.default.attributesOfItem(atPath: path(name))
        return (facts?[.posixPermissions] as? NSNumber)?.intValue ?? -1
    }

    // MARK: Running

    /// Runs the program with nothing but `environment` around it and nobody to ask.
    ///
    /// `asNobody` runs it as an account that may write nowhere; without effect unless the tests run as root.
    @discardableResult public func run(
        _ words: String..., environment: [String: String] = [:], asNobody: Bool = false
    ) async throws -> Outcome {
        try await run(words, environment: environment, asNobody: asNobody)
    }

    /// Runs the program; the same, for words that come in a list.
    @discardableResult public func run(
        _ words: [String], environment: [String: String] = [:], asNobody: Bool = false
    ) async throws -> Outcome {
        let drops = asNobody && geteuid() == 0
        let launcher = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        return try await start(words, environment: environment, launcher: drops ? launcher : []).outcome.value
    }

    /// A run that goes on.
    public struct Running: Sendable {
        /// Its number among the processes.
        public let identifier: Int32
        /// What it leaves behind, once it has ended.
        public let outcome: Task<Outcome, any Error>

        let errors: URL

        /// Returns once it has said `words` on standard error; false when it has ended without.
        ///
        /// Looking blocks, so it happens on a thread of its own and never on one of Swift's. There, too, `act` is done as
        /// soon as it has: what the program does not wait for long a busy machine would do too late elsewhere.
        public func said(_ words: String, then act: @escaping @Sendable () -> Void = {}) async -> Bool {
            let (identifier, errors) = (identifier, errors)
            return await withCheckedContinuation { continuation in
                DispatchQueue(label: "look").async {
                    var isSaid = false
                    while !isSaid, kill(identifier, 0) == 0 {
                        isSaid = (try? String(contentsOf: errors, encoding: .utf8))?.contains(words) ?? false
                        if !isSaid { poll(nil, 0, 10) }
                    }
                    if isSaid { act() }
                    continuation.resume(returning: isSaid)
                }
            }
        }

        /// Sends it a signal.
        public func signal(_ number: Int32) { kill(identifier, number) }
    }

    /// Starts the program and does not wait for its end; `launcher` stands before it, as `/bin/sh -c …` does.
    public func start(
        _ words: [String], environment: [String: String] = [:], launcher: [String] = []
    ) throws -> Running {
        try start(Command(launcher + [Self.executable.path] + words, environment, in: folder))
    }

    private func start(_ command: Command) throws -> Running {
        let errors = folder.appending(path: ".errors-\(UUID().uuidString)")
        try Data().write(to: errors)
        let (process, output) = try begin(
            command, input: .nullDevice, errors: try FileHandle(forWritingTo: errors))
        let outcome = Task {
            let (exit, bytes) = try await finish(process, output)
            let text = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
            try FileManager.default.removeItem(at: errors)
            return Outcome(exit: exit, bytes: bytes, errors: text)
        }
        return Running(identifier: process.identifier, outcome: outcome, errors: errors)
    }

    /// Runs the program with a terminal for standard input and standard error, where `typing` has been typed.
    public func runOnTerminal(
        _ words: String..., typing: String, environment: [String: String] = [:]
    ) async throws -> Outcome {
        try await runOnTerminal(words, typing: typing, environment: environment)
    }

    /// Runs the program on a terminal; the same, for words that come in a list.
    public func runOnTerminal(
        _ words: [String], typing: String, environment: [String: String] = [:]
    ) async throws -> Outcome {
        try await run(Command([Self.executable.path] + words, environment, in: folder), typing: typing)
    }

    private func run(_ command: Command, typing: String) async throws -> Outcome {
        let terminal = try Terminal()
        try terminal.type(typing)
        let (process, output) = try begin(command, input: terminal.slave, errors: terminal.slave)
        let (exit, bytes) = try await finish(process, output)
        return Outcome(exit: exit, bytes: bytes, errors: terminal.shown())
    }

    /// Runs a line as a shell does that finds the program on its path, in `place` below the folder.
    ///
    /// `typing`, when given, has been typed at a terminal; without it there is nobody to ask.
    public func shell(
        _ line: String, in place: String = ".", typing: String? = nil, environment: [String: String] = [:]
    ) async throws -> Outcome {
        let path = Self.executable.deletingLastPathComponent().path + ":/usr/bin:/bin"
        let command = Command(
            ["/bin/bash", "-c", line], environment.merging(["PATH": path]) { $1 }, in: folder, place: place)
        if let typing { return try await run(command, typing: typing) }
        return try await start(command).outcome.value
    }

    /// What is run, where, and with what around it.
    struct Command {
        let line: [String]
        let environment: [String: String]
        let directory: String

        init(_ line: [String], _ environment: [String: String], in folder: URL, place: String = ".") {
            self.line = line
            let basis = ["PATH": "/usr/bin:/bin", "HOME": folder.path, "LC_ALL": "C.UTF-8"]
            // The program is built with the same sanitizer as the tests, and needs its settings.
            let sanitizers = ProcessInfo.processInfo.environment.filter { $0.key.hasSuffix("SAN_OPTIONS") }
            self.environment = basis.merging(sanitizers) { $1 }.merging(environment) { $1 }
            directory = folder.appending(path: place).path
        }
    }

    /// Starts it; the file takes its standard output.
    func begin(
        _ command: Command, input: FileHandle, errors: FileHandle
    ) throws -> (process: ChildProcess, output: URL) {
        let output = folder.appending(path: ".output-\(UUID().uuidString)")
        try Data().write(to: output)
        let process = try ChildProcess(
            command.line, environment: command.environment, directory: command.directory, input: input,
            output: try FileHandle(forWritingTo: output), errors: errors)
        return (process, output)
    }

    func finish(_ process: ChildProcess, _ output: URL) async throws -> (exit: Int32, bytes: [UInt8]) {
        // A program that hangs must fail its test, not stop all of them.
        let limit = DispatchWorkItem { process.signal(SIGKILL) }
        queue.asyncAfter(deadline: .now() + 280, execute: limit)
        let exit = await process.end()
        limit.cancel()
        let bytes = Array(try Data(contentsOf: output))
        try FileManager.default.removeItem(at: output)
        return (exit, bytes)
    }

    /// Beside the tests' own executable.
    static let executable = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "tocsin")
}
