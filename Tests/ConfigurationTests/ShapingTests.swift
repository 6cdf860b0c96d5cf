import Broadcast
import Channels
import Configuration
import Testing

/// What of a channel's settings somebody approves who has seen a preview.
struct ShapingTests {
    private static let source = SecretSource(
        environment: { $0.hasSuffix("TOKEN") ? "1:a" : "the-secret-of-\($0)" },
        file: { _ in .unreadable("does not exist") }, absolutePath: { $0 }, allowsLiterals: true)

    private static func shaping(_ settings: String) throws -> String {
        let text =
            #"{"sender":{"name":"A","page":"https://a.example/{{announcement.id}}"},"channels":{"x":{\#(settings)}}}"#
        return try ConfigurationReader.configured(Array(text.utf8), file: "x", source: source)
            .channels[0].facts.shaping
    }

    private static let smtp =
        #""type":"smtp","url":"smtp://m.example","from":"a@m.example","username":"me","password":"one""#
    private static let sms =
        #""type":"sms","url":"https://g.example/","from":"ACME","authorization":{"bearer":"one"},"#
        + #""body":{"json":{"to":"{{to}}","text":"{{text}}"}}"#
    private static let bot = #""type":"telegram","token":{"env":"TOKEN"}"#
    private static let hook =
        #""type":"webhook","secret":{"env":"A_LONG_SECRET"},"url":"https://h.example/","headers":{"X-A":"1"}"#
    private static let manner =
        #","company":"C","depends":"D","rate":"1/s","perDay":5,"connections":1,"timeout":"5s","connectTimeout":"1s","#
        + #""retry":{"within":"1h"},"breaker":{"consecutive":3},"unknown":"leave","afterUnknown":"next","#
        + #""failoverAfter":"1m","quietHours":"21:00-07:00","price":"0.01 EUR","private":true,"#
        + #""proxy":"http://p.example:1""#

    private static let rows: [(before: String, after: String, isSame: Bool)] = [
        (smtp, smtp + manner, true), (sms, sms + manner, true), (bot, bot + manner, true),
        (hook, hook + manner, true),
        (smtp, smtp.replacing("one", with: "two"), true),
        (sms, sms.replacing("\"one\"", with: #"{"env":"OTHER"}"#), true),
        (sms, sms + #","reply":{"id":"/id"},"health":"https://g.example/up""#, true),
        (hook, hook.replacing("A_LONG", with: "ANOTHER_LONG"), true),
        (bot, bot.replacing("TOKEN", with: "OTHER_TOKEN"), true),
        (smtp, smtp.replacing("a@m.example", with: "b@m.example"), false),
        (smtp, smtp.replacing("//m.example", with: "//n.example"), false),
        (smtp, smtp + #","replyTo":"help@m.example""#, false),
        (smtp, smtp + #","unsubscribe":"mailto:out@m.example""#, false),
        (sms, sms.replacing("ACME", with: "ACNE"), false),
        (sms, sms.replacing("\"text\":", with: "\"body\":"), false),
        (sms, sms + #","maxSegments":1"#, false), (sms, sms + #","transliterate":false"#, false),
        (sms, sms + #","overflow":"cut-with-link""#, false),
        (sms, sms + #","values":{"a":"b"}"#, false), (sms, sms + #","method":"PUT""#, false),
        (bot, bot + #","chat":"@acme""#, false), (bot, bot + #","api":"https://t.example""#, false),
        (hook, hook.replacing("h.example/", with: "h.example/two"), false),
        (hook, hook.replacing("\"1\"", with: "\"2\""), false), (hook, hook + #","per":"contact""#, false),
        (hook, hook + #","maxBytes":5000"#, false), (hook, hook + #","body":{"text":"{{text}}"}"#, false),
    ]

    @Test(arguments: rows)
    func `what shapes a request is approved; secrets, and how it travels, are not`(
        before: String, after: String, isSame: Bool
    ) throws {
        #expect(try (Self.shaping(before) == Self.shaping(after)) == isSame)
    }
}
