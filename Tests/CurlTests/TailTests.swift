import Curl
import Foundation
import TestPeers
import Testing
import Wire

/// Requests that end with pieces which others share.
@Suite(.timeLimit(.minutes(5))) struct TailTests {
    private static let piece = Array(
        String(repeating: "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo\r\n", count: 40_000).utf8)

    private static func mail(_ tail: [[UInt8]]) -> WireRequest {
        var mail = MailRequest(
            sender: "news@example.com", recipient: "anna@example.org",
            message: Array("Subject: x\r\n\r\n.\r\n".utf8))
        mail.tail = tail
        return .mail(mail)
    }

    @Test(arguments: [
        [piece, Array("--end--\r\n".utf8)], [Array(".\r\n".utf8), piece, Array("..dots\r\n.\r\n".utf8)],
        [piece, piece, piece],
    ])
    func `a mail arrives with all its pieces, byte for byte, dots and all`(tail: [[UInt8]]) async throws {
        let peer = try await PeerProcess("smtp_peer.py")
        let route = Route.mail(try peer.port("smtp"), connections: 1)
        try await withTransport { (transport) async throws in
            for _ in 1...2 {
                #expect(try await transport.exchange(Self.mail(tail), over: route).mail().code == 250)
            }
            // The connection serves what comes next.
            #expect(try await transport.exchange(.mail(), over: route).mail().code == 250)
        }
        let whole = String(decoding: tail.reduce(Array("Subject: x\r\n\r\n.\r\n".utf8), +), as: UTF8.self)
        let mails = try await peer.entries("mail").map { $0["message", default: .null].text }
        #expect(mails.count == 3 && mails[0] == whole && mails[1] == whole)
        #expect(try await peer.entries("connection").count == 1)
    }

    @Test(arguments: ["a\nb\r\n", "a\rb\r\n", "no end", "a\r\n\n.\r\n"])
    func `a piece that could end the message, or smuggle another, is refused`(piece: String) async throws {
        let peer = try await PeerProcess("smtp_peer.py")
        let route = Route.mail(try peer.port("smtp"))
        let failure = try await withTransport {
            try await $0.exchange(Self.mail([Array(piece.utf8)]), over: route).failure()
        }
        #expect(failure.code == .requestInvalid && failure.handedOver == .no)
        #expect(try await peer.entries("mail").isEmpty)
    }

    @Test(arguments: [0, 1, 8_192, 20_000])
    func `a body arrives with its pieces, whatever stands before them`(count: Int) async throws {
        let peer = try await PeerProcess("http_peer.py", #"{"script": {"*": [{"body": "ok"}]}}"#)
        var request = HTTPRequest(
            method: "POST", url: "http://127.0.0.1:\(try peer.port("http"))/x",
            body: [UInt8](repeating: UInt8(ascii: "b"), count: count))
        request.tail = [Self.piece, [], Array("end".utf8)]
        let bare = HTTPRequest(method: "POST", url: request.url, body: Array("after".utf8))
        try await withTransport { (transport) async throws in
            for next in [request, bare, request] {
                #expect(
                    try await transport.exchange(.http(next), over: .local(connections: 1)).http().status
                        == 200)
            }
        }
        let bodies = try await peer.entries("request").map { $0["body", default: .null].text }
        let whole = String(decoding: request.tail.reduce(request.body, +), as: UTF8.self)
        #expect(bodies == [whole, "after", whole])
    }
}
