import Broadcast
import Channels
import Foundation
import Templating
import TestPeers
import Testing

@Suite(.timeLimit(.minutes(5)))
struct WebhookPeerTests {
    private static func hook(_ url: String, _ more: String = "", isPrivate: Bool = true) throws -> any Channel
    {
        try configured(#"{"type":"webhook","url":"\#(url)","private":\#(isPrivate)\#(more)}"#)
    }

    private static func place(_ peer: PeerProcess, _ port: String = "http") throws -> String {
        port == "http"
            ? "http://127.0.0.1:\(try peer.port(port))/hook" : "https://localhost:\(try peer.port(port))/hook"
    }

    @Test func `a public notice carries the announcement, and nobody's name`() async throws {
        let peer = try await PeerProcess.web("{}")
        let delivery = try Notice(body: "Siamo giù 🚒.\n", english: "Down.\n").delivery(.webhook, to: nil)
        #expect(try await outcome(delivery, over: Self.hook(Self.place(peer))) == "accepted")
        let request = try #require(try await peer.requests().first)
        guard case .object(let members) = try JSONValue(parsing: Array((request["body"]?.text ?? "").utf8))
        else {
            Issue.record("no object")
            return
        }
        #expect(Set(members.keys) == ["announcement", "title", "text", "html", "locale"])
        #expect(members["title"] == .string("Disservizio: perché è giù 🚒"))
        #expect(members["text"]?.scalarText?.contains("Siamo giù 🚒.") == true)
        #expect(members["html"]?.scalarText?.contains("<p>Siamo giù 🚒.</p>") == true)
        #expect(request.header("user-agent") == "tocsin/9.9")
    }

    @Test func `one request per contact has its own method, URL, headers and body`() async throws {
        let peer = try await PeerProcess.web("{}")
        let url = "http://127.0.0.1:\(try peer.port("http"))/people/{{contact.id}}?plan={{contact.plan}}"
        let hook = try Self.hook(
            url,
            """
            ,"per":"contact","method":"PUT","headers":{"X-Who":"{{contact.email}}","X-Kind":"notice"},\
            "body":{"json":{"who":"{{contact.name}}","text":"{{title}}"}}
            """)
        let contact = Contact(
            id: Contact.ID(valid: "c/1"), name: "Anna \"🚒\"", locale: "en", attributes: ["plan": "a&b c/é"],
            addresses: [.email: .email])
        let delivery = OutboundDelivery.sample(
            nil, content: .sample(.webhook, title: "Down", json: nil), contact: contact)
        #expect(try await outcome(delivery, over: hook) == "accepted")
        let request = try #require(try await peer.requests().first)
        #expect(request["method"]?.text == "PUT")
        #expect(request["path"]?.text == "/people/c%2F1?plan=a%26b%20c%2F%C3%A9")
        #expect(request.header("x-who") == "anna@example.org" && request.header("x-kind") == "notice")
        #expect(
            try JSONValue(parsing: Array((request["body"]?.text ?? "").utf8))
                == .object(["who": .string("Anna \"🚒\""), "text": .string("Down")]))
    }

    // MARK: Signatures

    private static let keys =
        #"["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "secret-of-A_LONG_SECRET", "secret-of-ANOTHER_ONE"]"#

