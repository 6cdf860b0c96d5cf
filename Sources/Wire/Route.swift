/// How all of one channel's requests travel: connections are kept and shared within a route, never between routes.
public struct Route: Sendable, Hashable {
    /// The channel's name; routes of one name and the same settings are one route.
    public var name: String
    /// Mail server; nil for HTTP.
    public var mailServer: MailServer?
    /// Where its settings stand, as people are told: `the channel`, or `companies.Acme.status`.
    public var place: String
    /// The most connections open at once.
    public var connections: Int
    /// Time allowed for name, TCP and TLS.
    public var connectTimeout: Duration
    /// Time allowed for one whole exchange, waiting for a free connection excluded.
    public var timeout: Duration
    /// A PEM file of CAs trusted beside the system's; nil for none.
    public var caFile: String?
    /// Whether it may connect to loopback, private and link-local addresses, and without TLS.
    public var allowsPrivate: Bool
    /// An HTTP or SOCKS proxy URL; nil means none, whatever the environment says.
    public var proxy: String?
    /// Bytes of an HTTP reply's body that are kept.
    public var keptBody: Int
    /// What to hide in failures.
    public var redactor: Redactor

    /// A route.
    public init(
        name: String, mailServer: MailServer? = nil, place: String = "the channel", connections: Int = 8,
        connectTimeout: Duration = .seconds(10),
        timeout: Duration = .seconds(60), caFile: String? = nil, allowsPrivate: Bool = false,
        proxy: String? = nil, keptBody: Int = 65_536, redactor: Redactor = .none
    ) {
        self.name = name
        self.mailServer = mailServer
        self.place = place
        self.connections = connections
        self.connectTimeout = connectTimeout
        self.timeout = timeout
        self.caFile = caFile
        self.allowsPrivate = allowsPrivate
        self.proxy = proxy
        self.keptBody = keptBody
        self.redactor = redactor
    }
}

/// Where a channel's mails go.
public struct MailServer: Sendable, Hashable {
    /// When the connection becomes private.
    public enum Security: String, Sendable, Hashable {
        /// TLS from the first byte (`smtps://`).
        case implicit
        /// STARTTLS or nothing.
        case required
        /// None; only with `private`.
        case none
    }

    /// Host name (ASCII) or address literal.
    public var host: String
    /// TCP port.
    public var port: Int
    /// When the connection becomes private.
    public var security: Security
    /// Nil when the server asks for no login.
    public var credentials: Credentials?
    /// The name we greet with; nil lets the transport take the machine's.
    public var greeting: String?
    /// For whom a greeting asks whether mail would be taken; nil asks only whether anybody is there.
    public var sender: String?

    /// A mail server.
    public init(
        host: String, port: Int, security: Security, credentials: Credentials? = nil, greeting: String? = nil
    ) {
        self.host = host
        self.port = port
        self.security = security
        self.credentials = credentials
        self.greeting = greeting
    }

    /// A login.
    public struct Credentials: Sendable, Hashable {
        /// Sent to the server, shown to people.
        public var username: String
        /// Sent to the server, shown to nobody.
        public var password: Secret

        /// A login.
        public init(username: String, password: Secret) {
            self.username = username
            self.password = password
        }
    }
}
