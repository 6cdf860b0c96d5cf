/// A text in which any character may stand encoded: percent-encoded, escaped in JSON or HTML, in capitals, or lost on
/// the way.
struct EncodedText {
    /// The text in UTF-8, without the zeroes that UTF-16 puts between what was ASCII.
    let bytes: [UInt8]
    /// How often a place in it was looked at.
    private(set) var looks = 0

    private static let (percent, backslash, ampersand) = (
        UInt8(ascii: "%"), UInt8(ascii: "\\"), UInt8(ascii: "&")
    )
    private static let percentMark = [percent]
    private static let unicodeMark = [backslash, UInt8(ascii: "u")]
    /// What an ampersand becomes that is escaped itself.
    private static let ampersandEntity = Array("&amp;".utf8)
    /// What stands for a character that a server cannot show, unless one beyond ASCII does.
    private static let replacement = UInt8(ascii: "?")
    /// HTML knows no longer name, nor number.
    private static let longestEntity = 32
    /// As many as JSON within JSON makes of one.
    private static let mostBackslashes = 4
    /// The most bytes that may stand for one byte: an entity whose ampersand is escaped.
    static let longestForm = 1 + ampersandEntity.count + longestEntity

    /// `text` as it stands.
    init(_ text: Substring) { bytes = text.utf8.filter { $0 != 0 } }

    /// `bytes` as they are, zeroes too.
    init(whole bytes: [UInt8]) { self.bytes = bytes }

    /// The bytes that `character` may begin with.
    static func beginnings(of character: Unicode.Scalar) -> [UInt8] {
        let plain = Array(character.utf8.prefix(1))
        let capital = plain.map(swapped)
        let lost = character.isASCII ? [] : [replacement] + Array(0xC0...0xFF)
        let blank = character == " " ? [UInt8(ascii: "+")] : []
        return plain + capital + lost + blank + [percent, backslash, ampersand]
    }

    /// Whether only the character that stands there may begin there.
    func isPlain(at position: Int) -> Bool {
        switch bytes[position] {
        case Self.percent, Self.backslash, Self.ampersand, UInt8(ascii: "+"): false
        default: true
        }
    }

    /// Where `character` ends that begins at `start` as it is or in the other case; where the text breaks off within
    /// it, that is the text's end.
    mutating func end(of character: Unicode.Scalar, at start: Int) -> Int? {
        looks += 1
        guard character.isASCII else { return end(of: character.utf8, at: start) }
        let byte = UInt8(truncatingIfNeeded: character.value)
        return bytes[start] == byte || bytes[start] == Self.swapped(byte) ? start + 1 : nil
    }

    /// Adds to `ends` each place where `character` may end that begins at `start`, however it is encoded.
    mutating func find(_ character: Unicode.Scalar, at start: Int, _ ends: inout [Int]) {
        looks += 1
        guard start < bytes.count else { return }
        add(end(of: character.utf8, at: start), &ends)
        switch bytes[start] {
        case Self.percent:
            add(end(of: character.utf8, in: Self.percentMark, digits: 2, at: start), &ends)
            // As it stands in Latin-1.
            if character.value < 0x100 {
                add(
                    end(of: CollectionOfOne(character.value), in: Self.percentMark, digits: 2, at: start),
                    &ends)
            }
        case Self.backslash:
            // JSON within JSON is escaped more than once.
            let next = endOfBackslashes(at: start)
            add(end(of: character.utf16, in: Self.unicodeMark, digits: 4, at: next - 1), &ends)
            guard !Self.isWord(character) else { break }
            add(end(of: character.utf8, at: start + 1), &ends)
            if next > start + 1 { add(end(of: character.utf8, at: next), &ends) }
            if character == "\\" { add(next, &ends) }
            addEntities(character, at: next, &ends)
        case Self.ampersand: addEntities(character, at: start, &ends)
        case UInt8(ascii: "+") where character == " ": add(start + 1, &ends)
        default: break
        }
    }

    /// The places where characters beyond ASCII may end, of `count` bytes together, that begin at one of `starts`: any
    /// such characters may stand for them, or fewer, or none.
    mutating func endsOfLost(_ count: Int, from starts: [Int]) -> [Int] {
        var ends: [Int] = []
        // The last first: whoever comes to a place where another has been has no further to go than that one.
        for start in starts.sorted(by: >) {
            let known = ends
            var next: Int? = start
            var left = count
            while let place = next, !known.contains(place) {
                ends.append(place)
                next = left > 0 ? endOfLost(at: place) : nil
                left -= 1
            }
        }
        return ends
    }

    private func add(_ end: Int?, _ ends: inout [Int]) {
        // Ways to the same place would double with each character.
        guard let end, !ends.contains(end) else { return }
        ends.append(end)
    }

