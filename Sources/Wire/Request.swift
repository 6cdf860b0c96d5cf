/// What goes to the network: plain values, made by a channel, performed by a ``Transport``.
public enum WireRequest: Sendable {
    case http(HTTPRequest)
    case mail(MailRequest)

    /// Whom it is for, for whoever keeps it; nil when nobody does.
    public var label: RequestLabel? {
        get {
            switch self {
            case .http(let request): request.label
            case .mail(let request): request.label
            }
        }
        set {
            switch self {
            case .http(var request):
                request.label = newValue
                self = .http(request)
            case .mail(var request):
                request.label = newValue
                self = .mail(request)
            }
        }
    }
}

/// What a request is called by whoever keeps it; on no wire.
public struct RequestLabel: Sendable, Hashable {
    /// Such as a contact's id; any text.
    public var name: String
    /// Comes back as it is with what was kept; a word or a number.
    public var note: String

    /// A label.
    public init(_ name: String, note: String = "") {
        self.name = name
        self.note = note
    }
}

/// One header field; neither part holds CR, LF or NUL.
public struct HeaderField: Sendable, Hashable {
    /// Case-insensitive.
    public let name: String
    /// Without the surrounding blanks.
    public let value: String

    /// Nil when the name is no token (RFC 9110, 5.6.2) or the value holds a control character other than tab.
    public init?(_ name: String, _ value: String) {
        let isToken = { (byte: UInt8) in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
        }
        let isText = { (byte: UInt8) in byte >= 0x20 && byte != 0x7F || byte == 0x09 }
        guard !name.isEmpty, name.utf8.allSatisfy(isToken), value.utf8.allSatisfy(isText) else { return nil }
        self.name = name
        self.value = value
    }
}

/// One HTTP request.
public struct HTTPRequest: Sendable {
    /// `GET`, `POST`, `PUT`, …: a token.
    public var method: String
    /// Absolute, `http` or `https`, percent-encoded, without fragment, blank or control.
    public var url: String
    /// In the order they go out; none of ``transportFields``.
    public var headers: [HeaderField]
    /// Empty when there is none.
    public var body: [UInt8]
    /// What follows ``body``, piece by piece; large pieces are shared by the requests that hold them.
    public var tail: [[UInt8]] = []
    /// What it is called where it is kept.
    public var label: RequestLabel?

    /// The headers that belong to the transport, in lower case.
    ///
    /// It writes them itself, or reads no reply that they would bring about: a second one would change where the
    /// request ends, or what the reply is.
    public static let transportFields: Set<String> = [
        "host", "content-length", "transfer-encoding", "expect", "user-agent", "connection", "te", "trailer",
        "upgrade", "accept-encoding",
    ]

    /// A request.
    public init(method: String, url: String, headers: [HeaderField] = [], body: [UInt8] = []) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// One mail to one recipient: envelope and message.
public struct MailRequest: Sendable {
    /// The envelope sender, ASCII `local@domain`, without angle brackets, blank or control; empty for the null sender.
    public var sender: String
    /// The envelope recipient, in the same form, never empty.
    public var recipient: String
    /// An RFC 5322 message with CRLF line ends only, not dot-stuffed, ending with CRLF.
    public var message: [UInt8]
    /// What follows ``message``, piece by piece, each of whole lines; large pieces are shared by the mails that hold them.
    public var tail: [[UInt8]] = []
    /// What it is called where it is kept.
    public var label: RequestLabel?

    /// A mail.
    public init(sender: String, recipient: String, message: [UInt8]) {
        self.sender = sender
        self.recipient = recipient
        self.message = message
    }
}
