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

    @Test func `what is exact is what is kept, byte for byte`() throws {
        let body = Array(#"{ "b":1.10,"a":"12:TOKEN\r\n" }"#.utf8) + Array("\r\n".utf8)
        var request = HTTPRequest(
            method: "POST", url: "https://example.org/x?y#z", headers: [try #require(HeaderField("A", "b"))],
            body: body)
        #expect(
            WireRequest.http(request).exact(redactor: redactor)
                == "POST https://example.org/x?y#z HTTP/1.1\nA: b\n\n" + #"{ "b":1.10,"a":"[secret]\r\n" }"#
                + "\r\n")
        #expect(WireRequest.http(request).isIndentedInPreview)
        request.body = Array("a=b".utf8)
        #expect(!WireRequest.http(request).isIndentedInPreview && WireRequest.http(request).envelope == nil)
        var mail = MailRequest(
            sender: "a@b.example", recipient: "c@d.example", message: Array("S: \u{1B}\r\n\r\nx\r\n".utf8))
        let lines = (0..<200).map { "\($0)AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" }
        mail.tail = [Array("--x\r\n".utf8), Array(lines.joined().utf8)]
        let left = lines[2..<199].joined().utf8.count
        #expect(
            WireRequest.mail(mail).exact(redactor: .none)
                == "S: \u{1B}\r\n\r\nx\r\n--x\r\n\(lines[0])\(lines[1])[… \(left) bytes left out here …]\r\n\(lines[199])"
        )
        #expect(WireRequest.mail(mail).envelope == "MAIL FROM:<a@b.example>\nRCPT TO:<c@d.example>")
    }

    @Test func `a signature, with which anybody could send the request, is not shown`() throws {
        let fields = [("webhook-id", "msg_1"), ("Webhook-Signature", "v1,abc="), ("X-Signature", "v1,abc=")]
        let request = HTTPRequest(
            method: "POST", url: "https://example.org/",
            headers: try fields.map { try #require(HeaderField($0.0, $0.1)) })
        let shown = WireRequest.http(request).preview(redactor: .none)
        #expect(shown.contains("webhook-id: msg_1\nWebhook-Signature: [signature]\nX-Signature: v1,abc=\n"))
    }
}
