import TestPeers
import Testing

@testable import Templating

/// The alphabet and the parts of SMS, held to tables and to a second reckoning written the long way.
struct GSMTableTests {
    /// The basic alphabet, sixteen a row; the escape is left blank in its place as `∅`.
    ///
    /// Source: 3GPP TS 23.038, 6.2.1.
    private static let basic = [
        "@£$¥èéùìòÇ\nØø\rÅå", "Δ_ΦΓΛΩΠΨΣΘΞ∅ÆæßÉ", " !\"#¤%&'()*+,-./", "0123456789:;<=>?",
        "¡ABCDEFGHIJKLMNO", "PQRSTUVWXYZÄÖÑÜ§", "¿abcdefghijklmno", "pqrstuvwxyzäöñüà",
    ]
    /// Source: 3GPP TS 23.038, 6.2.1.1.
    private static let extended = "\u{0C}^{}\\[~]|€"

    @Test func `the alphabet is that of the standard, and nothing else is in it`() {
        #expect(Self.basic.allSatisfy { $0.unicodeScalars.count == 16 })
        let basic = Set(Self.basic.joined().unicodeScalars).subtracting(["∅"])
        let extended = Set(Self.extended.unicodeScalars)
        #expect(basic.count == 127 && extended.count == 10)
        for value in UInt32(0)...0x2FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let septets = basic.contains(scalar) ? 1 : extended.contains(scalar) ? 2 : nil
            if GSMAlphabet.septets(of: scalar) != septets { Issue.record("U+\(String(value, radix: 16))") }
        }
    }

    /// A text, how many units it takes, and in how many parts.
    private static let boundaries: [(text: String, units: Int, parts: Int)] =
        (1...10).flatMap { (parts: Int) -> [(text: String, units: Int, parts: Int)] in
            let (gsm, ucs) = (parts * 153, parts * 67)
            let isSingle = parts == 1
            return [
                // One unit below, at, and above each boundary, in both encodings.
                (String(repeating: "x", count: gsm), gsm, parts),
                (String(repeating: "x", count: gsm + 1), gsm + 1, isSingle ? 1 : parts + 1),
                (String(repeating: "Ж", count: ucs), ucs, parts),
                (String(repeating: "Ж", count: ucs + 1), ucs + 1, isSingle ? 1 : parts + 1),
                // What takes two units at the very end of a part goes into the next.
                (
                    String(repeating: "x", count: gsm - 1) + "€" + String(repeating: "x", count: 153),
                    gsm + 154, parts + 2
                ),
                (
                    String(repeating: "x", count: gsm - 2) + "€" + String(repeating: "x", count: 153),
                    gsm + 153, parts + 1
                ),
                (
                    String(repeating: "Ж", count: ucs - 1) + "😀" + String(repeating: "Ж", count: 67),
                    ucs + 68, parts + 2
                ),
                (
                    String(repeating: "Ж", count: ucs - 2) + "😀" + String(repeating: "Ж", count: 67),
                    ucs + 67, parts + 1
                ),
            ]
        } + [
            (String(repeating: "x", count: 160), 160, 1), (String(repeating: "x", count: 161), 161, 2),
            (String(repeating: "x", count: 158) + "^", 160, 1),
            (String(repeating: "x", count: 159) + "^", 161, 2),
            (String(repeating: "Ж", count: 70), 70, 1), (String(repeating: "Ж", count: 71), 71, 2),
            (String(repeating: "Ж", count: 68) + "😀", 70, 1),
            (String(repeating: "Ж", count: 69) + "😀", 71, 2),
        ]

    @Test(arguments: boundaries)
    func `every boundary is where the standard has it`(text: String, units: Int, parts: Int) {
        let length = SMSLength(text)
        #expect(length.units == units && length.segments == parts, "\(length.units), \(length.segments)")
        #expect(Self.parts(of: text).count == parts)
    }

    @Test func `a second reckoning agrees on every text`() {
        var numbers = SeededNumbers(seed: 23_038)
        let alphabets = ["ab é€^{", "ab €😀Ж", "😀", "€", "ab\n\r@Δ~|", "👩‍👧e\u{301}È"].map {
            Array($0.unicodeScalars)
        }
        for _ in 0..<2_000 {
            guard let alphabet = alphabets.randomElement(using: &numbers) else { return }
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...700, using: &numbers) {
                if let scalar = alphabet.randomElement(using: &numbers) { text.append(scalar) }
            }
            let parts = Self.parts(of: String(text))
            #expect(SMSLength(String(text)).segments == parts.count, "\(String(text))")
            #expect(parts.allSatisfy { $0.last != 0x1B && !(0xD800...0xDBFF).contains($0.last ?? 0) })
        }
    }

    /// The code units of each part, written out: septets with their escapes, or UTF-16.
    private static func parts(of text: String) -> [[UInt16]] {
        let isGSM = text.unicodeScalars.allSatisfy { GSMAlphabet.septets(of: $0) != nil }
        let letters: [[UInt16]] = text.unicodeScalars.map { scalar in
            guard isGSM else { return Array(String(scalar).utf16) }
            return (GSMAlphabet.septets(of: scalar) == 2 ? [0x1B] : []) + [UInt16(scalar.value & 0x7F)]
        }
        let whole = letters.flatMap(\.self)
        if whole.count <= (isGSM ? 160 : 70) { return whole.isEmpty ? [] : [whole] }
        var parts: [[UInt16]] = [[]]
        for letter in letters {
            if parts[parts.count - 1].count + letter.count > (isGSM ? 153 : 67) { parts.append([]) }
            parts[parts.count - 1] += letter
        }
        return parts
    }
}
