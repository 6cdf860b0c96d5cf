internal import Foundation

/// One value on its way into a statement.
enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    /// A time as the schema keeps it: UTC milliseconds.
    static func time(_ date: Date) -> SQLValue { .integer(date.milliseconds) }

    /// NULL for nil.
    static func time(orNull date: Date?) -> SQLValue { date.map(SQLValue.time) ?? .null }

    /// NULL for nil.
    static func text(orNull text: String?) -> SQLValue { text.map(SQLValue.text) ?? .null }

    /// NULL for nil.
    static func integer(orNull number: Int64?) -> SQLValue { number.map(SQLValue.integer) ?? .null }

    /// NULL for nil.
    static func blob(orNull bytes: [UInt8]?) -> SQLValue { bytes.map(SQLValue.blob) ?? .null }

    /// 1 for true.
    static func flag(_ isSet: Bool) -> SQLValue { .integer(isSet ? 1 : 0) }
}

extension SQLValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral {
    init(integerLiteral value: Int64) { self = .integer(value) }
    init(stringLiteral value: String) { self = .text(value) }
    init(nilLiteral: ()) { self = .null }
}

/// What the parameters of a statement are bound to: names without the colon, in any order, each of the statement's once.
struct Parameters: Sendable, ExpressibleByDictionaryLiteral {
    /// In the order they were given, which a call site keeps from call to call.
    var pairs: [(name: String, value: SQLValue)]

    init(dictionaryLiteral elements: (String, SQLValue)...) {
        pairs = elements.map { (name: $0.0, value: $0.1) }
    }

    /// Adds one more.
    mutating func append(_ name: String, _ value: SQLValue) { pairs.append((name: name, value: value)) }
}

extension Date {
    /// UTC milliseconds since 1970, the only form in which the store keeps a time; far times are held at the ends.
    var milliseconds: Int64 {
        let exact = (timeIntervalSince1970 * 1000).rounded()
        return Int64(exactly: min(max(exact, -9e15), 9e15)) ?? 0
    }

    /// The moment `milliseconds` after 1970.
    init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }
}

extension Duration {
    /// Whole milliseconds, rounded towards zero; very long durations are held at 285,000 years.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return min(max(seconds, -9_000_000_000_000), 9_000_000_000_000) * 1000 + attoseconds
            / 1_000_000_000_000_000
    }
}
