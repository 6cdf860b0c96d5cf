import Broadcast
import Channels
import Testing

/// What each kind of channel takes at most, and what its owner may say about that.
struct LimitTests {
    private static let sms = #""url":"https://s.example/","body":{"text":"{{to}} {{text}}"}"#
    private static let telegram = #""token":{"env":"TELEGRAM_TOKEN"}"#
    private static let webhook = #""url":"https://h.example/","secret":{"env":"HOOK"}"#

    @Test(arguments: [
        ("", ContentLimits(segments: 4)), (#","maxSegments":1"#, ContentLimits(segments: 1)),
        (#","maxSegments":10,"overflow":"refuse""#, ContentLimits(segments: 10)),
        (#","overflow":"cut-with-link""#, ContentLimits(segments: 4, overflow: .cutWithLink)),
        (#","transliterate":false"#, ContentLimits(segments: 4, transliterates: false)),
    ])
    func `an SMS is as long as its channel allows`(more: String, limits: ContentLimits) throws {
        #expect(try channel(SMSChannel.self, "{\(Self.sms)\(more)}").traits.limits == limits)
    }

    @Test func `Telegram's limit is Telegram's own`() throws {
        let usual = try channel(TelegramChannel.self, "{\(Self.telegram)}").traits.limits
        #expect(usual == ContentLimits(characters: 4_096))
        let cutting = try channel(TelegramChannel.self, #"{\#(Self.telegram),"overflow":"cut-with-link"}"#)
        #expect(cutting.traits.limits == ContentLimits(characters: 4_096, overflow: .cutWithLink))
    }

    @Test(arguments: [
        ("", ContentLimits(advisedBytes: 20_000)),
        (#","maxCharacters":2000"#, ContentLimits(characters: 2_000, advisedBytes: 20_000)),
        (
            #","maxBytes":28000,"overflow":"cut-with-link""#,
            ContentLimits(bytes: 28_000, overflow: .cutWithLink)
        ),
    ])
    func `a webhook takes what its owner says`(more: String, limits: ContentLimits) throws {
        #expect(try channel(WebhookChannel.self, "{\(Self.webhook)\(more)}").traits.limits == limits)
    }

    @Test(arguments: [
        (#","overflow":"cut""#, #"expected "refuse" or "cut-with-link", found "cut""#),
        (#","maxBytes":10"#, "expected a whole number from 500 to 100000000, found 10"),
        (#","maxCharacters":"2000""#, #"expected a whole number from 100 to 1000000, found "2000""#),
    ])
    func `a limit that is none is told`(more: String, told: String) throws {
        let problems = try problems(WebhookChannel.self, "{\(Self.webhook)\(more)}")
        #expect(problems.count == 1 && problems[0].contains(told), "\(problems)")
    }

    @Test(arguments: [("", 10_000_000), (#","maxBytes":25000000"#, 25_000_000)])
    func `mail is not cut, and with files as large as its relay takes`(more: String, bytes: Int) throws {
        let mail = try channel(
            SMTPChannel.self, #"{"url":"smtp://m.example:587","from":"a@acme.example"\#(more)}"#)
        #expect(mail.traits.limits == ContentLimits(bytes: bytes, advisedSubject: 69))
    }
}
