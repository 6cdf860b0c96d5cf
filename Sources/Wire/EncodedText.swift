/// A text in which any character may stand encoded: percent-encoded, escaped in JSON or HTML, or lost on the way.
struct EncodedText {
    /// The text in UTF-8.
    let bytes: [UInt8]

    private static let (percent, backslash, ampersand) = (
        UInt8(ascii: "%"), UInt8(ascii: "\\"), UInt8(ascii: "&")
    )
    private static let percentMark = [percent]
    private static let unicodeMark = [backslash, UInt8(ascii: "u")]
    /// What stands for a character that a server cannot show, unless one beyond ASCII does.
    private static let replacement = UInt8(ascii: "?")
    /// HTML knows no longer name, nor number.
    private static let longestEntity = 32

    /// `bytes` as they stand.
    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The bytes that `character` may begin with.
    static func beginnings(of character: Unicode.Scalar) -> [UInt8] {
        let plain = Array(character.utf8.prefix(1))
        let lost = character.isASCII ? [] : [replacement] + Array(0x80...0xFF)
        let blank = character == " " ? [UInt8(ascii: "+")] : []
        return plain + lost + blank + [percent, backslash, ampersand]
    }

    /// Adds to `ends` each place where `character` may end that begins at `start`; where the text breaks off within
    /// it, that is the text's end.
    ///
    /// It `isLost` where another one may stand in its place, or nothing at all.
    func find(_ character: Unicode.Scalar, at start: Int, isLost: Bool, _ ends: inout [Int]) {
        if isLost { add(start, &ends) }
        guard start < bytes.count else { return }
        add(end(of: character.utf8, at: start), &ends)
        if isLost { add(endOfReplacement(at: start), &ends) }
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
            add(end(of: character.utf16, in: Self.unicodeMark, digits: 4, at: start), &ends)
            if !Self.isWord(character) { add(end(of: character.utf8, at: start + 1), &ends) }
        case Self.ampersand: add(endOfEntity(character, at: start), &ends)
        case UInt8(ascii: "+") where character == " ": add(start + 1, &ends)
        default: break
        }
    }

    private func add(_ end: Int?, _ ends: inout [Int]) {
        // Ways to the same place would double with each character.
        guard let end, !ends.contains(end) else { return }
        ends.append(end)
    }

    private func end(of wanted: some Sequence<UInt8>, at start: Int) -> Int? {
        var position = start
        for byte in wanted where position < bytes.count {
            guard bytes[position] == byte else { return nil }
            position += 1
        }
        return position
    }

    private func endOfReplacement(at start: Int) -> Int? {
        guard bytes[start] != Self.replacement else { return start + 1 }
        guard bytes[start] >= 0x80 else { return nil }
        return bytes[(start + 1)...].firstIndex { $0 & 0xC0 != 0x80 } ?? bytes.count
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

    /// By number, or by any name where `character` may have one: which it is matters less than that it shows nothing.
    private func endOfEntity(_ character: Unicode.Scalar, at start: Int) -> Int? {
        let rest = bytes[(start + 1)...].prefix(Self.longestEntity)
        let isNumber = rest.first == UInt8(ascii: "#")
        guard isNumber || rest.isEmpty || !Self.isWord(character) else { return nil }
        let name = (isNumber ? rest.dropFirst() : rest).prefix { Self.isWord(UnicodeScalar($0)) }
        guard name.endIndex < bytes.count else { return bytes.count }
        guard bytes[name.endIndex] == UInt8(ascii: ";"), !name.isEmpty else { return nil }
        guard isNumber else { return name.endIndex + 1 }
        let digits = String(decoding: name, as: UTF8.self)
        let isHexadecimal = digits.first == "x" || digits.first == "X"
        let number = isHexadecimal ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return number == character.value ? name.endIndex + 1 : nil
    }

    private static func digit(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30
        case 0x41...0x46, 0x61...0x66: Int(byte & 0x0F) + 9
        default: nil
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
