extension Address {
    /// Reads one plain mailbox and makes its domain ASCII in lower case; the local part keeps its capitals.
    ///
    /// Only what every relay takes is taken: a dot-atom before the `@`, a domain name with at least one dot after it.
    /// Quoted local parts, address literals and UTF-8 local parts (RFC 6531, which many relays refuse) are refused.
    /// Source: https://www.rfc-editor.org/rfc/rfc5321 sections 4.1.2 and 4.5.3.1 (64 and 254 octets).
    ///
    /// - Throws: what is wrong, when `text` is anything else.
    public init(email text: String) throws(ValueProblem) {
        let bytes = Array(text.utf8)
        guard let at = bytes.lastIndex(of: UInt8(ascii: "@")) else {
            throw EmailSyntax.problem(
                bytes.isEmpty ? .missing : .malformed, bytes.isEmpty ? "is empty" : "has no @")
        }
        try EmailSyntax.check(localPart: bytes[..<at])
        let domain = try DomainName.ascii(bytes[(at + 1)...])
        guard at + 1 + domain.utf8.count <= 254 else {
            throw EmailSyntax.problem(.length, "is longer than 254 octets")
        }
        self.init(valid: .email, String(decoding: bytes[...at], as: UTF8.self) + domain)
    }
}

/// The grammar of the part before the `@`.
enum EmailSyntax {
    static func problem(_ code: ValueProblem.Code, _ reason: String) -> ValueProblem {
        ValueProblem(code, reason, expected: "an e-mail address such as anna@acme.example")
    }

    static func check(localPart bytes: ArraySlice<UInt8>) throws(ValueProblem) {
        guard let first = bytes.first, let last = bytes.last else {
            throw problem(.malformed, "has nothing before the @")
        }
        guard first != UInt8(ascii: "\"") else {
            throw problem(.unsuitable, "has a quoted part before the @")
        }
        var previous = UInt8(ascii: "x")
        for byte in bytes {
            guard isAtomText(byte) || byte == UInt8(ascii: ".") else { throw refusal(of: byte, in: bytes) }
            guard byte != UInt8(ascii: ".") || previous != byte else {
                throw problem(.malformed, "has two dots in a row")
            }
            previous = byte
        }
        guard first != UInt8(ascii: "."), last != UInt8(ascii: ".") else {
            throw problem(.malformed, "has a dot at the start or end of the part before the @")
        }
        guard bytes.count <= 64 else { throw problem(.length, "has more than 64 octets before the @") }
    }

    /// What is most telling about a local part that holds `byte`.
    private static func refusal(of byte: UInt8, in bytes: ArraySlice<UInt8>) -> ValueProblem {
        let holds = { (characters: String) in characters.utf8.contains(where: bytes.contains) }
        if bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            return problem(.character, "has a control character")
        }
        if holds("<>") {
            return problem(.unsuitable, "has < or > (a display name belongs into the column name)")
        }
        if holds(",;") { return problem(.unsuitable, "seems to hold more than one address") }
        return switch byte {
        case 0x80...:
            problem(.character, "has letters outside ASCII before the @, which many mail servers refuse")
        case UInt8(ascii: "@"): problem(.malformed, "has more than one @")
        case 0x20: problem(.character, "has a blank before the @")
        default: problem(.character, "has \(String(decoding: [byte], as: UTF8.self)) before the @")
        }
    }

    /// RFC 5322 section 3.2.3 `atext`.
    private static func isAtomText(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        // ! # $ % & ' * + - / = ? ^ _ ` { | } ~
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2F, 0x3D, 0x3F, 0x5E...0x60, 0x7B...0x7E: true
        default: false
        }
    }
}
