import Foundation

/// Takes a channel's secrets out of every text that people or logs may see.
public struct Redactor: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// What stands where a secret stood.
    public static let placeholder = "[secret]"

    /// What is hidden: each secret as it is or as others may have read it, and the base64 of these.
    private let needles: [Needle]
    /// Which of them may stand where a byte does.
    private let candidates: [[Int]]

    /// Hides the given secrets, also where they stand percent-encoded, in base64 or escaped in JSON or HTML, and where
    /// the other side read their UTF-8 as an older encoding or lost what it could not read.
    public init(_ secrets: [Secret]) {
        let values = Set(secrets.map { $0.reveal() }.filter { !$0.isEmpty })
        let misread = Set(values.flatMap(Self.misread))
        // One whom we then misread in turn.
        let read = values.union(misread).union(misread.flatMap(Self.misread))
        let needles = read.union(read.flatMap(Self.base64)).sorted().map(Needle.init)
        var candidates = [[Int]](repeating: [], count: 256)
        for (index, needle) in needles.enumerated() {
            for byte in needle.beginnings { candidates[Int(byte)].append(index) }
        }
        (self.needles, self.candidates) = (needles, candidates)
    }

    /// Hides nothing.
    public static let none = Redactor([])

    /// How many texts it hides, and none of them.
    public var description: String { "Redactor(\(needles.count))" }

    /// Empty, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }

    /// `text` without any secret, nor the beginning of one at its end: the other side may have cut it.
    public func redacted(_ text: String) -> String {
        guard !needles.isEmpty, !text.isEmpty else { return text }
        return redacted(EncodedText(Array(text.utf8))).map { String(decoding: $0, as: UTF8.self) } ?? text
    }

    /// The same of all that we made ourselves: it was not cut, so its end is no beginning of a secret.
    public func redacted(whole bytes: [UInt8]) -> [UInt8] {
        guard !needles.isEmpty else { return bytes }
        // No secret holds a NUL, so that none reaches beyond the end.
        return redacted(EncodedText(bytes + [0])).map { Array($0.dropLast()) } ?? bytes
    }

    /// Nil when nothing was hidden.
    private func redacted(_ encoded: EncodedText) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(encoded.bytes.count)
        var isClean = true
        var position = 0
        while position < encoded.bytes.count {
            let byte = encoded.bytes[position]
            // The longest is hidden whole when one begins with another.
            if let end = candidates[Int(byte)].compactMap({ needles[$0].end(in: encoded, at: position) })
                .max()
            {
                result += Array(Self.placeholder.utf8)
                position = end
                isClean = false
            } else {
                result.append(byte)
                position += 1
            }
        }
        return isClean ? nil : result
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

    /// What servers make of the value that take a header for Latin-1, as HTTP once said, or for Windows-1252.
    private static func misread(_ value: String) -> [String] {
        guard !value.utf8.allSatisfy({ $0 < 0x80 }) else { return [] }
        let latin = value.utf8.map { String(UnicodeScalar($0)) }
        // Five bytes mean nothing in Windows-1252, and are left as they are.
        let windows = zip(value.utf8, latin).map { String(bytes: [$0], encoding: .windowsCP1252) ?? $1 }
        return [latin.joined(), windows.joined()]
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
}

/// One text to be hidden, character by character.
private struct Needle: Sendable, Hashable {
    /// The fewest bytes of it that are hidden where the end of a text cuts it off, or of ASCII where the rest is lost.
    private static let least = 4

    private let characters: [Unicode.Scalar]
    /// Whether what is left tells something when all beyond ASCII is lost.
    private let isKnownByASCII: Bool

    init(_ text: String) {
        characters = Array(text.unicodeScalars)
        isKnownByASCII = characters.count(where: \.isASCII) >= Self.least
    }

    /// The bytes that it may begin with.
    var beginnings: Set<UInt8> {
        let first = characters.firstIndex { !mayBeLost($0) } ?? 0
        return Set(characters[...first].flatMap(EncodedText.beginnings))
    }

    /// Where it ends in `text` when it begins at `start`.
    func end(in text: EncodedText, at start: Int) -> Int? {
        var ends = [start]
        for character in characters {
            if ends.contains(text.bytes.count), text.bytes.count - start >= Self.least {
                return text.bytes.count
            }
            var next: [Int] = []
            for end in ends { text.find(character, at: end, isLost: mayBeLost(character), &next) }
            guard !next.isEmpty else { return nil }
            ends = next
        }
        return ends.max()
    }

    private func mayBeLost(_ character: Unicode.Scalar) -> Bool { isKnownByASCII && !character.isASCII }
}
