import Broadcast
import Channels
import Configuration
import Testing

/// A daily limit counts what goes over its own channel.
struct SharedAccountTests {
    private static let mail =
        #""type":"smtp","from":"a@acme.example","username":"me","password":{"env":"PASSWORD"}"#
    private static let smtp = #""url":"smtps://mail.acme.example:465""#
    private static let sms =
        #""type":"sms","body":{"json":{"to":"{{to}}","text":"{{text}}"}},"authorization":{"bearer":{"env":"T"}}"#
    private static let bot = #""type":"telegram","token":{"env":"TELEGRAM_TOKEN"}"#
    private static let hook = #""type":"webhook","secret":{"env":"A_LONG_SECRET"}"#
    private static let day = #","perDay":250"#

    private static let rows: [(first: String, second: String, warned: [String])] = [
        ("\(mail),\(smtp)\(day)", "\(mail),\(smtp)", ["a"]),
        ("\(mail),\(smtp)\(day)", "\(mail),\(smtp)\(day)", ["a", "b"]),
        ("\(mail),\(smtp)\(day)", #"\#(mail),"url":"smtps://MAIL.acme.example:465","rate":"1/s""#, ["a"]),
        ("\(mail),\(smtp)", "\(mail),\(smtp)", []),
        ("\(mail),\(smtp)\(day)", "\(mail.replacing("\"me\"", with: "\"you\"")),\(smtp)", []),
        ("\(mail),\(smtp)\(day)", #"\#(mail),"url":"smtps://mail.other.example:465""#, []),
        (
            #"\#(sms),"url":"https://g.example/v1/send"\#(day)"#,
            #"\#(sms),"url":"https://g.example/v2?a=b""#,
            ["a"]
        ),
        ("\(bot)\(day)", #"\#(bot),"chat":"@acme""#, ["a"]),
        ("\(bot)\(day)", #"\#(bot.replacing("TELEGRAM", with: "OTHER"))"#, []),
        (
            #"\#(hook),"url":"https://h.example/one"\#(day)"#, #"\#(hook),"url":"https://h.example/two""#, []
        ),
    ]

    @Test(arguments: rows)
    func `channels over one account are told to share its daily limit`(
        first: String, second: String, warned: [String]
    ) throws {
        let source = SecretSource(
            environment: { $0.hasSuffix("TOKEN") ? "1:a" : "the-secret-of-\($0)" },
            file: { _ in .unreadable("does not exist") }, absolutePath: { $0 }, allowsLiterals: false)
        let text = "{\"sender\":{\"name\":\"Acme\"},\"channels\":{\"a\":{\(first)},\"b\":{\(second)}}}"
        let warnings = try ConfigurationReader.configured(Array(text.utf8), file: "x", source: source)
            .warnings
        let told = warnings.map(\.description).filter { $0.contains("the same account") }
        #expect(told.count == warned.count, "\(told)")
        for name in warned {
            #expect(
                told.contains { $0.contains("channels.\(name).perDay: counts what goes over \(name)") },
                "\(told)")
        }
    }

    @Test func `what is no channel at all shares nothing, and is told as ever`() {
        let text = #"""
            {"sender":{"name":"Acme"},"channels":{"a":{"type":"webhook","url":"https://h.example/","perDay":5},
            "b":5,"c":{"type":"webhook","url":7},"d":null}}
            """#
        let source = SecretSource(
            environment: { _ in nil }, file: { _ in .unreadable("does not exist") }, absolutePath: { $0 },
            allowsLiterals: false)
        #expect(throws: ConfigurationError.self) {
            try ConfigurationReader.configured(Array(text.utf8), file: "x", source: source)
        }
    }
}
