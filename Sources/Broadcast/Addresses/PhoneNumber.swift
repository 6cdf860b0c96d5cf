import CPhone

/// The country whose national phone numbers are read, such as `IT`.
public struct PhoneRegion: Sendable, Hashable, CustomStringConvertible {
    /// ISO 3166-1 alpha-2, in capitals.
    public let code: String

    /// Reads `IT` or `it`.
    ///
    /// - Throws: when libphonenumber knows no numbers of such a country.
    public init(_ text: String) throws(ValueProblem) {
        let code = text.uppercased()
        let isShaped =
            code.utf8.count == 2 && code.utf8.allSatisfy { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 }
        guard isShaped, unsafe tocsin_phone_knows_region(code) == 1 else {
            throw ValueProblem(
                .unknown, "\(Excerpt.of(text)) is no country with phone numbers",
                expected: "a two-letter country code such as IT")
        }
        self.code = code
    }

    /// The code.
    public var description: String { code }
}

extension Address {
    /// Reads a phone number as people write it and makes it E.164, such as `+393331234567`.
    ///
    /// - Parameters:
    ///   - text: digits with blanks, hyphens, dots, slashes and brackets between them.
    ///   - region: whose national numbers are understood; nil means that only international ones (`+39 …`) are.
    /// - Throws: when nobody can have such a number. Whether somebody has it is not asked.
    public init(phone text: String, region: PhoneRegion?) throws(ValueProblem) {
        guard !text.isEmpty else { throw Self.phoneProblem(.missing, "is empty") }
        guard !RoundedNumber.matches(text) else {
            throw ValueProblem(.malformed, RoundedNumber.reason, expected: RoundedNumber.remedy)
        }
        var plain = ""
        for scalar in text.unicodeScalars { try Self.append(scalar, to: &plain, of: text) }
        guard plain.utf8.count <= 64 else { throw Self.phoneProblem(.length, "is longer than 64 characters") }
        var output = [CChar](repeating: 0, count: 32)
        let status = unsafe tocsin_phone_e164(plain, region?.code ?? "ZZ", &output, output.count)
        guard status == 0 else { throw Self.refusal(status, plain, region) }
        self.init(
            valid: .phone,
            String(decoding: output.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    /// libphonenumber fishes numbers out of prose and turns letters into digits; neither is wanted in an address book.
    private static func append(_ scalar: Unicode.Scalar, to plain: inout String, of text: String)
        throws(ValueProblem)
    {
        switch scalar {
        case "0"..."9", "+", "-", ".", "/", "(", ")", " ": plain.unicodeScalars.append(scalar)
        // What word processors put between digits: no-break and narrow blanks, typographic hyphens and dashes.
        case "\u{A0}", "\u{2007}", "\u{2009}", "\u{202F}": plain += " "
        case "\u{2010}"..."\u{2014}", "\u{2212}": plain += "-"
        case ",", ";": throw phoneProblem(.unsuitable, "seems to hold more than one number")
        default:
            let shown = Excerpt.of(String(Character(scalar)))
            throw phoneProblem(.character, "has \(shown), which is neither a digit nor a separator")
        }
    }

    private static func refusal(_ status: Int32, _ plain: String, _ region: PhoneRegion?) -> ValueProblem {
        switch status {
        case 2 where region == nil && !plain.hasPrefix("+"):
            ValueProblem(
                .malformed, "has no country code",
                expected:
                    "a phone number such as +39 333 1234567, or the country of national ones, such as --country IT"
            )
        case 2: phoneProblem(.unknown, "has a country code that no country has")
        case 3: phoneProblem(.length, "is too short for a number of its country")
        case 4: phoneProblem(.length, "is too long for a number of its country")
        case 5: phoneProblem(.unknown, "is a number nobody can have")
        default: phoneProblem(.malformed, "is no phone number")
        }
    }

    private static func phoneProblem(_ code: ValueProblem.Code, _ reason: String) -> ValueProblem {
        ValueProblem(code, reason, expected: "a phone number such as +39 333 1234567")
    }
}
