/// Why the store could not do what was asked; after any of these, what it holds is what the last commit left.
public struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong; stable, for reports and exit codes.
    public enum Code: String, Sendable, CaseIterable {
        /// The file is no database, or one of another program.
        case notOurs = "store-not-ours"
        /// A later version of Tocsin wrote it.
        case newer = "store-newer"
        /// A version of Tocsin before 1.0 wrote it, with other tables.
        case older = "store-older"
        /// Somebody has put something into it that would change, refuse or hinder what is written.
        case altered = "store-altered"
        /// There is no store at the path, and none may be created.
        case missing = "store-missing"
        /// The directory it should stand in does not exist.
        case directoryMissing = "store-directory-missing"
        /// The file or its directory cannot be written.
        case readOnly = "store-read-only"
        /// The file cannot be opened or read.
        case cannotOpen = "store-cannot-open"
        case diskFull = "disk-full"
        /// Another process kept the store locked for longer than we wait.
        case busy = "store-busy"
        /// Reading, writing or syncing failed; this handle is not used again.
        case ioFailed = "disk-failed"
        /// The file is damaged.
        case corrupt = "store-corrupt"
        /// Another dispatcher has taken over; this one may write nothing more.
        case leaseLost = "lease-lost"
        /// Another dispatcher is alive.
        case leaseHeld = "lease-held"
        /// There is no such announcement, contact or other row.
        case notFound = "not-found"
        /// What was asked does not fit the state in which the row stands.
        case wrongState = "wrong-state"
        /// It is a copy of a store, and nobody has said yet that it takes the place of the original.
        case unadopted = "store-unadopted"
        /// Somebody works with the store whose place another is to take.
        case inUse = "store-in-use"
        /// A file stands where one is to be made.
        case fileExists = "file-exists"
        /// The file is no backup of a store.
        case notBackup = "not-a-backup"
        /// The file is a backup that was cut off or changed.
        case backupDamaged = "backup-damaged"
        /// The file is a backup that another passphrase was given for.
        case passphraseWrong = "passphrase-wrong"
        /// A statement was refused: a fault of ours.
        case statementInvalid = "statement-invalid"
    }

    /// What went wrong.
    public let code: Code
    /// The file of the store.
    public let path: String
    /// One line: what happened, and what to do.
    public let message: String

    /// An error of the store at `path`.
    public init(_ code: Code, path: String, _ message: String) {
        self.code = code
        self.path = path
        self.message = message
    }

    /// The file and the message.
    public var description: String { "\(path): \(message)" }
}