    @Test(
        arguments: [
            (#"{"env":"HOOK"}"#, [0]), (#"{"env":"A_LONG_SECRET"}"#, [1]),
            (#"[{"env":"HOOK"},{"env":"A_LONG_SECRET"}]"#, [0, 1]), (#"{"env":"A_FOREIGN_SECRET"}"#, []),
        ] as [(String, [Int])])
    func `another implementation finds the signature right`(secret: String, keys: [Int]) async throws {
        let peer = try await PeerProcess.web(#"{"keys": \#(Self.keys)}"#)
        let hook = try Self.hook(Self.place(peer), #","secret":\#(secret)"#)
        let delivery = try Notice().delivery(.webhook, to: .sample())
        #expect(try await outcome(delivery, over: hook) == "accepted")
        let request = try #require(try await peer.requests().first)
        #expect(request["signed"]?.list.map(\.number) == keys)
    }

    @Test func `over retries the id stays, the time moves, and the signature is right each time`()
        async throws
    {
        let peer = try await PeerProcess.web(
            #"{"keys": \#(Self.keys), "script": {"*": [{"status": 503}, {}]}}"#)
        let hook = try Self.hook(Self.place(peer), #","secret":{"env":"HOOK"}"#)
        let (first, second) = (1_790_000_100, 1_790_000_160)
        let attempts = try [first, second].map {
            try Notice().delivery(.webhook, to: .sample(), attemptAt: Date(timeIntervalSince1970: Double($0)))
        }
        let found = try await verdicts(on: attempts[0], attempts[1], over: hook).map(words)
        #expect(found == ["deferred channel service-failed", "accepted"])
        let requests = try await peer.requests()
        #expect(Set(requests.map { $0.header("webhook-id") }) == ["msg_00112233445566778899aabbccddeeff"])
        #expect(requests.map { $0.header("webhook-timestamp") } == ["\(first)", "\(second)"])
        #expect(Set(requests.map { $0["body"]?.text }).count == 1)
        #expect(requests.allSatisfy { $0["signed"] == .list([.number(0)]) })
    }

    // MARK: TLS and replies

    @Test(arguments: [
        ("https", true, "accepted"), ("https", false, "deferred channel certificate-invalid"),
        ("wronghost", true, "deferred channel certificate-invalid"),
        ("expired", true, "deferred channel certificate-invalid"),
        ("old", true, "deferred channel tls-failed"),
    ])
    func `only an endpoint that proves its name is told anything`(
        port: String, knowsCA: Bool, meaning: String
    ) async throws {
        let peer = try await PeerProcess.web(#"{"tls": true}"#)
        let more = knowsCA ? #","ca":"\#(try peer.text("ca"))""# : ""
        #expect(try await outcome(.sample(nil), over: Self.hook(Self.place(peer, port), more)) == meaning)
        #expect(try await peer.requests().count == (meaning == "accepted" ? 1 : 0))
    }

    @Test func `a hook that is not private does not reach this machine`() async throws {
        let peer = try await PeerProcess.web(#"{"tls": true}"#)
        let hook = try Self.hook(
            Self.place(peer, "https"), #","ca":"\#(try peer.text("ca"))""#, isPrivate: false)
        #expect(try await outcome(.sample(nil), over: hook) == "deferred channel address-forbidden")
        #expect(try await peer.entries("connection").isEmpty)
    }

    @Test(arguments: [
        (301, "refused message redirected"), (302, "refused message redirected"),
        (307, "refused message redirected"), (308, "refused message redirected"),
        (410, "refused message endpoint-gone"), (404, "refused message endpoint-missing"),
        (504, "unknown channel gateway-timed-out"), (503, "deferred channel service-failed"),
    ])
    func `a redirection is not followed, and a hook that is gone is left`(
        status: Int, meaning: String
    ) async throws {
        let peer = try await PeerProcess.web(
            #"{"script": {"/hook": [{"status": \#(status), "headers": {"Location": "/elsewhere"}}]}}"#)
        #expect(try await outcome(.sample(nil), over: Self.hook(Self.place(peer))) == meaning)
        #expect(try await peer.requests().map { $0["path"]?.text } == ["/hook"])
    }

    @Test(arguments: [400, 401, 429, 500])
    func `an endpoint that echoes the request gets no secret into the report`(status: Int) async throws {
        let peer = try await PeerProcess.web(#"{"script": {"*": [{"status": \#(status), "echo": true}]}}"#)
        let hook = try Self.hook(
            Self.place(peer),
            """
            ,"authorization":{"bearer":{"env":"ONE"}},"secret":{"env":"A_LONG_SECRET"},\
            "headers":{"Accept":"*"},"body":{"text":"x"},\
            "reply":{"reason":"/reason"}
            """)
        let verdict = "\(try await verdicts(on: .sample(nil), over: hook))"
        #expect(verdict.contains("[secret]"), "\(verdict)")
        for secret in ChannelSample.secrets { #expect(!verdict.contains(secret)) }
    }
}
