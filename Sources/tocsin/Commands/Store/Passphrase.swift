import Broadcast
import Foundation
import Wire

/// What opens a backup, as the command line, the environment or a person gives it.
struct Passphrase {
    /// Where it is looked for when no file is named.
    static let variable = "TOCSIN_PASSPHRASE"
    /// What is shorter is guessed too easily.
    static let least = 8
    /// What is longer, in bytes, is another file than was meant.
    private static let longest = 4096
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let lineEnd = UInt8(ascii: "\n")

    static let option = CommandSpec.Option.value(
        "passphrase-file", "FILE", "the passphrase is the first line of FILE (else $\(variable), else asked)")

    /// The passphrase for a new backup; nil when it is to stay as it is.
    ///
    /// - Throws: `usage` when it is too short, or nobody can be asked; `notFound` when there is no such file.
    static func new(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Secret? {
        if let given = try given(invocation, session) { return Secret(try checked(given)) }
        guard invocation.isSet("encrypt") else { return nil }
        let first = try asked("Passphrase: ", session)
        guard try asked("The same again: ", session) == first else {
            throw CommandFailure(.usage, "the two passphrases are not the same; nothing was written")
        }
        return Secret(try checked(first))
    }

    /// The passphrase of a backup that is encrypted.
    ///
    /// - Throws: `usage` when there is none and nobody can be asked; `notFound` when there is no such file.
    static func known(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Secret {
        if let given = try given(invocation, session) { return Secret(given) }
        return Secret(try asked("Passphrase: ", session))
    }

    private static func given(
        _ invocation: Invocation, _ session: Session
    ) throws(CommandFailure) -> String? {
        guard let path = invocation.value("passphrase-file") else {
            guard let text = session.environment[variable] else { return nil }
            // Whoever sets it wants one: a script whose passphrase was not found must not write an open backup.
            guard !text.isEmpty else {
                throw CommandFailure(
                    .usage, "$\(variable) is empty: set it to the passphrase, or unset it")
            }
            return try firstLine(of: Array(text.utf8), in: variable)
        }
        let line = try firstLine(of: try start(of: path), in: Plain.text(path))
        // A pipe, which is somebody else's to keep, is no file; of a link the mode says nothing.
        let target = URL(filePath: path).resolvingSymlinksInPath().path
        let facts = try? FileManager.default.attributesOfItem(atPath: target)
        if facts?[.type] as? FileAttributeType == .typeRegular,
            let mode = facts?[.posixPermissions] as? Int, mode & 0o077 != 0
        {
            session.output.say("warning: other accounts can read \(Plain.text(path)): chmod 600 it")
        }
        return line
    }

    /// As much of a file or pipe as can hold a passphrase: what lies beyond is none, and may be much.
    private static func start(of path: String) throws(CommandFailure) -> [UInt8] {
        let failure = CommandFailure(
            .notFound, "\(Plain.text(path)) cannot be read: expected a passphrase in it")
        guard let handle = FileHandle(forReadingAtPath: path) else { throw failure }
        let most = mark.count + longest + 2
        var bytes: [UInt8] = []
        while bytes.count < most, !bytes.contains(lineEnd) {
            let piece: Data?
            do { piece = try handle.read(upToCount: most - bytes.count) } catch { throw failure }
            guard let piece, !piece.isEmpty else { break }
            bytes += piece
        }
        return bytes
    }

    /// What stands before the first line end, LF or CRLF, without the mark of UTF-8 that some editors put first.
    private static func firstLine(of bytes: [UInt8], in place: String) throws(CommandFailure) -> String {
        var line = bytes.prefix { $0 != lineEnd }
        if line.count < bytes.count, line.last == UInt8(ascii: "\r") { line.removeLast() }
        if line.starts(with: mark) { line.removeFirst(mark.count) }
        guard line.count <= longest else {
            throw CommandFailure(
                .usage,
                "the first line of \(place) is longer than \(longest) bytes; expected a passphrase")
        }
        guard !line.isEmpty else {
            throw CommandFailure(.usage, "\(place) has no passphrase: its first line is empty")
        }
        return try sound(String(decoding: line, as: UTF8.self), in: place)
    }

    /// The same; what cannot be read comes as U+FFFD, and one would open what another was to open.
    private static func sound(_ text: String, in place: String) throws(CommandFailure) -> String {
        guard !text.unicodeScalars.contains("\u{FFFD}") else {
            throw CommandFailure(
                .usage,
                "the passphrase in \(place) is no text (UTF-8); random bytes can be written with base64")
        }
        return text
    }

    private static func asked(_ question: String, _ session: Session) throws(CommandFailure) -> String {
        guard let answer = session.output.askPassphrase(question) else {
            throw CommandFailure(
                .usage, "a passphrase is needed: give --passphrase-file FILE or set \(variable)")
        }
        return try sound(answer, in: "the answer")
    }

    private static func checked(_ text: String) throws(CommandFailure) -> String {
        guard text.count >= least else {
            throw CommandFailure(
                .usage, "the passphrase has \(text.count) characters; expected at least \(least)")
        }
        return text
    }
}
