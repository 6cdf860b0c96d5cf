import Foundation

/// Takes a channel's secrets out of every text that people or logs may see.
public struct Redactor: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// What stands where a secret stood.
    public static let placeholder = "[secret]"

    /// What is hidden: each secret as it is or as others may have read it, and the base64 of these.
    private let needles: [Needle]
    /// Which of them may stand where a byte does.
    private let candidates: [[Needle]]
    /// The most bytes that one of them may take up.
    private let longest: Int

    /// Hides the given secrets, also where they stand percent-encoded, in base64, in capitals or escaped in JSON or
    /// HTML, and where the other side read their UTF-8 as an older encoding or lost what it could not read.
    public init(_ secrets: [Secret]) {
        let values = Set(secrets.map { $0.reveal() }.filter { !$0.isEmpty })
        let misread = Set(values.flatMap(Self.misread))
        // One whom we then misread in turn.
        let read = values.union(misread).union(misread.flatMap(Self.misread))
        let needles = read.union(read.flatMap(Self.base64)).sorted().map(Needle.init)
        var candidates = [[Needle]](repeating: [], count: 256)
        for needle in needles {
            for byte in needle.beginnings { candidates[Int(byte)].append(needle) }
        }
        (self.needles, self.candidates) = (needles, candidates)
        longest = needles.map(\.longest).max() ?? 0
    }

    /// Hides nothing.
    public static let none = Redactor([])

    /// How many texts it hides, and none of them.
    public var description: String { "Redactor(\(needles.count))" }

    /// Empty, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }

    /// `text` without any secret, nor the beginning of one at its end: the other side may have cut it.
    public func redacted(_ text: String) -> String { redaction(of: text, atMost: nil).text }

    /// The first `limit` characters of `text` without any secret, or fewer where there were some.
    ///
    /// No more of it is looked at than shows whether a secret begins in these.
    public func redacted(_ text: String, atMost limit: Int) -> String {
        redaction(of: text, atMost: limit).text
    }

    /// All that we made ourselves without any secret: it was not cut, so its end is no beginning of one.
    public func redacted(whole bytes: [UInt8]) -> [UInt8] {
        guard !needles.isEmpty else { return bytes }
        // No secret holds a NUL, so that none reaches beyond the end.
        var encoded = EncodedText(whole: bytes + [0])
        return cleaned(&encoded, until: bytes.count, atMost: .max).bytes
    }

    /// The first `limit` characters, or all, with how often a place of the text was looked at.
    func redaction(of text: String, atMost limit: Int?) -> (text: String, looks: Int) {
        let whole = text.unicodeScalars
        guard !needles.isEmpty, !text.isEmpty else {
            return (limit.map { String(whole.prefix($0)) } ?? text, 0)
        }
        let known = limit.map { whole.prefix($0 + longest) } ?? whole[...]
        var encoded = EncodedText(Substring(known))
        // What begins further on might go on where we have cut.
        let isCut = known.endIndex < whole.endIndex
        let end = isCut ? encoded.bytes.count - longest : encoded.bytes.count
        let (clean, isSame) = cleaned(&encoded, until: end, atMost: limit ?? .max)
        return (limit == nil && isSame ? text : String(decoding: clean, as: UTF8.self), encoded.looks)
    }

    /// What begins before `end`, at most `limit` characters, and whether nothing in it had to be hidden.
    private func cleaned(
        _ encoded: inout EncodedText, until end: Int, atMost limit: Int
    ) -> (bytes: [UInt8], isSame: Bool) {
        var result: [UInt8] = []
        result.reserveCapacity(min(end, limit))
        var isSame = true
        var count = 0
        var position = 0
        while position < end, count < limit {
            if let next = endOfSecret(in: &encoded, at: position) {
                isSame = false
                count += Self.placeholder.utf8.count
                // Half a placeholder would only puzzle.
                guard count <= limit else { break }
                result += Array(Self.placeholder.utf8)
                position = next
            } else {
                count += 1
                repeat {
                    result.append(encoded.bytes[position])
                    position += 1
                } while position < encoded.bytes.count && encoded.bytes[position] & 0xC0 == 0x80
            }
        }
        return (result, isSame)
    }

    /// Where one ends that begins at `position`: the longest is hidden whole when one begins with another.
    private func endOfSecret(in encoded: inout EncodedText, at position: Int) -> Int? {
        var last: Int?
        for needle in candidates[Int(encoded.bytes[position])] {
            guard let end = needle.end(in: &encoded, at: position) else { continue }
            last = max(end, last ?? end)
        }
        return last
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

    /// The most bytes that it may take up.
    var longest: Int { characters.reduce(0) { $0 + $1.utf8.count } * EncodedText.longestForm }

    /// The bytes that it may begin with.
    var beginnings: Set<UInt8> {
        let first = characters.firstIndex { !mayBeLost($0) } ?? 0
        return Set(characters[...first].flatMap(EncodedText.beginnings))
    }

    /// Where it ends in `text` when it begins at `start`.
    func end(in text: inout EncodedText, at start: Int) -> Int? {
        var place = start
        var index = 0
        // As long as nothing is encoded there is one way on, and hardly any text goes it far.
        while index < characters.count, place < text.bytes.count, text.isPlain(at: place),
            !mayBeLost(characters[index])
        {
            guard let next = text.end(of: characters[index], at: place) else { return nil }
            (place, index) = (next, index + 1)
        }
        var ends = [place]
        while index < characters.count {
            if ends.contains(text.bytes.count), text.bytes.count - start >= Self.least {
                return text.bytes.count
            }
            if mayBeLost(characters[index]) {
                // As one, for each of them alone may stand in so many ways that all together have no end.
                let lost = characters[index...].prefix(while: mayBeLost)
                ends = text.endsOfLost(lost.reduce(0) { $0 + $1.utf8.count }, from: ends)
                index = lost.endIndex
            } else {
                var next: [Int] = []
                for end in ends { text.find(characters[index], at: end, &next) }
                ends = next
                index += 1
            }
            guard !ends.isEmpty else { return nil }
        }
        return ends.max()
    }

    private func mayBeLost(_ character: Unicode.Scalar) -> Bool { isKnownByASCII && !character.isASCII }
}
