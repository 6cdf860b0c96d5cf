import Broadcast
import Wire

/// The settings of every channel that say how its requests travel.
struct RouteSettings: Sendable {
    /// Requests at once.
    static let defaultConnections = 8

    private let connections: Int
    private let timeout: Duration
    private let connectTimeout: Duration
    private let caFile: String?
    private let proxy: String?
    /// Whether it may connect to private addresses, and without TLS.
    let allowsPrivate: Bool

    /// Reads `connections`, `timeout`, `connectTimeout`, `ca`, `proxy` and `private`.
    init(_ settings: SettingsReader) {
        connections = settings.integer("connections", in: 1...1000) ?? Self.defaultConnections
        timeout = settings.duration("timeout") ?? .seconds(60)
        connectTimeout = settings.duration("connectTimeout") ?? .seconds(10)
        caFile = settings.certificateFile("ca")
        proxy = settings.proxy("proxy")
        allowsPrivate = settings.flag("private")
    }

    /// The route of the channel called `name`.
    func route(_ name: ChannelName, mailServer: MailServer? = nil, redactor: Redactor) -> Route {
        Route(
            name: name.rawValue, mailServer: mailServer, connections: connections,
            connectTimeout: connectTimeout,
            timeout: timeout, caFile: caFile, allowsPrivate: allowsPrivate, proxy: proxy, redactor: redactor)
    }
}
