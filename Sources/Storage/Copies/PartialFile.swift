internal import CSQLite
internal import Foundation
internal import Glibc

/// A file of mode 0600 that grows beside the name it is to have, and takes that name only when it is whole.
public struct PartialFile: Sendable {
    /// What it is called meanwhile.
    public let path: String
    private let target: String

    /// The file that is meant by `name`, links followed.
    ///
    /// - Throws: a ``StoreError`` when no file stands there but something else, when a link leads nowhere, or when the
    ///   file must not be taken.
    public static func target(_ name: String, isTaken: Bool) throws(StoreError) -> String {
        guard name != "-" else {
            throw StoreError(
                .wrongState, path: name,
                "stands for standard output elsewhere; give the name of a file (./- for one called so)")
        }
        let path = URL(filePath: name).resolvingSymlinksInPath().path
        guard FileManager.default.fileExists(atPath: path) else {
            // Where a disk is not mounted, it must not be taken for a name that is free.
            guard (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) == nil else {
                throw StoreError(
                    .directoryMissing, path: name,
                    "is a link that leads nowhere; remove it, or give another name")
            }
            if name.hasSuffix("/") { throw noFile(name) }
            return path
        }
        let facts = try? FileManager.default.attributesOfItem(atPath: path)
        guard facts?[.type] as? FileAttributeType == .typeRegular, !name.hasSuffix("/") else {
            throw noFile(name)
        }
        guard !isTaken else { throw standing(name) }
        return path
    }

    private static func noFile(_ path: String) -> StoreError {
        StoreError(.directoryMissing, path: path, "is no file; give the name of a file")
    }

    private static func standing(_ path: String) -> StoreError {
        StoreError(.fileExists, path: path, "stands already; --replace takes its place")
    }

    /// Begins an empty file beside `target`; removes what a killed process began there before.
    ///
    /// - Parameters:
    ///   - target: the name it is to have.
    ///   - mark: what follows that name meanwhile; files that grow at one time under one name need marks of their own.
    /// - Throws: a ``StoreError`` when it cannot be made.
    public init(for target: String, mark: String = ".partial-") throws(StoreError) {
        self.target = target
        path = "\(target)\(mark)\(getpid())"
        Self.sweep(beside: target, mark)
        let failed = unsafe tocsin_create_private(path)
        guard failed == 0 else { throw StoreError.notMade(target, failed) }
    }

    private static let logs = ["-journal", "-wal", "-shm"]

    private static func sweep(beside target: String, _ mark: String) {
        let file = URL(filePath: target)
        let directory = file.deletingLastPathComponent().path
        let prefix = file.lastPathComponent + mark
        // What cannot be listed is told when the file is made.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        where name.hasPrefix(prefix) {
            let rest = name.dropFirst(prefix.count)
            let digits = rest.prefix { $0.isNumber }
            // Another file, which somebody has called so.
            guard ([""] + logs).contains(rest.dropFirst(digits.count).description) else { continue }
            guard let owner = pid_t(digits), owner == getpid() || (kill(owner, 0) != 0 && errno == ESRCH)
            else { continue }
            unsafe unlink(directory + "/" + name)
        }
    }

    /// Lets `work` fill it; when that fails, nothing of it stays, and the error names the file that was asked for.
    func filled<Value>(_ work: () throws(StoreError) -> Value) throws(StoreError) -> Value {
        do throws(StoreError) { return try work() } catch {
            discard()
            throw error.path == path ? StoreError(error.code, path: target, error.message) : error
        }
    }

    /// Removes it.
    public func discard() {
        for suffix in [""] + Self.logs { unsafe unlink(path + suffix) }
    }

    /// Gives it its name, on disk for good when this returns.
    ///
    /// - Throws: ``StoreError/Code/fileExists`` when one stands there and is not to be replaced.
    public func publish(replacing: Bool) throws(StoreError) {
        try Self.sync(path, O_RDONLY)
        if replacing {
            guard unsafe rename(path, target) == 0 else { throw StoreError.notMade(target, errno) }
        } else {
            try take()
        }
        let directory = URL(filePath: target).deletingLastPathComponent().path
        // One that may be written and not read cannot be opened for that.
        if unsafe access(directory, R_OK) == 0 { try Self.sync(directory, O_RDONLY | O_DIRECTORY) }
    }

    /// A link is refused where a file stands, in one step; some file systems, such as those of memory sticks, know none.
    private func take() throws(StoreError) {
        if unsafe link(path, target) == 0 {
            unsafe unlink(path)
            return
        }
        let isLinkless = [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(errno)
        if !isLinkless, errno != EEXIST { throw StoreError.notMade(target, errno) }
        guard isLinkless, !FileManager.default.fileExists(atPath: target) else { throw Self.standing(target) }
        guard unsafe rename(path, target) == 0 else { throw StoreError.notMade(target, errno) }
    }

    private static func sync(_ path: String, _ flags: Int32) throws(StoreError) {
        let file = unsafe open(path, flags | O_CLOEXEC)
        guard file >= 0 else { throw StoreError.notMade(path, errno) }
        defer { close(file) }
        guard fsync(file) == 0 || errno == EINVAL else {
            throw StoreError(.ioFailed, path: path, "cannot be written to the disk for good; check the disk")
        }
    }
}
