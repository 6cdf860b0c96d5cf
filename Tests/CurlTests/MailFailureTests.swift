import Curl
import TestPeers
import Testing
import Wire

struct MailFailureTests {
    @Test(arguments: [
        ("connect", "close", TransportFailure.Code.connectFailed, TransportFailure.HandedOver.no),
        ("connect", "hang", .timedOut, .no), ("EHLO", "close", .connectionLost, .no),
        ("EHLO", "hang", .timedOut, .no),
        ("MAIL", "close", .connectionLost, .no), ("MAIL", "reset", .connectionLost, .no),
        ("MAIL", "hang", .timedOut, .no),
        ("RCPT", "close", .connectionLost, .no), ("RCPT", "hang", .timedOut, .no),
        ("DATA", "close", .connectionLost, .no), ("DATA", "hang", .timedOut, .no),
        ("DATA", "250 OK", .replyInvalid, .no),
        ("MAIL", "raw HTTP/1.1 400 Bad\r\n", .replyInvalid, .no), ("MAIL", "354 go", .replyInvalid, .no),
        ("RCPT", "raw 250-a\r\n550 b\r\n", .replyInvalid, .no), ("RCPT", "raw 25", .timedOut, .no),
        ("end", "close", .connectionLost, .maybe), ("end", "reset", .connectionLost, .maybe),
        ("end", "hang", .timedOut, .maybe), ("end", "354 what", .replyInvalid, .maybe),
        ("end", "raw nonsense\r\n", .replyInvalid, .maybe), ("end", "raw 250", .timedOut, .maybe),
    ])
    func `a mail may have been handed over only after its end`(
        verb: String, action: String, code: TransportFailure.Code, handedOver: TransportFailure.HandedOver
    ) async throws {
        let escaped = action.replacing("\r\n", with: #"\r\n"#)
        let peer = try await PeerProcess("smtp_script.py", #"{"\#(verb)": "\#(escaped)"}"#)
        let route = Route.mail(try peer.port("smtp"), timeout: .allowed(expecting: code))
        let failure = try await withTransport { try await $0.exchange(.mail(), over: route).failure() }
        #expect(failure.code == code && failure.handedOver == handedOver, "\(failure)")
        #expect(try await peer.entries("connection").count == 1)
    }

    @Test func `a reply without end is given up`() async throws {
        let endless = String(repeating: #"250-more and more of it\r\n"#, count: 3_500)
        let peer = try await PeerProcess("smtp_script.py", #"{"MAIL": "raw \#(endless)"}"#)
        let route = Route.mail(try peer.port("smtp"))
        let failure = try await withTransport { try await $0.exchange(.mail(), over: route).failure() }
        #expect(failure.code == .replyInvalid && failure.handedOver == .no)
    }

    @Test(arguments: ["connect", "EHLO", "AUTH"], ["250-more", "235 ", "nonsense"])
    func `a server that floods while we connect is given up`(verb: String, line: String) async throws {
        let offer = verb == "AUTH" ? #", "EHLO": "250-peer\n250 AUTH PLAIN""# : ""
        let peer = try await PeerProcess("smtp_script.py", #"{"\#(verb)": "flood \#(line)"\#(offer)}"#)
        var route = Route.mail(
            try peer.port("smtp"), credentials: .init(username: "tocsin", password: Secret("pw")))
        route.connectTimeout = .seconds(30)
        let flooded = route
        let failure = try await withTransport { try await $0.exchange(.mail(), over: flooded).failure() }
        #expect(failure.handedOver == .no && failure.code != .timedOut, "\(failure)")
    }

    @Test(arguments: [
        ("550 5.1.1 no", "5.1.1", "no"), ("550 4.1.1 no", nil, "4.1.1 no"), ("450 5.7.1 no", nil, "5.7.1 no"),
        ("450 4.7.1 no", "4.7.1", "no"),
    ])
    func `an enhanced code counts only where it agrees with the reply's own`(
        reply: String, enhanced: String?, text: String
    ) async throws {
        let peer = try await PeerProcess("smtp_script.py", #"{"RCPT": "\#(reply)"}"#)
        let route = Route.mail(try peer.port("smtp"))
        let answer = try await withTransport { try await $0.exchange(.mail(), over: route).mail() }
        #expect(answer.enhanced == enhanced && answer.text == text)
    }

    @Test(arguments: [#"354 go\n250 2.0.0 taken"#, #"hold 354 go\n250 2.0.0 taken"#])
    func `a server that takes a message before it has it is not believed`(reply: String) async throws {
        let peer = try await PeerProcess("smtp_script.py", #"{"DATA": "\#(reply)"}"#)
        let route = Route.mail(try peer.port("smtp"))
        let failure = try await withTransport { (transport) async throws in
            async let outcome = transport.exchange(.mail(), over: route)
            try await peer.wait(for: 4, "line")
            try await peer.release()
            return try await outcome.failure()
        }
        #expect(failure.code == .replyInvalid && failure.handedOver == .no, "\(failure)")
    }

    @Test func `a message that is not read to its end is not handed over`() async throws {
        let peer = try await PeerProcess("smtp_script.py", #"{"starve": 100}"#)
        let route = Route.mail(try peer.port("smtp"), timeout: .seconds(3))
        let text = String(repeating: "a line of a very long message\r\n", count: 500_000)
        let failure = try await withTransport { try await $0.exchange(.mail(text), over: route).failure() }
        #expect(failure.code == .timedOut && failure.handedOver == .no, "\(failure)")
    }

    @Test(arguments: [
        ("anna@example.org>\r\nRCPT TO:<evil@example.org", "news@example.com"),
        ("anna@example.org\n", "news@example.com"),
        ("anna @example.org", "news@example.com"), ("<anna@example.org>", "news@example.com"),
        ("anna@example.org\u{0}", "news@example.com"), ("änna@example.org", "news@example.com"),
        ("", "news@example.com"), ("@example.org", "news@example.com"), ("anna@", "news@example.com"),
        ("anna", "news@example.com"), ("anna@example.org", "news@example.com>\r\nX"),
        ("anna@example.org", "news"),
        ("anna@example.org", "<>"), ("\t@example.org", "news@example.com"),
    ])
    func `an address that could carry a command is refused`(recipient: String, sender: String) async throws {
        let peer = try await PeerProcess("smtp_script.py")
        let route = Route.mail(try peer.port("smtp"))
        let failure = try await withTransport {
            try await $0.exchange(.mail(to: recipient, from: sender), over: route).failure()
        }
        #expect(failure.code == .requestInvalid && failure.handedOver == .no)
        #expect(try await peer.entries("connection").isEmpty)
    }

    @Test(arguments: [
        "a\n.\nMAIL FROM:<x@y>\r\n", "\nb\r\n", "a\rb\r\n", "a\r\r\n", "a\n\r\n", "no end", "", "a\r\n\n",
        "a\r",
    ])
    func `a message with a line end of half is refused`(text: String) async throws {
        let peer = try await PeerProcess("smtp_script.py")
        let route = Route.mail(try peer.port("smtp"))
        let failure = try await withTransport { try await $0.exchange(.mail(text), over: route).failure() }
        #expect(failure.code == .requestInvalid && failure.handedOver == .no)
        #expect(try await peer.entries("connection").isEmpty)
    }

    @Test func `a wrong password is the server's answer to the login`() async throws {
        let peer = try await PeerProcess("smtp_peer.py", #"{"users": {"tocsin": "right"}}"#)
        let route = Route.mail(
            try peer.port("smtp"),
            credentials: MailServer.Credentials(username: "tocsin", password: Secret("wrong-password")))
        try await withTransport { (transport) async throws in
            for reply in [await transport.exchange(.mail(), over: route), await transport.greet(route)] {
                let refusal = try reply.mail()
                #expect(
                    refusal.stage == .authentication && refusal.code == 535 && refusal.enhanced == "5.7.8")
            }
        }
    }

    @Test(arguments: ["250 peer", "250-peer\\n250 AUTH CRAM-MD5 XOAUTH2"])
    func `a server that offers no login we know gets no mail`(reply: String) async throws {
        let peer = try await PeerProcess("smtp_script.py", #"{"EHLO": "\#(reply)"}"#)
        let route = Route.mail(
            try peer.port("smtp"),
            credentials: MailServer.Credentials(username: "tocsin", password: Secret("pw")))
        let failure = try await withTransport { try await $0.exchange(.mail(), over: route).failure() }
        #expect(failure.code == .authenticationImpossible && failure.handedOver == .no, "\(failure)")
        #expect(try await peer.entries("line").allSatisfy { $0["text"]?.text.hasPrefix("MAIL") != true })
    }

    @Test func `what a server quotes of a secret is hidden`() async throws {
        let peer = try await PeerProcess("smtp_script.py", #"{"RCPT": "550 5.7.1 bad token s3cret-token"}"#)
        var route = Route.mail(try peer.port("smtp"))
        route.redactor = Redactor([Secret("s3cret-token")])
        let quoting = route
        let reply = try await withTransport { try await $0.exchange(.mail(), over: quoting).mail() }
        #expect(reply.text == "bad token [secret]")
    }

    @Test(arguments: [
        ("550 5.7.1 bad pässwört", "bad [secret]"), (#"raw 550 5.7.1 bad pässwört\r\n"#, "bad [secret]"),
        (#"raw 550 5.7.1 bad töken\r\n"#, "bad töken"), ("550 5.7.1 bad töken", "bad töken"),
    ])
    func `what a server says in Latin-1 is read as that`(reply: String, shown: String) async throws {
        // The peer writes in Latin-1 what is raw.
        let peer = try await PeerProcess("smtp_script.py", #"{"RCPT": "\#(reply)"}"#)
        var route = Route.mail(try peer.port("smtp"))
        route.redactor = Redactor([Secret("pässwört")])
        let quoting = route
        let answer = try await withTransport { try await $0.exchange(.mail(), over: quoting).mail() }
        #expect(answer.text == shown)
    }

    @Test(arguments: ["", "-"])
    func `a long reply is cut between two characters`(lead: String) async throws {
        let line = lead + String(repeating: "€", count: 700)
        let peer = try await PeerProcess("smtp_script.py", #"{"RCPT": "550 \#(line)"}"#)
        let route = Route.mail(try peer.port("smtp"))
        let answer = try await withTransport { try await $0.exchange(.mail(), over: route).mail() }
        #expect(answer.text == String(line.prefix(500)))
    }

    @Test func `mail without TLS, or to a private address, needs a private route`() async throws {
        try await withTransport { (transport) async throws in
            var route = Route.mail(25)
            route.allowsPrivate = false
            #expect(try await transport.exchange(.mail(), over: route).failure().code == .requestInvalid)
            route.mailServer?.security = .required
            #expect(try await transport.exchange(.mail(), over: route).failure().code == .addressForbidden)
            route.mailServer?.host = "a b"
            #expect(try await transport.exchange(.mail(), over: route).failure().code == .requestInvalid)
        }
    }

    @Test func `a proxy that refuses our login is told from a relay that does`() async throws {
        let proxy = try await PeerProcess("http_peer.py", #"{"script": {"*": [{"status": 407}]}}"#)
        var route = Route.mail(25)
        route.proxy = "http://user:wrong@127.0.0.1:\(try proxy.port("http"))"
        let proxied = route
        let failure = try await withTransport { try await $0.exchange(.mail(), over: proxied).failure() }
        #expect(failure.code.rawValue == "proxy-refused" && failure.handedOver == .no, "\(failure)")
    }

    @Test func `a mail whose time is over is kept back before its text`() async throws {
        let peer = try await PeerProcess("smtp_script.py")
        let route = Route.mail(try peer.port("smtp"))
        try await withTransport { (transport) async throws in
            let failure = try await transport.exchange(.mail(), over: route) { false }.failure()
            #expect(failure.code == .cancelled && failure.handedOver == .no, "\(failure)")
            #expect(try await transport.exchange(.mail(), over: route).mail().code == 250)
        }
        #expect(try await peer.entries("text").count == 1)
    }

    @Test func `a request of the wrong kind for its route is refused`() async throws {
        try await withTransport { (transport) async throws in
            #expect(try await transport.exchange(.mail(), over: .local()).failure().code == .requestInvalid)
            let web = WireRequest.post("http://127.0.0.1:1/")
            #expect(try await transport.exchange(web, over: .mail(25)).failure().code == .requestInvalid)
        }
    }
}
