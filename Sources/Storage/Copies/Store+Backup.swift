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
        guard !([""] + Self.sides).contains(where: { own + $0 == target }) else {
            throw StoreError(.fileExists, path: file, "is the store itself; give another name")
        }
        if FileManager.default.fileExists(atPath: target) {
            try Self.allowReplacing(target, named: file, isEncrypted: passphrase != nil)
        }
        let partial = try PartialFile(for: target)
        return try partial.filled { () throws(StoreError) in
            let contents = try fill(partial, passphrase, now: now)
            try partial.publish(replacing: replacing)
            return contents
        }
    }

    /// What lies beside a store, under its name and more.
    private static let sides = ["-wal", "-shm", "-journal", ".lock"]

    /// Whether the file at `path`, which is no link, is a store or a backup, or belongs to one.
    public static func isPart(_ path: String) -> Bool {
        let stores = sides.filter { path.hasSuffix($0) }.map { String(path.dropLast($0.count)) }
        return ([path] + stores).contains { (try? BackupFile.kind(of: $0)) != nil }
    }

    /// Only a backup may lose its name to the next one: what a store holds is nowhere else.
    ///
    /// One that only a passphrase opens is not followed by one that anybody can read: the passphrase was forgotten.
    private static func allowReplacing(
        _ target: String, named file: String, isEncrypted: Bool
    ) throws(StoreError) {
        let isSealed: Bool
        do throws(StoreError) { isSealed = try BackupFile.kind(of: target) == .sealed } catch {
            guard error.code == .notBackup else { throw error }
            throw StoreError(
                .fileExists, path: file,
                "is no backup, and --replace takes the place of one only; give another name")
        }
        if isSealed, !isEncrypted {
            throw StoreError(
                .fileExists, path: file,
                "is encrypted: give its passphrase (--passphrase-file, $TOCSIN_PASSPHRASE, --encrypt), or another name"
            )
        }
        if isSealed { return }
        guard try isBackup(target) else {
            throw StoreError(
                .fileExists, path: file,
                "is a store, not a backup: give another name, or use tocsin restore there")
        }
    }

    /// Whether the database at `path` is a backup as it was written, which nobody works with.
    private static func isBackup(_ path: String) throws(StoreError) -> Bool {
        // What a log holds is not in the file: it would be lost unseen.
        if sides.contains(where: { $0 != ".lock" && FileManager.default.fileExists(atPath: path + $0) }) {
            return false
        }
        if StoreLock.isHeld(for: path) { return false }
        do throws(StoreError) {
            let names = try Connection(path: path, .immutable).rows(
                "SELECT name FROM meta WHERE name IN ('copied_at', 'restored_at')"
            ) { (row: borrowing Row) throws(StoreError) in row.text(0) }
            return names == ["copied_at"]
        } catch {
            switch error.code {
            case .notOurs, .corrupt, .statementInvalid: return false
            default: throw error
            }
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
