/// How the characters of a list stand in its bytes.
public enum ListEncoding: String, Sendable, CaseIterable {
    case utf8 = "UTF-8"
    case utf16LittleEndian = "UTF-16 (little endian)"
    case utf16BigEndian = "UTF-16 (big endian)"
    /// What spreadsheets write in Western Europe when they are not asked.
    case windows1252 = "Windows-1252"

    /// The byte order mark at the start of a file.
    var mark: [UInt8] {
        switch self {
        case .utf8: [0xEF, 0xBB, 0xBF]
        case .utf16LittleEndian: [0xFF, 0xFE]
        case .utf16BigEndian: [0xFE, 0xFF]
        case .windows1252: []
        }
    }
}

/// Finds the encoding of a list by looking through all of it once.
///
/// A mark decides; else NUL at every other place means UTF-16; else bytes that are no UTF-8 mean Windows-1252, unless
/// more of the file's accents are right UTF-8 than not: then it is a damaged UTF-8 file, whose bad line shall be named.
struct EncodingSurvey {
    private var decided: ListEncoding?
    /// Whether nothing of the file has been seen yet.
    private(set) var isFirst = true
    private var checker = UTF8Checker()
    private var valid = 0
    private var invalid = 0

    mutating func take(_ chunk: [UInt8]) {
        if isFirst {
            isFirst = false
            decided = Self.byMark(chunk) ?? Self.byNULs(chunk)
        }
        guard decided == nil else { return }
        for byte in chunk where byte >= 0x80 || checker.isInside {
            switch checker.take(byte) {
            case .more: break
            case .complete: valid += 1
            case .invalid: invalid += 1
            }
        }
    }

    /// Whether the rest of the file can change nothing any more.
    var isDecided: Bool { decided != nil }

    var encoding: ListEncoding { decided ?? (invalid > valid ? .windows1252 : .utf8) }

    private static func byMark(_ chunk: [UInt8]) -> ListEncoding? {
        ListEncoding.allCases.first { !$0.mark.isEmpty && chunk.starts(with: $0.mark) }
    }

    private static func byNULs(_ chunk: [UInt8]) -> ListEncoding? {
        let sample = chunk.prefix(4096)
        guard sample.count >= 4 else { return nil }
        let even = stride(from: 0, to: sample.count, by: 2).count { sample[$0] == 0 }
        let odd = stride(from: 1, to: sample.count, by: 2).count { sample[$0] == 0 }
        let most = sample.count * 2 / 5
        if odd >= most, even == 0 { return .utf16LittleEndian }
        return even >= most && odd == 0 ? .utf16BigEndian : nil
    }
}

/// Follows UTF-8 byte by byte.
///
/// Source: https://www.unicode.org/versions/Unicode16.0.0/ table 3-7.
struct UTF8Checker {
    enum Step {
        /// Inside a sequence.
        case more
        /// At the end of a sequence, or an ASCII byte.
        case complete
        case invalid
    }

    private var missing = 0
    private var low: UInt8 = 0x80
    private var high: UInt8 = 0xBF

    /// Whether the next byte must continue a sequence.
    var isInside: Bool { missing > 0 }

    mutating func take(_ byte: UInt8) -> Step {
        guard missing > 0 else { return begin(byte) }
        guard low...high ~= byte else {
            self = UTF8Checker()
            return .invalid
        }
        (low, high) = (0x80, 0xBF)
        missing -= 1
        return missing == 0 ? .complete : .more
    }

    private mutating func begin(_ byte: UInt8) -> Step {
        switch byte {
        case 0x00...0x7F: return .complete
        case 0xC2...0xDF: missing = 1
        case 0xE0: (missing, low) = (2, 0xA0)
        case 0xED: (missing, high) = (2, 0x9F)
        case 0xE1...0xEF: missing = 2
        case 0xF0: (missing, low) = (3, 0x90)
        case 0xF1...0xF3: missing = 3
        case 0xF4: (missing, high) = (3, 0x8F)
        default: return .invalid
        }
        return .more
    }
}
