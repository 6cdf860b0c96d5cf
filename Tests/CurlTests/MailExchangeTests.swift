import Curl
import TestPeers
import Testing
import Wire

struct MailExchangeTests {
    @Test func `a mail arrives with its envelope, and the connection is kept`() async throws {
        let peer = try await PeerProcess("smtp_peer.py")
        let route = Route.mail(try peer.port("smtp"))
        try await withTransport { (transport) async throws in
            for number in 1...3 {
                let reply = try await transport.exchange(.mail(to: "a\(number)@example.org"), over: route)
                    .mail()
                #expect(reply.stage == .message && reply.code == 250 && reply.enhanced == "2.0.0")
                #expect(reply.text.hasPrefix("queued as"))
            }
            let bounce = try await transport.exchange(.mail(from: ""), over: route).mail()
            #expect(bounce.code == 250)
        }
        let mails = try await peer.entries("mail")
        #expect(
            mails.map { $0["from"]?.text } == [
                "news@example.com", "news@example.com", "news@example.com", "<>",
            ])
        #expect(mails.map { $0["to"]?.list.map(\.text) }.first == ["a1@example.org"])
        #expect(mails.allSatisfy { $0["greeting"]?.text == "tocsin.example" })
        #expect(try await peer.entries("connection").count == 1)
    }

    @Test(arguments: [
        ".\r\n", "..\r\n", ".leading\r\n", "a\r\n.\r\nb\r\n", "a\r\n..b\r\n\r\n.\r\n",
        "Subject: x\r\n\r\nend.\r\n",
        "\r\n", "\r\n.\r\n\r\n", "Subject: grün\r\n\r\nkörper 🎈\r\n",
    ])
    func `every message arrives byte for byte`(text: String) async throws {
        let peer = try await PeerProcess("smtp_script.py")
        let route = Route.mail(try peer.port("smtp"))
        let reply = try await withTransport { try await $0.exchange(.mail(text), over: route).mail() }
        #expect(reply.code == 250)
        let seen = try #require(try await peer.entries("text").first?["text"]?.text)
        // What stands on the wire has its leading dots doubled: RFC 5321, 4.5.2.
        let lines = seen.split(separator: "\r\n", omittingEmptySubsequences: false).map {
            $0.hasPrefix(".") ? $0.dropFirst() : $0
        }
        #expect(lines.joined(separator: "\r\n").unicodeScalars.map { UInt8($0.value) } == Array(text.utf8))
    }

    @Test func `a message of megabytes arrives whole`() async throws {
        let peer = try await PeerProcess("smtp_peer.py")
        let route = Route.mail(try peer.port("smtp"))
        let text = String(
            repeating: ".dots and more of them to fill a line that is long enough\r\n", count: 80_000)
        let reply = try await withTransport { try await $0.exchange(.mail(text), over: route).mail() }
        #expect(reply.code == 250)
        #expect(try await peer.entries("mail").first?["message"]?.text == text)
    }

    @Test func `two hundred mails share the connections they are allowed`() async throws {
        let peer = try await PeerProcess("smtp_peer.py")
        let route = Route.mail(try peer.port("smtp"), connections: 4)
        try await withTransport { (transport) async throws in
            let codes = await withTaskGroup { group in
                for index in 0..<200 {
                    group.addTask {
                        try? await transport.exchange(.mail(to: "a\(index)@example.org"), over: route).mail()
                            .code
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.count == 200 && codes.allSatisfy { $0 == 250 })
        }
        let recipients = try await peer.entries("mail").compactMap { $0["to"]?.list.first?.text }
        #expect(recipients.count == 200 && Set(recipients).count == 200)
        #expect(try await peer.entries("connection").count <= 4)
    }

    @Test(arguments: [
        (
            #"{"connect": "554 5.7.1 go away"}"#,
            MailReply(stage: .greeting, code: 554, enhanced: "5.7.1", text: "go away")
        ),
        (
            #"{"connect": "421 4.3.2 busy"}"#,
            MailReply(stage: .greeting, code: 421, enhanced: "4.3.2", text: "busy")
        ),
        (
            #"{"MAIL": "550 5.7.1 not you"}"#,
            MailReply(stage: .sender, code: 550, enhanced: "5.7.1", text: "not you")
        ),
        (
            #"{"RCPT": "550 5.1.1 unknown"}"#,
            MailReply(stage: .recipient, code: 550, enhanced: "5.1.1", text: "unknown")
        ),
        (#"{"RCPT": "452 too many"}"#, MailReply(stage: .recipient, code: 452, text: "too many")),
        (#"{"DATA": "554 5.5.1 no"}"#, MailReply(stage: .data, code: 554, enhanced: "5.5.1", text: "no")),
        (
            #"{"end": "552 5.3.4 too big"}"#,
            MailReply(stage: .message, code: 552, enhanced: "5.3.4", text: "too big")
        ),
        (
            #"{"end": "451 4.7.1 later"}"#,
            MailReply(stage: .message, code: 451, enhanced: "4.7.1", text: "later")
        ),
        (
            #"{"end": "550-5.7.1 spam\n550-5.7.1 see\n550 5.7.1 https://x.example"}"#,
            MailReply(stage: .message, code: 550, enhanced: "5.7.1", text: "spam see https://x.example")
        ),
        (#"{"end": "250"}"#, MailReply(stage: .message, code: 250)),
        (
            #"{"RCPT": "421 4.4.2 closing"}"#,
            MailReply(stage: .recipient, code: 421, enhanced: "4.4.2", text: "closing")
        ),
    ])
    func `the reply of the command that failed is what comes back`(script: String, expected: MailReply)
        async throws
    {
        let peer = try await PeerProcess("smtp_script.py", script)
        let route = Route.mail(try peer.port("smtp"))
        let reply = try await withTransport { try await $0.exchange(.mail(), over: route).mail() }
        #expect(reply == expected)
    }

    @Test(arguments: ["MAIL", "RCPT", "DATA", "end"])
    func `a refusal harms no mail beside or after it`(verb: String) async throws {
        let peer = try await PeerProcess(
            "smtp_script.py", #"{"\#(verb)": ["550 5.1.1 no", "\#(verb == "DATA" ? "354 go" : "250 OK")"]}"#)
        let route = Route.mail(try peer.port("smtp"), connections: 1)
        try await withTransport { (transport) async throws in
            #expect(try await transport.exchange(.mail(), over: route).mail().code == 550)
            for _ in 0..<3 { #expect(try await transport.exchange(.mail(), over: route).mail().code == 250) }
        }
        #expect(try await peer.entries("connection").count == 1)
        #expect(try await peer.entries("text").count == (verb == "end" ? 4 : 3))
    }

    @Test func `a server that holds its last word holds up nobody else`() async throws {
        let slow = try await PeerProcess("smtp_script.py", #"{"end": "hold 250 OK"}"#)
        let stuck = try await PeerProcess(
            "smtp_script.py", #"{"RCPT": "550 no", "RSET": "hang", "QUIT": "hang"}"#)
        let web = try await PeerProcess("http_peer.py")
        var second = Route.mail(try stuck.port("smtp"))
        second.name = "stuck"
        let (first, other) = (Route.mail(try slow.port("smtp"), connections: 2), second)
        let url = "http://127.0.0.1:\(try web.port("http"))/"
        try await withTransport { (transport) async throws in
            async let one = transport.exchange(.mail(), over: first)
            async let two = transport.exchange(.mail(), over: first)
            try await slow.wait(for: 2, "text")
            #expect(try await transport.exchange(.mail(), over: other).mail().code == 550)
            #expect(try await transport.exchange(.post(url), over: .local("web")).http().status == 200)
            try await slow.release()
            #expect(try await one.mail().code == 250)
            #expect(try await two.mail().code == 250)
        }
    }

    @Test(arguments: ["close", "reset", "421 4.4.2 idle too long"])
    func `a kept connection that has died is replaced unnoticed`(ending: String) async throws {
        // The second MAIL on the first connection meets its end; nothing has been sent by then.
        let peer = try await PeerProcess("smtp_script.py", #"{"MAIL": ["250 OK", "\#(ending)", "250 OK"]}"#)
        let route = Route.mail(try peer.port("smtp"), connections: 1)
        try await withTransport { (transport) async throws in
            #expect(try await transport.exchange(.mail(), over: route).mail().code == 250)
            #expect(try await transport.exchange(.mail(), over: route).mail().code == 250)
        }
        #expect(try await peer.entries("connection").count == 2)
        #expect(try await peer.entries("text").count == 2)
    }

    @Test func `a connection the server has closed meanwhile is not used again`() async throws {
        let peer = try await PeerProcess("smtp_script.py", #"{"end": "250 OK\n421 4.4.2 that is all"}"#)
        let route = Route.mail(try peer.port("smtp"), connections: 1)
        try await withTransport { (transport) async throws in
            for _ in 0..<3 { #expect(try await transport.exchange(.mail(), over: route).mail().code == 250) }
        }
        #expect(try await peer.entries("text").count == 3)
    }

    @Test(arguments: [#"{}"#, #"{"NOOP": "450 4.3.2 not now"}"#])
    func `a greeting logs in and sends nothing`(script: String) async throws {
        let peer = try await PeerProcess("smtp_script.py", script)
        let route = Route.mail(try peer.port("smtp"))
        let reply = try await withTransport { try await $0.greet(route).mail() }
        #expect(reply.stage == .greeting && reply.code == (script == "{}" ? 250 : 450))
        let lines = try await peer.entries("line").compactMap { $0["text"]?.text }
        #expect(lines.prefix(2) == ["EHLO tocsin.example", "NOOP"])
        #expect(lines.allSatisfy { !$0.hasPrefix("MAIL") })
    }

    @Test(arguments: [250, 530, 450]) func `a greeting asks for a sender, and takes that back`(code: Int)
        async throws
    {
        let peer = try await PeerProcess("smtp_script.py", "{\"MAIL\": \"\(code) 2.0.0 so\"}")
        var route = Route.mail(try peer.port("smtp"), connections: 1)
        route.mailServer?.sender = "a@acme.example"
        let asked = route
        try await withTransport { (transport) async throws in
            let reply = try await transport.greet(asked).mail()
            #expect(reply.stage == .sender && reply.code == code)
            #expect(try await transport.exchange(.mail(), over: asked).mail().code == code)
        }
        let lines = try await peer.entries("line").compactMap { $0["text"]?.text }
        let begin = ["EHLO tocsin.example", "MAIL FROM:<a@acme.example>", "RSET"]
        #expect(lines.prefix(3) == begin[...] && lines[3].hasPrefix("MAIL FROM:"))
    }

    @Test func `a greeting for no address is not begun`() async throws {
        var route = Route.mail(25)
        route.mailServer?.sender = "a@b>\r\nDATA"
        let asked = route
        let failure = try await withTransport { try await $0.greet(asked).failure() }
        #expect(failure.code == .requestInvalid)
    }

    @Test func `only mail servers are greeted`() async throws {
        let failure = try await withTransport { try await $0.greet(.local()).failure() }
        #expect(failure.code == .requestInvalid)
    }
}
