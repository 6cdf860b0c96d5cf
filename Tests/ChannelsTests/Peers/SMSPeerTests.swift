import Broadcast
import Channels
import Foundation
import Templating
import TestPeers
import Testing

@Suite(.timeLimit(.minutes(5)))
struct SMSPeerTests {
    private static func gateway(
        _ peer: PeerProcess, body: String = #"{"json":{"to":"{{to}}","from":"{{from}}","text":"{{text}}"}}"#,
        _ more: String = ""
    ) throws -> any Channel {
        try configured(
            """
            {"type":"sms","url":"http://127.0.0.1:\(try peer.port("http"))/sms","private":true,"from":"ACME",\
            "body":\(body)\(more)}
            """)
    }

    @Test func `a text message goes as JSON, as a form or as text`() async throws {
        let peer = try await PeerProcess.web("{}")
        var contact = Contact.sample()
        contact.attributes["plan"] = "a&b=c +\"è"
        let delivery = try Notice().delivery(.sms, to: contact, at: .phone)
        let bodies = [
            #"{"json":{"to":"{{to}}","parts":[{"text":"{{text}}"}],"ref":"{{id}}","n":1}}"#,
            #"{"form":{"to":"{{to.digits}}","text":"{{text}}","plan":"{{contact.plan}}"}}"#,
            #"{"text":"{{to}}\n{{text}}"}"#,
        ]
        for body in bodies {
            #expect(try await outcome(delivery, over: Self.gateway(peer, body: body)) == "accepted")
        }
        let requests = try await peer.requests()
        try #require(requests.count == 3)
        #expect(requests.allSatisfy { $0["method"]?.text == "POST" })
        #expect(
            try JSONValue(parsing: Array((requests[0]["body"]?.text ?? "").utf8))
                == .object([
                    "to": .string("+393331234567"), "n": .number("1"), "ref": .string(delivery.key),
                    "parts": .array([.object(["text": .string("Ciao c-1: giù")])]),
                ]))
        #expect(requests[0].header("content-type") == "application/json")
        #expect(
            requests[1]["form"]
                == .object([
                    "to": .text("393331234567"), "text": .text("Ciao c-1: giù"), "plan": .text("a&b=c +\"è"),
                ]))
        #expect(requests[2]["body"]?.text == "+393331234567\nCiao c-1: giù")
    }

    @Test(arguments: [
        (#"["Authorization", "Bearer secret-of-ONE"]"#, #"{"bearer":{"env":"ONE"}}"#),
        (
            #"{"basic": ["ùser", "secret-of-ONE"]}"#,
            #"{"basic":{"username":"ùser","password":{"env":"ONE"}}}"#
        ),
        (#"["X-Api-Key", "secret-of-ONE"]"#, #"{"header":{"name":"X-Api-Key","value":{"env":"ONE"}}}"#),
    ])
    func `the gateway lets in whom it knows, and nobody else`(wanted: String, login: String) async throws {
        let peer = try await PeerProcess.web(#"{"login": {"/sms": \#(wanted)}}"#)
        let right = try Self.gateway(peer, #","authorization":\#(login)"#)
        #expect(try await outcome(.sample(.phone), over: right) == "accepted")
        let wrong = try Self.gateway(
            peer, #","authorization":\#(login.replacing("ONE", with: "TWO"))"#)
        #expect(try await outcome(.sample(.phone), over: wrong) == "deferred channel credentials-refused")
    }

    @Test(
        arguments: [
            (#"{"status": 200, "body": "{\"id\": \"m-1\", \"code\": 0}"}"#, "accepted m-1"),
            (
                #"{"status": 200, "body": "{\"code\": 21, \"why\": \"bad number\"}"}"#,
                "refused recipient bad-number"
            ),
            (
                #"{"status": 200, "body": "{\"code\": 99, \"wait\": 7}"}"#,
                "deferred channel service-failed 7.0 seconds"
            ),
            (
                #"{"raw": "HTTP/1.1 200 OK\r\nContent-Length: 35\r\n\r\n{\"code\": 21, \"why\": \"bad number è\"}"}"#,
                "refused recipient bad-number"
            ),
            (#"{"status": 200, "body": "{\"code\": 21,}"}"#, "unknown channel reply-invalid"),
            (#"{"status": 202, "body": "<html>fine</html>"}"#, "accepted"),
            (#"{"status": 200, "body": "OK", "chunked": true}"#, "accepted"),
            (#"{"status": 401}"#, "deferred channel credentials-refused"),
            (#"{"status": 500, "body": "<h1>oops</h1>"}"#, "deferred channel service-failed"),
            (
                #"{"status": 429, "headers": {"Retry-After": "12"}}"#,
                "deferred channel rate-limited 12.0 seconds"
            ),
            (#"{"status": 429, "body": "{\"wait\": 3}"}"#, "deferred channel rate-limited 3.0 seconds"),
            (
                """
                {"status": 429, "headers": {"Date": "Wed, 21 Oct 2026 07:28:00 GMT", \
                "Retry-After": "Wednesday, 21-Oct-26 07:28:30 GMT"}}
                """, "deferred channel rate-limited 30.0 seconds"
            ),
            (#"{"status": 504}"#, "unknown channel gateway-timed-out"),
            (#"{"close": "request"}"#, "unknown channel connection-lost"),
        ])
    func `a gateway's reply means what the rules say`(reply: String, meaning: String) async throws {
        let peer = try await PeerProcess.web(#"{"script": {"/sms": [\#(reply)]}}"#)
        let rules = """
            ,"reply":{"id":"/id","reason":"/why","retryAfter":"/wait","rules":[\
            {"status":"200","when":{"/code":"21"},"verdict":"refused","scope":"recipient","code":"bad-number"},\
            {"status":"200","when":{"/code":"99"},"verdict":"deferred"}]}
            """
        let verdict = try #require(
            try await verdicts(on: .sample(.phone), over: Self.gateway(peer, rules)).first)
        #expect(words(verdict) == meaning, "\(verdict)")
        if meaning.contains("bad-number") { #expect("\(verdict)".contains("bad number")) }
        #expect(try await peer.requests().count == 1)
    }

    @Test(arguments: [400, 401, 429, 500, 504])
    func `a gateway that echoes the request gets no secret into the report`(status: Int) async throws {
        let peer = try await PeerProcess.web(#"{"script": {"*": [{"status": \#(status), "echo": true}]}}"#)
        for login in [
            #"{"bearer":{"env":"ONE"}}"#, #"{"basic":{"username":"u","password":{"env":"ONE"}}}"#,
            #"{"header":{"name":"X-Key","value":{"env":"ONE"}}}"#,
        ] {
            let body = #"{"json":{"k":"{{values.key}}","to":"{{to}}","text":"{{text}}"}}"#
            let more =
                #","values":{"key":{"env":"TWO"}},"authorization":\#(login),"reply":{"reason":"/reason"}"#
            let gateway = try Self.gateway(peer, body: body, more)
            let verdict = "\(try await verdicts(on: .sample(.phone), over: gateway))"
            #expect(verdict.contains("[secret]") && verdict.contains("you asked"), "\(verdict)")
            for secret in ChannelSample.secrets { #expect(!verdict.contains(secret)) }
        }
    }
}
