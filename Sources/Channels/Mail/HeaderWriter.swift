import Foundation

/// Writes mail header fields: folded at 78 columns, never beyond 998, and never a line that the value brought along.
///
/// Source: https://www.rfc-editor.org/rfc/rfc5322 sections 2.1.1 and 2.2.3, https://www.rfc-editor.org/rfc/rfc2047
/// sections 2 to 5 (2026-11).
struct HeaderWriter {
    /// The column after which a line is folded.
    private static let maxColumn = 78
    /// The longest encoded word.
    private static let maxEncodedWord = 75

    private var bytes: [UInt8] = []
    private var column = 0

    /// A writer with room for `capacity` bytes.
    init(reserving capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    /// What has been written.
    consuming func written() -> [UInt8] { bytes }

    /// Whole fields that were written before.
    mutating func fields(_ fields: [UInt8]) { bytes += fields }

    /// A field whose value is ASCII made by us, written without folding.
    mutating func plain(_ name: StaticString, _ value: String) {
        begin(name)
        write(Array(value.utf8))
        end()
    }

    /// A field of ASCII words made by us, parted where a fold is allowed.
    mutating func words(_ name: StaticString, _ words: [String]) {
        begin(name)
        for (index, word) in words.enumerated() { self.word(Array(word.utf8), isFirst: index == 0) }
        end()
    }

    /// A field of free text, such as the subject.
    mutating func text(_ name: StaticString, _ text: [UInt8]) {
        begin(name)
        let clean = Self.cleaned(text)
        let isPlain = isPlainText(clean)
        if isPlain, column + clean.count <= Self.maxColumn {
            write(clean)
        } else if isPlain {
            for (index, part) in clean.split(separator: UInt8(ascii: " ")).enumerated() {
                word(Array(part), isFirst: index == 0)
            }
        } else {
            encodedWords(clean)
        }
        end()
    }

    /// A field of one mailbox with its display name.
    mutating func mailbox(_ name: StaticString, displayName: [UInt8], address: String) {
        begin(name)
        let clean = Self.cleaned(displayName)
        if !clean.isEmpty { phrase(clean) }
        let spec = clean.isEmpty ? Array(address.utf8) : Array("<\(address)>".utf8)
        word(spec, isFirst: clean.isEmpty)
        end()
    }

    private mutating func begin(_ name: StaticString) {
        let start = bytes.count
        bytes += Array(name.description.utf8)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(UInt8(ascii: " "))
        column = bytes.count - start
    }

    private mutating func end() {
        bytes.append(0x0D)
        bytes.append(0x0A)
    }

    private mutating func write(_ word: [UInt8]) {
        bytes += word
        column += word.count
    }

    /// Writes a word after a blank, on a line of its own where it no longer fits.
    private mutating func word(_ word: [UInt8], isFirst: Bool) {
        if !isFirst, column + 1 + word.count > Self.maxColumn {
            bytes += [0x0D, 0x0A]
            column = 0
        }
        if !isFirst { write([UInt8(ascii: " ")]) }
        write(word)
    }

    private mutating func phrase(_ name: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        let needsQuotes = !name.allSatisfy { Self.isAtomText($0) || $0 == UInt8(ascii: " ") }
        let escaped = name.flatMap {
            $0 == quote || $0 == UInt8(ascii: "\\") ? [UInt8(ascii: "\\"), $0] : [$0]
        }
        let written = needsQuotes ? [quote] + escaped + [quote] : name
        if isPlainText(name), column + written.count <= Self.maxColumn {
            write(written)
        } else {
            encodedWords(name)
        }
    }

    /// Writes encoded words of whole characters, in whichever encoding is shorter.
    private mutating func encodedWords(_ text: [UInt8]) {
        let special = text.count { !Self.isEncodedPlainly($0) }
        let isBase64 = special * 6 > text.count * 2
        let opening = Array((isBase64 ? "=?utf-8?b?" : "=?utf-8?q?").utf8)
        var rest = text[...]
        var isFirst = true
        while !rest.isEmpty {
            let room = min(Self.maxEncodedWord, Self.maxColumn - (isFirst ? column : 1)) - opening.count - 2
            var chunk = Self.chunk(of: rest, room: room, isBase64: isBase64)
            if chunk.isEmpty {
                chunk = Self.chunk(of: rest, room: Self.maxEncodedWord - 12, isBase64: isBase64)
            }
            let inside = isBase64 ? Array(Data(chunk).base64EncodedData()) : Self.quoted(chunk)
            word(opening + inside + [UInt8(ascii: "?"), UInt8(ascii: "=")], isFirst: isFirst)
            rest = rest[chunk.endIndex...]
            isFirst = false
        }
    }

    /// The longest start of `text` made of whole UTF-8 characters whose encoding fits into `room`.
    private static func chunk(of text: ArraySlice<UInt8>, room: Int, isBase64: Bool) -> ArraySlice<UInt8> {
        var end = text.startIndex
        var used = 0
        var index = text.startIndex
        while index < text.endIndex {
            used += isBase64 ? 1 : isEncodedPlainly(text[index]) || text[index] == 0x20 ? 1 : 3
            index += 1
            let needed = isBase64 ? (used + 2) / 3 * 4 : used
            guard needed <= room else { break }
            let isCharacterEnd = index == text.endIndex || text[index] & 0xC0 != 0x80
            if isCharacterEnd { end = index }
        }
        return text[..<end]
    }

    private static func quoted(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var inside: [UInt8] = []
        for byte in text {
            if byte == 0x20 {
                inside.append(UInt8(ascii: "_"))
            } else if isEncodedPlainly(byte) {
                inside.append(byte)
            } else {
                inside += [
                    UInt8(ascii: "="), QuotedPrintable.digits[Int(byte >> 4)],
                    QuotedPrintable.digits[Int(byte & 15)],
                ]
            }
        }
        return inside
    }

    /// The text with every ASCII control made a blank, and none at its ends.
    private static func cleaned(_ text: [UInt8]) -> [UInt8] {
        let isClean = text.allSatisfy { $0 >= 0x20 && $0 != 0x7F } && text.first != 0x20 && text.last != 0x20
        if isClean { return text }
        var plain = text.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }[...]
        while plain.first == 0x20 { plain.removeFirst() }
        while plain.last == 0x20 { plain.removeLast() }
        return Array(plain)
    }

    /// Whether readers get the text back when it is written as it stands: ASCII words that fit, one blank between them.
    private func isPlainText(_ text: [UInt8]) -> Bool {
        var room = Self.maxColumn - column
        var wordLength = 0
        var previous = UInt8(ascii: " ")
        for byte in text {
            guard byte < 0x80, !(byte == UInt8(ascii: "?") && previous == UInt8(ascii: "=")) else {
                return false
            }
            guard byte != 0x20 || previous != 0x20 else { return false }
            if byte == 0x20 {
                (wordLength, room) = (0, Self.maxColumn - 1)
            } else {
                wordLength += 1
            }
            // A longer one is encoded, which can be cut anywhere.
            guard wordLength <= room else { return false }
            previous = byte
        }
        return true
    }

    /// The only bytes that stand for themselves in a `q` word wherever it is.
    private static func isEncodedPlainly(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "!"), UInt8(ascii: "*"), UInt8(ascii: "+"),
            UInt8(ascii: "-"), UInt8(ascii: "/"):
            true
        default: false
        }
    }

    private static func isAtomText(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
        }
    }
}
