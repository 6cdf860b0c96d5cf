internal import Foundation

/// A file on its way into a backup or out of one, read and written in pieces.
enum BackupFile {
    /// What the first bytes of a file say it is.
    enum Kind: Sendable { case plain, sealed }

    private static let database = Array("SQLite format 3\0".utf8)
    private static let pieceSize = 1 << 18

    /// Looks at the first bytes of the file at `path`.
    ///
    /// - Throws: ``StoreError/Code/notBackup`` when it is neither a store nor a backup.
    static func kind(of path: String) throws(StoreError) -> Kind {
        let source = try Source(path)
        let head = try source.read(SealedHeader.magic.count)
        if head == database { return .plain }
        if head == SealedHeader.magic { return .sealed }
        throw StoreError(.notBackup, path: path, "is no backup of a Tocsin store")
    }

    // MARK: Under a passphrase

    /// Writes the file at `source` into the empty one at `target`, so that only `passphrase` opens it.
    static func seal(
        _ source: String, into target: String, _ passphrase: String,
        _ cost: SealedHeader.Cost = SealedHeader.usual
    ) throws(StoreError) {
        guard let (header, key) = SealedHeader.new(passphrase, cost) else {
            throw StoreError(.cannotOpen, path: target, "cannot be encrypted: there is not enough memory")
        }
        let cipher = ChunkCipher(key: key, header: header)
        let (source, target) = (try Source(source), try Target(target))
        try target.write(header.bytes)
        var chunk = try source.read(header.chunkSize)
        var number: UInt32 = 0
        while true {
            let next = try source.read(header.chunkSize)
            try target.write(cipher.sealed(chunk, at: .init(number: number, isLast: next.isEmpty)))
            if next.isEmpty { return }
            chunk = next
            number += 1
        }
    }

    /// Writes what was sealed into the file at `source` into the empty one at `target`.
    ///
    /// - Throws: ``StoreError/Code/passphraseWrong``, or ``StoreError/Code/backupDamaged`` with the place.
    static func open(_ source: String, into target: String, _ passphrase: String) throws(StoreError) {
        let (path, source, target) = (source, try Source(source), try Target(target))
        let start = try source.read(SealedHeader.length)
        guard start.count == SealedHeader.length else { throw cutOff(path, at: start.count) }
        guard let header = SealedHeader(start) else {
            throw StoreError(
                .backupDamaged, path: path, "was changed: its header asks for what no backup asks for")
        }
        guard let key = header.key(passphrase) else {
            throw StoreError(.passphraseWrong, path: path, "is encrypted with another passphrase")
        }
        let cipher = ChunkCipher(key: key, header: header)
        var place = ChunkCipher.Place(number: 0, isLast: false)
        var offset = SealedHeader.length
        var chunk = try source.read(header.chunkSize + ChunkCipher.tagLength)
        while !place.isLast {
            let next = try source.read(header.chunkSize + ChunkCipher.tagLength)
            place.isLast = next.isEmpty
            guard let plain = cipher.opened(chunk, at: place) else {
                throw damage(path, at: offset, isLast: place.isLast, isWhole: isWhole(chunk, place, cipher))
            }
            try target.write(plain)
            offset += chunk.count
            place.number += 1
            chunk = next
        }
    }

    /// Whether the chunk is sound but for the one that should follow, or should not.
    private static func isWhole(_ chunk: [UInt8], _ place: ChunkCipher.Place, _ cipher: ChunkCipher) -> Bool {
        cipher.opened(chunk, at: .init(number: place.number, isLast: !place.isLast)) != nil
    }

    private static func damage(
        _ path: String, at offset: Int, isLast: Bool, isWhole: Bool
    ) -> StoreError {
        if isWhole {
            return isLast
                ? cutOff(path, at: offset)
                : StoreError(.backupDamaged, path: path, "was changed: something was added to its end")
        }
        return StoreError(
            .backupDamaged, path: path,
            "was changed or cut off near byte \(offset); take another copy of it, or another backup")
    }

    private static func cutOff(_ path: String, at offset: Int) -> StoreError {
        StoreError(
            .backupDamaged, path: path,
            "was cut off near byte \(offset); take another copy of it, or another backup")
    }

    // MARK: As it is

    /// Copies the file at `source` into the empty one at `target`.
    ///
    /// - Throws: ``StoreError/Code/notBackup`` when a log lies beside it: it is a store that was copied by hand, and the
    ///   file alone is not all of it.
    static func copy(_ source: String, into target: String) throws(StoreError) {
        let log = try? FileManager.default.attributesOfItem(atPath: source + "-wal")[.size] as? Int ?? 0
        guard (log ?? 0) == 0 else {
            throw StoreError(
                .notBackup, path: source,
                "is a store with its log beside it, no backup: make one of it with tocsin backup --store")
        }
        let (source, target) = (try Source(source), try Target(target))
        while true {
            let piece = try source.read(pieceSize)
            if piece.isEmpty { return }
            try target.write(piece)
        }
    }

    // MARK: Pieces

    private struct Source {
        let path: String
        private let handle: FileHandle

        init(_ path: String) throws(StoreError) {
            self.path = path
            guard FileManager.default.fileExists(atPath: path) else {
                throw StoreError(.missing, path: path, "there is no such file")
            }
            guard !FileManager.default.fileExists(atPath: path + "/.") else {
                throw StoreError(.directoryMissing, path: path, "is no file; give the name of a backup")
            }
            do { handle = try FileHandle(forReadingFrom: URL(filePath: path)) } catch {
                throw StoreError(.cannotOpen, path: path, "cannot be read; check its owner and mode")
            }
        }

        /// So many bytes; fewer only at the end.
        func read(_ count: Int) throws(StoreError) -> [UInt8] {
            var bytes: [UInt8] = []
            while bytes.count < count {
                let piece: Data?
                do { piece = try handle.read(upToCount: count - bytes.count) } catch {
                    throw StoreError(.cannotOpen, path: path, "cannot be read; check the disk")
                }
                guard let piece, !piece.isEmpty else { break }
                bytes += piece
            }
            return bytes
        }
    }

    private struct Target {
        let path: String
        private let handle: FileHandle

        init(_ path: String) throws(StoreError) {
            self.path = path
            do { handle = try FileHandle(forWritingTo: URL(filePath: path)) } catch {
                throw StoreError(.cannotOpen, path: path, "cannot be written; check its directory")
            }
        }

        func write(_ bytes: [UInt8]) throws(StoreError) {
            do { try handle.write(contentsOf: bytes) } catch {
                throw StoreError(.diskFull, path: path, "cannot be written: the disk is full, or failed")
            }
        }
    }
}
