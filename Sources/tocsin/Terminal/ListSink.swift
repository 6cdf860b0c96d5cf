import Foundation
import Glibc
import Storage

/// Where an export goes: standard output, or a file that stands under its name only when it is whole.
struct ListSink {
    private static let standardOutput = ListSink(handle: .standardOutput, path: nil, replaces: true)

    private let handle: FileHandle
    /// The file's own name, links followed; nil for standard output.
    private let path: String?
    private let replaces: Bool

    private init(handle: FileHandle, path: String?, replaces: Bool) {
        self.handle = handle
        self.path = path
        self.replaces = replaces
    }

    /// Fills the file called `name`, standard output for nil, with what `body` writes; nothing of it stays behind when
    /// that fails.
    ///
    /// A file that is there already `replaces`, or is left.
    static func fill<Result>(
        _ name: String?, replaces: Bool = true,
        with body: (ListSink) async throws(CommandFailure) -> Result
    ) async throws(CommandFailure) -> Result {
        let sink = try name.map { (name) throws(CommandFailure) in
            try ListSink(path: name, replaces: replaces)
        }
        let open = sink ?? standardOutput
        do throws(CommandFailure) {
            let result = try await body(open)
            try open.finish()
            return result
        } catch {
            open.abandon()
            throw error
        }
    }

    /// Begins a file of mode 0600 beside the one called `name`; one that is there already `replaces`, or is left.
    private init(path name: String, replaces: Bool) throws(CommandFailure) {
        let path = URL(filePath: name).resolvingSymlinksInPath().path(percentEncoded: false)
        if FileManager.default.fileExists(atPath: path) {
            guard replaces else { throw Self.isThere(name) }
            let facts = try? FileManager.default.attributesOfItem(atPath: path)
            guard facts?[.type] as? FileAttributeType == .typeRegular else {
                throw CommandFailure(
                    .notFound,
                    "\(Plain.text(name)) is no file that could be replaced; give the name of a file")
            }
            // A list is made anew in a moment, a store or a backup of it is not.
            guard (try? Restoration(of: path)) == nil else {
                throw CommandFailure(
                    .usage, "\(Plain.text(name)) is a store or a backup; give another name")
            }
        }
        // What an export that was killed left behind; nothing is there as a rule.
        unsafe unlink(Self.partial(path))
        let file = unsafe open(Self.partial(path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw CommandFailure(
                .notFound,
                "\(Plain.text(name)) cannot be made; check its directory: is it there, and may you write to it?"
            )
        }
        self.init(
            handle: FileHandle(fileDescriptor: file, closeOnDealloc: true), path: path,
            replaces: replaces)
    }

    /// Appends `bytes`.
    ///
    /// - Throws: `storeFailed` when the disk is full; a reader who went away is no failure.
    func write(_ bytes: [UInt8]) throws(CommandFailure) {
        do {
            try handle.write(contentsOf: Data(bytes))
        } catch {
            if path == nil, errno == EPIPE { return }
            let name = path.map { Plain.text($0) } ?? "standard output"
            throw CommandFailure(.storeFailed, "\(name) cannot be written; is the disk full?")
        }
    }

    /// Puts the whole file under its name.
    private func finish() throws(CommandFailure) {
        guard let path else { return }
        if !replaces {
            // A name is given to a file only while nothing else has it.
            guard unsafe link(Self.partial(path), path) == 0 else {
                if errno == EEXIST { throw Self.isThere(path) }
                throw CommandFailure(.storeFailed, "\(Plain.text(path)) cannot be made")
            }
            return abandon()
        }
        guard unsafe rename(Self.partial(path), path) == 0 else {
            throw CommandFailure(.storeFailed, "\(Plain.text(path)) cannot be replaced")
        }
    }

    /// Takes away what was begun.
    private func abandon() { if let path { unsafe unlink(Self.partial(path)) } }

    private static func isThere(_ name: String) -> CommandFailure {
        CommandFailure(.usage, "\(Plain.text(name)) is there already; --replace writes over it")
    }

    private static func partial(_ path: String) -> String { path + ".partial" }
}
