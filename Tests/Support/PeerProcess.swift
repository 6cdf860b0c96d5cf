import Foundation
import Glibc

/// A server from `Tests/Peers` in its own process; it ends with this object, or with the test process.
public final class PeerProcess: Sendable {
    /// What went wrong with a peer.
    public enum Failure: Error {
        /// It ended, or said something that is no JSON object.
        case silent(script: String)
        case missing(fact: String)
    }

    /// One thing a peer saw; see the script for its keys.
    public typealias Entry = [String: JSON]

    /// A JSON value as far as peers use it.
    public enum JSON: Sendable, Hashable, Decodable {
        case text(String)
        case number(Double)
        case flag(Bool)
        case list([JSON])
        case object([String: JSON])
        case null

        /// Any JSON value.
        public init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .null
            } else if let flag = try? container.decode(Bool.self) {
                self = .flag(flag)
            } else if let number = try? container.decode(Double.self) {
                self = .number(number)
            } else if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let list = try? container.decode([JSON].self) {
                self = .list(list)
            } else {
                self = .object(try container.decode([String: JSON].self))
            }
        }

        /// The string; empty for anything else.
        public var text: String {
            if case .text(let text) = self { text } else { "" }
        }

        /// The number as an integer; -1 for anything else.
        public var number: Int {
            if case .number(let number) = self { Int(number) } else { -1 }
        }

        /// The member; null where there is none.
        public subscript(_ name: String) -> JSON {
            if case .object(let members) = self { members[name, default: .null] } else { .null }
        }

        /// The elements; none for anything else.
        public var list: [JSON] {
            if case .list(let list) = self { list } else { [] }
        }
    }

    private let script: String
    private let facts: Entry
    private let process: ChildProcess
    private let input: FileHandle
    private let output: FileHandle
    /// Talking to a peer blocks, so it happens on a thread of its own and never on one of Swift's.
    private let queue: DispatchQueue

    /// Starts `Tests/Peers/SCRIPT` with these arguments, as a rule its settings as JSON, and returns once it listens.
    public init(_ script: String, _ arguments: String...) async throws {
        let (standardInput, standardOutput) = (Pipe(), Pipe())
        for file in [standardInput.fileHandleForWriting, standardOutput.fileHandleForReading] {
            _ = fcntl(file.fileDescriptor, F_SETFD, FD_CLOEXEC)
        }
        process = try ChildProcess(
            ["/usr/bin/python3", Self.folder.appending(path: script).path] + arguments,
            input: standardInput.fileHandleForReading, output: standardOutput.fileHandleForWriting)
        // Held by the peer alone, or its end would not end what is read from it.
        try standardInput.fileHandleForReading.close()
        try standardOutput.fileHandleForWriting.close()
        self.script = script
        input = standardInput.fileHandleForWriting
        output = standardOutput.fileHandleForReading
        queue = DispatchQueue(label: script)
        facts = try await Self.read(from: output, of: script, on: queue)
    }

    /// What stands before a command so that `Tests/Peers/SCRIPT` runs it.
    public static func launcher(_ script: String) -> [String] {
        ["/usr/bin/python3", folder.appending(path: script).path]
    }

    deinit {
        // Asked, not killed: it removes its certificates.
        let isAsked: Void? = try? input.write(contentsOf: Data("{\"do\": \"end\"}\n".utf8))
        if isAsked == nil { process.signal(SIGTERM) }
        process.abandon()
    }

    /// The port called `name` in the script.
    public func port(_ name: String) throws -> Int {
        guard let port = facts[name]?.number else { throw Failure.missing(fact: name) }
        return port
    }

    /// The text called `name` in the script, such as the path of the CA's file.
    public func text(_ name: String) throws -> String {
        guard let text = facts[name]?.text else { throw Failure.missing(fact: name) }
        return text
    }

    /// What it saw so far, as far as `what` says so.
    public func entries(_ what: String) async throws -> [Entry] {
        try await ask(["do": "wait", "count": 0, "what": what])
    }

    /// What it saw, once there are `count` entries of the kind `what`.
    @discardableResult public func wait(for count: Int, _ what: String) async throws -> [Entry] {
        try await ask(["do": "wait", "count": count, "what": what])
    }

    /// Lets every reply go that the script holds.
    public func release() async throws { _ = try await ask(["do": "release"]) }

    /// The same for who must not wait for one of Swift's threads: says so, and leaves the answer to the peer's own.
    public func releaseAtOnce() {
        try? input.write(contentsOf: Data("{\"do\": \"release\"}\n".utf8))
        queue.async { [output] in _ = Self.line(from: output) }
    }

    private func ask(_ command: [String: any Sendable]) async throws -> [Entry] {
        let line = try JSONSerialization.data(withJSONObject: command) + Data("\n".utf8)
        try input.write(contentsOf: line)
        let answer = try await Self.read(from: output, of: script, on: queue)
        return answer["entries", default: .null].list.compactMap {
            if case .object(let entry) = $0 { entry } else { nil }
        }
    }

    private static func read(
        from output: FileHandle, of script: String, on queue: DispatchQueue
    ) async throws -> Entry {
        try await withCheckedThrowingContinuation { continuation in
            queue.async {
                let line = Self.line(from: output)
                continuation.resume(
                    with: Result {
                        guard let entry = try? JSONDecoder().decode(Entry.self, from: line) else {
                            throw Failure.silent(script: script)
                        }
                        return entry
                    })
            }
        }
    }

    private static func line(from output: FileHandle) -> Data {
        var line = Data()
        while line.last != 0x0A {
            guard let piece = try? output.read(upToCount: 1), !piece.isEmpty else { break }
            line += piece
        }
        return line
    }

    private static var folder: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(
            path: "Peers")
    }
}
