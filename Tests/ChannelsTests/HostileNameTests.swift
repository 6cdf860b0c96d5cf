import Broadcast
import Channels
import Foundation
import Templating
import TestPeers
import Testing
import Wire

/// People called so as to do harm, all the way into what is handed over.
struct HostileNameTests {
    static let names: [String] = [
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "\"><a href=\"javascript:alert(1)\">x</a>", "</td></table></body>",
        "{{contact.email}} {{{contact.phone}}} {{#contact}}{{/contact}} {{> p}} {{=<% %>=}}",
        "Anna\r\nBcc: evil@example.org\r\n\r\nbody", "Anna\n.\nQUIT",
        "\u{202E}annA\u{202C} \u{2066}x\u{2069}\u{200B}\u{2060}\u{AD}\u{FEFF}", "An\u{0}na\u{7}\u{1B}[2J",
        "*Anna* [x](https://evil.example) `c` # h > q", "\", \"admin\": true, \"x\": \"",
        "&lt;b&gt; &#60; %3Cb%3E", "A\u{2028}B\u{2029}C\u{85}D", "🏴\u{E0067}\u{E0062}\u{E007F} \u{E0041}nna",
    ]

    /// Ten thousand characters, or as many bytes.
    static let longNames: [String] = [
        String(repeating: "Anna ", count: 2_000), String(repeating: "<", count: 10_000),
        String(repeating: "e\u{301}", count: 10_000), String(repeating: "👩‍👩‍👧‍👦", count: 1_000),
        String(repeating: "a\r\n", count: 5_000),
    ]

    /// A message with the name wherever a message can have it.
    private static let message = """
        ---
        subject: "Dear {{contact.name}}, it is down"
        sms: "{{contact.name}}: it is down."
        purpose: service
        ---
        # {{contact.name}}

        Dear *{{contact.name}}*, see [{{contact.name}}](https://acme.example/{{contact.name}}).

        > `{{contact.name}}` <b>{{contact.name}}</b>
        """

    private static func request(_ form: ContentForm, to name: String, over channel: any Channel) throws
        -> WireRequest
    {
        let template = try CompiledTemplate(
            FrozenContent(
                template: "t", files: ["t/message.md": message], variables: [:],
                sender: Sender(name: "Acme", locale: "en")))
        let contact = Contact.sample(name: name)
        let facts = AnnouncementFacts(
            id: Announcement.ID(valid: "outage-1"), date: Date(timeIntervalSince1970: 1_790_000_000))
        let content = try template.render(form, for: contact, announcement: facts)
            .fitted(to: channel.traits.limits).content
        let kind: [ContentForm: AddressKind] = [.email: .email, .sms: .phone, .telegram: .telegram]
        return try channel.request(
            for: .sample(kind[form].flatMap { contact.addresses[$0] }, content: content, contact: contact))
    }

    private static func body(_ form: ContentForm, to name: String, over channel: any Channel) throws
        -> [String: JSONValue]
    {
        let body = try JSONValue(parsing: try request(form, to: name, over: channel).http.body)
        guard case .object(let members) = body else { return [:] }
        return members
    }

    /// Controls other than line ends, and what reorders or hides text.
    private static func controls(in text: String) -> [Unicode.Scalar] {
        text.unicodeScalars.filter { scalar in
            scalar.isControl && scalar != "\n" && scalar != "\r"
                || [0xAD, 0x200B, 0x2060].contains(scalar.value)
        }
    }

    private static func tags(in text: String) -> Int { text.count { $0 == "<" } }

