internal import CSQLite
internal import Foundation

/// The operating system's lock beside a store: free as soon as its owner is dead, whatever killed it.
final class StoreLock {
    private let file: Int32
    /// What tells the lock file from every other.
    let identity: FileIdentity

    /// Takes the lock of the store in `file`, which is no link: each name would have a lock of its own.
    ///
    /// - Returns: nil when another process holds it.
    /// - Throws: a ``StoreError`` when the lock file cannot be made.
    static func take(for file: String) throws(StoreError) -> StoreLock? {
        let path = file + ".lock"
        let opened = unsafe tocsin_lock(path)
        if opened >= 0 {
            // Not what stands under the name: that may be a file made anew, which another process has locked.
            if let identity = FileIdentity(ofOpen: opened) { return StoreLock(opened, identity) }
            tocsin_unlock(opened)
            throw StoreError(.ioFailed, path: path, "cannot be looked at; check the disk")
        }
        switch -opened {
        case EWOULDBLOCK: return nil
        case EACCES, EPERM:
            throw StoreError(.readOnly, path: path, StoreError.readOnlyText)
        case EROFS:
            throw StoreError(.readOnly, path: path, StoreError.frozenText)
        case ENOSPC, EDQUOT:
            throw StoreError(.diskFull, path: path, "cannot be made: the disk is full")
        default:
            throw StoreError(.cannotOpen, path: path, "cannot be made (system error \(-opened))")
        }
    }

    /// Whether the lock of the store in `file` is free, and is the one called `identity`: whoever held it is dead.
    ///
    /// Nothing is made or taken for it; what cannot be looked at, such as another account's, counts as held.
    static func isFree(for file: String, _ identity: FileIdentity) -> Bool {
        let found = unsafe tocsin_find_lock(file + ".lock")
        guard found >= 0 else { return false }
        defer { close(found) }
        guard FileIdentity(ofOpen: found)?.isSame(as: identity) ?? false else { return false }
        return tocsin_is_unlocked(found) == 1
    }

    /// Whether anybody holds the lock of the store in `file`; nothing is made or taken for it, as there may be none.
    static func isHeld(for file: String) -> Bool {
        let found = unsafe tocsin_find_lock(file + ".lock")
        guard found >= 0 else { return errno != ENOENT }
        defer { close(found) }
        return tocsin_is_unlocked(found) != 1
    }

    private init(_ file: Int32, _ identity: FileIdentity) {
        self.file = file
        self.identity = identity
    }

    /// Writes down which file has had which token, for ``served(_:)``.
    func note(_ identity: FileIdentity, token: Int64) {
        let text = Array("\(token) \(identity.text)\n".utf8)
        // Only a witness: a full disk stops no dispatcher.
        guard ftruncate(file, 0) == 0 else { return }
        unsafe pwrite(file, text, text.count, 0)
    }

    /// The last token under which the store in `file` was served, if it was the one called `identity`; else 0.
    ///
    /// A file whose tables know of a lower one has been written over with an earlier state of itself, as `cp` does.
    static func served(_ file: String, in identity: FileIdentity) -> Int64 {
        guard let bytes = FileManager.default.contents(atPath: file + ".lock"), bytes.count < 100 else {
            return 0
        }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let token = Int64(parts[0]),
            let named = FileIdentity(parts[1].trimmingCharacters(in: .newlines)), named.isSame(as: identity)
        else { return 0 }
        return token
    }

    deinit { tocsin_unlock(file) }
}
