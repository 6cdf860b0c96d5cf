/// How one exchange ended: a reply, or a failure that says whether anything may have been handed over.
public enum WireReply: Sendable {
    case http(HTTPReply)
    case mail(MailReply)
    case failure(TransportFailure)
}

/// A complete status line and headers; the body may be cut.
public struct HTTPReply: Sendable, Hashable {
    /// 100 to 599.
    public var status: Int
    /// In the order they came; several of one name stay apart.
    public var headers: [HeaderField]
    /// At most as much as the route keeps, usually 64 KiB.
    public var body: [UInt8]
    /// Whether the body broke off, was longer than what is kept, or never ended.
    public var isBodyCut: Bool
    /// What `Retry-After` asks for by this machine's clock when the reply came, in whole seconds; nil for nothing.
    public var retryAfter: Int?

    /// A reply.
    public init(
        status: Int, headers: [HeaderField] = [], body: [UInt8] = [], isBodyCut: Bool = false,
        retryAfter: Int? = nil
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.isBodyCut = isBodyCut
        self.retryAfter = retryAfter
    }

    /// The value of the first header called `name`, whatever its case; nil when there is none.
    public func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }
}

/// The SMTP reply that decided a mail: the final one to the message, or that of the command that failed.
public struct MailReply: Sendable, Hashable {
    /// Which command the reply answers.
    public enum Stage: String, Sendable, CaseIterable {
        /// The greeting, EHLO or STARTTLS.
        case greeting
        case authentication
        /// MAIL FROM.
        case sender
        /// RCPT TO.
        case recipient
        /// DATA, before the text.
        case data
        /// The final dot: the message has been handed over.
        case message
    }

    /// Which command it answers.
    public var stage: Stage
    /// 200 to 599.
    public var code: Int
    /// RFC 3463, such as `5.1.1`; nil when the server gave none.
    public var enhanced: String?
    /// The text after the codes, lines joined with a blank, at most 500 characters.
    public var text: String

    /// A reply.
    public init(stage: Stage, code: Int, enhanced: String? = nil, text: String = "") {
        self.stage = stage
        self.code = code
        self.enhanced = enhanced
        self.text = text
    }
}

/// An exchange that ended without a reply that decides.
public struct TransportFailure: Error, Sendable, Hashable {
    /// What went wrong; stable, for reports.
    public enum Code: String, Sendable, CaseIterable {
        /// The host name has no address.
        case hostUnknown = "host-unknown"
        /// The proxy's name has no address.
        case proxyUnknown = "proxy-unknown"
        /// The proxy does not take our login, or does not lead where we want to go.
        case proxyRefused = "proxy-refused"
        /// Nobody answered at the proxy's address, or it broke off.
        case proxyFailed = "proxy-failed"
        /// Nobody answered at the address, or refused.
        case connectFailed = "connect-failed"
        /// The address is loopback, private or link-local, and the channel is not `private`.
        case addressForbidden = "address-forbidden"
        /// The TLS handshake failed, or the server offers no TLS where it is required.
        case tlsFailed = "tls-failed"
        /// The certificate is not one we trust for this host.
        case certificateInvalid = "certificate-invalid"
        /// The server offers no way of logging in that we know.
        case authenticationImpossible = "authentication-impossible"
        /// The time allowed ran out.
        case timedOut = "timed-out"
        /// The connection broke.
        case connectionLost = "connection-lost"
        /// What came was no reply of the protocol, or far too long.
        case replyInvalid = "reply-invalid"
        /// The request cannot be put on the wire; nothing was tried.
        case requestInvalid = "request-invalid"
        /// We stopped it.
        case cancelled
        /// Anything else of the library or the machine, such as no memory.
        case transportBroken = "transport-broken"
    }

    /// Whether the other side may hold the message.
    public enum HandedOver: String, Sendable {
        /// Certainly not: nothing was sent, or not up to the end of DATA or of the request body.
        case no
        case maybe
    }

    /// What went wrong.
    public var code: Code
    /// Whether the other side may hold the message.
    public var handedOver: HandedOver
    /// Prose, redacted by the transport.
    public var detail: String

    /// A failure.
    public init(_ code: Code, handedOver: HandedOver, _ detail: String) {
        self.code = code
        self.handedOver = handedOver
        self.detail = detail
    }
}

extension String {
    /// What a server said: UTF-8, or else Latin-1, as older ones answer.
    public init(said bytes: some Collection<UInt8>) {
        // Each byte of Latin-1 is its scalar.
        self =
            String(validating: bytes, as: UTF8.self)
            ?? String(decoding: bytes.map(UInt16.init), as: UTF16.self)
    }
}
