import Testing

@testable import Templating

struct SMSTests {
    private static let gsm = SMSLength.Encoding.gsm7
    private static let ucs = SMSLength.Encoding.ucs2

    /// A text, its encoding, units and segments.
    private static let lengths: [(String, SMSLength.Encoding, Int, Int)] = [
        ("", gsm, 0, 0), ("a", gsm, 1, 1), ("\n", gsm, 1, 1), ("\r\n", gsm, 2, 1),
        (String(repeating: "a", count: 159), gsm, 159, 1), (String(repeating: "a", count: 160), gsm, 160, 1),
        (String(repeating: "a", count: 161), gsm, 161, 2), (String(repeating: "a", count: 305), gsm, 305, 2),
        (String(repeating: "a", count: 306), gsm, 306, 2), (String(repeating: "a", count: 307), gsm, 307, 3),
        (String(repeating: "a", count: 459), gsm, 459, 3), (String(repeating: "a", count: 460), gsm, 460, 4),
        (String(repeating: "a", count: 612), gsm, 612, 4), (String(repeating: "a", count: 613), gsm, 613, 5),
        ("€", gsm, 2, 1), ("^{}\\[~]|€\u{0C}", gsm, 20, 1), ("àèéìòù", gsm, 6, 1),
        ("ÉÇÑÄÖÜßØøÅåÆæ", gsm, 13, 1),
        ("ΔΦΓΛΩΠΨΣΘΞ", gsm, 10, 1), ("@£$¥¤§¿¡", gsm, 8, 1), ("_-!?\"#%&'()*+,./:;<=>", gsm, 21, 1),
        (String(repeating: "a", count: 158) + "€", gsm, 160, 1),
        (String(repeating: "a", count: 159) + "€", gsm, 161, 2),
        (String(repeating: "€", count: 80), gsm, 160, 1), (String(repeating: "€", count: 81), gsm, 162, 2),
        // 153 is odd: one septet of each part is lost.
        (String(repeating: "€", count: 152), gsm, 304, 2), (String(repeating: "€", count: 153), gsm, 306, 3),
        (String(repeating: "a", count: 152) + "€" + String(repeating: "a", count: 151), gsm, 305, 2),
        (String(repeating: "a", count: 152) + "€" + String(repeating: "a", count: 152), gsm, 306, 3),
        (String(repeating: "a", count: 151) + "€" + String(repeating: "a", count: 153), gsm, 306, 2),
        ("È", ucs, 1, 1), ("À", ucs, 1, 1), ("’", ucs, 1, 1), ("`", ucs, 1, 1), ("ç", ucs, 1, 1),
        ("á", ucs, 1, 1),
        ("\t", ucs, 1, 1), ("中", ucs, 1, 1), ("Ж", ucs, 1, 1), ("😀", ucs, 2, 1), ("👩‍👧", ucs, 5, 1),
        ("e\u{301}", ucs, 2, 1),
        (String(repeating: "È", count: 69), ucs, 69, 1), (String(repeating: "È", count: 70), ucs, 70, 1),
        (String(repeating: "È", count: 71), ucs, 71, 2), (String(repeating: "È", count: 133), ucs, 133, 2),
        (String(repeating: "È", count: 134), ucs, 134, 2), (String(repeating: "È", count: 135), ucs, 135, 3),
        (String(repeating: "È", count: 201), ucs, 201, 3), (String(repeating: "È", count: 202), ucs, 202, 4),
        ("È" + String(repeating: "a", count: 69), ucs, 70, 1),
        ("È" + String(repeating: "a", count: 70), ucs, 71, 2),
        ("€" + String(repeating: "È", count: 69), ucs, 70, 1),
        ("€" + String(repeating: "È", count: 70), ucs, 71, 2),
        (String(repeating: "😀", count: 35), ucs, 70, 1), (String(repeating: "😀", count: 36), ucs, 72, 2),
        // 67 is odd: one unit of each part is lost.
        (String(repeating: "😀", count: 66), ucs, 132, 2), (String(repeating: "😀", count: 67), ucs, 134, 3),
        (String(repeating: "a", count: 66) + "😀" + String(repeating: "a", count: 65), ucs, 133, 2),
        (String(repeating: "a", count: 66) + "😀" + String(repeating: "a", count: 66), ucs, 134, 3),
        (String(repeating: "a", count: 65) + "😀" + String(repeating: "a", count: 67), ucs, 134, 2),
        (String(repeating: "中", count: 670), ucs, 670, 10),
        (String(repeating: "a", count: 1_530), gsm, 1_530, 10),
        (String(repeating: "a", count: 1_531), gsm, 1_531, 11),
        ("Ciao, perché è così? Città già più lontana.", gsm, 43, 1),
    ]

    @Test(arguments: lengths)
    func `a text costs what the standard says`(
        text: String, encoding: SMSLength.Encoding, units: Int, segments: Int
    ) {
        let length = SMSLength(text)
        #expect(length.encoding == encoding)
        #expect(length.units == units)
        #expect(length.segments == segments)
        #expect(length.costly.isEmpty == (encoding == .gsm7))
    }

    @Test func `the characters that cost are named once, in order`() {
        #expect(SMSLength("“È” è È “x” 😀").costly == ["“", "È", "”", "😀"])
    }

    @Test(arguments: [
        ("È arrivato l’avviso", "E' arrivato l'avviso"), ("“Sì” – ‘no’ — «eh»…", "\"Sì\" - 'no' - \"eh\"..."),
        ("a\u{A0}b\u{202F}c\u{200B}d\u{AD}e", "a b cde"), ("ÀÈÌÒÙÉ", "A'E'I'O'U'É"),
        ("3×4 • `x` ç", "3x4 - 'x' c"),
        ("plain €", "plain €"), ("", ""), ("perche\u{301} E\u{300} cosi\u{300}", "perché E' così"),
        ("‹a›", "'a'"),
    ])
    func `typography is written in the short alphabet`(original: String, expected: String) {
        // As long as that saves a segment.
        let more = String(repeating: "x", count: 70)
        let fitting = SMSFitting(original + more)
        #expect(fitting.text == expected + more)
        #expect(fitting.length.encoding == .gsm7)
        #expect(fitting.replacements.isEmpty == (original == expected))
    }

    /// How many letters follow `È già pronto, “français” • 3×4`, and whether it is rewritten.
    @Test(arguments: [(0, false), (40, false), (41, true), (102, true), (123, true), (126, true)])
    func `what saves nothing is not rewritten`(more: Int, isRewritten: Bool) {
        let original = "È già pronto, “français” • 3×4" + String(repeating: "x", count: more)
        let fitting = SMSFitting(original)
        #expect(
            fitting.text.hasPrefix(
                isRewritten ? "E' già pronto, \"francais\" - 3x4" : "È già pronto, “français”"))
        #expect(fitting.length.segments <= SMSLength(original).segments)
        #expect((fitting.saved > 0) == isRewritten && fitting.replacements.isEmpty != isRewritten)
    }

    @Test(arguments: ["È arrivato 😀", "“Привет”", "l’中", "’á"])
    func `a text that needs UCS-2 anyway is left as it was written`(original: String) {
        let fitting = SMSFitting(original)
        #expect(fitting.text == original)
        #expect(fitting.replacements.isEmpty && fitting.saved == 0)
    }

    @Test func `what fitting saves is counted`() {
        let fitting = SMSFitting("L’avviso: " + String(repeating: "a", count: 140))
        #expect(fitting.saved == 2)
        #expect(fitting.replacements.map(\.from) == ["’"] && fitting.replacements.map(\.to) == ["'"])
    }
}
