import Broadcast
import Channels
import Foundation
import Templating
import Testing
import Wire

struct MailTests {
    static let text = #"""
        {"url":"smtp://mail.acme.example:2525","username":"u","password":{"env":"SMTP"},
         "from":"\"Acme, S.r.l.\" <notices@caffè.example>","replyTo":"Help <help@acme.example>"}
        """#

    static func message(_ delivery: OutboundDelivery, _ text: String = text) throws -> [UInt8] {
        try channel(SMTPChannel.self, text).request(for: delivery).mail.message
    }

    @Test func `a mail is what its reader expects, byte for byte`() throws {
        let message = try Self.message(.sample())
        #expect(
            String(decoding: message, as: UTF8.self)
                == """
                From: "Acme, S.r.l." <notices@xn--caff-8oa.example>\r
                MIME-Version: 1.0\r
                Auto-Submitted: auto-generated\r
                Reply-To: Help <help@acme.example>\r
                Date: Mon, 21 Sep 2026 14:13:20 +0000\r
                Message-ID: <00112233445566778899aabbccddeeff@xn--caff-8oa.example>\r
                To: Anna Bianchi <anna@example.org>\r
                Subject: Disservizio\r
                Content-Language: it\r
                Content-Type: multipart/alternative;\r
                 boundary="=_00112233445566778899aabbccddeeff"\r
                \r
                --=_00112233445566778899aabbccddeeff\r
                Content-Type: text/plain; charset=utf-8\r
                Content-Transfer-Encoding: quoted-printable\r
                \r
                Ciao Anna.\r
                A presto.\r
                --=_00112233445566778899aabbccddeeff\r
                Content-Type: text/html; charset=utf-8\r
                Content-Transfer-Encoding: quoted-printable\r
                \r
                <p>Ciao Anna.</p>\r
                --=_00112233445566778899aabbccddeeff--\r

