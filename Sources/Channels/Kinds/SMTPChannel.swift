public import Broadcast
import Foundation
import Templating
public import Wire

/// E-mail through a relay.
public struct SMTPChannel: Channel {
    /// `smtp`.
    public static let kind = "smtp"

    /// Direct to e-mail addresses; tried again for a day, since greylisting takes minutes and outages hours.
    public let traits: ChannelTraits
    /// The relay.
    public let route: Route
    /// The mailboxes of `from` and `replyTo`, and where one can unsubscribe.
    public let face: ChannelFace
    private let sender: String
    private let composer: MIMEComposer

    /// Reads `url`, `tls`, `username`, `password`, `from`, `replyTo`, `unsubscribe`, `greeting` and `maxBytes`.
    public init?(named name: ChannelName, settings: SettingsReader) {
        let travel = RouteSettings(settings)
        let server = MailServer(settings, allowsPlain: travel.allowsPrivate)
        let from = settings.mailbox("from")
        if settings.value("from") == nil {
            settings.reportMissing("from", expected: "a mailbox such as \"Acme <notices@acme.example>\"")
        }
        let replyTo = settings.mailbox("replyTo")
        let unsubscribe = settings.unsubscribeURL("unsubscribe")
        let most = settings.integer("maxBytes", in: 100_000...100_000_000) ?? ContentLimits.usualMail
        traits = ChannelTraits(
            audience: .direct(.email), form: .email,
            limits: ContentLimits(bytes: most, advisedSubject: ContentLimits.advisedSubject), unknown: .retry,
            retry: RetryPolicy(first: .seconds(60), cap: .seconds(3600), within: .seconds(86_400)))
        guard var server, let from else { return nil }
        sender = from.address.value
        server.sender = sender
        let wayOut = unsubscribe ?? (replyTo ?? from).unsubscribeURL
        face = ChannelFace(sender: from.shown, replyTo: replyTo?.shown, unsubscribe: wayOut)
        composer = MIMEComposer(from: from, replyTo: replyTo, unsubscribe: wayOut)
        let secrets = settings.secretsRead
        route = travel.route(name, mailServer: server, redactor: Redactor(secrets))
    }

    /// The mail to the delivery's address.
    public func request(for delivery: OutboundDelivery) throws(Fault) -> WireRequest {
        let address = try address(.email, of: delivery)
        try delivery.content.enclosures.requireContent()
        let (message, tail) = composer.message(for: delivery, to: address)
        var mail = MailRequest(sender: sender, recipient: address.value, message: message)
        mail.tail = tail
        return .mail(mail)
    }

    /// The meaning of the reply by the SMTP table.
    public func verdict(on reply: WireReply) -> Verdict {
        switch reply {
        case .mail(let reply): MailVerdict.verdict(on: reply).redacted(route.redactor)
        case .failure(let failure): Verdict(failure, redactor: route.redactor)
        case .http: .unknown(Fault(.channel, .replyInvalid, "an HTTP reply to a mail"))
        }
    }

    /// Nil: the relay is greeted, and asked whether it takes mail from us.
    public var probe: HealthCheck? { nil }
}

extension Mailbox {
    /// As mail programs show it: `Acme <notices@acme.example>`.
    fileprivate var shown: String { name.isEmpty ? address.value : "\(name) <\(address.value)>" }

    /// A mail to it that asks to hear no more.
    ///
    /// Source: https://www.rfc-editor.org/rfc/rfc6068 section 2 (2026-11).
    fileprivate var unsubscribeURL: String {
        "mailto:\(PercentEncoding.component(localPart))@\(domain)?subject=unsubscribe"
    }
}

extension MailServer {
    /// When the connection to an `smtp://` relay becomes private.
    private enum Choice: String, CaseIterable {
        case required, none
    }

    /// Reads `url`, `tls`, `username`, `password` and `greeting`.
    fileprivate init?(_ settings: SettingsReader, allowsPlain: Bool) {
        for key in ["host", "server", "port"] {
            settings.redirect(key, "it belongs into \"url\", such as \"smtp://mail.acme.example:587\"")
        }
        let text = settings.requiredText("url", "smtp://HOST:PORT or smtps://HOST:PORT")
        let choice: Choice? = settings.choice("tls")
        let username = settings.text("username")
        let password = settings.secret("password")
        let greeting = settings.hostName("greeting")
        if (username == nil) != (settings.value("password") == nil) {
            let missing = username == nil ? "username" : "password"
            settings.report(missing, .missing, "is missing: username and password go together")
        }
        if choice == Choice.none, !allowsPlain {
            settings.report("tls", .conflict, "\"none\" is only allowed with \"private\": true")
        }
        guard let text, let place = settings.mailPlace(text) else { return nil }
        if place.isImplicit, choice != nil {
            settings.report("tls", .conflict, "has no meaning with smtps://, which is TLS from the start")
        }
        let security: Security = place.isImplicit ? .implicit : choice == Choice.none ? .none : .required
        let credentials = username.flatMap { name in
            password.map { Credentials(username: name, password: $0) }
        }
        self.init(
            host: place.host, port: place.port ?? (place.isImplicit ? 465 : security == .none ? 25 : 587),
            security: security, credentials: credentials, greeting: greeting)
    }
}

extension SettingsReader {
    /// Host, port and whether it is `smtps`; nil after what is wrong has been reported.
    fileprivate func mailPlace(_ text: String) -> (host: String, port: Int?, isImplicit: Bool)? {
        guard text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }), let parts = URLComponents(string: text),
            let scheme = parts.scheme, scheme == "smtp" || scheme == "smtps",
            let host = parts.host, !host.isEmpty, parts.path.isEmpty || parts.path == "/",
            parts.query == nil, parts.fragment == nil, (1...65535).contains(parts.port ?? 25)
        else {
            report(
                "url", .invalid,
                "expected smtp://HOST:PORT or smtps://HOST:PORT, found \"\(Excerpt.of(text.withoutLogin))\"")
            return nil
        }
        guard parts.user == nil, parts.password == nil else {
            report("url", .invalid, "a login does not belong into the URL: use username and password")
            return nil
        }
        return (host, parts.port, scheme == "smtps")
    }

    /// The name we greet with: ASCII letters, digits, dots and hyphens, or an address in brackets.
    fileprivate func hostName(_ key: String) -> String? {
        guard let text = text(key) else { return nil }
        guard text.wholeMatch(of: /[A-Za-z0-9.\-\[\]:]{1,253}/) != nil else {
            report(key, .invalid, "expected a host name, found \"\(Excerpt.of(text))\"")
            return nil
        }
        return text
    }

    /// Where marketing says one can unsubscribe: `mailto:` or `https:`; nil when absent.
    fileprivate func unsubscribeURL(_ key: String) -> String? {
        guard let text = text(key) else { return nil }
        let isASCII = text.utf8.allSatisfy {
            0x21...0x7E ~= $0 && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">")
        }
        guard isASCII, text.utf8.count <= 900, text.hasPrefix("mailto:") || text.hasPrefix("https://"),
            URLComponents(string: text) != nil
        else {
            report(key, .invalid, "expected a mailto: or https: URL, found \"\(Excerpt.of(text))\"")
            return nil
        }
        return text
    }
}
