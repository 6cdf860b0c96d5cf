import Curl
import Foundation
import TestPeers
import Testing
import Wire

struct TrustTests {
    @Test func `a CA of one's own is trusted when it is given, beside the system's`() async throws {
        let peer = try await PeerProcess("http_peer.py", #"{"tls": true}"#)
        let (caFile, port) = (try peer.text("ca"), try peer.port("https"))
        try await withTransport { (transport) async throws in
            for host in ["localhost", "127.0.0.1"] {
                let reply = await transport.exchange(
                    .post("https://\(host):\(port)/"), over: .local(caFile: caFile))
                #expect(try reply.http().status == 200)
            }
        }
    }

    @Test func `a private connection never serves its route once that is private no more`() async throws {
        let peer = try await PeerProcess("http_peer.py", #"{"tls": true}"#)
        let url = "https://localhost:\(try peer.port("https"))/"
        let route = Route.local(caFile: try peer.text("ca"))
        var open = route
        open.allowsPrivate = false
        let exposed = open
        try await withTransport { (transport) async throws in
            #expect(try await transport.exchange(.post(url), over: route).http().status == 200)
            let failure = try await transport.exchange(.post(url), over: exposed).failure()
            #expect(failure.code == .addressForbidden && failure.handedOver == .no)
        }
        #expect(try await peer.entries("request").count == 1)
    }

    @Test(arguments: [
        ("https", false, TransportFailure.Code.certificateInvalid), ("wronghost", true, .certificateInvalid),
        ("expired", true, .certificateInvalid), ("old", true, .tlsFailed),
    ])
    func `without a certificate for this host, from a CA we trust, nothing is sent`(
        port: String, knowsCA: Bool, code: TransportFailure.Code
    ) async throws {
        let peer = try await PeerProcess("http_peer.py", #"{"tls": true}"#)
        let caFile = knowsCA ? try peer.text("ca") : nil
        let url = "https://localhost:\(try peer.port(port))/"
        let failure = try await withTransport {
            try await $0.exchange(.post(url), over: .local(caFile: caFile)).failure()
        }
        #expect(failure.code == code && failure.handedOver == .no, "\(failure)")
        #expect(try await peer.entries("request").isEmpty)
    }

    @Test func `no secret of a connection is written where the environment asks for it`() async throws {
        let peer = try await PeerProcess("http_peer.py", #"{"tls": true}"#)
        let route = Route.local(caFile: try peer.text("ca"))
        let url = "https://localhost:\(try peer.port("https"))/"
        _ = try await withTransport { try await $0.exchange(.post(url), over: route).http() }
        #expect(!FileManager.default.fileExists(atPath: tlsSecrets.path))
    }

    @Test func `a server that speaks no TLS gets nothing`() async throws {
        let peer = try await PeerProcess("smtp_script.py")
        let url = "https://localhost:\(try peer.port("smtp"))/"
        let failure = try await withTransport { try await $0.exchange(.post(url), over: .local()).failure() }
        #expect(failure.code == .tlsFailed && failure.handedOver == .no, "\(failure)")
    }

    @Test func `a CA file that is not there is named`() async throws {
        let peer = try await PeerProcess("http_peer.py", #"{"tls": true}"#)
        let url = "https://localhost:\(try peer.port("https"))/"
        let failure = try await withTransport {
            try await $0.exchange(.post(url), over: .local(caFile: "/nowhere/ca.pem")).failure()
        }
        #expect(
            failure.code == .certificateInvalid && failure.detail.contains("/nowhere/ca.pem"), "\(failure)")
    }

    @Test(arguments: [("starttls", MailServer.Security.required), ("tls", .implicit)])
    func `mail travels over TLS with a login`(port: String, security: MailServer.Security) async throws {
        let peer = try await PeerProcess("smtp_peer.py", #"{"tls": true, "users": {"tocsin": "pässword"}}"#)
        let route = Route.mail(
            try peer.port(port), security: security,
            credentials: MailServer.Credentials(username: "tocsin", password: Secret("pässword")),
            caFile: try peer.text("ca"))
        try await withTransport { (transport) async throws in
            #expect(try await transport.exchange(.mail(), over: route).mail().code == 250)
            #expect(try await transport.exchange(.mail(), over: route).mail().code == 250)
        }
        let mails = try await peer.entries("mail")
        #expect(
            mails.count == 2 && mails.allSatisfy { $0["tls"] == .flag(true) && $0["user"]?.text == "tocsin" })
        #expect(Set(mails.map { $0["session"]?.number }).count == 1)
    }

    @Test(arguments: [("starttls", MailServer.Security.required), ("tls", .implicit)])
    func `a mail server with a certificate of an unknown CA gets nothing`(
        port: String, security: MailServer.Security
    ) async throws {
        let peer = try await PeerProcess("smtp_peer.py", #"{"tls": true}"#)
        let route = Route.mail(try peer.port(port), security: security)
        let failure = try await withTransport { try await $0.exchange(.mail(), over: route).failure() }
        #expect(failure.code == .certificateInvalid && failure.handedOver == .no, "\(failure)")
        #expect(try await peer.entries("mail").isEmpty)
    }

    @Test(arguments: [#"{"EHLO": "250-peer\n250 SIZE"}"#, #"{"EHLO": "502 no"}"#])
    func `a server without STARTTLS gets neither login nor mail`(script: String) async throws {
        let peer = try await PeerProcess("smtp_script.py", script)
        let route = Route.mail(
            try peer.port("smtp"), security: .required,
            credentials: MailServer.Credentials(username: "u", password: Secret("p")))
        let reply = try await withTransport { await $0.exchange(.mail(), over: route) }
        if case .mail(let refusal) = reply {
            #expect(refusal.stage == .greeting && refusal.code == 502)
        } else {
            let failure = try reply.failure()
            #expect(failure.code == .tlsFailed && failure.handedOver == .no, "\(failure)")
        }
        let verbs = try await peer.entries("line").compactMap { $0["text"]?.text.prefix(4) }
        #expect(!verbs.contains("AUTH") && !verbs.contains("MAIL"))
    }

    @Test func `a server that refuses STARTTLS is quoted`() async throws {
        let peer = try await PeerProcess(
            "smtp_script.py", #"{"EHLO": "250-peer\n250 STARTTLS", "STARTTLS": "454 4.7.0 not now"}"#)
        let route = Route.mail(try peer.port("smtp"), security: .required)
        let reply = try await withTransport { try await $0.exchange(.mail(), over: route).mail() }
        #expect(reply == MailReply(stage: .greeting, code: 454, enhanced: "4.7.0", text: "not now"))
    }

    @Test func `words slipped in before the TLS handshake are no replies`() async throws {
        let peer = try await PeerProcess(
            "smtp_script.py",
            #"{"EHLO": "250-peer\n250 STARTTLS", "STARTTLS": "220 go\n250-peer\n250 AUTH PLAIN"}"#)
        let route = Route.mail(try peer.port("smtp"), security: .required)
        let failure = try await withTransport { try await $0.exchange(.mail(), over: route).failure() }
        #expect(
            [.tlsFailed, .replyInvalid, .connectFailed].contains(failure.code) && failure.handedOver == .no)
        #expect(try await peer.entries("line").allSatisfy { $0["text"]?.text.hasPrefix("MAIL") != true })
    }
}
