/// The entities that mails are written with.
enum HTMLEntities {
    /// `html` with the entities read that are known here; others stay as they are written.
    ///
    /// It looks at bytes: to a `String` a mark that combines with what stands before it hides a `&` or a `;`.
    static func read(_ html: some Sequence<UInt8>) -> String {
        var result: [UInt8] = []
        var rest = Array(html)[...]
        while let mark = rest.firstIndex(of: UInt8(ascii: "&")) {
            result += rest[..<mark]
            rest = rest[(mark + 1)...]
            let name = rest.prefix(10).prefix(while: isNameByte)
            guard let scalar = scalar(of: String(decoding: name, as: UTF8.self)) else {
                result.append(UInt8(ascii: "&"))
                continue
            }
            result += String(scalar).utf8
            rest = rest[name.endIndex...]
            if rest.first == UInt8(ascii: ";") { rest = rest.dropFirst() }
        }
        return String(decoding: result + rest, as: UTF8.self)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "#"): true
        default: false
        }
    }

    private static func scalar(of name: String) -> Unicode.Scalar? {
        guard name.hasPrefix("#") else { return named[name] }
        let digits = name.dropFirst()
        let isHexadecimal = digits.first == "x" || digits.first == "X"
        let number = isHexadecimal ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return number.flatMap(Unicode.Scalar.init)
    }

    /// Source: https://html.spec.whatwg.org/multipage/named-characters.html (2026-11).
    private static let named: [String: Unicode.Scalar] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}", "shy": "\u{AD}",
        "zwnj": "\u{200C}", "zwj": "\u{200D}", "copy": "\u{A9}", "reg": "\u{AE}", "euro": "\u{20AC}",
        "hellip": "\u{2026}", "ndash": "\u{2013}", "mdash": "\u{2014}", "lsquo": "\u{2018}",
        "rsquo": "\u{2019}", "ldquo": "\u{201C}", "rdquo": "\u{201D}", "middot": "\u{B7}",
        "bull": "\u{2022}", "agrave": "\u{E0}", "egrave": "\u{E8}", "eacute": "\u{E9}", "igrave": "\u{EC}",
        "ograve": "\u{F2}", "ugrave": "\u{F9}", "auml": "\u{E4}", "ouml": "\u{F6}", "uuml": "\u{FC}",
        "szlig": "\u{DF}",
    ]
}
