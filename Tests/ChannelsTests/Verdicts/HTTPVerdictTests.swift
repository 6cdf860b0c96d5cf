import Channels
import Testing
import Wire

struct HTTPVerdictTests {
    static let hook = #"{"url":"https://hooks.acme.example/x"}"#

    @Test(arguments: [
        (200, "accepted"), (202, "accepted"), (204, "accepted"), (301, "refused message redirected"),
        (307, "refused message redirected"), (400, "refused message message-refused"),
        (401, "deferred channel credentials-refused"), (403, "deferred channel credentials-refused"),
        (404, "refused message endpoint-missing"), (407, "deferred channel proxy-refused"),
        (408, "deferred channel service-failed"), (410, "refused message endpoint-gone"),
        (413, "refused message message-too-large"), (422, "refused message message-refused"),
        (425, "deferred channel service-failed"), (429, "deferred channel rate-limited"),
        (500, "deferred channel service-failed"), (502, "deferred channel service-failed"),
        (503, "deferred channel service-failed"), (504, "unknown channel gateway-timed-out"),
        (101, "unknown channel reply-invalid"),
    ])
    func `a status has its meaning`(status: Int, meaning: String) throws {
        let hook = try channel(WebhookChannel.self, Self.hook)
        #expect(words(hook.verdict(on: .http(HTTPReply(status: status)))) == meaning)
        #expect(words(hook.verdict(on: .http(HTTPReply(status: status, isBodyCut: true)))) == meaning)
    }

    @Test(
        arguments: [
            ("120", nil, "120.0 seconds"), ("0", nil, "0.0 seconds"), ("1.5", nil, "1.5 seconds"),
            ("Wed, 21 Oct 2026 07:30:00 GMT", "Wed, 21 Oct 2026 07:28:00 GMT", "120.0 seconds"),
            ("Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:30:00 GMT", "0.0 seconds"),
            ("Wednesday, 21-Oct-26 07:30:00 GMT", "Wed, 21 Oct 2026 07:28:00 GMT", "120.0 seconds"),
            ("Wed Oct 21 07:30:00 2026", "Wednesday, 21-Oct-26 07:28:00 GMT", "120.0 seconds"),
            ("Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:30 GMT", "7.0 seconds"),
            ("Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:30 1994", "7.0 seconds"),
            ("Wednesday, 21-Oct-26 07:30:00 GMT", nil, nil), ("Wed Oct 21 07:30:00 2026", nil, nil),
            ("999999999", nil, "604800.0 seconds"), ("Wed, 21 Oct 2026 07:30:00 GMT", nil, nil),
            ("soon", nil, nil), ("-5", nil, nil), ("", nil, nil), ("1e9", nil, nil), ("١٢", nil, nil),
            ("Wed, 99 Oct 2026 07:30:00 GMT", "Wed, 21 Oct 2026 07:28:00 GMT", nil),
        ] as [(String, String?, String?)])
    func `Retry-After is read in seconds and as a date`(value: String, date: String?, wait: String?) throws {
        let hook = try channel(WebhookChannel.self, Self.hook)
        let headers = [HeaderField("retry-after", value), date.flatMap { HeaderField("Date", $0) }]
        let reply = HTTPReply(status: 503, headers: headers.compactMap { $0 })
        let meaning = "deferred channel service-failed" + (wait.map { " \($0)" } ?? "")
        #expect(words(hook.verdict(on: .http(reply))) == meaning)
    }

    @Test(
        arguments: [
            ("Wed, 21 Oct 2026 07:30:00 GMT", 90, "90.0 seconds"), ("soon", 90, nil),
            ("20", 90, "20.0 seconds"),
            ("Wed, 21 Oct 2026 07:30:00 GMT", 2_000_000, "604800.0 seconds"),
        ] as [(String, Int, String?)])
    func `a date without the server's clock is measured by ours`(value: String, asked: Int, wait: String?)
        throws
    {
        let hook = try channel(WebhookChannel.self, Self.hook)
        let header = try #require(HeaderField("Retry-After", value))
        let reply = HTTPReply(status: 503, headers: [header], retryAfter: asked)
        let meaning = "deferred channel service-failed" + (wait.map { " \($0)" } ?? "")
        #expect(words(hook.verdict(on: .http(reply))) == meaning)
    }

    @Test(arguments: [
        (
            TransportFailure.Code.connectFailed, TransportFailure.HandedOver.no,
            "deferred channel connect-failed"
        ),
        (.timedOut, .maybe, "unknown channel timed-out"), (.timedOut, .no, "deferred channel timed-out"),
        (.connectionLost, .maybe, "unknown channel connection-lost"),
        (.certificateInvalid, .no, "deferred channel certificate-invalid"),
        (.requestInvalid, .no, "refused message request-invalid"),
        (.cancelled, .no, "deferred channel cancelled"), (.cancelled, .maybe, "unknown channel cancelled"),
    ])
    func `a failure is final only when nothing may have left`(
        code: TransportFailure.Code, handedOver: TransportFailure.HandedOver, meaning: String
    ) throws {
        let failure = TransportFailure(code, handedOver: handedOver, "why")
        let kinds: [any Channel] = [
            try channel(WebhookChannel.self, Self.hook), try channel(SMTPChannel.self, MailVerdictTests.smtp),
            try channel(TelegramChannel.self, TelegramTests.bot),
        ]
        for kind in kinds { #expect(words(kind.verdict(on: .failure(failure))) == meaning) }
    }
}