    private func end(of wanted: some Sequence<UInt8>, at start: Int) -> Int? {
        var position = start
        for byte in wanted where position < bytes.count {
            guard bytes[position] == byte || bytes[position] == Self.swapped(byte) else { return nil }
            position += 1
        }
        return position
    }

    /// Where one ends that no server has left as it was.
    private mutating func endOfLost(at start: Int) -> Int? {
        looks += 1
        guard start < bytes.count else { return nil }
        switch bytes[start] {
        case Self.replacement: return start + 1
        case 0x80...: return bytes[(start + 1)...].firstIndex { $0 & 0xC0 != 0x80 } ?? bytes.count
        case Self.percent: return endBeyondASCII(in: Self.percentMark, digits: 2, at: start)
        case Self.backslash:
            return endBeyondASCII(in: Self.unicodeMark, digits: 4, at: endOfBackslashes(at: start) - 1)
        case Self.ampersand: return endOfEntity(escapedAmpersand(at: start) ?? start, for: nil)
        default: return nil
        }
    }

    private func endOfBackslashes(at start: Int) -> Int {
        let rest = bytes[start...].prefix(Self.mostBackslashes)
        return rest.firstIndex { $0 != Self.backslash } ?? rest.endIndex
    }

    /// Where the last of `units` ends, each written as `mark` and that many hexadecimal `digits`.
    private func end(
        of units: some Sequence<some BinaryInteger>, in mark: [UInt8], digits: Int, at start: Int
    ) -> Int? {
        var position = start
        for unit in units {
            guard let next = end(of: mark, at: position) else { return nil }
            position = next
            for place in (0..<digits).reversed() {
                guard position < bytes.count else { return bytes.count }
                guard Self.digit(bytes[position]) == Int(unit) >> (4 * place) & 15 else { return nil }
                position += 1
            }
        }
        return position
    }

    /// The same of any one unit beyond ASCII.
    private func endBeyondASCII(in mark: [UInt8], digits: Int, at start: Int) -> Int? {
        guard let first = end(of: mark, at: start) else { return nil }
        let rest = bytes[first...].prefix(digits)
        let values = rest.compactMap(Self.digit)
        guard values.count == rest.count else { return nil }
        guard rest.count == digits else { return bytes.count }
        return values.reduce(0) { $0 << 4 | $1 } >= 0x80 ? rest.endIndex : nil
    }

    private func addEntities(_ character: Unicode.Scalar, at start: Int, _ ends: inout [Int]) {
        guard start < bytes.count, bytes[start] == Self.ampersand else { return }
        add(endOfEntity(start, for: character), &ends)
        if let inner = escapedAmpersand(at: start) { add(endOfEntity(inner, for: character), &ends) }
    }

    /// Where the entity at `start` ends when it is an ampersand that may begin another one; else nil.
    private func escapedAmpersand(at start: Int) -> Int? {
        guard start + 1 < bytes.count, bytes[start + 1] == Self.ampersandEntity[1],
            bytes[start...].starts(with: Self.ampersandEntity)
        else { return nil }
        return start + Self.ampersandEntity.count - 1
    }

    /// By number, or by any name where `character` may have one: which it is matters less than that it shows nothing.
    ///
    /// Nil asks for any character beyond ASCII.
    private func endOfEntity(_ start: Int, for character: Unicode.Scalar?) -> Int? {
        let rest = bytes[(start + 1)...].prefix(Self.longestEntity)
        let isNumber = rest.first == UInt8(ascii: "#")
        guard isNumber || rest.isEmpty || character.map(Self.isWord) != true else { return nil }
        let name = (isNumber ? rest.dropFirst() : rest).prefix { Self.isWord(UnicodeScalar($0)) }
        guard name.endIndex < bytes.count else { return bytes.count }
        guard bytes[name.endIndex] == UInt8(ascii: ";"), !name.isEmpty else { return nil }
        guard isNumber else { return name.endIndex + 1 }
        let digits = String(decoding: name, as: UTF8.self)
        let isHexadecimal = digits.first == "x" || digits.first == "X"
        let number = isHexadecimal ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        let isMeant = character.map { number == $0.value } ?? ((number ?? 0) >= 0x80)
        return isMeant ? name.endIndex + 1 : nil
    }

    private static func digit(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30
        case 0x41...0x46, 0x61...0x66: Int(byte & 0x0F) + 9
        default: nil
        }
    }

    /// A letter of ASCII in its other case; any other byte as it is.
    private static func swapped(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0x41...0x5A, 0x61...0x7A: byte ^ 0x20
        default: byte
        }
    }

    /// Whether it is a letter or a digit of ASCII.
    private static func isWord(_ character: Unicode.Scalar) -> Bool {
        switch character {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: false
        }
    }
}
