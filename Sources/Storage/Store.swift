internal import CSQLite
public import Foundation

/// One file that holds everything we know: contacts, announcements, deliveries, marks; and the only way to it.
public actor Store {
    /// The file, `:memory:` for none.
    public nonisolated let path: String
    /// Whether nothing can be written.
    public nonisolated let isReadOnly: Bool
    /// The key of every hash that stands for an address or a delivery: 32 random bytes made with the store.
    public nonisolated let secret: [UInt8]
    /// Whose copy it was when it was opened; nil for none, and for one that was adopted.
    public nonisolated let copy: StoreCopy?
    /// By what name another connection reads its file.
    nonisolated let readingName: String
    let connection: Connection
    /// How many passes of planning this connection has begun: keeps their temporary rows apart.
    var planningRuns: Int64 = 0
    /// The last pass of planning that was begun here, by announcement.
    var ownPasses: [Int64: Int64] = [:]
    /// The last announcement that had been accepted when this was opened.
    let horizon: Int64
    /// Held while this store's process is the dispatcher.
    var lock: StoreLock?
    /// How many rows one transaction ends at most: others who write wait as long as it takes.
    var batch = 5000
    /// How long a command waits for others who write, unless told otherwise.
    public static let patience = Duration.seconds(10)

    init(connection: sending Connection, isReadOnly: Bool) throws(StoreError) {
        path = connection.path
        readingName = connection.readingName
        self.isReadOnly = isReadOnly
        let kept = try connection.first("SELECT value FROM meta WHERE name = 'secret'") {
            (row: borrowing Row) throws(StoreError) in row.blob(0)
        }
        guard let kept, kept.count == 32 else {
            throw StoreError(.corrupt, path: path, "holds no secret; restore a backup")
        }
        secret = kept
        copy = try StoreCopy(found: connection)
        horizon =
            try connection.first("SELECT seq FROM sqlite_sequence WHERE name = 'announcements'") {
                (row: borrowing Row) throws(StoreError) in row.integer(0)
            } ?? 0
        self.connection = connection
    }

    /// Opens the store at `path`; makes it, of mode 0600, when there is none.
    ///
    /// - Throws: a ``StoreError`` that names the file, when it is not ours, newer, cannot be written or is damaged.
    public static func open(_ path: String, now: Date) throws(StoreError) -> Store {
        try refuseDirectory(path)
        if !FileManager.default.fileExists(atPath: path) { try create(path) }
        let connection = try Connection(path: path, .readWrite)
        try prepare(connection, now: now)
        return try Store(connection: connection, isReadOnly: false)
    }

    /// Opens the store at `path` without writing to it, also where it cannot be written.
    ///
    /// - Throws: a ``StoreError`` of code ``StoreError/Code/missing`` when there is none.
    public static func openReadOnly(_ path: String) throws(StoreError) -> Store {
        guard FileManager.default.fileExists(atPath: path) else {
            throw StoreError(.missing, path: path, "there is no store; init, or the first import, makes one")
        }
        try refuseDirectory(path)
        do throws(StoreError) {
            return try openReadOnly(path, .readOnly)
        } catch  where error.code == .cannotOpen || error.code == .readOnly {
            // The side files of a log cannot be made here. Without a log nobody is writing: the file is all there is.
            let log = try? FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int ?? 0
            guard (log ?? 0) == 0 else { throw error }
            return try openReadOnly(path, .immutable)
        }
    }

    private static func openReadOnly(_ path: String, _ access: Connection.Access) throws(StoreError) -> Store
    {
        let connection = try Connection(path: path, access)
        guard try connection.read({ () throws(StoreError) in try isMade(connection) }) else {
            throw StoreError(.notOurs, path: path, "is empty, not a Tocsin store")
        }
        return try Store(connection: connection, isReadOnly: true)
    }

    private static func refuseDirectory(_ path: String) throws(StoreError) {
        // What is not there is made, or told later.
        let facts = try? FileManager.default.attributesOfItem(atPath: path)
        guard facts?[.type] as? FileAttributeType == .typeDirectory else { return }
        let inside = URL(filePath: path).appending(path: "tocsin.db").relativePath
        throw StoreError(.cannotOpen, path: path, "is a directory, and a store is a file, such as \(inside)")
    }

    /// A store that is gone with its owner, for rehearsals.
    public static func inMemory(now: Date) throws(StoreError) -> Store {
        let connection = try Connection(path: ":memory:", .readWrite)
        try prepare(connection, now: now)
        return try Store(connection: connection, isReadOnly: false)
    }

    /// Waits for others who write for `duration` at most, with a thread, before it says ``StoreError/Code/busy``.
    public func setPatience(_ duration: Duration) { connection.wait(atMost: duration) }

    // MARK: Making

    private static func create(_ path: String) throws(StoreError) {
        let failed = unsafe tocsin_create_private(path)
        guard failed == 0 || failed == EEXIST else { throw StoreError.notMade(path, failed) }
    }

    private static func prepare(_ connection: Connection, now: Date) throws(StoreError) {
        let isOld = try connection.read { () throws(StoreError) in try isMade(connection) }
        try connection.script(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA secure_delete = ON;
            PRAGMA cache_size = -8192;
            PRAGMA temp.cache_size = -8192;
            PRAGMA journal_size_limit = 67108864;
            """)
        if isOld { return }
        try connection.write { () throws(StoreError) in
            // Another process may have made it between the look and the lock.
            if try isMade(connection) { return }
            try connection.script(
                Schema.script + """
                    INSERT INTO meta VALUES ('secret', randomblob(32)), ('created_at', \(now.milliseconds));
                    PRAGMA application_id = \(Schema.applicationID);
                    PRAGMA user_version = \(Schema.version);
                    """)
            try StoreCopy.adopt(connection)
        }
    }

    /// Whether the tables stand; false for an empty file.
    ///
    /// Where another process may be making them it is asked within a transaction.
    static func isMade(_ connection: Connection) throws(StoreError) -> Bool {
        let integer = { (row: borrowing Row) throws(StoreError) in row.integer(0) }
        let owner = try connection.first("PRAGMA application_id", [:], integer) ?? 0
        let version = try connection.first("PRAGMA user_version", [:], integer) ?? 0
        let tables = try connection.first("SELECT count(*) FROM sqlite_schema", [:], integer) ?? 0
        if owner == 0, version == 0, tables == 0 { return false }
        guard owner == Schema.applicationID else {
            throw StoreError(
                .notOurs, path: connection.path, "is a database of another program; give another path")
        }
        guard version <= Schema.version else {
            throw StoreError(
                .newer, path: connection.path,
                "was written by a newer Tocsin (schema \(version), this one knows \(Schema.version)); update Tocsin"
            )
        }
        try Schema.admit(connection)
        return true
    }
}
