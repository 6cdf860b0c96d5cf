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
        var septets = 0
        var costly: [Unicode.Scalar] = []
        for scalar in text.unicodeScalars {
            if let size = GSMAlphabet.septets(of: scalar) {
                septets += size
            } else if !costly.contains(scalar) {
                costly.append(scalar)
            }
        }
        self.costly = costly
        encoding = costly.isEmpty ? .gsm7 : .ucs2
        units = costly.isEmpty ? septets : text.utf16.count
        segments = encoding.segments(of: text, units: units)
    }
}

extension SMSLength.Encoding {
    /// Fills part after part; a pair (escape and character, or two surrogates) goes whole into the next.
    fileprivate func segments(of text: String, units: Int) -> Int {
        guard units > single else { return units == 0 ? 0 : 1 }
        let part = part
        var segments = 1
        var filled = 0
        for scalar in text.unicodeScalars {
            let size = self == .gsm7 ? GSMAlphabet.septets(of: scalar) ?? 0 : scalar.value > 0xFFFF ? 2 : 1
            if filled + size > part {
                segments += 1
                filled = 0
            }
            filled += size
        }
        return segments
    }
}
