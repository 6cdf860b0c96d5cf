public import Foundation
internal import Glibc

/// Puts a backup in the place of a store.
public struct Restoration: Sendable {
    /// The backup.
    public let file: String
    /// Whether only a passphrase opens it.
    public let isSealed: Bool

    /// What a restored store holds, and where the one is that stood there before.
    public struct Result: Sendable, Hashable {
        /// What was restored.
        public let contents: StoreContents
        /// The file that was replaced, under its new name; nil when there was none.
        public let aside: String?
        /// What was taken over from that one; nil when there was none, or it cannot be read or is another store.
        public let optOuts: OptOuts?
        /// How many announcements that one holds which the backup lacks; nil when `optOuts` is.
        public let lackingAnnouncements: Int?
    }

    /// Looks at the first bytes of `file`.
    ///
    /// - Throws: ``StoreError/Code/notBackup`` when it is something else.
    public init(of file: String) throws(StoreError) {
        self.file = file
        isSealed = try BackupFile.kind(of: file) == .sealed
    }

    /// Makes the store at `path`, which nothing leaves until it is adopted; `replacing` puts aside the one that stands.
    ///
    /// Who opted out in that one since the two parted has opted out in the restored one too.
    /// - Throws: ``StoreError/Code/inUse`` while anybody works with the one that stands, else what is wrong with which
    ///   file; in any case it is untouched.
    public func restore(
        to path: String, passphrase: String? = nil, replacing: Bool = false, now: Date
    ) throws(StoreError) -> Result {
        let target = try PartialFile.target(path, isTaken: !replacing)
        let partial = try PartialFile(for: target)
        return try partial.filled { () throws(StoreError) in
            var contents = try unpack(into: partial, passphrase, now: now)
            // Not before the backup is known to be good: no lock stays beside a store that was never made.
            guard let lock = try StoreLock.take(for: target) else { throw Self.inUse(path) }
            defer { withExtendedLifetime(lock) {} }
            let present = try Present(target, now: now)
            defer { withExtendedLifetime(present) {} }
            let optOuts = try present.optOuts(into: partial, now: now)
            let lacking = try optOuts == nil ? nil : present.announcements(beyond: partial)
            contents.contacts -= optOuts?.removed ?? 0
            do throws(StoreError) {
                try present.putAside()
                try partial.publish(replacing: present.stands)
            } catch {
                present.putBack()
                throw error
            }
            return Result(
                contents: contents, aside: present.stands ? present.aside : nil, optOuts: optOuts,
                lackingAnnouncements: lacking)
        }
    }

    private func unpack(
        into partial: PartialFile, _ passphrase: String?, now: Date
    ) throws(StoreError) -> StoreContents {
        if isSealed {
            try BackupFile.open(file, into: partial.path, passphrase ?? "")
        } else {
            try BackupFile.copy(file, into: partial.path)
        }
        do throws(StoreError) {
            let copy = try Connection(path: partial.path, .readWrite)
            guard try Store.isMade(copy) else {
                throw StoreError(.notBackup, path: file, "is empty, no Tocsin store")
            }
            try copy.script("PRAGMA journal_mode = DELETE")
            return try copy.write { () throws(StoreError) in
                try copy.execute(
                    "INSERT INTO meta VALUES ('restored_at', :now) ON CONFLICT(name) DO UPDATE SET value = :now",
                    ["now": .time(now)])
                // It was of the restored store that this is a backup of.
                try copy.execute("DELETE FROM meta WHERE name = 'opt_outs'")
                return try StoreContents(verified: copy)
            }
        } catch {
            // What is wrong with the copy is wrong with the backup; what is wrong with the disk is not.
            switch error.code {
            case .notOurs: throw StoreError(.notBackup, path: file, "is no backup of a Tocsin store")
            case .newer, .altered: throw StoreError(error.code, path: file, error.message)
            case .older:
                throw StoreError(
                    .older, path: file,
                    "is of another Tocsin before 1.0, whose tables are not read: restore it with that one")
            case .corrupt, .statementInvalid:
                throw StoreError(.backupDamaged, path: file, "is damaged; take another backup")
            default: throw error
            }
        }
    }

    private static func inUse(_ path: String) -> StoreError {
        StoreError(
            .inUse, path: path,
            "is in use by another process: stop that first (tocsin stop pauses, Ctrl-C ends it)")
    }

