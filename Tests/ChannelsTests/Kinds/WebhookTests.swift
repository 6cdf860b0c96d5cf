import Broadcast
import Channels
import Foundation
import Templating
import Testing
import Wire

struct WebhookTests {
    static let signed = #"{"url":"https://hooks.acme.example/x","secret":{"env":"HOOK"}}"#

    /// The example of Standard Webhooks' own libraries.
    @Test func `the signature is that of the published example`() throws {
        let text =
            ##"{"url":"https://h.example/","secret":{"env":"HOOK"},"body":{"text":"{\"test\": 2432232314}"}}"##
        let hook = try channel(WebhookChannel.self, text)
        var delivery = OutboundDelivery.sample(nil, attemptAt: Date(timeIntervalSince1970: 1_614_265_330))
        delivery.key = "p5jXN8AQM9LWM0D4loKWxJek"
        let request = try hook.request(for: delivery).http
        #expect(request.text == #"{"test": 2432232314}"#)
        #expect(request.header("webhook-id") == "msg_p5jXN8AQM9LWM0D4loKWxJek")
        #expect(request.header("webhook-timestamp") == "1614265330")
        #expect(
            request.header("webhook-signature") == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test func `a template's own JSON is the body, compact and sorted`() throws {
        let hook = try channel(WebhookChannel.self, Self.signed)
        let json = JSONValue.object(["b": .number("1"), "a": .string("{{title}}")])
        let request = try hook.request(for: .sample(nil, content: .sample(.webhook, json: json))).http
        #expect(request.text == #"{"a":"{{title}}","b":1}"#)
    }

    @Test func `the usual body carries the announcement`() throws {
        let hook = try channel(WebhookChannel.self, Self.signed)
        let content = RenderedContent.sample(.webhook, title: "A \"b\"", text: "x\n", html: "<p>")
        let request = try hook.request(for: .sample(nil, content: content, contact: nil)).http
        let announcement =
            #"{"id":"outage-1","purpose":"service","sentAt":"2026-09-21T14:13:20Z","template":"outage"}"#
        #expect(
            request.text
                == #"{"announcement":\#(announcement),"html":"<p>","locale":"it","text":"x\n","title":"A \"b\""}"#
        )
        #expect(hook.traits.audience == .public)
    }

    @Test func `a retry differs in timestamp and signature only`() throws {
        let hook = try channel(WebhookChannel.self, Self.signed)
        let first = try hook.request(for: .sample(nil)).http
        let later = OutboundDelivery.sample(nil, attemptAt: Date(timeIntervalSince1970: 1_790_009_999))
        let second = try hook.request(for: later).http
        #expect(first.body == second.body)
        #expect(first.url == second.url)
        let differing = zip(first.headers, second.headers).filter { $0 != $1 }.map(\.0.name)
        #expect(differing == ["webhook-timestamp", "webhook-signature"])
    }

    @Test func `several secrets give several signatures, of which one suffices`() throws {
        let both =
            #"{"url":"https://hooks.acme.example/x","secret":[{"env":"HOOK"},{"env":"A_LONG_SECRET"}]}"#
        let old = try channel(WebhookChannel.self, Self.signed).request(for: .sample(nil)).http
        let new = try channel(WebhookChannel.self, both).request(for: .sample(nil)).http
        let signatures = new.header("webhook-signature")?.split(separator: " ").map(String.init) ?? []
        #expect(signatures.count == 2)
        #expect(signatures.first == old.header("webhook-signature"))
        #expect(signatures.first != signatures.last)
    }

