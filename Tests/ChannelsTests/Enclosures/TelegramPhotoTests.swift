import Broadcast
import Channels
import Foundation
import Templating
import TestPeers
import Testing
import Wire

@Suite(.timeLimit(.minutes(5))) struct TelegramPhotoTests {
    private static let image = Attachment(name: "Bild \"1\".png", file: .banner)

    private static func request(_ text: String, _ file: FrozenFile = .banner, chat: String = "") throws
        -> HTTPRequest
    {
        let bot = try channel(TelegramChannel.self, #"{"token":{"env":"TELEGRAM_TOKEN"}\#(chat)}"#)
        let enclosures = Enclosures(image: Attachment(name: "b.png", file: file))
        return try bot.request(
            for: .sample(.telegram, content: .enclosing(enclosures, .telegram, text: text))
        ).http
    }

    @Test func `a text that fits goes below its photo, in one request that a strict reader parses`()
        async throws
    {
        let ok = #"{"body": "{\"ok\":true,\"result\":{\"message_id\":11}}"}"#
        let peer = try await PeerProcess.web(#"{"script": {"*": [\#(ok)]}}"#)
        let text = "<b>Ciao</b> &amp; \"Anna\"\r\n--tocsin\nè 👋"
        for chat in ["", #", "chat": "@acme_news""#] {
            let bot = try configured(
                """
                {"type":"telegram","token":{"env":"TELEGRAM_TOKEN"},"private":true,\
                "api":"http://127.0.0.1:\(try peer.port("http"))"\(chat)}
                """)
            let content = RenderedContent.enclosing(Enclosures(image: Self.image), .telegram, text: text)
            #expect(try await outcome(.sample(.telegram, content: content), over: bot) == "accepted 11")
        }
        let requests = try await peer.entries("request")
        #expect(
            requests.map { $0["path"]?.text }
                == Array(repeating: "/bot123456:secret-of-telegram/sendPhoto", count: 2))
        let parts = requests.compactMap { $0["parts"] }
        #expect(parts.map { $0["chat_id"]["text"].text } == ["987654321012", "@acme_news"])
        for part in parts {
            #expect(part["caption"]["text"].text == text && part["parse_mode"]["text"].text == "HTML")
            #expect(part["photo"]["sha256"].text == FrozenFile.banner.sha256)
            #expect(
                part["photo"]["type"].text == "image/png" && part["photo"]["filename"].text == "Bild_1_.png")
        }
    }

    @Test
    func `a caption has 1,024 characters as Telegram counts them, and a longer text leaves the photo away`()
        throws
    {
        let fits = "<b>" + String(repeating: "&amp;", count: 1_022) + "</b>😀"
        #expect(try Self.request(fits).url.hasSuffix("/sendPhoto"))
        let longer = try Self.request(fits + "x")
        #expect(longer.url.hasSuffix("/sendMessage") && longer.tail.isEmpty)
        let content = RenderedContent.enclosing(Enclosures(image: Self.image), .telegram, text: fits + "x")
        let item = Carriage(of: content).items.first
        #expect(item?.way == .left)
        #expect(item?.reason == "the text has 1,025 characters, and below a photo stand at most 1,024")
    }

    @Test(arguments: [
        (10, "image/gif", 4, 4), (10, "image/png", 9_000, 1_001), (10, "image/png", 21, 1),
        (10_000_001, "image/png", 4, 4),
    ])
    func `what Telegram takes for no photo is left away`(
        count: Int, type: String, width: Int, height: Int
    ) throws {
        let file = FrozenFile(
            [UInt8](repeating: 1, count: count), type: type, pixels: PixelSize(width: width, height: height))
        #expect(try Self.request("Ciao", file).url.hasSuffix("/sendMessage"))
    }

    @Test func `the same delivery is the same request`() throws {
        let (first, again) = (try Self.request("Ciao"), try Self.request("Ciao"))
        #expect(first.body == again.body && first.tail == again.tail && first.headers == again.headers)
    }

    // MARK: Elsewhere

    @Test(arguments: [ContentForm.sms, .webhook])
    func `machines and telephones get no file`(form: ContentForm) {
        let linked = Attachment(name: "a.pdf", file: .terms, url: "https://a.example/")
        let files = [linked, Attachment(name: "b.pdf", file: .terms)]
        let enclosures = Enclosures(image: Self.image, files: files)
        func ways(_ text: String) -> [Carriage.Way] {
            Carriage(of: .enclosing(enclosures, form, text: text)).items.map(\.way)
        }
        #expect(ways("Ciao. https://a.example/") == [.left, .linked, .left])
        // What the text does not say reaches nobody.
        #expect(ways("Ciao. https://a.example/b") == [.left, .left, .left])
    }

    @Test func `a webhook names files by their digest, in a body of ours alone`() throws {
        let settings = #"{"url":"https://h.example/","secret":{"env":"HOOK"}"#
        let files = [Attachment(name: "a.pdf", file: .terms, url: "https://a.example/")]
        let content = RenderedContent.enclosing(Enclosures(files: files), .webhook)
        let own = try channel(WebhookChannel.self, settings + "}").request(
            for: .sample(nil, content: content)
        ).http
        let pointer = try #require(JSONPointer("/attachments"))
        #expect(
            try JSONValue(parsing: own.body).value(at: pointer)
                == .array([
                    .object([
                        "name": .string("a.pdf"), "type": .string("application/pdf"),
                        "bytes": .number("5009"),
                        "sha256": .string(FrozenFile.terms.sha256), "url": .string("https://a.example/"),
                    ])
                ]))
        let bare = try channel(WebhookChannel.self, settings + "}").request(for: .sample(nil)).http
        #expect(try JSONValue(parsing: bare.body).value(at: pointer) == nil)
        let other = try channel(WebhookChannel.self, settings + #","body":{"json":{"t":"{{text}}"}}}"#)
        #expect(
            try other.request(for: .sample(nil, content: content)).http.body
                == Array(#"{"t":"Ciao.\n"}"#.utf8))
    }

    @Test(arguments: [
        (#"{"t":"{{title}}"}"#, false), (#"{"t":"{{text}}"}"#, true), (#"{"h":"{{html}}"}"#, true),
    ])
    func `a body that leaves the text away has no link to a file`(body: String, isLinked: Bool) throws {
        let settings = #"{"url":"https://h.example/","secret":{"env":"HOOK"},"body":{"json":\#(body)}}"#
        let hook = try channel(WebhookChannel.self, settings)
        let files = [Attachment(name: "a.pdf", file: .terms, url: "https://a.example/")]
        let content = hook.prepared(
            .enclosing(Enclosures(files: files), .webhook, text: "Ciao. https://a.example/"))
        #expect(Carriage(of: content).items.map(\.way) == [isLinked ? .linked : .left])
    }
}
