import Broadcast
import Channels
import Foundation
import Templating
import Testing
import Wire

extension SecretSource {
    /// Every variable `X` is set to `secret-of-X`; there are no files.
    static let sample = SecretSource(
        environment: { name in
            switch name {
            case "TELEGRAM_TOKEN": "123456:secret-of-telegram"
            case "UNSET": nil
            case "EMPTY": ""
            case "LINES": "a\nb"
            case "HOOK": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
            default: "secret-of-\(name)"
            }
        },
        file: { path in
            switch path {
            case "ca.pem": .contents(Array(certificate.utf8), isOpenToOthers: true)
            case "good": .contents(Array("from-file\n".utf8), isOpenToOthers: false)
            case "open": .contents(Array("from-file".utf8), isOpenToOthers: true)
            case "empty": .contents([], isOpenToOthers: false)
            case "lines": .contents(Array("a\nb\n".utf8), isOpenToOthers: false)
            case "binary": .contents([0xFF, 0xFE], isOpenToOthers: false)
            default: .unreadable("does not exist")
            }
        },
        absolutePath: { "/etc/tocsin/\($0)" }, allowsLiterals: false)

    /// A CA of nobody's.
    static let certificate = """
        a comment, as files of many CAs have
        -----BEGIN CERTIFICATE-----
        MIIBeTCCAR+gAwIBAgIUVYtPaTkYz9iE0+KcCwIf2j80chAwCgYIKoZIzj0EAwIw
        EjEQMA4GA1UEAwwHVGVzdCBDQTAeFw0yNjExMjExMzIyMTdaFw0zNjExMTgxMzIy
        MTdaMBIxEDAOBgNVBAMMB1Rlc3QgQ0EwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
        AAQCHlht/uQdoPwUhHN5QuIqrAJPFZVg9vVPX1KwxC4zO2DK7N7GQMlfW2FajrMs
        r97ImCvAUYUe5KJVVBUipPB0o1MwUTAdBgNVHQ4EFgQUgiRTGVGKXP+oxPWQsWtc
        3E/TkPUwHwYDVR0jBBgwFoAUgiRTGVGKXP+oxPWQsWtc3E/TkPUwDwYDVR0TAQH/
        BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAvhzC+8I59xrembhhwfHQufmb4Y7a
        UIVzSjIr3JJnvp0CIGvrNa62cFQkPene5KgRkif2KxhGTvIkMxm8fLkgCrYp
        -----END CERTIFICATE-----

        """
}

/// A reader of an object written as JSON, with the log it reports to.
func settings(
    _ text: String, source: SecretSource = .sample, sourceLocation: SourceLocation = #_sourceLocation
) throws -> (reader: SettingsReader, log: IssueLog) {
    guard case .object(let members) = try JSONValue(parsing: Array(text.utf8)) else {
        Issue.record("no object", sourceLocation: sourceLocation)
        throw CancellationError()
    }
    let log = IssueLog()
    return (SettingsReader(members, path: "channels.test", secrets: source, log: log), log)
}

/// A channel built from JSON in which nothing is wrong.
func channel<Kind: Channel>(
    _ type: Kind.Type, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
) throws -> Kind {
    let (reader, log) = try settings(text, sourceLocation: sourceLocation)
    _ = reader.value("type")
    let channel = Kind(named: ChannelName(valid: "test"), settings: reader)
    reader.finish()
    #expect(log.problems.map(\.description) == [], sourceLocation: sourceLocation)
    return try #require(channel, sourceLocation: sourceLocation)
}

/// What is reported when a channel is built from JSON.
func problems<Kind: Channel>(
    _ type: Kind.Type, _ text: String, source: SecretSource = .sample
) throws -> [String] {
    let (reader, log) = try settings(text, source: source)
    _ = Kind(named: ChannelName(valid: "test"), settings: reader)
    reader.finish()
    return log.problems.map(\.description)
}

extension Contact {
    /// Anna, who has an address of every kind.
    static func sample(name: String = "Anna Bianchi", attributes: [String: String] = [:]) -> Contact {
        Contact(
            id: ID(valid: "c-1"), name: name, locale: "it-IT", attributes: attributes,
            addresses: [.email: .email, .phone: .phone, .telegram: .telegram])
    }
}

extension Address {
    static let email = sample(.email, "anna@example.org")
    static let phone = sample(.phone, "+393331234567")
    static let telegram = sample(.telegram, "987654321012")

    private static func sample(_ kind: AddressKind, _ text: String) -> Address {
        guard let address = Address(kind, canonical: text) else { preconditionFailure("no address: \(text)") }
        return address
    }
}

extension RenderedContent {
    /// A short notice in `form`.
    static func sample(
        _ form: ContentForm = .email, title: String = "Disservizio", text: String = "Ciao Anna.\nA presto.\n",
        html: String = "<p>Ciao Anna.</p>\n", json: JSONValue? = nil
    ) -> RenderedContent {
        RenderedContent(
            form: form, locale: "it", title: Array(title.utf8), text: Array(text.utf8),
            html: Array(html.utf8),
            json: json)
    }
}

extension OutboundDelivery {
    /// A delivery to Anna.
    static func sample(
        _ address: Address? = .email, content: RenderedContent = .sample(), contact: Contact? = .sample(),
        purpose: Purpose = .service, attemptAt: Date = Date(timeIntervalSince1970: 1_790_000_100),
        replyTo: String? = nil
    ) -> OutboundDelivery {
        OutboundDelivery(
            key: "00112233445566778899aabbccddeeff", announcement: Announcement.ID(valid: "outage-1"),
            purpose: purpose, template: "outage", announcedAt: Date(timeIntervalSince1970: 1_790_000_000),
            attemptAt: attemptAt, contact: contact, address: address, content: content, replyTo: replyTo)
    }
}

extension WireRequest {
    /// The HTTP request that it is.
    var http: HTTPRequest {
        get throws {
            guard case .http(let request) = self else { throw CancellationError() }
            return request
        }
    }

    /// The mail that it is.
    var mail: MailRequest {
        get throws {
            guard case .mail(let request) = self else { throw CancellationError() }
            return request
        }
    }
}

extension HTTPRequest {
    /// The body as text.
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The value of a header.
    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// A verdict in a few words, for tables: `refused recipient address-unknown`.
func words(_ verdict: Verdict) -> String {
    switch verdict {
    case .accepted(let id, _): "accepted" + (id.map { " \($0)" } ?? "")
    case .refused(let fault): "refused \(fault.scope.rawValue) \(fault.code.rawValue)"
    case .deferred(let fault, let after):
        "deferred \(fault.scope.rawValue) \(fault.code.rawValue)" + (after.map { " \($0)" } ?? "")
    case .moved(let address): "moved \(address)"
    case .unknown(let fault): "unknown \(fault.scope.rawValue) \(fault.code.rawValue)"
    }
}
