import Testing

@testable import Wire

/// How much of what a stranger says is looked at: one thread reads the replies of all channels.
struct RedactionEffortTests {
    static let secrets = [
        "sms-secret-abcdefghijkl", "pässwörtSECRET99",
        "\u{43F}\u{430}\u{440}\u{43E}\u{43B}\u{44C}-\u{442}\u{440}\u{435}\u{432}\u{43E}\u{433}\u{430}-1234",
    ]

    /// What keeps looking as if a secret began there.
    static let pieces = [
        "x", "&", "&amp;", "&#", "%", "%D0", "\\", "\\u04", "?", "\u{439}", "\u{FFFD}", "\u{439}-",
        "\u{43E}\u{448}\u{438}\u{431}\u{43A}\u{430} ", "sms-secret-", "SMS", "\0",
    ]

    private func looks(_ secret: String, _ piece: String, count: Int, atMost limit: Int?) -> Int {
        Redactor([Secret(secret)]).redaction(of: String(repeating: piece, count: count), atMost: limit).looks
    }

    @Test(arguments: secrets, pieces)
    func `however long a text is, no more of it is looked at than is shown`(secret: String, piece: String) {
        // Long enough that both have to be cut.
        let (short, long) = (8_000, 16_000)
        let effort = looks(secret, piece, count: long, atMost: 200)
        #expect(effort == looks(secret, piece, count: short, atMost: 200))
        #expect(effort <= 200 * 1_000, "\(effort)")
    }

    @Test(arguments: secrets, pieces)
    func `what has to be read whole is read in proportion to its length`(secret: String, piece: String) {
        let effort = looks(secret, piece, count: 250, atMost: nil)
        #expect(looks(secret, piece, count: 500, atMost: nil) <= effort * 5 / 2 + 1_000, "\(effort)")
    }

    @Test(arguments: pieces)
    func `a secret that is twice as long takes twice as long to look for`(piece: String) {
        let part = "\u{43F}\u{430}\u{440}\u{43E}\u{43B}\u{44C}"
        let efforts = [1, 2].map {
            looks(String(repeating: part, count: $0) + "-1234", piece, count: 300, atMost: nil)
        }
        #expect(efforts[1] <= efforts[0] * 5 / 2 + 1_000, "\(efforts)")
    }

    @Test(arguments: [0, 100, 199, 200, 250])
    func `a secret is hidden wherever a long text is cut`(lead: Int) {
        let secret = Self.secrets[0]
        let text = String(repeating: "x", count: lead) + String(repeating: secret, count: 500)
        let clean = Redactor([Secret(secret)]).redacted(text, atMost: 200)
        // What is hidden leaves less to show.
        #expect(
            (60...200).contains(clean.count) && clean.hasPrefix(String(repeating: "x", count: min(lead, 200)))
        )
        #expect(clean.drop { $0 == "x" }.replacing(Redactor.placeholder, with: "").isEmpty)
    }
}
