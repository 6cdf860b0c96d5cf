/// What stands between the fields of a list.
enum ListDelimiter: String, CaseIterable {
    case comma, semicolon, tab, pipe

    var byte: UInt8 {
        switch self {
        case .comma: UInt8(ascii: ",")
        case .semicolon: UInt8(ascii: ";")
        case .tab: 0x09
        case .pipe: UInt8(ascii: "|")
        }
    }

    /// The delimiter of a first line: the one it holds most outside quotes; of equally many the one that came first.
    init(firstLine: some Sequence<UInt8>) {
        self = .comma
        var counts: [ListDelimiter: Int] = [:]
        var isQuoted = false
        for byte in firstLine {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if !isQuoted, byte == 0x0A || byte == 0x0D { break }
            guard !isQuoted, let candidate = Self(byte) else { continue }
            counts[candidate, default: 0] += 1
            if counts[candidate, default: 0] > counts[self, default: 0] { self = candidate }
        }
    }

    init?(_ byte: UInt8) {
        guard let delimiter = Self.allCases.first(where: { $0.byte == byte }) else { return nil }
        self = delimiter
    }
}
