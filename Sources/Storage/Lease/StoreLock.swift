internal import CSQLite
internal import Foundation

/// The operating system's lock beside a store: free as soon as its owner is dead, whatever killed it.
final class StoreLock {
    private let file: Int32

    /// Takes the lock of the store at `path`; nil when another process holds it.
    ///
    /// - Throws: a ``StoreError`` when the lock file cannot be made.
    static func take(for path: String) throws(StoreError) -> StoreLock? {
        let file = unsafe tocsin_lock(path + ".lock")
        if file >= 0 { return StoreLock(file) }
        switch -file {
        case EWOULDBLOCK: return nil
        case EACCES, EPERM:
            throw StoreError(.readOnly, path: path + ".lock", StoreError.readOnlyText)
        case EROFS:
            throw StoreError(.readOnly, path: path + ".lock", StoreError.frozenText)
        case ENOSPC, EDQUOT:
            throw StoreError(.diskFull, path: path + ".lock", "cannot be made: the disk is full")
        default:
            throw StoreError(.cannotOpen, path: path + ".lock", "cannot be made (system error \(-file))")
        }
    }

    private init(_ file: Int32) { self.file = file }

    deinit { close(file) }
}
