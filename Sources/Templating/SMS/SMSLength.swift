/// What a text costs as SMS.
///
/// Source: 3GPP TS 23.040, 9.2.3.24.1 (140 octets; 6 of them for the header of a part) and TS 23.038, 6.2.
public struct SMSLength: Sendable, Hashable {
    /// How the characters travel.
    public enum Encoding: String, Sendable, CaseIterable {
        case gsm7 = "gsm-7"
        case ucs2 = "ucs-2"

        /// Units of a message that is one segment.
        public var single: Int { self == .gsm7 ? 160 : 70 }
        /// Units of each segment when there are several.
        public var part: Int { self == .gsm7 ? 153 : 67 }
    }

    /// GSM 7-bit unless a character is not in it.
    public let encoding: Encoding
    /// Septets, or 16-bit units, without what is lost where a pair would be split.
    public let units: Int
    /// Messages that are paid for; 0 for an empty text.
    public let segments: Int
    /// The characters that are not in GSM 7-bit and cost the whole text its short encoding, each once, in order.
    public let costly: [Unicode.Scalar]

    /// Measures `text`.
    public init(_ text: String) {
        var sizes: [Int] = []
        var costly: [Unicode.Scalar] = []
        for scalar in text.unicodeScalars {
            if let septets = GSMAlphabet.septets(of: scalar) {
                sizes.append(septets)
            } else if !costly.contains(scalar) {
                costly.append(scalar)
            }
        }
        encoding = costly.isEmpty ? .gsm7 : .ucs2
        self.costly = costly
        if !costly.isEmpty { sizes = text.unicodeScalars.map { $0.value > 0xFFFF ? 2 : 1 } }
        units = sizes.reduce(0, +)
        segments = Self.segments(of: sizes, units: units, encoding)
    }

    /// Fills part after part; a pair (escape and character, or two surrogates) goes whole into the next.
    private static func segments(of sizes: [Int], units: Int, _ encoding: Encoding) -> Int {
        guard units > encoding.single else { return units == 0 ? 0 : 1 }
        var segments = 1
        var filled = 0
        for size in sizes {
            if filled + size > encoding.part {
                segments += 1
                filled = 0
            }
            filled += size
        }
        return segments
    }
}
