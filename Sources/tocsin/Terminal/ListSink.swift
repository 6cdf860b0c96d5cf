import Foundation
import Glibc
import Storage

/// Where an export goes: standard output, or a file that stands under its name only when it is whole.
struct ListSink {
    private static let standardOutput = ListSink(
        handle: .standardOutput, file: nil, name: "standard output", replaces: true)

    private let handle: FileHandle
    /// What stands under its name when it is whole; nil for standard output.
    private let file: PartialFile?
    private let name: String
    private let replaces: Bool

    private init(handle: FileHandle, file: PartialFile?, name: String, replaces: Bool) {
        self.handle = handle
        self.file = file
        self.name = name
        self.replaces = replaces
    }

    /// Fills the file called `name`, standard output for nil, with what `body` writes; nothing of it stays behind when
    /// that fails.
    ///
    /// A file that is there already is left, unless it `replaces` an earlier one of its `kind`.
    static func fill<Result>(
        _ name: String?, as kind: MadeFile, replaces: Bool,
        with body: (ListSink) async throws(CommandFailure) -> Result
    ) async throws(CommandFailure) -> Result {
        let sink = try name.map { (name) throws(CommandFailure) in
            try ListSink(path: name, kind, replaces: replaces)
        }
        let open = sink ?? standardOutput
        do throws(CommandFailure) {
            let result = try await body(open)
            try open.finish()
            return result
        } catch {
            open.file?.discard()
            throw error
        }
    }

    /// Begins a file of mode 0600 beside the one called `name`.
    private init(path name: String, _ kind: MadeFile, replaces: Bool) throws(CommandFailure) {
        do throws(StoreError) {
            let target = try PartialFile.target(name, isTaken: false)
            // A list is made anew in a moment, a store or a backup of it is not.
            guard !Store.isPart(target) else {
                throw StoreError(
                    .fileExists, path: name, "is a store or a backup, or belongs to one; give another name")
            }
            guard !FileManager.default.fileExists(atPath: target) || kind.isOne(target) else {
                throw StoreError(
                    .fileExists, path: name,
                    "stands already and is no \(kind.rawValue) made here, so nothing takes its place; "
                        + "give another name")
            }
            _ = try PartialFile.target(name, isTaken: !replaces)
            let file = try PartialFile(for: target)
            guard let handle = FileHandle(forWritingAtPath: file.path) else {
                throw StoreError(.cannotOpen, path: name, "cannot be written; check its directory")
            }
            self.init(handle: handle, file: file, name: name, replaces: replaces)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Appends `bytes`.
    ///
    /// - Throws: `storeFailed` when the disk is full; a reader who went away is no failure.
    func write(_ bytes: [UInt8]) throws(CommandFailure) {
        do {
            try handle.write(contentsOf: Data(bytes))
        } catch {
            if file == nil, errno == EPIPE { return }
            throw CommandFailure(.storeFailed, "\(Plain.text(name)) cannot be written; is the disk full?")
        }
    }

    /// Puts the whole file under its name.
    private func finish() throws(CommandFailure) {
        do throws(StoreError) { try file?.publish(replacing: replaces) } catch { throw CommandFailure(error) }
    }
}
