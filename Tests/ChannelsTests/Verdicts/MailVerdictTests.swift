import Channels
import Testing
import Wire

struct MailVerdictTests {
    static let smtp = #"{"url":"smtp://mail.acme.example","from":"a@acme.example"}"#

    /// Stage, code, enhanced code, and what it means.
    @Test(
        arguments: [
            (MailReply.Stage.message, 250, nil, "accepted"),
            (.greeting, 421, nil, "deferred channel service-failed"),
            (.greeting, 554, nil, "deferred channel service-failed"),
            (.greeting, 454, "4.7.0", "deferred channel service-failed"),
            (.authentication, 535, "5.7.8", "deferred channel credentials-refused"),
            (.authentication, 535, nil, "deferred channel credentials-refused"),
            (.authentication, 534, "5.7.9", "deferred channel credentials-refused"),
            (.authentication, 504, nil, "deferred channel credentials-refused"),
            (.authentication, 454, "4.7.0", "deferred channel service-failed"),
            (.sender, 530, "5.7.0", "deferred channel credentials-refused"),
            (.sender, 550, "5.7.1", "deferred channel sender-refused"),
            (.sender, 553, "5.1.8", "deferred channel sender-refused"),
            (.sender, 501, nil, "deferred channel service-failed"),
            (.sender, 552, "5.3.4", "refused message message-too-large"),
            (.sender, 452, "4.3.1", "deferred channel service-failed"),
            (.recipient, 450, "4.2.0", "deferred recipient recipient-deferred"),
            (.recipient, 451, "4.7.1", "deferred recipient recipient-deferred"),
            (.recipient, 452, "4.2.2", "deferred recipient recipient-deferred"),
            (.recipient, 421, "4.7.0", "deferred channel service-failed"),
            (.recipient, 550, nil, "refused recipient address-unknown"),
            (.recipient, 550, "5.1.1", "refused recipient address-unknown"),
            (.recipient, 553, nil, "refused recipient address-unknown"),
            (.recipient, 556, "5.1.10", "refused recipient address-unknown"),
            (.recipient, 550, "5.2.1", "refused recipient address-unknown"),
            (.recipient, 550, "5.1.8", "deferred channel sender-refused"),
            (.recipient, 550, "5.7.1", "refused message policy-refused"),
            (.recipient, 554, nil, "refused message policy-refused"),
            (.recipient, 554, "5.7.1", "refused message policy-refused"),
            (.recipient, 552, nil, "refused message mailbox-full"),
            (.recipient, 552, "5.2.2", "refused message mailbox-full"),
            (.recipient, 503, nil, "refused message message-refused"),
            (.greeting, 554, "5.7.9", "deferred channel credentials-refused"),
            (.sender, 550, "5.7.9", "deferred channel sender-refused"),
            (.recipient, 554, "5.7.9", "refused message policy-refused"),
            (.recipient, 550, "5.7.8", "refused message policy-refused"),
            (.data, 554, "5.7.11", "refused message policy-refused"),
            (.message, 554, "5.7.9", "refused message policy-refused"),
            (.message, 535, "5.7.8", "deferred channel credentials-refused"),
            (.recipient, 530, "5.7.0", "deferred channel credentials-refused"),
            (.data, 451, nil, "deferred channel service-failed"),
            (.data, 554, nil, "refused message policy-refused"),
            (.message, 451, "4.3.0", "deferred channel service-failed"),
            (.message, 451, "4.7.1", "deferred recipient recipient-deferred"),
            (.message, 450, nil, "deferred recipient recipient-deferred"),
            (.message, 552, "5.3.4", "refused message message-too-large"),
            (.message, 552, nil, "refused message mailbox-full"),
            (.message, 550, "5.7.515", "refused message policy-refused"),
            (.message, 550, "5.1.1", "refused recipient address-unknown"),
            (.message, 550, nil, "refused message policy-refused"),
            (.message, 354, nil, "unknown channel reply-invalid"),
        ] as [(MailReply.Stage, Int, String?, String)])
    func `a reply names whose fault it is`(
        stage: MailReply.Stage, code: Int, enhanced: String?, meaning: String
    ) throws {
        let smtp = try channel(SMTPChannel.self, Self.smtp)
        let reply = MailReply(stage: stage, code: code, enhanced: enhanced, text: "whatever it says")
        #expect(words(smtp.verdict(on: .mail(reply))) == meaning)
    }

    @Test(arguments: [
        ("Ok: queued as 4Z1Y2X3W", "accepted 4Z1Y2X3W"),
        ("OK id=1rAbCd-000001-2B", "accepted 1rAbCd-000001-2B"),
        ("2.0.0 Ok: queued as AB12)", "accepted AB12"), ("fine", "accepted"), ("queued as ", "accepted"),
    ])
    func `the queue id is found where relays put it`(text: String, meaning: String) throws {
        let smtp = try channel(SMTPChannel.self, Self.smtp)
        #expect(words(smtp.verdict(on: .mail(MailReply(stage: .message, code: 250, text: text)))) == meaning)
    }

    @Test(arguments: MailReply.Stage.allCases) func `every code at every stage has a meaning`(
        stage: MailReply.Stage
    ) throws {
        let smtp = try channel(SMTPChannel.self, Self.smtp)
        for code in 200...599 {
            let meaning = words(smtp.verdict(on: .mail(MailReply(stage: stage, code: code))))
            #expect(code < 300 ? meaning == "accepted" : !meaning.hasPrefix("accepted"))
        }
    }
}
