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

    /// Writes down which file has had which token, for ``served(_:)``.
    func note(_ identity: FileIdentity, token: Int64) {
        let text = Array("\(token) \(identity.text)\n".utf8)
        // Only a witness: a full disk stops no dispatcher.
        guard ftruncate(file, 0) == 0 else { return }
        unsafe pwrite(file, text, text.count, 0)
    }

    /// The last token under which the store at `path` was served, if it was in the file called `identity`; else 0.
    ///
    /// A file whose tables know of a lower one has been written over with an earlier state of itself, as `cp` does.
    static func served(_ path: String, in identity: FileIdentity) -> Int64 {
        guard let bytes = FileManager.default.contents(atPath: path + ".lock"), bytes.count < 100 else {
            return 0
        }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let token = Int64(parts[0]),
            let named = FileIdentity(parts[1].trimmingCharacters(in: .newlines)), named.isSame(as: identity)
        else { return 0 }
        return token
    }

    deinit { close(file) }
}
