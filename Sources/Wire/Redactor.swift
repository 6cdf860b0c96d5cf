import Foundation

/// Takes a channel's secrets out of every text that people or logs may see.
public struct Redactor: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// What stands where a secret stood.
    public static let placeholder = "[secret]"

    /// Every form in which a secret may appear, longest first.
    private let needles: [[UInt8]]

    /// Hides the given secrets, also where they stand percent-encoded, in base64 or escaped in JSON, and where the other
    /// side read their UTF-8 as an older encoding.
    public init(_ secrets: [Secret]) {
        let values = secrets.map { $0.reveal() }.filter { !$0.isEmpty }
        let forms = Set((values + values.flatMap(Self.misread)).flatMap(Self.forms))
        needles = forms.map { Array($0.utf8) }
            .sorted { $0.count == $1.count ? $0.lexicographicallyPrecedes($1) : $0.count > $1.count }
    }

    /// Hides nothing.
    public static let none = Redactor([])

    /// How many texts it hides, and none of them.
    public var description: String { "Redactor(\(needles.count))" }

    /// Empty, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }

    /// The fewest bytes of a secret that are hidden where the end of a text cuts it off.
    private static let leastCut = 4

    /// `text` without any secret, nor the beginning of one at its end: the other side may have cut it.
    public func redacted(_ text: String) -> String {
        guard !needles.isEmpty, !text.isEmpty else { return text }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var isClean = true
        var position = 0
        while position < bytes.count {
            if let needle = needles.first(where: { Self.bytes(bytes, hold: $0, at: position) }) {
                result += Array(Self.placeholder.utf8)
                position += min(needle.count, bytes.count - position)
                isClean = false
            } else {
                result.append(bytes[position])
                position += 1
            }
        }
        return isClean ? text : String(decoding: result, as: UTF8.self)
    }

    /// The first `limit` characters of `text` without any secret: cut first, the beginning of one would not be known
    /// for what it is once other words stand behind it.
    public func redacted(_ text: String, atMost limit: Int) -> String {
        let clean = redacted(text).unicodeScalars
        guard clean.count > limit else { return String(clean) }
        let mark = Self.placeholder.unicodeScalars
        // Half a placeholder would only puzzle.
        let half = (1..<mark.count).first { $0 <= limit && clean.dropFirst(limit - $0).starts(with: mark) }
        return String(clean.prefix(limit - (half ?? 0)))
    }

    private static func bytes(_ bytes: [UInt8], hold needle: [UInt8], at position: Int) -> Bool {
        guard bytes[position] == needle[0] else { return false }
        let count = min(needle.count, bytes.count - position)
        guard count >= min(needle.count, leastCut) else { return false }
        return (0..<count).allSatisfy { bytes[position + $0] == needle[$0] }
    }

    private static func forms(of value: String) -> [String] {
        [value] + percentEncoded(value) + base64(value) + escapedInJSON(value)
    }

    /// What servers make of the value that take a header for Latin-1, as HTTP once said, or for Windows-1252.
    private static func misread(_ value: String) -> [String] {
        guard !value.utf8.allSatisfy({ $0 < 0x80 }) else { return [] }
        let latin = value.utf8.map { String(UnicodeScalar($0)) }
        // Five bytes mean nothing in Windows-1252, and are left as they are.
        let windows = zip(value.utf8, latin).map { String(bytes: [$0], encoding: .windowsCP1252) ?? $1 }
        return [latin.joined(), windows.joined()]
    }

    private static func percentEncoded(_ value: String) -> [String] {
        let unreserved = Set("-._~".utf8)
        let upper = value.utf8.map { byte in
            let isPlain =
                UnicodeScalar(byte).properties.isAlphabetic
                || UnicodeScalar(byte).properties.numericType != nil
            return byte < 0x80 && isPlain || unreserved.contains(byte)
                ? String(UnicodeScalar(byte)) : "%" + hexadecimal(UInt16(byte), digits: 2).uppercased()
        }
        let lower = upper.map { $0.count == 3 ? $0.lowercased() : $0 }
        // What libraries leave alone differs: form encoding turns blanks to plus, paths keep sub-delimiters.
        let path = value.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed)
        let query = value.addingPercentEncoding(withAllowedCharacters: .urlQueryAllowed)
        let whole = [upper.joined(), lower.joined(), upper.joined().replacing("%20", with: "+")]
        return whole + [path, query].compactMap(\.self)
    }

    /// The value's base64, alone and wherever it may stand inside a longer text such as `user:password`.
    private static func base64(_ value: String) -> [String] {
        let alone = Data(value.utf8).base64EncodedString()
        let inside = (0..<3).compactMap { lead -> String? in
            let padded = Data(repeating: 0, count: lead) + Data(value.utf8)
            // Characters that also carry bits of what stands before or after the value differ with them.
            let first = (lead * 8 + 5) / 6
            let end = padded.count * 8 / 6
            guard end - first >= 8 else { return nil }
            return String(padded.base64EncodedString().prefix(end).dropFirst(first))
        }
        let standard = [alone, String(alone.prefix { $0 != "=" })] + inside
        return standard + standard.map { $0.replacing("+", with: "-").replacing("/", with: "_") }
    }

    private static func escapedInJSON(_ value: String) -> [String] {
        let short: [UInt16: String] = [
            0x22: "\\\"", 0x5C: "\\\\", 0x08: "\\b", 0x0C: "\\f", 0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t",
        ]
        let escaped = { (unit: UInt16, digits: (String) -> String) in
            "\\u" + digits(hexadecimal(unit, digits: 4))
        }
        let light = value.unicodeScalars.map { scalar in
            let unit = UInt16(truncatingIfNeeded: scalar.value)
            guard scalar.value < 0x80 else { return String(scalar) }
            return short[unit] ?? (unit < 0x20 ? escaped(unit) { $0 } : String(scalar))
        }
        let heavy = { (digits: (String) -> String) in
            value.utf16.map {
                short[$0] ?? ($0 < 0x20 || $0 > 0x7E ? escaped($0, digits) : String(UnicodeScalar(UInt8($0))))
            }
            .joined()
        }
        let all = [light.joined(), heavy { $0 }, heavy { $0.uppercased() }]
        return all + all.map { $0.replacing("/", with: "\\/") }
    }

    private static func hexadecimal(_ number: UInt16, digits: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: digits - text.count) + text
    }
}
