internal import CSQLite

/// One handle on a database file, used by one owner at a time; statements are prepared once and kept.
@safe final class Connection {
    /// How a file is opened.
    enum Access {
        /// Reads and writes; the file stands already.
        case readWrite
        /// Reads, and writes only to temporary tables.
        case readOnly
        /// Reads a file that nobody can write at the moment, such as one on a read-only medium.
        case immutable
        /// Reads and writes what is gone with the connection: memory, and what does not fit there in a file without a name.
        case temporary
    }

    /// The file's path; what stands in its place where there is none.
    let path: String
    /// How it was opened.
    let access: Access
    /// The file itself, links followed once when it was opened: side files lie beside it; empty for none.
    let file: String
    private let handle: OpaquePointer
    private var kept: [String: Statement] = [:]
    // An fsync that failed may have dropped dirty pages: what a later sync says is worthless on this handle.
    // Source: https://www.sqlite.org/atomiccommit.html, https://lwn.net/Articles/752063/ (2026-11).
    private var failure: StoreError?

    private static let keptLimit = 128
    // Once per process; a process that has opened a database already keeps its statistics.
    private static let isStarted = tocsin_start() == SQLITE_OK

    init(path: String, _ access: Access) throws(StoreError) {
        _ = Self.isStarted
        var opened: OpaquePointer?
        let flags =
            switch access {
            case .readWrite: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .readOnly: SQLITE_OPEN_READONLY
            case .immutable: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
            case .temporary: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI
            }
        let name =
            switch access {
            case .readWrite, .readOnly: path
            case .immutable: Self.uri(of: path, "immutable=1")
            case .temporary: ""
            }
        let result = unsafe sqlite3_open_v2(name, &opened, flags | SQLITE_OPEN_NOMUTEX, nil)
        guard let handle = unsafe opened else {
            throw StoreError(.cannotOpen, path: path, "cannot be opened: no memory")
        }
        guard result == SQLITE_OK else {
            let failed = unsafe StoreError.last(of: handle, path: path)
            unsafe sqlite3_close_v2(handle)
            throw failed
        }
        unsafe self.handle = handle
        self.path = path
        self.access = access
        file = unsafe sqlite3_db_filename(handle, "main").map { unsafe String(cString: $0) } ?? ""
        unsafe sqlite3_extended_result_codes(handle, 1)
        unsafe tocsin_harden(handle)
        wait(atMost: Store.patience)
    }

    deinit {
        kept = [:]
        unsafe sqlite3_close_v2(handle)
    }

    /// Whether it is gone with the connection.
    var isFileless: Bool { file.isEmpty }

    /// By what name another connection reads the same file.
    var readingName: String {
        Self.uri(of: file, access == .immutable ? "immutable=1" : "mode=ro")
    }

    private static func uri(of path: String, _ query: String) -> String {
        let escaped = path.utf8.flatMap { byte in
            switch byte {
            case UInt8(ascii: "%"): Array("%25".utf8)
            case UInt8(ascii: "?"): Array("%3f".utf8)
            case UInt8(ascii: "#"): Array("%23".utf8)
            default: [byte]
            }
        }
        return "file:\(String(decoding: escaped, as: UTF8.self))?\(query)"
    }

    /// Waits at most so long, with this thread, for another process to unlock the file.
    func wait(atMost duration: Duration) {
        unsafe sqlite3_busy_timeout(handle, Int32(clamping: duration.milliseconds))
    }

    // MARK: Statements

    /// Runs one statement; returns how many rows it changed.
    @discardableResult
    func execute(_ sql: String, _ parameters: Parameters = [:]) throws(StoreError) -> Int {
        try using(sql) { statement throws(StoreError) in try statement.run(parameters) }
    }

    /// Runs several statements without parameters, such as a schema.
    func script(_ sql: String) throws(StoreError) {
        try guarded { () throws(StoreError) in
            guard unsafe sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else {
                throw unsafe StoreError.last(of: handle, path: path)
            }
        }
    }

    /// Hands every row to `body`.
    func each(
        _ sql: String, _ parameters: Parameters = [:], _ body: (borrowing Row) throws(StoreError) -> Void
    ) throws(StoreError) {
        try using(sql) { statement throws(StoreError) in
            try statement.each(parameters) { (row: borrowing Row) throws(StoreError) in
                try body(row)
                return true
            }
        }
    }

    /// Every row, read by `read`.
    func rows<Value>(
        _ sql: String, _ parameters: Parameters = [:], _ read: (borrowing Row) throws(StoreError) -> Value
    ) throws(StoreError) -> [Value] {
        var values: [Value] = []
        try each(sql, parameters) { (row: borrowing Row) throws(StoreError) in values.append(try read(row)) }
        return values
    }

    /// The first row; nil when there is none.
    func first<Value>(
        _ sql: String, _ parameters: Parameters = [:], _ read: (borrowing Row) throws(StoreError) -> Value
    ) throws(StoreError) -> Value? {
        try using(sql) { statement throws(StoreError) in
            var value: Value?
            try statement.each(parameters) { (row: borrowing Row) throws(StoreError) in
                value = try read(row)
                return false
            }
            return value
        }
    }

    /// Lends a prepared statement to `body`, for many runs without looking it up again.
    func using<Value>(
        _ sql: String, _ body: (Statement) throws(StoreError) -> Value
    ) throws(StoreError) -> Value {
        try guarded { () throws(StoreError) in
            let statement = try statement(sql)
            statement.isLent = true
            defer { statement.isLent = false }
            return try body(statement)
        }
    }

    /// The kept statement; one of its own for a text that is asked for again while it is in use.
    private func statement(_ sql: String) throws(StoreError) -> Statement {
        let old = kept[sql]
        if let old, !old.isLent { return old }
        let new = unsafe try Statement(sql, database: handle, path: path)
        if old == nil {
            if kept.count >= Self.keptLimit { kept = [:] }
            kept[sql] = new
        }
        return new
    }

    private func guarded<Value>(_ body: () throws(StoreError) -> Value) throws(StoreError) -> Value {
        if let failure { throw failure }
        do throws(StoreError) {
            return try body()
        } catch {
            if error.code == .ioFailed { failure = error }
            // What only reads its file writes nothing but temporary tables.
            throw error.code == .diskFull && access != .readWrite ? .temporarySpaceLacking : error
        }
    }

    // MARK: Transactions

    /// Runs `body` as one write; whatever it throws, nothing of it stays.
    func write<Value>(_ body: () throws(StoreError) -> Value) throws(StoreError) -> Value {
        try transaction("BEGIN IMMEDIATE", body)
    }

    /// Runs `body` on one unchanging view of the store.
    func read<Value>(_ body: () throws(StoreError) -> Value) throws(StoreError) -> Value {
        try transaction("BEGIN", body)
    }

    private func transaction<Value>(
        _ begin: String, _ body: () throws(StoreError) -> Value
    ) throws(StoreError) -> Value {
        precondition(unsafe sqlite3_get_autocommit(handle) != 0, "transactions are not nested")
        try execute(begin)
        do throws(StoreError) {
            let value = try body()
            try execute("COMMIT")
            return value
        } catch {
            // Some errors roll back by themselves; asking again then would only fail.
            if unsafe sqlite3_get_autocommit(handle) == 0 {
                unsafe sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
            }
            throw error
        }
    }

    /// The rowid of the row inserted last.
    var lastInserted: Int64 { unsafe sqlite3_last_insert_rowid(handle) }
}
