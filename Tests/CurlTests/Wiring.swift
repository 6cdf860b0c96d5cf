import Curl
import Testing
import TestPeers
import Wire

/// Runs `body` with a transport of its own, and stops that whatever happens.
func withTransport<Result>(_ body: (CurlTransport) async throws -> Result) async throws -> Result {
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
    /// A route to a peer on this machine.
    static func local(
        _ name: String = "local", connections: Int = 8, timeout: Duration = .seconds(20),
        caFile: String? = nil
    ) -> Route {
        Route(name: name, connections: connections, timeout: timeout, caFile: caFile, allowsPrivate: true)
    }

    /// A route to a mail server on this machine.
    static func mail(
        _ port: Int, security: MailServer.Security = .none, credentials: MailServer.Credentials? = nil,
        connections: Int = 4, timeout: Duration = .seconds(20), caFile: String? = nil
    ) -> Route {
        var route = Route.local("mail", connections: connections, timeout: timeout, caFile: caFile)
        route.mailServer = MailServer(
            host: "localhost", port: port, security: security, credentials: credentials,
            greeting: "tocsin.example")
        return route
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