    @Test(arguments: [names, longNames].joined())
    func `in a mail they are one header each and no markup`(name: String) async throws {
        let channel = try channel(SMTPChannel.self, #"{"url":"smtp://m.example","from":"a@m.example"}"#)
        let messages = try [name, "Anna"].map { name in
            try Self.request(.email, to: name, over: channel).mail.message
        }
        let parsed = try await ParsedMail.parsing(messages)
        let (hostile, plain) = (try #require(parsed.first), try #require(parsed.last))
        #expect(hostile.defects == [])
        #expect(hostile.headers.map { $0[0] } == plain.headers.map { $0[0] })
        let clean = CleanText.oneLine(name)
        #expect(hostile.values("Subject") == ["Dear \(clean), it is down"])
        #expect(hostile.to.map { $0[1] } == ["anna@example.org"])
        #expect(hostile.parts.map { $0[0] } == ["text/plain", "text/html"])
        #expect(hostile.parts.allSatisfy { Self.controls(in: $0[1]).isEmpty })
        #expect(Self.tags(in: hostile.parts[1][1]) == Self.tags(in: plain.parts[1][1]))
        // Readers see the name itself, whatever is folded and encoded on the way.
        let shown = { (text: String) in text.filter { !$0.isWhitespace && $0 != ">" } }
        let encoded = clean.addingPercentEncoding(withAllowedCharacters: Self.unreserved) ?? ""
        #expect(
            shown(hostile.parts[0][1])
                == shown(
                    "\(clean)Dear\(clean),see\(clean)(https://acme.example/\(encoded)).\(clean)<b>\(clean)</b>"
                ))
    }

    /// Source: https://www.rfc-editor.org/rfc/rfc3986 section 2.3 (2026-11).
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    @Test(arguments: names)
    func `in Telegram they are no tags`(name: String) throws {
        let channel = try channel(TelegramChannel.self, #"{"token":{"env":"TELEGRAM_TOKEN"}}"#)
        let body = try Self.body(.telegram, to: name, over: channel)
        #expect(Set(body.keys) == ["chat_id", "parse_mode", "link_preview_options", "text"])
        let text = try #require(body["text"]?.scalarText)
        let plain = try #require(try Self.body(.telegram, to: "Anna", over: channel)["text"]?.scalarText)
        #expect(Self.tags(in: text) == Self.tags(in: plain))
        #expect(Self.controls(in: text).isEmpty)
        #expect(text.count { $0 == "\n" } == plain.count { $0 == "\n" })
    }

    @Test(arguments: longNames)
    func `a name that Telegram has no room for keeps the message from being made`(name: String) throws {
        let channel = try channel(TelegramChannel.self, #"{"token":{"env":"TELEGRAM_TOKEN"}}"#)
        let problem = try #require(throws: RenderProblem.self) {
            try Self.body(.telegram, to: name, over: channel)
        }
        #expect(problem.code == .tooLong)
    }

    private static let gateway =
        #"{"url":"https://sms.example","from":"ACME","body":{"json":{"to":"{{to}}","text":"{{text}}"}}}"#

    @Test(arguments: names)
    func `in an SMS they are one line of one value`(name: String) throws {
        let channel = try channel(SMSChannel.self, Self.gateway)
        let body = try Self.body(.sms, to: name, over: channel)
        #expect(Set(body.keys) == ["to", "text"])
        let text = try #require(body["text"]?.scalarText)
        #expect(text.hasSuffix(": it is down.") && !text.contains { $0.isNewline })
        #expect(Self.controls(in: text).isEmpty)
    }

    @Test(arguments: longNames)
    func `a name as long as many messages is not paid for`(name: String) throws {
        let channel = try channel(SMSChannel.self, Self.gateway)
        let problem = try #require(throws: RenderProblem.self) {
            try Self.body(.sms, to: name, over: channel)
        }
        #expect(problem.code == .tooLong)
    }

    @Test(arguments: [names, longNames].joined())
    func `in a webhook they are one value of the body`(name: String) throws {
        let channel = try channel(
            WebhookChannel.self, #"{"url":"https://hooks.example","per":"contact","secret":{"env":"HOOK"}}"#)
        let body = try Self.body(.webhook, to: name, over: channel)
        #expect(Set(body.keys) == ["announcement", "contact", "title", "text", "html", "locale"])
        let clean = CleanText.oneLine(name)
        #expect(body["contact"] == .object(["id": .string("c-1"), "name": .string(clean)]))
        #expect(body["title"] == .string("Dear \(clean), it is down"))
        let plain = try Self.body(.webhook, to: "Anna", over: channel)
        for part in ["html", "text"] {
            let text = try #require(body[part]?.scalarText)
            #expect(Self.controls(in: text).isEmpty)
            if part == "html" { #expect(Self.tags(in: text) == Self.tags(in: plain[part]?.scalarText ?? "")) }
        }
    }
}
