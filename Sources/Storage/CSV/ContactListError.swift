internal import Broadcast

/// Why a list of contacts could not be read or written; nothing was changed.
public struct ContactListError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong; stable, for reports and exit codes.
    public enum Code: String, Sendable, CaseIterable {
        /// There is no such file.
        case missing = "list-missing"
        /// The file cannot be read.
        case unreadable = "list-unreadable"
        /// The file of rejected rows cannot be written.
        case unwritable = "list-unwritable"
        /// Bytes or quotes that are no list.
        case malformed = "list-malformed"
        /// The first line, or `--map`.
        case columns = "list-columns"
        /// One row.
        case row = "list-row"
        /// The store failed; see ``ContactListError/store``.
        case store = "list-store"
    }

    /// What went wrong.
    public let code: Code
    /// The file.
    public let path: String
    /// The line, from 1; nil when it is the file as a whole.
    public let line: Int?
    /// The column's name; nil when it is no cell.
    public let column: String?
    /// The value as given, cut and with its controls spelt out; empty when there is none.
    public let value: String
    /// What is wrong, what was expected, and what to do.
    public let message: String
    /// The store's own error; nil unless ``code`` is ``Code/store``.
    public let store: StoreError?
    /// The bad rows after this one, as far as they are worth showing; empty unless ``code`` is ``Code/row``.
    public internal(set) var others: [ContactListError] = []
    /// How many bad rows were found, this one included; 0 unless ``code`` is ``Code/row``.
    public internal(set) var badRows = 0
    /// Whether so many rows were bad that the rest was not read.
    public internal(set) var isCutShort = false

    init(_ code: Code, _ path: String, line: Int? = nil, _ message: String) {
        self.init(code, path, line, column: nil, value: "", message)
    }

    private init(
        _ code: Code, _ path: String, _ line: Int?, column: String?, value: String, _ message: String,
        store: StoreError? = nil
    ) {
        self.code = code
        self.path = path
        self.line = line
        self.column = column
        self.value = value
        self.message = message
        self.store = store
    }

    init(_ problem: ContactReader.Problem, path: String, line: Int) {
        self.init(.row, path, line, column: problem.column, value: problem.value, problem.problem.description)
    }

    init(_ error: StoreError, list path: String) {
        self.init(.store, path, nil, column: nil, value: "", error.description, store: error)
    }

    /// One line: `customers.csv:17: email "anna@": has nothing after the @; expected …`.
    public var description: String {
        if let store { return store.description }
        let place = line.map { "\(path):\($0)" } ?? path
        return place + ": " + reason
    }

    /// The description without the file and line.
    public var reason: String {
        guard let column else { return message }
        return value.isEmpty ? "\(column): \(message)" : "\(column) \"\(value)\": \(message)"
    }
}
