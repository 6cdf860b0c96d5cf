public import Foundation
import Glibc

/// A program in a process of its own.
///
/// Foundation's own class watches its children through select(2), which knows no descriptor beyond 1023: with all tests
/// running at once it misses how some of them end, and whoever waits for those waits for ever.
public final class ChildProcess: Sendable {
    /// It could not be started.
    public struct Failure: Error {
        /// What the system said, as in errno(3).
        public let code: Int32
    }

    /// Its number among the processes.
    public let identifier: pid_t
    private let queue = DispatchQueue(label: "child")

    /// Starts `line` in `directory`; a file that is not given is the null device, or for standard error the tests' own.
    public init(
        _ line: [String], environment: [String: String] = ProcessInfo.processInfo.environment,
        directory: String = ".", input: FileHandle = .nullDevice, output: FileHandle = .nullDevice,
        errors: FileHandle = .standardError
    ) throws {
        let launcher = "/usr/bin/env"
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, file) in [input, output, errors].enumerated() {
            posix_spawn_file_actions_adddup2(&actions, file.fileDescriptor, Int32(number))
        }
        // Swift's threads hear no signals, and a program would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var blocked = sigset_t()
        sigemptyset(&blocked)
        posix_spawnattr_setsigmask(&attributes, &blocked)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        // Becomes the program itself, in the directory.
        let words = ([launcher, "-C", directory] + line).map { strdup($0) } + [nil]
        let surroundings = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in words + surroundings { free(text) } }
        var identifier: pid_t = 0
        let code = posix_spawn(&identifier, launcher, &actions, &attributes, words, surroundings)
        guard code == 0 else { throw Failure(code: code) }
        self.identifier = identifier
    }

    /// Sends it a signal; without effect once it has ended and has been waited for.
    public func signal(_ number: Int32) { kill(identifier, number) }

    /// Waits for its end, on a thread that may block; to be called once.
    ///
    /// - Returns: the exit code; 256 when a signal ended it.
    @discardableResult public func end() async -> Int32 {
        await withCheckedContinuation { continuation in
            queue.async { [identifier] in continuation.resume(returning: Self.end(of: identifier)) }
        }
    }

    /// Lets nothing of it stay when it ends, and does not wait for that; instead of ``end()``.
    public func abandon() {
        queue.async { [identifier] in _ = Self.end(of: identifier) }
    }

    private static func end(of identifier: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 256
    }
}
