import Foundation
import Testing
import Wire

struct PreviewTests {
    private let redactor = Redactor([Secret("12:TOKEN")])

    @Test func `a JSON request shows its line, its host, its headers and an indented body`() throws {
        let request = HTTPRequest(
            method: "POST", url: "https://api.example.org:8443/bot12:TOKEN/send?x=1",
            headers: [try #require(HeaderField("Authorization", "Bearer 12:TOKEN"))],
            body: Array(#"{"text":"a/b","chat_id":9007199254740993}"#.utf8))
        #expect(
            WireRequest.http(request).preview(redactor: redactor) == """
                POST /bot[secret]/send?x=1 HTTP/1.1
                Host: api.example.org:8443
                Authorization: Bearer [secret]

                {
                  "chat_id" : 9007199254740993,
                  "text" : "a/b"
                }

                """)
    }

    @Test(arguments: [
        ("https://example.org", "GET / HTTP/1.1\nHost: example.org\n\n"),
        ("https://example.org?to=1", "GET /?to=1 HTTP/1.1\nHost: example.org\n\n"),
    ])
    func `a URL without a path asks for the root`(url: String, expected: String) {
        #expect(WireRequest.http(HTTPRequest(method: "GET", url: url)).preview(redactor: .none) == expected)
    }

    @Test(arguments: [
        (Array("to=%2B39&text=hi".utf8), "to=%2B39&text=hi"),
        ([0xFF, 0xFE, 0x00], "(3 bytes that are no text)"),
    ])
    func `a body that is no JSON stays as it is`(body: [UInt8], shown: String) {
        let request = HTTPRequest(method: "PUT", url: "https://example.org/", body: body)
        #expect(WireRequest.http(request).preview(redactor: .none).hasSuffix("\n\n" + shown + "\n"))
    }

    @Test func `a mail shows its envelope, then the message, and no control that a terminal would obey`() {
        let mail = MailRequest(
            sender: "", recipient: "anna@example.org",
            message: Array("Subject: hi\r\n\r\n\u{1B}[2Jbody\r\n".utf8))
        #expect(
            WireRequest.mail(mail).preview(redactor: .none) == """
                MAIL FROM:<>
                RCPT TO:<anna@example.org>

                Subject: hi

                \\u{1B}[2Jbody

                """)
    }

    @Test func `a rehearsal writes what it would have sent, in order and without secrets`() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "rehearsal-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let transport = RehearsalTransport(directory: directory)
        let message = Array("Subject: hi\r\n\r\nbody\r\n".utf8)
        let mail = MailRequest(sender: "a@example.org", recipient: "b@example.org", message: message)
        guard case .mail(let first) = await transport.exchange(.mail(mail), over: Route(name: "email")) else {
            Issue.record("a mail is answered by a mail server's reply")
            return
        }
        #expect(first.code == 250 && first.stage == .message)
        let post = HTTPRequest(method: "POST", url: "https://x.example/bot12:TOKEN", body: [0x31])
        guard
            case .http(let second) = await transport.exchange(
                .http(post), over: Route(name: "telegram", redactor: redactor))
        else {
            Issue.record("a request is answered by an HTTP reply")
            return
        }
        #expect(second.status == 200)
        #expect(try Data(contentsOf: directory.appending(path: "000001-email.eml")) == Data(message))
        let written = try String(
            contentsOf: directory.appending(path: "000002-telegram.http"), encoding: .utf8)
        #expect(written.hasPrefix("POST /bot[secret] HTTP/1.1\nHost: x.example\n"))
        for name in ["000001-email.eml", "000002-telegram.http"] {
            let facts = try FileManager.default.attributesOfItem(atPath: directory.appending(path: name).path)
            #expect(facts[.posixPermissions] as? Int == 0o600, "\(name)")
        }
    }

    @Test func `a rehearsal that cannot write says so`() async {
        let transport = RehearsalTransport(directory: URL(filePath: "/nowhere/at/all"))
        let post = HTTPRequest(method: "POST", url: "https://x.example/")
        guard case .failure(let failure) = await transport.exchange(.http(post), over: Route(name: "a"))
        else {
            Issue.record("it must not claim success")
            return
        }
        #expect(failure.code == .transportBroken && failure.handedOver == .no)
    }
}
