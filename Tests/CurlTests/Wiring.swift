import Curl
import Foundation
import Glibc
import Testing
import TestPeers
import Wire

/// Where the environment asks for the secrets of every TLS connection.
let tlsSecrets = FileManager.default.temporaryDirectory.appending(path: "tocsin-tls-\(UUID().uuidString)")

/// Proxies that no test means to use, set once: every exchange shows that the environment decides nothing.
private let hostileEnvironment: Void = {
    for name in ["http_proxy", "https_proxy", "ALL_PROXY"] { setenv(name, "http://127.0.0.1:1", 1) }
    setenv("no_proxy", "localhost", 1)
    setenv("CURL_CA_BUNDLE", "/dev/null", 1)
    setenv("SSLKEYLOGFILE", tlsSecrets.path, 1)
}()

/// Runs `body` with a transport of its own, and stops that whatever happens.
func withTransport<Result>(_ body: (CurlTransport) async throws -> Result) async throws -> Result {
    hostileEnvironment
    let transport = try CurlTransport(version: "9.9")
    do {
        let result = try await body(transport)
        await transport.shutdown()
        return result
    } catch {
        await transport.shutdown()
        throw error
    }
}

extension Route {
    /// A route to a peer on this machine; no time runs out unless a test waits for that.
    static func local(
        _ name: String = "local", connections: Int = 8, timeout: Duration = .seconds(280),
        caFile: String? = nil
    ) -> Route {
        Route(
            name: name, connections: connections, connectTimeout: timeout, timeout: timeout, caFile: caFile,
            allowsPrivate: true)
    }

    /// A route to a mail server on this machine.
    static func mail(
        _ port: Int, security: MailServer.Security = .none, credentials: MailServer.Credentials? = nil,
        connections: Int = 4, timeout: Duration = .seconds(280), caFile: String? = nil
    ) -> Route {
        var route = Route.local("mail", connections: connections, timeout: timeout, caFile: caFile)
        route.mailServer = MailServer(
            host: "localhost", port: port, security: security, credentials: credentials,
            greeting: "tocsin.example")
        return route
    }
}

extension Duration {
    /// The time allowed where running out of it is, or is not, what is expected; generous on a busy machine.
    static func allowed(expecting code: TransportFailure.Code) -> Duration {
        code == .timedOut ? .seconds(15) : .seconds(280)
    }
}

extension WireRequest {
    /// A small POST.
    static func post(_ url: String, _ body: String = "hello", headers: [HeaderField] = []) -> WireRequest {
        .http(HTTPRequest(method: "POST", url: url, headers: headers, body: Array(body.utf8)))
    }

    static func mail(
        to recipient: String = "anna@example.org", from sender: String = "news@example.com",
        _ text: String = "Subject: hi\r\n\r\nbody\r\n"
    ) -> WireRequest {
        .mail(MailRequest(sender: sender, recipient: recipient, message: Array(text.utf8)))
    }
}

extension WireReply {
    /// The HTTP reply; the test fails when there is none.
    func http() throws -> HTTPReply {
        guard case .http(let reply) = self else { throw Unexpected(reply: self) }
        return reply
    }

    func mail() throws -> MailReply {
        guard case .mail(let reply) = self else { throw Unexpected(reply: self) }
        return reply
    }

    func failure() throws -> TransportFailure {
        guard case .failure(let failure) = self else { throw Unexpected(reply: self) }
        return failure
    }

    private struct Unexpected: Error {
        let reply: WireReply
    }
}