                """)
    }

    @Test func `the envelope is plain ASCII and the server is the one configured`() throws {
        let smtp = try channel(SMTPChannel.self, Self.text)
        let mail = try smtp.request(for: .sample()).mail
        #expect(mail.sender == "notices@xn--caff-8oa.example")
        #expect(mail.recipient == "anna@example.org")
        let server = try #require(smtp.route.mailServer)
        #expect(server.host == "mail.acme.example")
        #expect(server.port == 2525)
        #expect(server.security == .required)
        #expect(server.credentials?.username == "u")
    }

    @Test func `marketing names the way out, service does not`() async throws {
        let parsed = try await ParsedMail.parsing([
            try Self.message(.sample(purpose: .marketing)), try Self.message(.sample()),
            try Self.message(
                .sample(purpose: .marketing),
                #"{"url":"smtp://m.example","from":"a@m.example","unsubscribe":"https://m.example/out"}"#),
            try Self.message(
                .sample(purpose: .marketing),
                #"{"url":"smtp://m.example","from":"no?reply+a&b=c%d@m.example"}"#),
        ])
        #expect(
            parsed.map { $0.values("List-Unsubscribe") } == [
                ["<mailto:help@acme.example?subject=unsubscribe>"], [], ["<https://m.example/out>"],
                ["<mailto:no%3Freply%2Ba%26b%3Dc%25d@m.example?subject=unsubscribe>"],
            ])
    }

    @Test func `an announcement's reply address stands above the channel's`() async throws {
        let parsed = try await ParsedMail.parsing([
            try Self.message(.sample(replyTo: "Crisi <crisi@acme.example>")),
            try Self.message(.sample(replyTo: "nonsense\r\nBcc: x@y.example")),
        ])
        #expect(
            parsed.map { $0.values("Reply-To") } == [
                ["Crisi <crisi@acme.example>"], ["Help <help@acme.example>"],
            ])
        #expect(parsed.allSatisfy { $0.values("Bcc").isEmpty })
    }

    /// Ordinary and hostile texts, for subjects and names alike.
    static let texts: [String] =
        [
            "Guasto", "Perché è così? 👋", "Ünïcödé", String(repeating: "parola ", count: 60) + "fine",
            String(repeating: "è", count: 700), String(repeating: "x", count: 3000), "日本語の件名がここにあります",
            "a  b", "=?utf-8?q?evil?=", "x =?utf-8?b?ZXZpbA==?= y", "\"quoted\" <a@b.example>", "a, b; c: d",
            "back\\slash",
            "Bcc: x@y.example", "one\r\nBcc: x@y.example", "one\n\n<script>", "\r\n", "\u{0}nul\u{7F}",
            "tab\there", " pad ",
            "👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", "\u{202E}olleh", "(comment)", "a@b", "?=", "=", ".", "È", "mixed è and ascii",
            String(repeating: "👋", count: 100), "\"" + String(repeating: "\\", count: 55) + "\"",
        ] + [68, 69, 70, 76, 77, 78, 190].map { "Re \(String(repeating: "w", count: $0)) end" }
        + [68, 69, 70, 190].map { String(repeating: "w", count: $0) }

    @Test func `whatever subject and name hold, they come back as one header each, and nothing else does`()
        async throws
    {
        let messages = try Self.texts.map { text in
            try Self.message(
                .sample(content: .sample(title: text), contact: .sample(name: text), purpose: .marketing))
        }
        for (text, mail) in zip(Self.texts, try await ParsedMail.parsing(messages)) {
            let folded = { (text: String) in
                text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : String($0) }.joined()
                    .split(separator: " ").joined(separator: " ")
            }
            #expect(mail.defects == [], "\(text)")
            #expect(mail.headers.map { $0[0] }.count == Set(mail.headers.map { $0[0] }).count)
            #expect(mail.headers.count == 11)
            #expect(mail.values("Subject").map(folded) == [folded(text)])
            #expect(mail.to.map { $0[1] } == ["anna@example.org"])
            let name = text.unicodeScalars.map { $0.isControl ? " " : String($0) }.joined()
            let expected = text.utf8.count > 120 ? String(name.prefix(80)) : name
            // Python's address parser, unlike RFC 2047, section 6.2, shows the blank between two encoded words.
            let unspaced = { (text: String) in
                text.unicodeScalars.filter { $0 != " " }.map(String.init).joined()
            }
            #expect(unspaced(mail.to[0][0]) == unspaced(expected), "\(text)")
            #expect(mail.from == [["Acme, S.r.l.", "notices@xn--caff-8oa.example"]])
        }
    }

    @Test func `lines end in CRLF, headers fold at 78 and bodies at 76`() throws {
        let long =
            String(repeating: "parola è ", count: 300) + "\n" + String(repeating: "y", count: 5000) + " \n"
        for text in Self.texts + [long] {
            let title = text.replacing("\n", with: " ")
            let message = try Self.message(
                .sample(content: .sample(title: title, text: text, html: text), contact: .sample(name: title))
            )
            for (index, byte) in message.enumerated() {
                if byte == 0x0A { #expect(message[index - 1] == 0x0D) }
                if byte == 0x0D { #expect(message[index + 1] == 0x0A) }
            }
            let lines = String(decoding: message, as: UTF8.self).split(
                separator: "\r\n", omittingEmptySubsequences: false)
            let headers = lines.prefix { !$0.isEmpty }
            #expect(headers.allSatisfy { $0.utf8.count <= 78 }, "\(headers)")
            #expect(lines.dropFirst(headers.count).allSatisfy { $0.utf8.count <= 76 })
            #expect(message.allSatisfy { $0 < 0x80 })
        }
    }

    @Test func `bodies come back as they were in both encodings`() async throws {
        let texts = [
            "Ciao.\n", "no line end", "trailing blank \nand tab\t\n", ".\n..\n.dot\n", "From here\n",
            "=20 == =\n", "\n\n\n",
            "è 👋 \u{202E}\n", String(repeating: "日本語", count: 200) + "\n",
            String(repeating: "x", count: 200) + "\n",
            String(repeating: "a ", count: 76) + "\n", String(repeating: "è", count: 100) + "\n",
            "cr\rhere\n",
            "--=_00112233445566778899aabbccddeeff\n", "\u{0}\n",
        ]
        let messages = try texts.map { try Self.message(.sample(content: .sample(text: $0, html: $0))) }
        for (text, mail) in zip(texts, try await ParsedMail.parsing(messages)) {
            let wanted = text.hasSuffix("\n") || text.contains("日") ? text : text + "\n"
            #expect(mail.defects == [])
            for part in mail.parts {
                let received = part[1].replacing("\r\n", with: "\n")
                #expect(received.trimmingSuffix("\n") == wanted.trimmingSuffix("\n"), "\(text)")
            }
            #expect(mail.parts.map { $0[0] } == ["text/plain", "text/html"])
        }
    }

    @Test func `a mail without HTML has one part`() async throws {
        let parsed = try await ParsedMail.parsing([try Self.message(.sample(content: .sample(html: "")))])
        #expect(parsed[0].parts == [["text/plain", "Ciao Anna.\r\nA presto.\r\n"]])
        #expect(parsed[0].defects == [])
    }

    @Test(arguments: [
        (#""url":"smtp://m.example""#, 587, MailServer.Security.required),
        (#""url":"smtps://m.example""#, 465, .implicit),
        (#""url":"smtps://m.example:1465""#, 1465, .implicit),
        (#""url":"smtp://m.example","tls":"none","private":true"#, 25, .none),
        (#""url":"smtp://127.0.0.1:2525/","tls":"none","private":true"#, 2525, .none),
    ])
    func `port and security follow from the URL`(url: String, port: Int, security: MailServer.Security) throws
    {
        let smtp = try channel(SMTPChannel.self, #"{\#(url),"from":"a@m.example"}"#)
        #expect(smtp.route.mailServer?.port == port)
        #expect(smtp.route.mailServer?.security == security)
    }

    @Test(arguments: [
        (#"{"from":"a@m.example"}"#, "channels.test.url: is missing"),
        (#"{"url":"smtp://m.example"}"#, "channels.test.from: is missing"),
        (#"{"url":"http://m.example","from":"a@m.example"}"#, "expected smtp://HOST:PORT"),
        (#"{"url":"smtp://u:p@m.example","from":"a@m.example"}"#, "a login does not belong"),
        (#"{"url":"smtp://m.example/x","from":"a@m.example"}"#, "expected smtp://HOST:PORT"),
        (#"{"url":"smtp://m.example:99999","from":"a@m.example"}"#, "expected smtp://HOST:PORT"),
        (#"{"url":"smtp://m.example","from":"nobody"}"#, "has no @"),
        (#"{"url":"smtp://m.example","from":"A <a@m.example>, B <b@m.example>"}"#, "channels.test.from"),
        (#"{"url":"smtp://m.example","from":"a@m.example\r\nBcc: b@m.example"}"#, "channels.test.from"),
        (
            #"{"url":"smtp://m.example","tls":"maybe","from":"a@m.example"}"#,
            #"channels.test.tls: expected "required" or "none", found "maybe""#
        ),
        (#"{"url":"smtp://m.example","tls":"requird","from":"a@m.example"}"#, #"(did you mean "required"?)"#),
        (
            #"{"url":"smtp://m.example","tls":"none","from":"a@m.example"}"#,
            "only allowed with \"private\": true"
        ),
        (#"{"url":"smtps://m.example","tls":"required","from":"a@m.example"}"#, "has no meaning with smtps"),
        (#"{"url":"smtp://m.example","username":"u","from":"a@m.example"}"#, "go together"),
        (#"{"url":"smtp://m.example","from":"a@m.example","greeting":"a b"}"#, "expected a host name"),
        (
            #"{"url":"smtp://m.example","from":"a@m.example","unsubscribe":"http://m.example"}"#,
            "expected a mailto:"
        ),
        (
            #"{"url":"smtp://m.example","from":"a@m.example","unsubscribe":"mailto:a@m.example>\r\nX: y"}"#,
            "test.unsub"
        ),
    ])
    func `what cannot work is refused in one line`(text: String, message: String) throws {
        let found = try problems(SMTPChannel.self, text)
        #expect(found.count == 1)
        #expect(found.first?.contains(message) == true, "\(found)")
    }
}

extension String {
    /// Without any number of `suffix` at the end.
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        var text = self
        while text.hasSuffix(suffix) { text.removeLast(suffix.count) }
        return text
    }
}
