import Foundation
import Glibc
import Storage

/// Where an export goes: standard output, or a file that stands under its name only when it is whole.
struct ListSink {
    static let standardOutput = ListSink(handle: .standardOutput, path: nil)

    private let handle: FileHandle
    /// The file's own name, links followed; nil for standard output.
    private let path: String?

    private init(handle: FileHandle, path: String?) {
        self.handle = handle
        self.path = path
    }

    /// Begins a file of mode 0600 beside the one called `name`.
    init(path name: String) throws(CommandFailure) {
        let path = URL(filePath: name).resolvingSymlinksInPath().path(percentEncoded: false)
        if FileManager.default.fileExists(atPath: path) {
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
        self.init(handle: FileHandle(fileDescriptor: file, closeOnDealloc: true), path: path)
    }

    /// Appends `bytes`.
    ///
    /// - Throws: `storeFailed` when the disk is full; a reader who went away is no failure.
    func write(_ bytes: [UInt8]) throws(CommandFailure) {
        do {
            try handle.write(contentsOf: Data(bytes))
        } catch {
            if path == nil, errno == EPIPE { return }
            if let path { unsafe unlink(Self.partial(path)) }
            let name = path.map { Plain.text($0) } ?? "standard output"
            throw CommandFailure(.storeFailed, "\(name) cannot be written; is the disk full?")
        }
    }

    /// Puts the whole file under its name.
    func finish() throws(CommandFailure) {
        guard let path else { return }
        guard unsafe rename(Self.partial(path), path) == 0 else {
            throw CommandFailure(.storeFailed, "\(Plain.text(path)) cannot be replaced")
        }
    }

    private static func partial(_ path: String) -> String { path + ".partial" }
}