    /// What stands where the store is to be, held so that nobody works with it.
    private struct Present {
        let path: String
        let stands: Bool
        /// What it is called afterwards.
        let aside: String
        /// Nil when there is none, and when it is too damaged to be opened.
        private let hold: Connection?

        init(_ path: String, now: Date) throws(StoreError) {
            self.path = path
            stands = FileManager.default.fileExists(atPath: path)
            aside = Self.freeName(for: path, now: now)
            hold = stands ? try Self.held(path) : nil
        }

        /// One that neither another file has nor its log: a log beside another file would be taken for that one's.
        private static func freeName(for path: String, now: Date) -> String {
            let digits = now.formatted(.iso8601).filter(\.isNumber)
            let first = "\(path).replaced-\(digits.prefix(8))-\(digits.suffix(6))"
            let isTaken = { (name: String) in
                // Dangling links count too.
                ([""] + logs).contains {
                    (try? FileManager.default.attributesOfItem(atPath: name + $0)) != nil
                }
            }
            var name = first
            var number = 1
            while isTaken(name) {
                number += 1
                name = "\(first)-\(number)"
            }
            return name
        }

        /// Folds the log into the file, which nobody else can have open then, and keeps others out.
        private static func held(_ path: String) throws(StoreError) -> Connection? {
            do throws(StoreError) {
                // SQLite deletes the log of what is no database.
                guard try BackupFile.kind(of: path) == .plain else { return nil }
                let connection = try Connection(path: path, .readWrite)
                connection.wait(atMost: .milliseconds(500))
                let mode = try connection.first("PRAGMA journal_mode = DELETE") {
                    (row: borrowing Row) throws(StoreError) in row.text(0)
                }
                guard mode == "delete" else { throw Restoration.inUse(path) }
                try connection.script("BEGIN EXCLUSIVE")
                return connection
            } catch {
                switch error.code {
                case .busy, .inUse: throw Restoration.inUse(path)
                case .notBackup, .notOurs, .corrupt, .ioFailed: return nil
                default: throw error
                }
            }
        }

        /// Takes over into the restored store what people have said in this one alone.
        func optOuts(into partial: PartialFile, now: Date) throws(StoreError) -> OptOuts? {
            guard let hold else { return nil }
            return try OptOuts.carried(
                from: hold, into: try Connection(path: partial.path, .readWrite), now: now)
        }

        /// How many announcements it holds that the restored store lacks; nil when it cannot be read.
        func announcements(beyond partial: PartialFile) throws(StoreError) -> Int? {
            guard let hold else { return nil }
            let known = Set(try Self.accepted(try Connection(path: partial.path, .readWrite)))
            do throws(StoreError) {
                return try Self.accepted(hold).count { !known.contains($0) }
            } catch {
                return nil
            }
        }

        /// Numbers are given again in a store that went back: only with its id does one name an announcement.
        private static func accepted(_ connection: Connection) throws(StoreError) -> [String] {
            try connection.rows("SELECT seq || ' ' || id FROM announcements WHERE state <> 'planning'") {
                (row: borrowing Row) throws(StoreError) in row.text(0)
            }
        }

        /// Gives it a second name; its own goes to the backup, in one step.
        ///
        /// A log that could not be folded goes along: beside another file it would be taken for that one's.
        func putAside() throws(StoreError) {
            if stands, unsafe link(path, aside) != 0 {
                let reason = errno
                throw StoreError(
                    .cannotOpen, path: path,
                    "cannot be put aside as \(aside) (system error \(reason)); move it away by hand")
            }
            for suffix in Self.logs where unsafe access(path + suffix, F_OK) == 0 {
                guard unsafe rename(path + suffix, aside + suffix) == 0 else {
                    throw StoreError.notMade(aside + suffix, errno)
                }
            }
            unsafe unlink(path + "-shm")
        }

        /// Undoes that, as long as the file still has its own name too.
        func putBack() {
            guard stands, let own = FileIdentity(of: path), own == FileIdentity(of: aside) else { return }
            for suffix in Self.logs { unsafe rename(aside + suffix, path + suffix) }
            unsafe unlink(aside)
        }

        private static let logs = ["-wal", "-journal"]
    }
}