    @Test func `without a secret nothing is signed, and that is warned of`() throws {
        let (reader, log) = try settings(#"{"url":"https://hooks.acme.example/x"}"#)
        let hook = try #require(WebhookChannel(named: ChannelName(valid: "test"), settings: reader))
        #expect(log.warnings.map(\.path) == ["channels.test.secret"])
        let request = try hook.request(for: .sample(nil)).http
        #expect(request.header("webhook-signature") == nil)
        #expect(request.header("webhook-id") == "msg_00112233445566778899aabbccddeeff")
    }

    /// The name of an attribute, and whether it is taken for a field of the contact that was mistyped.
    @Test(arguments: [
        ("vip", false), ("via", false), ("iva", false), ("cf", false), ("zone", false), ("uid", false),
        ("plan", false), ("emial", true), ("fone", false), ("phon", true), ("nam", true), ("telegrm", true),
        ("timezne", true), ("local", true),
    ])
    func `an attribute of a few letters is no slip`(name: String, isSlip: Bool) throws {
        let text = #"{"url":"https://x.example/","per":"contact","headers":{"X-H":"{{contact.\#(name)}}"}}"#
        let found = try problems(WebhookChannel.self, text)
        #expect(found.count == (isSlip ? 1 : 0), "\(found)")
    }

    @Test func `per contact, the contact fills URL, headers and body`() throws {
        let text = #"""
            {"url":"https://crm.example/c/{{contact.id}}/x?plan={{contact.plan}}","per":"contact","method":"PUT",
             "headers":{"X-Name":"n {{contact.name}}"},"secret":{"env":"HOOK"},
             "body":{"json":{"who":"{{contact.email}}","none":"{{contact.nope_x}}"}}}
            """#
        let hook = try channel(WebhookChannel.self, text)
        #expect(hook.traits.audience == .perContact)
        let contact = Contact.sample(name: "Zoë", attributes: ["plan": "a/b&c=è"])
        let request = try hook.request(for: .sample(nil, contact: contact)).http
        #expect(request.method == "PUT")
        #expect(request.url == "https://crm.example/c/c-1/x?plan=a%2Fb%26c%3D%C3%A8")
        #expect(request.header("X-Name") == "n Zoë")
        #expect(request.text == #"{"none":"","who":"anna@example.org"}"#)
        #expect(throws: Fault.self) { try hook.request(for: .sample(nil, contact: nil)) }
        let planless = #expect(throws: Fault.self) { try hook.request(for: .sample(nil)) }
        #expect(planless?.code == .valueMissing)
    }

    @Test(arguments: [
        #"{"secret":{"env":"HOOK"}}"#,
        #"{"url":"ftp://x.example/","secret":{"env":"HOOK"}}"#,
        #"{"url":"http://x.example/","secret":{"env":"HOOK"}}"#,
        #"{"url":"https://u:p@x.example/","secret":{"env":"HOOK"}}"#,
        #"{"url":"https://x.example/#f","secret":{"env":"HOOK"}}"#,
        #"{"url":"https://x.example/{{contact.id}}","secret":{"env":"HOOK"}}"#,
        #"{"url":"https://{{contact.id}}.x.example/","per":"contact","secret":{"env":"HOOK"}}"#,
        #"{"url":"https://x.example{{contact.id}}/","per":"contact","secret":{"env":"HOOK"}}"#,
        #"{"url":"https://x.example/","secret":"literal-secret-literal"}"#,
        #"{"url":"https://x.example/","secret":{"env":"UNSET"}}"#,
        #"{"url":"https://x.example/","secret":{"file":"missing"}}"#,
        #"{"url":"https://x.example/","secret":[]}"#,
        #"{"url":"https://x.example/","secret":{"env":"HOOK"},"per":"person"}"#,
        #"{"url":"https://x.example/","secret":{"env":"HOOK"},"method":"DELETE"}"#,
        #"{"url":"https://x.example/","secret":{"env":"HOOK"},"body":{"json":{"a":"{{titel}}"}}}"#,
        #"{"url":"https://x.example/","secret":{"env":"HOOK"},"body":{"json":"{{title"}}"#,
        #"{"url":"https://x.example/","secret":{"env":"HOOK"},"body":{"json":{},"text":"x"}}"#,
        #"{"url":"https://x.example/","secret":{"env":"HOOK"},"body":{"xml":"x"}}"#,
        #"{"url":"https://x.example/","secret":{"env":"HOOK"},"headers":{"Host":"x"}}"#,
        #"{"url":"https://x.example/","secret":{"env":"HOOK"},"headers":{"A b":"x"}}"#,
        #"{"url":"https://x.example/","secret":{"env":"HOOK"},"headers":{"A":"x\r\nB: y"}}"#,
        #"{"url":"https://x.example/","secret":{"env":"HOOK"},"signature":"x"}"#,
    ])
    func `what cannot work is refused, and names no secret`(text: String) throws {
        let found = try problems(WebhookChannel.self, text)
        #expect(!found.isEmpty)
        #expect(!found.contains { $0.contains("literal-secret") })
    }
}
