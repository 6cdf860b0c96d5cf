import Broadcast
import Channels
import Foundation
import Templating
import Testing
import Wire

/// One configured channel of each kind and each sort of recipe, with an address of its kind.
struct ChannelSample: Sendable, CustomTestStringConvertible {
    let name: String
    let kind: String
    let settings: String
    let address: Address?

    var testDescription: String { name }

    static let all = [
        ChannelSample(
            name: "relay", kind: "smtp",
            settings: #"""
                {"type":"smtp","url":"smtp://m.acme.example","username":"u","password":{"env":"ONE"},
                 "from":"Acme <a@acme.example>"}
                """#, address: .email),
        ChannelSample(
            name: "SMS as JSON", kind: "sms",
            settings: #"""
                {"type":"sms","url":"https://sms.example/","authorization":{"bearer":{"env":"ONE"}},"from":"ACME",
                 "values":{"key":{"env":"TWO"}},"body":{"json":{"to":"{{to}}","text":"{{text}}","k":"{{values.key}}"}},
                 "reply":{"id":"/id","reason":"/message"}}
                """#, address: .phone),
        ChannelSample(
            name: "SMS as form", kind: "sms",
            settings: #"""
                {"type":"sms","url":"https://sms.example/?k={{values.key}}","values":{"key":{"env":"TWO"}},
                 "authorization":{"basic":{"username":"u","password":{"env":"ONE"}}},
                 "headers":{"X-Title":"{{title}}"},"body":{"form":{"to":"{{to}}","text":"{{text}}"}},
                 "reply":{"reason":"","rules":[{"status":"200","when":{"":"^=ERR"},"verdict":"refused"}]}}
                """#, address: .phone),
        ChannelSample(
            name: "Telegram", kind: "telegram",
            settings: #"{"type":"telegram","token":{"env":"TELEGRAM_TOKEN"}}"#, address: .telegram),
        ChannelSample(
            name: "public Telegram", kind: "telegram",
            settings: #"{"type":"telegram","token":{"env":"TELEGRAM_TOKEN"},"chat":"@acme_news"}"#,
            address: nil),
        ChannelSample(
            name: "webhook", kind: "webhook",
            settings: #"{"type":"webhook","url":"https://h.acme.example/","secret":{"env":"A_LONG_VALUE"}}"#,
            address: nil),
        ChannelSample(
            name: "webhook per contact", kind: "webhook",
            settings: #"""
                {"type":"webhook","per":"contact","url":"https://h.acme.example/{{contact.id}}",
                 "authorization":{"header":{"name":"X-Key","value":{"env":"ONE"}}},
                 "secret":{"env":"A_LONG_VALUE"},"headers":{"X-Who":"{{contact.name}}"},
                 "reply":{"reason":"/message"}}
                """#, address: nil),
    ]

    /// The channel itself.
    func built() throws -> any Channel {
        let type = try #require(ChannelKinds.named(kind))
        return try channel(type, settings)
    }

    /// Everything that must never be seen.
    static let secrets = [
        "secret-of-ONE", "secret-of-TWO", "123456:secret-of-telegram", "secret-of-A_LONG_VALUE",
        Data("u:secret-of-ONE".utf8).base64EncodedString(),
    ]
}

/// What every kind of channel and every recipe must do.
struct ChannelLaws {
    @Test func `there is a sample of every kind`() {
        #expect(Set(ChannelKinds.all.map { $0.kind }) == Set(ChannelSample.all.map(\.kind)))
    }

    @Test(arguments: ChannelSample.all) func `every status has a meaning, and only 2xx is accepted`(
        sample: ChannelSample
    ) throws {
        let channel = try sample.built()
        for status in 100...599 {
            let reply: WireReply =
                sample.kind == "smtp"
                ? .mail(MailReply(stage: .message, code: status))
                : .http(HTTPReply(status: status, body: Array(#"{"ok":true}"#.utf8)))
            let verdict = channel.verdict(on: reply)
            let isAccepted = if case .accepted = verdict { true } else { false }
            #expect(isAccepted == (200...299).contains(status))
        }
    }

    @Test(arguments: ChannelSample.all) func `a failure after which anything may have left is unknown`(
        sample: ChannelSample
    ) throws {
        let channel = try sample.built()
        for code in TransportFailure.Code.allCases {
            let maybe = channel.verdict(on: .failure(TransportFailure(code, handedOver: .maybe, "x")))
            #expect(words(maybe) == "unknown channel \(code.rawValue)")
            let no = words(channel.verdict(on: .failure(TransportFailure(code, handedOver: .no, "x"))))
            #expect(!no.hasPrefix("accepted") && !no.hasPrefix("unknown"))
        }
    }

    @Test(arguments: ChannelSample.all) func `no secret gets into any text`(sample: ChannelSample) throws {
        let channel = try sample.built()
        let secrets = ChannelSample.secrets
        var texts = [String(describing: channel.route.mailServer as Any)]
        for secret in secrets {
            let body = Array(#"{"message":"you said \#(secret)","id":"\#(secret)"}"#.utf8)
            for status in [200, 400, 401, 429, 500, 504] {
                texts.append("\(channel.verdict(on: .http(HTTPReply(status: status, body: body))))")
            }
            let mail = MailReply(stage: .recipient, code: 550, text: "queued as \(secret)")
            texts.append("\(channel.verdict(on: .mail(mail)))")
            texts.append(
                "\(channel.verdict(on: .failure(TransportFailure(.timedOut, handedOver: .no, "to \(secret)"))))"
            )
        }
        let own = secrets.filter { channel.route.redactor.redacted($0) != $0 }
        #expect(!own.isEmpty)
        for secret in own { #expect(!texts.contains { $0.contains(secret) }) }
        guard case .http(let request) = try channel.request(for: .sample(sample.address)) else { return }
        let shown = channel.route.redactor.redacted(
            request.url + request.headers.map(\.value).joined() + request.text)
        for secret in secrets { #expect(!shown.contains(secret)) }
    }

    @Test(arguments: ChannelSample.all) func `no part of a secret is left where a long text was cut`(
        sample: ChannelSample
    ) throws {
        let channel = try sample.built()
        // The last one only begins with a user name.
        for secret in ChannelSample.secrets.dropLast()
        where channel.route.redactor.redacted(secret) != secret {
            for lead in 170...200 {
                let said = String(repeating: "-", count: lead) + secret
                let texts = #""message":"\#(said)","description":"\#(said)""#
                // Advice stands behind what Telegram says of a chat that moved.
                let body = Array(
                    #"{"ok":false,\#(texts),"parameters":{"migrate_to_chat_id":-100}}"#.utf8)
                let cut = MailReply(stage: .recipient, code: 550, text: String(said.prefix(200)))
                let verdicts =
                    [400, 429].map { channel.verdict(on: .http(HTTPReply(status: $0, body: body))) } + [
                        channel.verdict(on: .mail(cut))
                    ]
                let seen = "\(verdicts)".replacing(Redactor.placeholder, with: "")
                #expect(!seen.contains(secret.prefix(4)))
            }
        }
    }

    @Test(arguments: ChannelSample.all)
    func `an address of another kind is refused, and none is needed where public`(
        sample: ChannelSample
    ) throws {
        let channel = try sample.built()
        guard let kind = channel.traits.audience.addressKind else {
            _ = try channel.request(for: .sample(nil))
            return
        }
        for address in [Address.email, .phone, .telegram, nil] where address?.kind != kind {
            let fault = #expect(throws: Fault.self) { try channel.request(for: .sample(address)) }
            #expect(fault?.code == .addressUnsuitable)
        }
    }

    @Test(arguments: ChannelSample.all)
    func `equal deliveries make equal bytes, in another process's order too`(
        sample: ChannelSample
    ) throws {
        let first = try sample.built().request(for: .sample(sample.address))
        let again = try sample.built().request(for: .sample(sample.address))
        switch (first, again) {
        case (.mail(let first), .mail(let again)): #expect(first.message == again.message)
        case (.http(let first), .http(let again)):
            #expect(first.url == again.url)
            #expect(first.headers == again.headers)
            #expect(first.body == again.body)
        default: Issue.record("two sorts of requests")
        }
    }

    @Test(arguments: ChannelSample.all)
    func `hostile values make no header, no field and no URL part of their own`(
        sample: ChannelSample
    ) throws {
        let channel = try sample.built()
        let plain = try channel.request(for: .sample(sample.address))
        for hostile in [
            "x\r\nInjected: y", "x\nInjected: y", "\u{0}", "{{to}}", "\",\"injected\":\"y", "&injected=y#",
        ] {
            let content = RenderedContent.sample(title: hostile, text: hostile, html: hostile)
            let delivery = OutboundDelivery.sample(
                sample.address, content: content, contact: .sample(name: hostile), replyTo: hostile)
            guard let request = try? channel.request(for: delivery) else { continue }
            switch (request, plain) {
            case (.mail(let mail), _): #expect(!mail.message.hasHeader("Injected"))
            case (.http(let http), .http(let plain)):
                #expect(http.url == plain.url)
                #expect(http.headers.map(\.name) == plain.headers.map(\.name))
                #expect(http.headers.allSatisfy { HeaderField($0.name, $0.value) != nil })
                if http.header("Content-Type") == "application/json" {
                    guard case .object(let members) = try JSONValue(parsing: http.body) else { return }
                    #expect(members["injected"] == nil)
                } else {
                    #expect(http.text.split(separator: "&").count == 2)
                }
            default: Issue.record("two sorts of requests")
            }
        }
    }

    @Test(arguments: ChannelSample.all) func `a misspelt key is found, with the one that was meant`(
        sample: ChannelSample
    ) throws {
        let type = try #require(ChannelKinds.named(sample.kind))
        let text = #"{"connectoins":3,"# + sample.settings.dropFirst()
        let found = try problems(type, text).filter { !$0.hasPrefix("channels.test.type") }
        #expect(found.count == 1)
        #expect(
            found.first?.hasPrefix(
                #"channels.test.connectoins: is no known key (did you mean "connections"?)"#) == true)
    }
}

extension [UInt8] {
    /// Whether the head of this message has a line that starts with `name`.
    fileprivate func hasHeader(_ name: String) -> Bool {
        let lines = String(decoding: self, as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return lines.prefix { !$0.isEmpty }.contains { $0.hasPrefix("\(name):") }
    }
}
