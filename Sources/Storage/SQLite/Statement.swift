internal import CSQLite
internal import Foundation

/// A prepared statement, lent by its connection for the length of a closure.
@safe final class Statement {
    /// Whether somebody is stepping through it.
    var isLent = false
    private let handle: OpaquePointer
    private let database: OpaquePointer
    private let path: String
    private let parameterCount: Int
    // Where the i-th pair of the last call went: call sites keep their order, so a name is looked up once.
    private var positions: [(name: String, index: Int32)] = []

    /// How often a statement is prepared while other programs make tables; by itself SQLite tries but twice.
    private static let mostTries = 50

    init(_ sql: String, database: OpaquePointer, path: String) throws(StoreError) {
        var prepared: OpaquePointer?
        var result = SQLITE_SCHEMA
        for _ in 0..<Self.mostTries where result & 0xFF == SQLITE_SCHEMA {
            result = unsafe sqlite3_prepare_v3(
                database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        }
        guard result == SQLITE_OK, let handle = unsafe prepared else {
            throw unsafe StoreError.last(of: database, path: path)
        }
        unsafe self.handle = handle
        unsafe self.database = database
        self.path = path
        parameterCount = unsafe Int(sqlite3_bind_parameter_count(handle))
    }

    deinit { unsafe sqlite3_finalize(handle) }

    /// Runs to the end, discarding rows; returns how many rows were changed.
    @discardableResult
    func run(_ parameters: Parameters) throws(StoreError) -> Int {
        try each(parameters) { (_: borrowing Row) throws(StoreError) in true }
        return unsafe Int(sqlite3_changes64(database))
    }

    /// Hands every row to `body` until there are no more or it returns false.
    func each(
        _ parameters: Parameters, _ body: (borrowing Row) throws(StoreError) -> Bool
    ) throws(StoreError) {
        try bind(parameters)
        defer { unsafe sqlite3_reset(handle) }
        while true {
            switch unsafe sqlite3_step(handle) {
            case SQLITE_ROW:
                guard try body(unsafe Row(handle)) else { return }
            case SQLITE_DONE: return
            default: throw unsafe StoreError.last(of: database, path: path)
            }
        }
    }

    private func bind(_ parameters: Parameters) throws(StoreError) {
        precondition(parameters.pairs.count == parameterCount, "every parameter of a statement is bound once")
        for (place, pair) in parameters.pairs.enumerated() {
            let result = bind(pair.value, at: position(of: pair.name, place: place))
            guard result == SQLITE_OK else { throw unsafe StoreError.last(of: database, path: path) }
        }
    }

    private func position(of name: String, place: Int) -> Int32 {
        if place < positions.count, positions[place].name == name { return positions[place].index }
        let index = unsafe sqlite3_bind_parameter_index(handle, ":" + name)
        precondition(index > 0, "the statement has no parameter of this name")
        if place < positions.count {
            positions[place] = (name, index)
        } else {
            positions.append((name, index))
        }
        return index
    }

    private func bind(_ value: SQLValue, at index: Int32) -> Int32 {
        switch value {
        case .null: return unsafe sqlite3_bind_null(handle, index)
        case .integer(let number): return unsafe sqlite3_bind_int64(handle, index, number)
        case .text(var text):
            return text.withUTF8 { utf8 in
                unsafe tocsin_bind_text(handle, index, utf8.baseAddress, UInt64(utf8.count))
            }
        case .blob(let bytes):
            return unsafe bytes.withUnsafeBytes { raw in
                unsafe tocsin_bind_blob(handle, index, raw.baseAddress, UInt64(raw.count))
            }
        }
    }
}

/// The row a statement stands on; it cannot be kept, and columns are counted from 0.
@safe struct Row: ~Copyable {
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) { unsafe self.handle = handle }

    /// Whether the column is NULL.
    func isNull(_ column: Int32) -> Bool { unsafe sqlite3_column_type(handle, column) == SQLITE_NULL }

    /// 0 for NULL.
    func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, column) }

    /// Nil for NULL.
    func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

    /// Whether the column holds anything but 0 or NULL.
    func flag(_ column: Int32) -> Bool { integer(column) != 0 }

    /// Empty for NULL.
    func text(_ column: Int32) -> String {
        guard let start = unsafe sqlite3_column_text(handle, column) else { return "" }
        let count = unsafe Int(sqlite3_column_bytes(handle, column))
        return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// Nil for NULL.
    func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    /// Empty for NULL.
    func blob(_ column: Int32) -> [UInt8] {
        guard let start = unsafe sqlite3_column_blob(handle, column) else { return [] }
        let count = unsafe Int(sqlite3_column_bytes(handle, column))
        return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    }

    /// Nil for NULL.
    func optionalBlob(_ column: Int32) -> [UInt8]? { isNull(column) ? nil : blob(column) }

    /// The moment kept as UTC milliseconds.
    func time(_ column: Int32) -> Date { Date(milliseconds: integer(column)) }

    /// Nil for NULL.
    func optionalTime(_ column: Int32) -> Date? { isNull(column) ? nil : time(column) }
}

extension StoreError {
    /// What the last call on `database` ended with.
    static func last(of database: OpaquePointer, path: String) -> StoreError {
        let errno = unsafe tocsin_is_frozen(path) ? EROFS : sqlite3_system_errno(database)
        return unsafe StoreError(
            result: sqlite3_extended_errcode(database), errno: errno,
            text: String(cString: sqlite3_errmsg(database)), path: path)
    }
}
