import CIDN
import Foundation

/// A host name of the Internet, as the DNS knows it and as people read it.
enum DomainName {
    /// The name in lower-case ASCII labels; international ones become `xn--…` by IDNA2008, nontransitional (UTS #46).
    static func ascii(_ bytes: ArraySlice<UInt8>) throws(ValueProblem) -> String {
        guard !bytes.isEmpty else { throw problem(.malformed, "has nothing after the @") }
        guard bytes.first != UInt8(ascii: "[") else {
            throw problem(.unsuitable, "has an address literal after the @")
        }
        guard bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw problem(.character, "has a blank or a control character")
        }
        let lower = bytes.map { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 ? $0 | 0x20 : $0 }
        let text = String(decoding: lower, as: UTF8.self)
        // Only international names need the library; most lists hold none.
        let isInternational = lower.contains { $0 >= 0x80 } || holdsEncodedLabel(lower)
        let name = isInternational ? try encoded(text) : text
        try check(Array(name.utf8))
        return name
    }

    /// The host of a link, which may be one label or a number, and end with a dot; of ASCII only, it stays as it is.
    static func ascii(labelsOf host: String) throws(ValueProblem) -> String {
        let bytes = Array(host.utf8)
        let isInternational =
            bytes.contains { $0 >= 0x80 } || holdsEncodedLabel(host.lowercased().utf8.map { $0 })
        let name = isInternational ? try encoded(host) : host
        let rooted = name.utf8.last == UInt8(ascii: ".") ? name.utf8.dropLast() : name.utf8[...]
        try checkLengths(
            rooted.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map(\.count))
        return name
    }

    /// The name with its international labels as their readers write them; `ascii` itself when it has none.
    static func unicode(_ ascii: String) -> String {
        guard ascii.contains("xn--") else { return ascii }
        var output: UnsafeMutablePointer<CChar>?
        let status = unsafe idn2_to_unicode_8z8z(ascii, &output, 0)
        defer { unsafe idn2_free(output) }
        guard status == IDN2_OK.rawValue, let output = unsafe output else { return ascii }
        return unsafe String(cString: output)
    }

    private static func holdsEncodedLabel(_ name: [UInt8]) -> Bool {
        name.split(separator: UInt8(ascii: ".")).contains { $0.starts(with: Array("xn--".utf8)) }
    }

    private static func encoded(_ text: String) throws(ValueProblem) -> String {
        // Signs that only look different, such as a wide slash, the library leaves out, and so makes another name.
        let plain = text.precomposedStringWithCompatibilityMapping.lowercased().utf8
        guard plain.allSatisfy({ $0 >= 0x80 || isLetterDigitHyphen($0) || $0 == UInt8(ascii: ".") })
        else {
            throw problem(.character, "has a character in its domain that is no letter, digit or hyphen")
        }
        let flags = Int32(
            IDN2_NFC_INPUT.rawValue | IDN2_NONTRANSITIONAL.rawValue | IDN2_USE_STD3_ASCII_RULES.rawValue)
        var output: UnsafeMutablePointer<CChar>?
        let status = unsafe idn2_to_ascii_8z(text, &output, flags)
        defer { unsafe idn2_free(output) }
        guard status == IDN2_OK.rawValue, let output = unsafe output else {
            let why = unsafe idn2_strerror(status).map { unsafe String(cString: $0) } ?? "no reason given"
            throw problem(.malformed, "has a domain that is no international domain name (\(why))")
        }
        return unsafe String(cString: output).lowercased()
    }

    /// Letters, digits and hyphens in labels of 1 to 63, two labels or more, 253 in all, no number at the end.
    ///
    /// Source: https://www.rfc-editor.org/rfc/rfc1123 section 2.1.
    private static func check(_ name: [UInt8]) throws(ValueProblem) {
        let labels = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard let last = labels.last, labels.count > 1 else {
            throw problem(.malformed, "has a domain without a dot")
        }
        try checkLengths(labels.map(\.count))
        for label in labels {
            guard label.allSatisfy(isLetterDigitHyphen) else {
                throw problem(.character, "has a character in its domain that is no letter, digit or hyphen")
            }
            guard label.first != UInt8(ascii: "-"), label.last != UInt8(ascii: "-") else {
                throw problem(.malformed, "has a hyphen at the start or end of a part of its domain")
            }
        }
        guard !last.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else {
            throw problem(.unsuitable, "has a number where the domain ends")
        }
    }

    /// Source: https://www.rfc-editor.org/rfc/rfc1035 section 2.3.4.
    private static func checkLengths(_ lengths: [Int]) throws(ValueProblem) {
        guard lengths.reduce(lengths.count - 1, +) <= 253 else {
            throw problem(.length, "has a domain longer than 253 octets")
        }
        guard !lengths.contains(0) else {
            throw problem(.malformed, "has an empty label in its domain (a dot too many)")
        }
        guard lengths.allSatisfy({ $0 <= 63 }) else {
            throw problem(.length, "has more than 63 octets between two dots")
        }
    }

    private static func isLetterDigitHyphen(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func problem(_ code: ValueProblem.Code, _ reason: String) -> ValueProblem {
        EmailSyntax.problem(code, reason)
    }
}
