/// What a keyed hash is taken over: a purpose and fields, each with its length before it, so that no two
/// different lists of fields give the same bytes.
struct KeyedMessage {
    private(set) var bytes: [UInt8] = []

    /// Begins with what the hash is for, so that a hash made for one purpose is never one for another.
    init(_ purpose: StaticString, reserving capacity: Int = 128) {
        bytes.reserveCapacity(capacity)
        append(purpose.description)
    }

    /// Appends one field.
    mutating func append(_ field: String) {
        let count = UInt32(field.utf8.count)
        bytes.append(UInt8(truncatingIfNeeded: count >> 24))
        bytes.append(UInt8(truncatingIfNeeded: count >> 16))
        bytes.append(UInt8(truncatingIfNeeded: count >> 8))
        bytes.append(UInt8(truncatingIfNeeded: count))
        bytes.append(contentsOf: field.utf8)
    }

    /// Lower-case hexadecimal digits, two a byte.
    static func hex(_ bytes: some Collection<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
