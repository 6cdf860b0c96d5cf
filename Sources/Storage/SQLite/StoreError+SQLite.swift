internal import CSQLite
internal import Foundation

extension StoreError {
    /// What SQLite's last result on a handle means; `text` is SQLite's own message, `errno` the system's.
    ///
    /// Source: https://www.sqlite.org/rescode.html (2026-11).
    init(result: Int32, errno: Int32, text: String, path: String) {
        // A sync that failed is never only a full disk: what was written before it may be gone.
        let isSync = [4, 5].contains(result >> 8) && result & 0xFF == SQLITE_IOERR
        let isOutOfSpace = !isSync && (errno == ENOSPC || errno == EDQUOT)
        let isFrozen = errno == EROFS
        let (code, message) = Self.reading(
            result & 0xFF, isOutOfSpace: isOutOfSpace, isFrozen: isFrozen)
        let detail = code == .statementInvalid || code == .ioFailed ? " (\(text), code \(result))" : ""
        self.init(code, path: path, message + detail)
    }

    private static func reading(
        _ primary: Int32, isOutOfSpace: Bool, isFrozen: Bool
    ) -> (Code, String) {
        switch primary {
        case SQLITE_FULL: (.diskFull, fullText)
        case SQLITE_IOERR where isOutOfSpace, SQLITE_CANTOPEN where isOutOfSpace: (.diskFull, fullText)
        case SQLITE_NOTADB: (.notOurs, "is not a Tocsin store; give another path")
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL:
            (.busy, "is locked by another process; try again when that has finished")
        case SQLITE_SCHEMA:
            (.busy, "is being given other tables by another program; try again when that has finished")
        case SQLITE_CANTOPEN where isFrozen, SQLITE_READONLY where isFrozen: (.readOnly, frozenText)
        case SQLITE_READONLY: (.readOnly, readOnlyText)
        case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH:
            (.cannotOpen, "cannot be opened; check its owner and mode (0600) and those of its directory")
        // Whoever mounted it may not have meant to: a disk with faults is often remounted so by the system.
        case SQLITE_IOERR where isFrozen: (.ioFailed, frozenText)
        case SQLITE_IOERR:
            (.ioFailed, "the disk failed; the last commit is safe: check the disk, then run resume")
        case SQLITE_CORRUPT: (.corrupt, "is damaged; restore a backup")
        default: (.statementInvalid, "a statement was refused; please report this")
        }
    }

    private static let fullText =
        "the disk is full; the last commit is safe: free some space, then run resume"
    static let frozenText =
        "the file system is read-only; the last commit is safe: check the disk, mount it writable, then run resume"
    static let readOnlyText = "cannot be written; check the mode of the file and of its directory"

    /// What does not fit into memory found no room on the disk.
    ///
    /// Source: https://www.sqlite.org/tempfiles.html section 5 (2026-11).
    static let temporarySpaceLacking = StoreError(
        .diskFull, path: "temporary files",
        "the disk of TMPDIR (or /var/tmp) is full: free some space, or let TMPDIR name a folder with more")

    /// Why a file could not be made at `path`; `errno` is the system's.
    static func notMade(_ path: String, _ errno: Int32) -> StoreError {
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
        return switch errno {
        case ENOENT, ENOTDIR:
            StoreError(.directoryMissing, path: path, "cannot be made: there is no directory \(directory)")
        case EACCES, EPERM, EROFS:
            StoreError(.readOnly, path: path, "cannot be made: the directory \(directory) cannot be written")
        case ENOSPC, EDQUOT: StoreError(.diskFull, path: path, "cannot be made: the disk is full")
        default: StoreError(.cannotOpen, path: path, "cannot be made (system error \(errno))")
        }
    }
}
