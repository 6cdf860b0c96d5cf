import Broadcast
import Channels
import Foundation
import Templating
import TestPeers
import Testing
import Wire

/// Whatever stands in a subject or a name, Python's strict parser finds one header, and in it what was meant.
struct HostileHeaderTests {
    private static let fragments = [
        "\r\nBcc: evil@example.org\r\n", "\nX-Evil: 1", "\r\n\r\n<script>", "\r", "\n \t", "\u{0}",
        "\u{1B}[31m",
        "\u{7F}", "\t", "=?utf-8?q?evil?=", "=?utf-8?b?ZXZpbA==?=", "=?", "?=", "=?x?=", "=?utf-8?q?a_b",
        "\"", "\\", "\\\"", "\"quoted\"", "<a@b.example>", "(comment", ")", ",", ";", ":", "@", "[", "]", "<",
        ">",
        "a, b", "undisclosed: ;", "è", "perché", "ß", "日本語の件名", "😀", "👩‍👩‍👧‍👦", "🏴", "e\u{301}", "שלום", "العربية",
        "\u{202E}gnp", "\u{2066}x\u{2069}", "\u{200F}", "\u{FEFF}", "\u{200B}", "\u{AD}", "_", "=", "?", "==",
        "=20",
        "%0d%0a", ".", "..", "-- ", "'", "`", "  ", "   ", "word", "Re: ", "Acme", "100 %", "&amp;", "{{x}}",
        String(repeating: "w", count: 79), String(repeating: "w", count: 998),
        String(repeating: "è", count: 40),
        String(repeating: "日", count: 200), String(repeating: "a b ", count: 60),
        String(repeating: "\\\"", count: 40),
    ]

    /// Up to eight fragments each, now and then with a blank between.
    static let values: [String] = {
        var numbers = SeededNumbers(seed: 4)
        return (0..<1_000).map { _ in
            (0...Int.random(in: 0..<8, using: &numbers)).map { _ in
                (fragments.randomElement(using: &numbers) ?? "") + (Bool.random(using: &numbers) ? " " : "")
            }.joined()
        }
    }()

    /// What a reader gets of `text`: each control a blank, and none around it.
    private static func shown(_ text: String) -> String {
        let plain = String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
        return String(plain.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    private static let smtp = #"{"url":"smtp://m.example","from":"Acme <a@m.example>"}"#

    @Test func `a thousand hostile subjects come back as one header each, decoded right`() async throws {
        let channel = try channel(SMTPChannel.self, Self.smtp)
        let messages = try Self.values.map { value in
            try channel.request(for: .sample(content: .sample(title: value), purpose: .marketing)).mail
                .message
        }
        for (value, mail) in zip(Self.values, try await ParsedMail.parsing(messages)) {
            #expect(mail.defects == [], "\(value.debugDescription)")
            #expect(
                mail.headers.map { $0[0] } == [
                    "From", "MIME-Version", "Auto-Submitted", "Date", "Message-ID", "To", "Subject",
                    "Content-Language", "List-Unsubscribe", "Content-Type",
                ])
            let subject = try #require(mail.values("Subject").first)
            #expect(subject.unicodeScalars.elementsEqual(Self.shown(value).unicodeScalars))
        }
    }

    @Test func `a thousand hostile names come back as one mailbox each`() async throws {
        let channel = try channel(SMTPChannel.self, Self.smtp)
        let messages = try Self.values.map { value in
            try channel.request(for: .sample(contact: .sample(name: value))).mail.message
        }
        // Python's parser of addresses, unlike RFC 2047, section 6.2, shows the blank between two encoded words.
        let unspaced = { (text: String) in text.unicodeScalars.filter { $0 != " " }.map(\.value) }
        for (value, mail) in zip(Self.values, try await ParsedMail.parsing(messages)) {
            #expect(mail.defects == [], "\(value.debugDescription)")
            #expect(mail.headers.count == 9)
            #expect(mail.to.map { $0[1] } == ["anna@example.org"])
            let clean = CleanText.oneLine(value)
            let kept = clean.utf8.count > 120 ? String(clean.unicodeScalars.prefix(80)) : clean
            #expect(unspaced(try #require(mail.to.first)[0]) == unspaced(Self.shown(kept)))
            #expect(mail.from == [["Acme", "a@m.example"]])
        }
    }
}
