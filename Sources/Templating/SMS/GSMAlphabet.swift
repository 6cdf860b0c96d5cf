/// The default alphabet of SMS, seven bits a character, and its extension table.
///
/// Source: 3GPP TS 23.038, 6.2.1 and 6.2.1.1.
enum GSMAlphabet {
    private static let basic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        + "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
    /// Each is written as an escape and a second character.
    private static let extended = "\u{0C}^{}\\[~]|€"

    /// Septets by code point, up to the last that the alphabet has; 0 for those that it lacks.
    private static let sizes: [UInt8] = {
        var sizes: [UInt8] = []
        for (scalars, size) in [(basic.unicodeScalars, UInt8(1)), (extended.unicodeScalars, 2)] {
            for value in scalars.map({ Int($0.value) }) {
                if value >= sizes.count {
                    sizes += [UInt8](repeating: 0, count: value + 1 - sizes.count)
                }
                sizes[value] = size
            }
        }
        return sizes
    }()

    /// Septets one character takes: 1 or 2; nil when it is not in the alphabet.
    static func septets(of scalar: Unicode.Scalar) -> Int? {
        let value = Int(scalar.value)
        guard value < sizes.count, sizes[value] > 0 else { return nil }
        return Int(sizes[value])
    }

    /// Whether all of `character` is in the alphabet.
    static func holds(_ character: Character) -> Bool {
        character.unicodeScalars.allSatisfy { septets(of: $0) != nil }
    }
}
