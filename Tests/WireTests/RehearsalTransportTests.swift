import Foundation
import Testing
import Wire

struct RehearsalTransportTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "tocsin-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func mail(_ name: String?, _ text: String = "Hi\r\n") -> WireRequest {
        var request = WireRequest.mail(
            MailRequest(sender: "a@acme.example", recipient: "b@acme.example", message: Array(text.utf8)))
        request.label = name.map { RequestLabel($0, note: "3") }
        return request
    }

    private func names(_ place: String = "") throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.appending(path: place).path).sorted()
    }

    private func bytes(_ name: String) -> [UInt8] {
        Array(FileManager.default.contents(atPath: folder.appending(path: name).path) ?? Data())
    }

    private static let hostile: [(name: String?, file: String)] = [
        ("C0001", "C0001"), ("a.b-c_d+e@f.example", "a.b-c_d+e@f.example"),
        ("../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd"),
        (".hidden", "%2Ehidden"), ("-rf", "%2Drf"), ("a/b", "a%2Fb"), ("a%2Fb", "a%252Fb"),
        ("a b\u{0}\n", "a%20b%00%0A"),
        ("è", "%C3%A8"), ("", "_"), (nil, "request"),
        (String(repeating: "x", count: 500), String(repeating: "x", count: 180)),
        (String(repeating: "🚨", count: 200), String(repeating: "%F0%9F%9A%A8", count: 15)),
    ]

    @Test(arguments: hostile)
    func `a file's name says whose it is, and leads nowhere else`(name: String?, file: String) async throws {
        let transport = RehearsalTransport(folder: folder.path)
        for number in 1...3 {
            let reply = await transport.exchange(mail(name, "mail \(number)\r\n"), over: Route(name: "email"))
            let path = "email/0000/\(file)\(number == 1 ? "" : "~\(number)").eml"
            #expect(KeptRequest(reply) == KeptRequest(file: path, bytes: 8, note: name == nil ? "" : "3"))
            #expect(bytes(path) == Array("mail \(number)\r\n".utf8))
        }
        #expect(try names().count == 5)
    }

    @Test func `no folder holds more than a thousand, and each channel has its own`() async throws {
        let transport = RehearsalTransport(folder: folder.path)
        for number in 0..<2001 {
            _ = await transport.exchange(mail("p\(number)"), over: Route(name: "email"))
        }
        _ = await transport.exchange(mail("p0"), over: Route(name: "other"))
        #expect(try names("email/0000").count == 1000 && names("email/0001").count == 1000)
        #expect(try names("email/0002") == ["p2000.eml"] && names("other") == ["0000", "0000/p0.eml"])
        for name in try names() {
            let facts = try FileManager.default.attributesOfItem(atPath: folder.appending(path: name).path)
            let mode = (facts[.posixPermissions] as? NSNumber)?.intValue
            #expect(mode == (name.hasSuffix(".eml") ? 0o600 : 0o700))
        }
    }

    @Test func `a mail is its message byte for byte, whatever secret it seems to hold`() async throws {
        let route = Route(name: "email", redactor: Redactor([Secret("password")]))
        let message: [UInt8] = Array("Subject: password\r\n\r\n.\r\n".utf8) + [0, 0xFF, 0x0D, 0x0A]
        let request = WireRequest.mail(
            MailRequest(sender: "", recipient: "b@acme.example", message: message))
        let reply = await RehearsalTransport(folder: folder.path).exchange(request, over: route)
        #expect(KeptRequest(reply)?.bytes == message.count)
        #expect(bytes("email/0000/request.eml") == message)
    }

    private static let requests: [(request: HTTPRequest, kept: String)] = [
        (HTTPRequest(method: "GET", url: "https://x.example/a?b"), "GET https://x.example/a?b HTTP/1.1\n\n"),
        (
            HTTPRequest(
                method: "POST", url: "https://x.example/bothidden%26/send",
                headers: [
                    HeaderField("Authorization", "Basic dXNlcjpoaWRkZW4m"),
                    HeaderField("Webhook-Signature", "v1,abc"),
                    HeaderField("A", "b"),
                ].compactMap(\.self), body: Array(#"{"key":"hidden\u0026","text":"\n hidd"#.utf8)),
            "POST https://x.example/bot[secret]/send HTTP/1.1\nAuthorization: Basic dXNlcjp[secret]\n"
                + "Webhook-Signature: [signature]\nA: b\n\n" + #"{"key":"[secret]","text":"\n hidd"#
        ),
    ]

    @Test(arguments: requests)
    func `a request is all that is ours, without its secrets`(request: HTTPRequest, kept: String) async throws
    {
        let route = Route(name: "hook", redactor: Redactor([Secret("hidden&")]))
        let transport = RehearsalTransport(folder: folder.path)
        let reply = await transport.exchange(.http(request), over: route)
        #expect(KeptRequest(reply)?.bytes == request.body.count)
        #expect(String(decoding: bytes("hook/0000/request.http"), as: UTF8.self) == kept)
    }

    @Test func `a body that is no text keeps its bytes, and loses its secrets`() async throws {
        let route = Route(name: "hook", redactor: Redactor([Secret("hidden")]))
        var request = HTTPRequest(method: "PUT", url: "https://x.example/")
        request.body = [0xFF, 0xC3] + Array("hidden".utf8) + [0xFE]
        _ = await RehearsalTransport(folder: folder.path).exchange(.http(request), over: route)
        #expect(bytes("hook/0000/request.http").suffix(11) == [0xFF, 0xC3] + Array("[secret]".utf8) + [0xFE])
    }

    @Test func `what cannot be written ends it, and nothing follows`() async throws {
        let transport = RehearsalTransport(folder: folder.path)
        #expect(KeptRequest(await transport.exchange(mail("a"), over: Route(name: "email"))) != nil)
        #expect(transport.failure == nil)
        try Data().write(to: folder.appending(path: "sms"))
        for name in ["sms", "email"] {
            let reply = await transport.exchange(mail("b"), over: Route(name: name))
            #expect(KeptRequest(reply) == nil)
            guard case .failure(let failure) = reply else { Issue.record("\(reply)"); continue }
            #expect(failure.code == .cancelled && failure.handedOver == .no)
        }
        #expect(transport.failure?.detail.contains("sms/0000/b.eml cannot be written") == true)
        #expect(try names("email") == ["0000", "0000/a.eml"])
    }

    @Test func `what may not leave is not written`() async throws {
        let transport = RehearsalTransport(folder: folder.path)
        let reply = await transport.exchange(mail("a"), over: Route(name: "email")) { false }
        #expect(KeptRequest(reply) == nil && transport.failure == nil)
        #expect(try names().isEmpty)
    }
}
