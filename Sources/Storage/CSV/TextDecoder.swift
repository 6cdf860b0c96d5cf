/// Turns the bytes of a list into UTF-8, chunk by chunk.
struct TextDecoder {
    private let encoding: ListEncoding
    private var isFirst = true
    private var checker = UTF8Checker()
    private var oddByte: UInt8?
    private var highSurrogate: UInt16?
    /// Why decoding ended before the end; what was decoded before is right.
    private(set) var problem: String?

    init(_ encoding: ListEncoding) { self.encoding = encoding }

    /// The text of `chunk` as far as it is right; an empty chunk says that the file has ended.
    mutating func decode(_ chunk: [UInt8]) -> [UInt8] {
        guard problem == nil else { return [] }
        var bytes = chunk[...]
        if isFirst {
            isFirst = false
            if chunk.starts(with: encoding.mark) { bytes = bytes.dropFirst(encoding.mark.count) }
        }
        return switch encoding {
        case .utf8: checked(bytes, isEnd: chunk.isEmpty)
        case .windows1252: widened(bytes)
        case .utf16LittleEndian, .utf16BigEndian: transcoded(bytes, isEnd: chunk.isEmpty)
        }
    }

    private mutating func checked(_ bytes: ArraySlice<UInt8>, isEnd: Bool) -> [UInt8] {
        if isEnd, checker.isInside { problem = Self.cutShort }
        for index in bytes.indices where bytes[index] >= 0x80 || checker.isInside {
            guard case .invalid = checker.take(bytes[index]) else { continue }
            let hex = String(bytes[index], radix: 16, uppercase: true)
            problem = "holds the byte 0x\(hex), which is no UTF-8 there; save the list as UTF-8"
            return Array(bytes[..<index])
        }
        return Array(bytes)
    }

    private mutating func widened(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + bytes.count / 8)
        for byte in bytes {
            guard byte >= 0x80 else {
                text.append(byte)
                continue
            }
            let scalar = byte >= 0xA0 ? UInt32(byte) : Self.upperControls[Int(byte) - 0x80]
            guard scalar != 0, let scalar = Unicode.Scalar(scalar) else {
                let hex = String(byte, radix: 16, uppercase: true)
                problem =
                    "holds the byte 0x\(hex), which is neither UTF-8 nor Windows-1252; save the list as UTF-8"
                return text
            }
            text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
        return text
    }

    // Source: https://www.unicode.org/Public/MAPPINGS/VENDORS/MICSFT/WINDOWS/CP1252.TXT; 0 where nothing is defined.
    private static let upperControls: [UInt32] = [
        0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,
        0x017D,
        0, 0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153,
        0,
        0x017E, 0x0178,
    ]

    // MARK: UTF-16

    private static let cutShort = "ends inside a character; the file was cut short"

    private mutating func transcoded(_ bytes: ArraySlice<UInt8>, isEnd: Bool) -> [UInt8] {
        if isEnd, oddByte != nil || highSurrogate != nil { problem = Self.cutShort }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        for byte in bytes {
            guard let first = oddByte else {
                oddByte = byte
                continue
            }
            oddByte = nil
            let (high, low) = encoding == .utf16BigEndian ? (first, byte) : (byte, first)
            guard append(UInt16(high) << 8 | UInt16(low), to: &text) else {
                problem = "holds half a character of UTF-16; save the list as UTF-8"
                return text
            }
        }
        return text
    }

    private mutating func append(_ unit: UInt16, to text: inout [UInt8]) -> Bool {
        if let high = highSurrogate {
            guard UTF16.isTrailSurrogate(unit) else { return false }
            highSurrogate = nil
            let value = 0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(unit) - 0xDC00)
            return append(value, to: &text)
        }
        if UTF16.isLeadSurrogate(unit) {
            highSurrogate = unit
            return true
        }
        return append(UInt32(unit), to: &text)
    }

    private func append(_ value: UInt32, to text: inout [UInt8]) -> Bool {
        guard let scalar = Unicode.Scalar(value), let encoded = UTF8.encode(scalar) else { return false }
        text.append(contentsOf: encoded)
        return true
    }
}
