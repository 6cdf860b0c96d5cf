/// The entities that mails are written with.
enum HTMLEntities {
    /// `html` with the entities read that are known here; others stay as they are written.
    static func read(_ html: some Sequence<UInt8>) -> String {
        var result = ""
        var rest = String(decoding: Array(html), as: UTF8.self)[...]
        while let mark = rest.firstIndex(of: "&") {
            result += rest[..<mark]
            let name = rest[mark...].dropFirst().prefix(10).prefix {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "#")
            }
            guard let scalar = scalar(of: name) else {
                result.append("&")
                rest = rest[rest.index(after: mark)...]
                continue
            }
            result.unicodeScalars.append(scalar)
            rest = rest[name.endIndex...]
            if rest.first == ";" { rest = rest.dropFirst() }
        }
        return result + rest
    }

    private static func scalar(of name: Substring) -> Unicode.Scalar? {
        guard name.hasPrefix("#") else { return named[String(name)] }
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
