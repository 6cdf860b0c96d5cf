import Broadcast
import Channels
import Templating
import Testing
import Wire

struct TelegramTests {
    static let bot = #"{"token":{"env":"TELEGRAM_TOKEN"}}"#

    @Test func `a message goes to the chat as a number, in HTML, without previews`() throws {
        let bot = try channel(TelegramChannel.self, Self.bot)
        let content = RenderedContent.sample(.telegram, text: "<b>Ciao</b> \"Anna\"\nè 👋")
        let request = try bot.request(for: .sample(.telegram, content: content)).http
        #expect(request.method == "POST")
        #expect(request.url == "https://api.telegram.org/bot123456:secret-of-telegram/sendMessage")
        #expect(request.header("content-type") == "application/json")
        let tree = try JSONValue(parsing: request.body)
        #expect(
            tree
                == .object([
                    "chat_id": .number("987654321012"), "parse_mode": .string("HTML"),
                    "link_preview_options": .object(["is_disabled": .bool(true)]),
                    "text": .string("<b>Ciao</b> \"Anna\"\nè 👋"),
                ]))
        #expect(tree.compact == request.body)
    }

    @Test(arguments: [
        (#""@acme_news""#, JSONValue.string("@acme_news")), (#""-1001234567890""#, .number("-1001234567890")),
        ("-1001234567890", .number("-1001234567890")),
    ])
    func `a channel with a chat is public`(chat: String, written: JSONValue) throws {
        let text = #"{"token":{"env":"TELEGRAM_TOKEN"},"api":"https://bots.acme.example/","chat":\#(chat)}"#
        let bot = try channel(TelegramChannel.self, text)
        #expect(bot.traits.audience == .public)
        let request = try bot.request(for: .sample(nil, contact: nil)).http
        #expect(request.url.hasPrefix("https://bots.acme.example/bot123456:"))
        let pointer = try #require(JSONPointer("/chat_id"))
        #expect(try JSONValue(parsing: request.body).value(at: pointer) == written)
    }

    @Test(arguments: [
        (200, #"{"ok":true,"result":{"message_id":4711}}"#, "accepted 4711"),
        (200, #"{"ok":true}"#, "accepted"), (200, "not json", "unknown channel reply-invalid"),
        (200, "<html>captive portal</html>", "unknown channel reply-invalid"),
        (200, #"{"ok":"true"}"#, "unknown channel reply-invalid"), (204, "", "unknown channel reply-invalid"),
        (200, #"{"ok":false}"#, "unknown channel reply-invalid"),
        (
            200, #"{"ok":false,"error_code":200,"description":"odd"}"#, "unknown channel reply-invalid"
        ),
        (
            200, #"{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}"#,
            "refused recipient blocked-by-recipient"
        ),
        (
            200, #"{"ok":false,"error_code":429,"description":"x","parameters":{"retry_after":7}}"#,
            "deferred channel rate-limited 7.0 seconds"
        ),
        (200, #"{"ok":false,"error_code":502,"description":"x"}"#, "deferred channel service-failed"),
        (429, #"{"parameters":{"retry_after":17}}"#, "deferred channel rate-limited 17.0 seconds"),
        (429, "", "deferred channel rate-limited"),
        (
            403, #"{"ok":false,"description":"Forbidden: bot was blocked by the user"}"#,
            "refused recipient blocked-by-recipient"
        ),
        (
            403, #"{"ok":false,"description":"Forbidden: user is deactivated"}"#,
            "refused recipient blocked-by-recipient"
        ),
        (
            403, #"{"ok":false,"description":"Forbidden: bot was kicked from the channel chat"}"#,
            "refused recipient blocked-by-recipient"
        ),
        (403, "<html>403 Forbidden</html>", "deferred channel service-failed"),
        (403, "", "deferred channel service-failed"),
        (
            403, #"{"description":"Forbidden: bot was blocked by the user"}"#,
            "deferred channel service-failed"
        ),
        (403, #"{"ok":false,"description":"Access denied"}"#, "deferred channel service-failed"),
        (
            400, #"{"ok":false,"description":"Bad Request: chat not found"}"#,
            "refused recipient address-unknown"
        ),
        (
            400, #"{"ok":false,"description":"Bad Request: private chat not found"}"#,
            "refused recipient address-unknown"
        ),
        (
            400, #"{"ok":false,"description":"Bad Request: can't parse entities: x"}"#,
            "refused message message-refused"
        ),
        (
            400, #"{"ok":false,"description":"Bad Request: message is too long"}"#,
            "refused message message-too-large"
        ),
        (
            400,
            #"{"ok":false,"description":"upgraded","parameters":{"migrate_to_chat_id":-1009007199254740}}"#,
            "moved -1009007199254740"
        ),
        (400, "", "deferred channel service-failed"),
        (400, #"{"description":"chat not found"}"#, "deferred channel service-failed"),
        (401, #"{"ok":false,"description":"Unauthorized"}"#, "deferred channel credentials-refused"),
        (404, #"{"ok":false,"description":"Not Found"}"#, "deferred channel credentials-refused"),
        (500, "", "deferred channel service-failed"), (504, "", "unknown channel gateway-timed-out"),
    ])
    func `Telegram's words have their meaning`(status: Int, body: String, meaning: String) throws {
        let bot = try channel(TelegramChannel.self, Self.bot)
        #expect(words(bot.verdict(on: .http(HTTPReply(status: status, body: Array(body.utf8))))) == meaning)
    }

    @Test(arguments: [
        (
            403, #"{"ok":false,"description":"Forbidden: bot is not a member of the channel chat"}"#,
            "deferred channel credentials-refused"
        ),
        (
            400, #"{"ok":false,"description":"Bad Request: need administrator rights in the channel chat"}"#,
            "deferred channel credentials-refused"
        ),
        (
            400, #"{"ok":false,"description":"Bad Request: chat not found"}"#,
            "refused message endpoint-missing"
        ),
        (
            400,
            #"{"ok":false,"description":"upgraded","parameters":{"migrate_to_chat_id":-1009007199254740}}"#,
            "refused message endpoint-missing"
        ),
        (
            400, #"{"ok":false,"description":"Bad Request: can't parse entities: x"}"#,
            "refused message message-refused"
        ),
        (
            400, #"{"ok":false,"description":"Bad Request: message is too long"}"#,
            "refused message message-too-large"
        ),
        (200, #"{"ok":true,"result":{"message_id":4711}}"#, "accepted 4711"),
    ])
    func `a public chat has no recipient to blame`(status: Int, body: String, meaning: String) throws {
        let text = #"{"token":{"env":"TELEGRAM_TOKEN"},"chat":"@acme_news"}"#
        let bot = try channel(TelegramChannel.self, text)
        #expect(words(bot.verdict(on: .http(HTTPReply(status: status, body: Array(body.utf8))))) == meaning)
    }

    @Test(arguments: [(200, "accepted"), (403, "deferred channel service-failed")])
    func `a complete status decides where the body broke off`(status: Int, meaning: String) throws {
        let bot = try channel(TelegramChannel.self, Self.bot)
        let body = Array(#"{"ok":false,"description":"Forb"#.utf8)
        let reply = HTTPReply(status: status, body: body, isBodyCut: true)
        #expect(words(bot.verdict(on: .http(reply))) == meaning)
    }

    @Test func `a 429 falls back to the header`() throws {
        let bot = try channel(TelegramChannel.self, Self.bot)
        let headers = [HeaderField("Retry-After", "9")].compactMap { $0 }
        let reply = HTTPReply(status: 429, headers: headers)
        #expect(words(bot.verdict(on: .http(reply))) == "deferred channel rate-limited 9.0 seconds")
    }

    @Test(arguments: [
        #"{"token":{"env":"OTHER"}}"#, #"{"token":{"env":"TELEGRAM_TOKEN"},"chat":"acme"}"#,
        #"{"token":{"env":"TELEGRAM_TOKEN"},"chat":"0"}"#, #"{"token":{"env":"TELEGRAM_TOKEN"},"chat":true}"#,
        #"{"token":{"env":"TELEGRAM_TOKEN"},"api":"http://bots.acme.example"}"#, "{}",
    ])
    func `what cannot work is refused`(text: String) throws {
        #expect(try problems(TelegramChannel.self, text).count == 1)
    }
}
