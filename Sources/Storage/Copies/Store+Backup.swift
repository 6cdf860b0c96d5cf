public import Foundation

extension Store {
    /// Writes a backup to `file`, of mode 0600, under its name only when it is whole and has been looked through.
    ///
    /// With a `passphrase` it is encrypted; what is not lies beside the store for that moment, never beside the backup.
    /// - Throws: a ``StoreError`` that names the file at fault; then there is no backup, and what stood there stands.
    public func backUp(
        to file: String, passphrase: String? = nil, replacing: Bool = false, now: Date
    ) throws(StoreError) -> StoreContents {
        let target = try PartialFile.target(file, isTaken: !replacing)
        let own = URL(filePath: path).resolvingSymlinksInPath().path
        guard !["", "-wal", "-shm", "-journal", ".lock"].contains(where: { own + $0 == target }) else {
            throw StoreError(.fileExists, path: file, "is the store itself; give another name")
        }
        let partial = try PartialFile(for: target)
        return try partial.filled { () throws(StoreError) in
            let contents = try fill(partial, passphrase, now: now)
            try partial.publish(replacing: replacing)
            return contents
        }
    }

    private func fill(
        _ partial: PartialFile, _ passphrase: String?, now: Date
    ) throws(StoreError) -> StoreContents {
        guard let passphrase else { return try copy(to: partial.path, now: now) }
        let plain = try PartialFile(for: connection.file, mark: ".plain-")
        defer { plain.discard() }
        let contents = try copy(to: plain.path, now: now)
        try BackupFile.seal(plain.path, into: partial.path, passphrase)
        return contents
    }
}
