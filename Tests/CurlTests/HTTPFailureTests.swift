import Curl
import Synchronization
import TestPeers
import Testing
import Wire

struct HTTPFailureTests {
    @Test(arguments: [
        (#"{"close": "request"}"#, TransportFailure.Code.connectionLost, TransportFailure.HandedOver.maybe),
        (#"{"close": "request", "reset": true}"#, .connectionLost, .maybe),
        (#"{"raw": "HTTP/1.1 20", "close": "reply"}"#, .connectionLost, .maybe),
        (#"{"raw": "HTTP/1.1 200 OK\r\nX-Half: ye", "close": "reply"}"#, .connectionLost, .maybe),
        (#"{"raw": "220 smtp.example ESMTP\r\n", "close": "reply"}"#, .replyInvalid, .maybe),
        (#"{"raw": "HTTP/1.1 999 Odd\r\n\r\n", "close": "reply"}"#, .replyInvalid, .maybe),
        (#"{"hang": true}"#, .timedOut, .maybe), (#"{"drip": 1}"#, .timedOut, .maybe),
    ])
    func `a broken reply says that the request may have arrived`(
        reply: String, code: TransportFailure.Code, handedOver: TransportFailure.HandedOver
    ) async throws {
        let peer = try await PeerProcess("http_peer.py", #"{"script": {"*": [\#(reply)]}}"#)
        let url = "http://127.0.0.1:\(try peer.port("http"))/"
        let failure = try await withTransport {
            try await $0.exchange(.post(url), over: .local(timeout: .allowed(expecting: code))).failure()
        }
        #expect(failure.code == code && failure.handedOver == handedOver, "\(failure)")
        #expect(try await peer.entries("request").count == 1)
    }

    @Test(arguments: [#""reset": false"#, #""reset": true"#], ["POST", "GET"])
    func `libcurl never sends a request again`(ending: String, method: String) async throws {
        let peer = try await PeerProcess(
            "http_peer.py", #"{"script": {"/second": [{"close": "request", \#(ending)}]}}"#)
        let base = "http://127.0.0.1:\(try peer.port("http"))"
        for size in method == "GET" ? [0] : [0, 500, 200_000] {
            let body = [UInt8](repeating: 0x78, count: size)
            let failure = try await withTransport { (transport) async throws in
                let route = Route.local(connections: 1)
                _ = try await transport.exchange(.post(base + "/first"), over: route).http()
                let second = HTTPRequest(method: method, url: base + "/second", body: body)
                return try await transport.exchange(.http(second), over: route).failure()
            }
            #expect(failure.code == .connectionLost && failure.handedOver == .maybe, "\(failure)")
        }
        let copies = try await peer.entries("request").filter { $0["path"]?.text == "/second" }
        #expect(copies.count == (method == "GET" ? 1 : 3))
    }

    @Test func `a kept connection that has died is replaced unnoticed`() async throws {
        let peer = try await PeerProcess("http_peer.py", #"{"script": {"*": [{"close": "reply"}]}}"#)
        let url = "http://127.0.0.1:\(try peer.port("http"))/"
        try await withTransport { (transport) async throws in
            for number in 1...3 {
                #expect(try await transport.exchange(.post(url), over: .local()).http().status == 200)
                try await peer.wait(for: number, "closed")
            }
        }
        #expect(try await peer.entries("request").count == 3)
    }

    @Test func `a connection lost before the body was sent hands nothing over`() async throws {
        let peer = try await PeerProcess(
            "http_peer.py", #"{"script": {"*": [{"close": "body", "reset": true}]}}"#)
        let url = "http://127.0.0.1:\(try peer.port("http"))/"
        let failure = try await withTransport {
            let body = String(repeating: "x", count: 20_000_000)
            return try await $0.exchange(.post(url, body), over: .local()).failure()
        }
        #expect(failure.code == .connectionLost && failure.handedOver == .no, "\(failure)")
    }

    @Test func `a reply that comes before the body has gone decides`() async throws {
        let reply = #"{"status": 413, "close": "early"}"#
        let peer = try await PeerProcess("http_peer.py", #"{"script": {"*": [\#(reply)]}}"#)
        let url = "http://127.0.0.1:\(try peer.port("http"))/"
        let status = try await withTransport {
            let body = String(repeating: "x", count: 20_000_000)
            return try await $0.exchange(.post(url, body), over: .local()).http().status
        }
        #expect(status == 413)
    }

    @Test func `a head without end is no reply`() async throws {
        let line = "X-Fill: " + String(repeating: "x", count: 1000) + #"\r\n"#
        let raw = #"HTTP/1.1 200 OK\r\n"# + String(repeating: line, count: 80) + #"\r\n"#
        let peer = try await PeerProcess("http_peer.py", #"{"script": {"*": [{"raw": "\#(raw)"}]}}"#)
        let url = "http://127.0.0.1:\(try peer.port("http"))/"
        let failure = try await withTransport { try await $0.exchange(.post(url), over: .local()).failure() }
        #expect(failure.code == .replyInvalid && failure.handedOver == .maybe, "\(failure)")
    }

    @Test(arguments: [
        ("http://127.0.0.1:1/", TransportFailure.Code.connectFailed),
        ("http://nobody.invalid/", .hostUnknown),
        ("ftp://127.0.0.1/", .requestInvalid), ("file:///etc/passwd", .requestInvalid),
        ("nonsense", .requestInvalid),
        ("http://127.0.0.1/a b", .requestInvalid), ("http://127.0.0.1/\r\nX: y", .requestInvalid),
        ("http://127.0.0.1/#x", .requestInvalid), ("http://user:pw@127.0.0.1:1/", .requestInvalid),
        ("http://127.0.0.1:99999/", .requestInvalid), ("http://exämple.org/", .requestInvalid),
        ("", .requestInvalid),
    ])
    func `where nothing can be sent, nothing is handed over`(url: String, code: TransportFailure.Code)
        async throws
    {
        let failure = try await withTransport { try await $0.exchange(.post(url), over: .local()).failure() }
        #expect(failure.code == code && failure.handedOver == .no, "\(failure)")
    }

    @Test(arguments: ["Host", "content-length", "Transfer-Encoding", "EXPECT", "User-Agent", "Connection"])
    func `headers that would move the end of the request are refused`(name: String) async throws {
        let field = try #require(HeaderField(name, "1"))
        let failure = try await withTransport {
            try await $0.exchange(.post("http://127.0.0.1:1/", headers: [field]), over: .local()).failure()
        }
        #expect(failure.code == .requestInvalid && failure.detail.contains(name.lowercased()))
    }

    @Test(arguments: ["", "GE T", "POST\r\nX: y", "GET /"])
    func `a method that is no token is refused`(method: String) async throws {
        let request = HTTPRequest(method: method, url: "http://127.0.0.1:1/")
        let failure = try await withTransport {
            try await $0.exchange(.http(request), over: .local()).failure()
        }
        #expect(failure.code == .requestInvalid)
    }

    @Test(arguments: [
        "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/",
        "https://localhost/",
        "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://10.0.0.1/", "https://169.254.169.254/latest",
        "https://0.0.0.0/", "https://[64:ff9b::a00:1]/", "https://0x7f.1/", "https://0177.0.0.1/",
        "https://0xA000001/", "https://[::ffff:a00:1]/", "https://[::127.0.0.1]/",
        "https://LOCALHOST/",
    ])
    func `a route that is not private never touches a private address`(url: String) async throws {
        let failure = try await withTransport {
            try await $0.exchange(.post(url), over: Route(name: "open", connectTimeout: .seconds(3)))
                .failure()
        }
        #expect(failure.code == .addressForbidden && failure.handedOver == .no, "\(failure)")
        #expect(failure.detail.contains("private"))
    }

    @Test func `a request libcurl will not take spoils nothing for the next one`() async throws {
        let peer = try await PeerProcess("http_peer.py")
        let base = "http://127.0.0.1:\(try peer.port("http"))/"
        let huge = String(repeating: "x", count: 9_000_000)
        let route = Route.local(connections: 1)
        try await withTransport { (transport) async throws in
            let long = try #require(HeaderField("X-Long", huge))
            for request in [WireRequest.post(base + huge), .post(base, headers: [long])] {
                let failure = try await transport.exchange(request, over: route).failure()
                #expect(failure.code == .requestInvalid && failure.handedOver == .no, "\(failure.code)")
                #expect(try await transport.exchange(.post(base), over: route).http().status == 200)
            }
        }
    }

    @Test(arguments: [("POST", 2), ("POST", 3_000_000), ("GET", 0)])
    func `a request whose time is over is kept back in the last moment`(method: String, size: Int)
        async throws
    {
        let peer = try await PeerProcess("http_peer.py")
        let url = "http://127.0.0.1:\(try peer.port("http"))/"
        let body = [UInt8](repeating: 0x78, count: size)
        let request = WireRequest.http(HTTPRequest(method: method, url: url, body: body))
        try await withTransport { (transport) async throws in
            let failure = try await transport.exchange(request, over: .local()) { false }.failure()
            #expect(failure.code == .cancelled && failure.handedOver == .no, "\(failure)")
            #expect(try await transport.exchange(request, over: .local()).http().status == 200)
        }
        #expect(try await peer.entries("request").count == 1)
    }

    @Test func `a long body whose time runs out in its middle is not sent to its end`() async throws {
        let peer = try await PeerProcess("http_peer.py")
        let url = "http://127.0.0.1:\(try peer.port("http"))/"
        let asked = Atomic(0)
        let request = WireRequest.post(url, String(repeating: "x", count: 3_000_000))
        let failure = try await withTransport {
            try await $0.exchange(request, over: .local()) {
                asked.add(1, ordering: .relaxed).oldValue < 3
            }.failure()
        }
        #expect(failure.code == .cancelled && failure.handedOver == .no, "\(failure)")
    }

    @Test func `trailers without end are not listened to`() async throws {
        let lines = String(repeating: #"X-T: y\r\n"#, count: 12_000)
        let head = #"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n"#
        let peer = try await PeerProcess(
            "http_peer.py", #"{"script": {"*": [{"raw": "\#(head)\#(lines)\r\n"}]}}"#)
        let url = "http://127.0.0.1:\(try peer.port("http"))/"
        let reply = try await withTransport { try await $0.exchange(.post(url), over: .local()).http() }
        #expect(reply.status == 200 && reply.body == Array("ok".utf8) && reply.isBodyCut)
    }

    @Test func `plain http needs a private route`() async throws {
        let failure = try await withTransport {
            try await $0.exchange(.post("HTTP://example.org/"), over: Route(name: "open")).failure()
        }
        #expect(failure.code == .requestInvalid && failure.detail.contains("https"))
    }

    @Test func `no secret and no control reaches the detail`() async throws {
        let redactor = Redactor([Secret("localhost-secret.invalid")])
        let failure = try await withTransport {
            var route = Route.local()
            route.redactor = redactor
            return try await $0.exchange(.post("http://localhost-secret.invalid/x"), over: route).failure()
        }
        #expect(failure.code == .hostUnknown && failure.detail.contains(Redactor.placeholder))
        #expect(!failure.detail.contains("localhost-secret"))
    }

    @Test(arguments: ["http://127.0.0.1:1/", "https://nobody.example/"])
    func `a proxy without an address is told from a host without one`(url: String) async throws {
        let failure = try await withTransport {
            var route = Route.local()
            route.proxy = "http://nobody.invalid:3128"
            return try await $0.exchange(.post(url), over: route).failure()
        }
        #expect(failure.code.rawValue == "proxy-unknown" && failure.handedOver == .no, "\(failure)")
    }

    @Test func `a proxy that refuses is told from one that does not answer`() async throws {
        let asks = #"{"status": 407, "headers": {"Proxy-Authenticate": "Basic realm=\"x\""}}"#
        let script = #"[\#(asks), {"close": "request"}, {"status": 403}, {"status": 502}, \#(asks)]"#
        let proxy = try await PeerProcess("http_peer.py", #"{"script": {"*": \#(script)}}"#)
        let port = try proxy.port("http")
        try await withTransport { (transport) async throws in
            var route = Route.local(connections: 1)
            route.proxy = "http://user:wrong@127.0.0.1:\(port)"
            for code in ["refused", "failed", "refused", "refused", "refused"] {
                let failure = try await transport.exchange(.post("https://nobody.example/"), over: route)
                    .failure()
                #expect(failure.code.rawValue == "proxy-\(code)" && failure.handedOver == .no, "\(failure)")
                #expect(failure.detail.hasPrefix("nobody.example: no way through the proxy ("), "\(failure)")
                #expect(!failure.detail.contains("wrong"))
            }
        }
    }

    @Test(arguments: ["http://127.0.0.1:1", "socks5h://127.0.0.1:1"])
    func `a proxy where nobody listens is told from a host where nobody does`(proxy: String) async throws {
        for url in ["http://127.0.0.1:2/", "https://nobody.example/"] {
            let failure = try await withTransport {
                var route = Route.local()
                route.proxy = proxy
                return try await $0.exchange(.post(url), over: route).failure()
            }
            #expect(failure.code.rawValue == "proxy-failed" && failure.handedOver == .no, "\(failure)")
        }
    }

    @Test(arguments: ["none", "login"])
    func `a SOCKS proxy that refuses our login is told too`(refusal: String) async throws {
        let proxy = try await PeerProcess("socks_peer.py", #"{"refuses": "\#(refusal)"}"#)
        let port = try proxy.port("socks")
        let failure = try await withTransport {
            var route = Route.local()
            route.proxy = "socks5h://user:wrong@127.0.0.1:\(port)"
            return try await $0.exchange(.post("https://nobody.example/"), over: route).failure()
        }
        #expect(failure.code.rawValue == "proxy-refused" && failure.handedOver == .no, "\(failure)")
    }

    @Test func `a proxy of the environment is ignored and one of the route is used`() async throws {
        let (peer, proxy) = (try await PeerProcess("http_peer.py"), try await PeerProcess("http_peer.py"))
        // The environment these tests run in names a dead proxy, and exempts localhost from any.
        let direct = "http://127.0.0.1:\(try peer.port("http"))/"
        let exempted = "http://localhost:\(try peer.port("http"))/"
        let proxyURL = "http://127.0.0.1:\(try proxy.port("http"))"
        try await withTransport { (transport) async throws in
            #expect(try await transport.exchange(.post(direct), over: .local()).http().status == 200)
            var route = Route.local("proxied")
            route.proxy = proxyURL
            #expect(try await transport.exchange(.post(exempted), over: route).http().status == 200)
        }
        #expect(try await peer.entries("request").count == 1)
        #expect(try await proxy.entries("request").map { $0["path"]?.text } == [exempted])
    }
}
