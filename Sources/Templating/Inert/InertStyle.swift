/// A style sheet, or the value of a `style` attribute, that loads nothing.
struct InertStyle {
    /// What is left.
    private(set) var text: [UInt8] = []
    /// How many addresses were left out.
    private(set) var leftOut = 0

    /// What loads what it names.
    ///
    /// Source: https://www.w3.org/TR/css-values-4/#urls, https://www.w3.org/TR/css-images-4/#image-values (2026-11).
    private static let loading = ["url(", "src(", "image(", "image-set("].map { Array($0.utf8) }
    private static let importing = Array("@import".utf8)

    /// Of `style`, wherever it stands: in comments and strings, too, so that nobody has to agree on where these end.
    init(_ style: some Sequence<UInt8>) {
        let plain = Self.unescaped(Array(style))
        // Where a word begins is all the same to them: letters are compared.
        let small = plain.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        var index = 0
        while index < plain.count {
            if small[index...].starts(with: Self.importing) {
                index = plain[index...].firstIndex(of: UInt8(ascii: ";")).map { $0 + 1 } ?? plain.count
                text.append(UInt8(ascii: " "))
                leftOut += 1
            } else if let word = Self.loading.first(where: { small[index...].starts(with: $0) }) {
                let start = index + word.count
                if word.count == 4, Self.isInside(small[start...]) {
                    text += plain[index..<start]
                    index = start
                } else {
                    index = Self.end(of: plain, from: start)
                    text += Array("none".utf8)
                    leftOut += 1
                }
            } else {
                text.append(plain[index])
                index += 1
            }
        }
        text = Self.closed(text)
    }

    /// Whether the address that begins there holds a picture itself.
    private static func isInside(_ address: ArraySlice<UInt8>) -> Bool {
        var address = address.drop(while: \.isASCIIBlank)
        // A second one would be a part of the address.
        if address.first == UInt8(ascii: "\"") || address.first == UInt8(ascii: "'") { address.removeFirst() }
        return address.drop(while: \.isASCIIBlank).starts(with: "data:image/".utf8)
    }

    /// Behind the bracket that closes what is open at `start`.
    private static func end(of style: [UInt8], from start: Int) -> Int {
        var depth = 1
        var quote: UInt8?
        for index in start..<style.count {
            switch style[index] {
            case let byte where quote != nil: if byte == quote { quote = nil }
            case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = style[index]
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"):
                depth -= 1
                if depth == 0 { return index + 1 }
            default: continue
            }
        }
        return style.count
    }

    /// Letters, digits and hyphens that are written as escapes are written out: nothing hides behind one.
    private static func unescaped(_ style: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = style[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let next = rest.first else {
                result.append(byte)
                continue
            }
            let digits = rest.prefix(6).prefix { UInt32(String(UnicodeScalar($0)), radix: 16) != nil }
            if digits.isEmpty {
                result += isWordByte(UInt32(next)) ? [next] : [byte, next]
                rest = rest.dropFirst()
                continue
            }
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) ?? 0
            rest = rest.dropFirst(digits.count)
            if rest.first?.isASCIIBlank == true { rest = rest.dropFirst() }
            // The blank keeps a digit that is written out behind it from becoming one of its own.
            result += isWordByte(value) ? [UInt8(value)] : [byte] + digits + [UInt8(ascii: " ")]
        }
        return result
    }

    private static func isWordByte(_ value: UInt32) -> Bool {
        switch value {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
        default: false
        }
    }

    /// The same without anything that would end the element it stands in.
    private static func closed(_ style: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for byte in style {
            if byte == UInt8(ascii: "/"), result.last == UInt8(ascii: "<") {
                result.append(UInt8(ascii: "\\"))
            }
            result.append(byte)
        }
        return result
    }
}
