import Broadcast
import Channels
import Foundation
import TestPeers
import Testing

@Suite(.timeLimit(.minutes(5)))
struct SMTPPeerTests {
    private static func relay(
        _ url: String, tls: String? = "none", _ more: String = "", isPrivate: Bool = true
    ) throws -> any Channel {
        let security = tls.map { #""tls":"\#($0)","# } ?? ""
        return try configured(
            """
            {"type":"smtp","url":"\(url)",\(security)"private":\(isPrivate),\
            "from":"\\"Acme, Società\\" <news@acme.example>","replyTo":"help@acme.example"\(more)}
            """)
    }

    private static let login = #","username":"notices","password":{"env":"ONE"}"#

    // MARK: Ways in

    @Test(arguments: [
        ("smtp", "smtp", "none" as String?, false), ("starttls", "smtp", "required", true),
        ("starttls", "smtp", nil, true), ("tls", "smtps", nil, true),
    ])
    func `a mail arrives, over TLS where that is asked for, with a login`(
        port: String, scheme: String, tls: String?, isEncrypted: Bool
    ) async throws {
        let peer = try await PeerProcess(
            "smtp_peer.py", #"{"tls": true, "users": {"notices": "secret-of-ONE"}}"#)
        let more = Self.login + #","ca":"\#(try peer.text("ca"))""#
        let relay = try Self.relay("\(scheme)://localhost:\(try peer.port(port))", tls: tls, more)
        let outcome = try await outcome(.sample(), over: relay)
        #expect(outcome.hasPrefix("accepted "), "\(outcome)")
        let mail = try #require(try await peer.entries("mail").first)
        #expect(mail["tls"] == .flag(isEncrypted) && mail["user"]?.text == "notices")
    }

    @Test(arguments: ["starttls", "tls"]) func `a wrong password is the channel's fault, and certain`(
        port: String
    ) async throws {
        let peer = try await PeerProcess("smtp_peer.py", #"{"tls": true, "users": {"notices": "other"}}"#)
        let more = Self.login + #","ca":"\#(try peer.text("ca"))""#
        let scheme = port == "tls" ? "smtps" : "smtp"
        let relay = try Self.relay("\(scheme)://localhost:\(try peer.port(port))", tls: nil, more)
        let verdict = try #require(try await verdicts(on: .sample(), over: relay).first)
        #expect(words(verdict) == "deferred channel credentials-refused", "\(verdict)")
        guard case .deferred(let fault, _) = verdict else { return }
        #expect(fault.isCertain && fault.detail.contains("535"))
        #expect(try await peer.entries("mail").isEmpty)
    }

    @Test(arguments: [("starttls", "smtp"), ("tls", "smtps")])
    func `a certificate of an unknown CA is the channel's fault, and nothing is sent`(
        port: String, scheme: String
    ) async throws {
        let peer = try await PeerProcess("smtp_peer.py", #"{"tls": true}"#)
        let relay = try Self.relay("\(scheme)://localhost:\(try peer.port(port))", tls: nil)
        #expect(try await outcome(.sample(), over: relay) == "deferred channel certificate-invalid")
        #expect(try await peer.entries("mail").isEmpty)
    }

    @Test func `a relay whose STARTTLS was stripped gets neither login nor mail`() async throws {
        let peer = try await PeerProcess("smtp_script.py", #"{"EHLO": "250-peer\n250 AUTH PLAIN LOGIN"}"#)
        let relay = try Self.relay("smtp://127.0.0.1:\(try peer.port("smtp"))", tls: nil, Self.login)
        #expect(try await outcome(.sample(), over: relay) == "deferred channel tls-failed")
        let verbs = try await peer.entries("line").compactMap { $0["text"]?.text.prefix(4) }
        #expect(verbs.contains("EHLO") && !verbs.contains("AUTH") && !verbs.contains("MAIL"))
    }

    @Test func `a channel that is not private does not talk to this machine`() async throws {
        let peer = try await PeerProcess("smtp_script.py")
        let relay = try Self.relay("smtp://127.0.0.1:\(try peer.port("smtp"))", tls: nil, isPrivate: false)
        #expect(try await outcome(.sample(), over: relay) == "deferred channel address-forbidden")
        #expect(try await peer.entries("connection").isEmpty)
    }

    // MARK: Replies

    @Test(arguments: [
        ("recipients", "451 4.3.0 later", "deferred recipient recipient-deferred"),
        ("recipients", "450 4.2.0 greylisted", "deferred recipient recipient-deferred"),
        ("recipients", "421 4.3.2 closing", "deferred channel service-failed"),
        ("recipients", "550 5.1.1 no such user", "refused recipient address-unknown"),
        ("recipients", "550 no such user", "refused recipient address-unknown"),
        ("recipients", "552 5.2.2 full", "refused message mailbox-full"),
        ("recipients", "554 5.7.1 denied", "refused message policy-refused"),
        ("messages", "451 4.3.0 later", "deferred channel service-failed"),
        ("messages", "552 5.3.4 too big", "refused message message-too-large"),
        ("messages", "554 5.7.1 spam", "refused message policy-refused"),
        ("messages", "550 5.1.1 gone after all", "refused recipient address-unknown"),
    ])
    func `one recipient's refusal is his own, and harms no other delivery`(
        stage: String, reply: String, meaning: String
    ) async throws {
        let peer = try await PeerProcess(
            "smtp_peer.py", #"{"\#(stage)": {"anna@example.org": "\#(reply)"}}"#)
        let relay = try Self.relay("smtp://127.0.0.1:\(try peer.port("smtp"))")
        let other = try #require(Address(.email, canonical: "bruno@example.org"))
        let verdicts = try await verdicts(on: .sample(), .sample(other), over: relay)
        #expect(verdicts.first.map(words) == meaning)
        #expect("\(verdicts.first, default: "")".contains(reply))
        #expect(verdicts.last.map(words)?.hasPrefix("accepted") == true)
        let received = try await peer.entries("mail")
        #expect(received.map { $0["to"]?.list.first?.text } == ["bruno@example.org"])
    }

    @Test(arguments: [
        (#"{"connect": "421 4.3.2 too busy"}"#, "deferred channel service-failed"),
        (#"{"connect": "554 5.3.2 go away"}"#, "deferred channel service-failed"),
        (#"{"MAIL": "550 5.1.8 bad sender"}"#, "deferred channel sender-refused"),
        (#"{"MAIL": "530 5.7.0 login first"}"#, "deferred channel credentials-refused"),
        (#"{"RCPT": "close"}"#, "deferred channel connection-lost"),
        (#"{"end": "close"}"#, "unknown channel connection-lost"),
        (#"{"end": "250 2.0.0 Ok: queued as 4XyZ"}"#, "accepted 4XyZ"),
    ])
    func `what the relay itself says is no recipient's fault`(script: String, meaning: String) async throws {
        let peer = try await PeerProcess("smtp_script.py", script)
        let relay = try Self.relay("smtp://127.0.0.1:\(try peer.port("smtp"))")
        #expect(try await outcome(.sample(), over: relay) == meaning)
    }

    @Test func `after greylisting the same mail goes through, byte for byte`() async throws {
        let peer = try await PeerProcess(
            "smtp_peer.py", #"{"parse": true, "messages": {"anna@example.org": ["451 4.7.1 greylisted"]}}"#)
        let relay = try Self.relay("smtp://127.0.0.1:\(try peer.port("smtp"))")
        let again = OutboundDelivery.sample(attemptAt: Date(timeIntervalSince1970: 1_790_009_999))
        let found = try await verdicts(on: .sample(), again, .sample(), over: relay).map(words)
        #expect(found.first == "deferred recipient recipient-deferred")
        let mails = try await peer.entries("mail")
        #expect(mails.count == 2 && Set(mails.map { $0["message"]?.text }).count == 1)
        #expect(
            mails.first?["parsed"]?["headers"]["message-id"].text
                == "<00112233445566778899aabbccddeeff@acme.example>")
    }

    @Test func `a relay that quotes the password does not get it into the report`() async throws {
        let token = Data("\0notices\0secret-of-ONE".utf8).base64EncodedString()
        let peer = try await PeerProcess(
            "smtp_script.py",
            #"{"EHLO": "250-peer\n250 AUTH PLAIN", "AUTH": "535 5.7.8 no: \#(token) is secret-of-ONE"}"#)
        let relay = try Self.relay("smtp://127.0.0.1:\(try peer.port("smtp"))", Self.login)
        let verdict = try #require(try await verdicts(on: .sample(), over: relay).first)
        #expect(words(verdict) == "deferred channel credentials-refused")
        #expect("\(verdict)".contains("[secret]") && "\(verdict)".contains("535"))
        #expect(!"\(verdict)".contains("secret-of-ONE") && !"\(verdict)".contains(token))
    }

    // MARK: Mails

    @Test(arguments: [
        (
            "it-IT", "Disservizio: perché è giù 🚒", "Ciao Anna Bianchi, perché è così: 100 % 🚒.",
            "<strong>Anna Bianchi</strong>, perché è così: 100 % 🚒."
        ),
        (
            "en-GB", "Outage: we are down 🚒", "Hello Anna Bianchi, that's it 🚒.",
            "Hello <strong>Anna Bianchi</strong>"
        ),
    ])
    func `another mail library reads the mail without defects, in both languages`(
        locale: String, subject: String, text: String, html: String
    ) async throws {
        let mail = try await received(.sample(), locale: locale)
        #expect(mail["defects"] == .list([]))
        #expect(mail["headers"]["subject"].text == subject)
        #expect(mail["headers"]["auto-submitted"].text == "auto-generated")
        #expect(mail["headers"]["list-unsubscribe"] == .null)
        #expect(
            mail["places"]["From"] == .list([.list([.text("Acme, Società"), .text("news@acme.example")])]))
        #expect(mail["places"]["Reply-To"] == .list([.list([.text(""), .text("help@acme.example")])]))
        let parts = mail["parts"].list
        #expect(parts.map { $0.list.first?.text } == ["text/plain", "text/html"])
        let found = parts.map { $0.list.last?.text ?? "" }
        #expect(found.first?.contains(text) == true, "\(found)")
        #expect(found.last?.contains(html) == true, "\(found)")
    }

    @Test(arguments: [
        "Anna Bianchi", "Bianchi, Anna", #"Anna "la Rossa" Bianchi"#, "Anna 🚒 Bianchi",
        "Società \\ & Figli (IT)",
        "a@b.example", "<anna>", "=?utf-8?q?x?=",
        "Анна Ивановна",
    ])
    func `any display name arrives as it is, in front of the one address`(name: String) async throws {
        let mail = try await received(.sample(name: name))
        #expect(mail["defects"] == .list([]))
        #expect(mail["places"]["To"] == .list([.list([.text(name), .text("anna@example.org")])]))
    }

    @Test func `a mail to an internationalised domain goes to its ASCII name`() async throws {
        var contact = Contact.sample()
        contact.addresses[.email] = try Address(email: "anna@bücher.example")
        let mail = try await received(contact)
        #expect(mail["defects"] == .list([]))
        #expect(mail["places"]["To"].list.first?.list.last?.text == "anna@xn--bcher-kva.example")
    }

    @Test func `marketing says how to get no more of it`() async throws {
        let mail = try await received(.sample(), Notice(purpose: .marketing))
        #expect(mail["headers"]["list-unsubscribe"].text == "<mailto:help@acme.example?subject=unsubscribe>")
    }

    /// What Python's email package makes of the notice to `contact`.
    private func received(
        _ contact: Contact, _ notice: Notice = Notice(), locale: String = "it-IT"
    ) async throws -> PeerProcess.JSON {
        let peer = try await PeerProcess("smtp_peer.py", #"{"parse": true}"#)
        let relay = try Self.relay("smtp://127.0.0.1:\(try peer.port("smtp"))")
        var contact = contact
        contact.locale = locale
        let delivery = try notice.delivery(.email, to: contact, at: .email)
        let outcome = try await outcome(delivery, over: relay)
        #expect(outcome.hasPrefix("accepted "), "\(outcome)")
        let mails = try await peer.entries("mail")
        #expect(mails.map { $0["to"]?.list.count } == [1])
        return mails.first?["parsed"] ?? .null
    }
}
