import Curl
import TestPeers
import Testing
import Wire

struct HTTPExchangeTests {
    @Test(arguments: [
        ("GET", ""), ("GET", "z"), ("POST", ""), ("POST", "{\"a\":1}"), ("PUT", "x"), ("PATCH", "y"),
        ("POST", String(repeating: "long ", count: 20_000)),
    ])
    func `a request arrives as it was given, and so does its reply`(method: String, body: String) async throws
    {
        let peer = try await PeerProcess(
            "http_peer.py", #"{"script": {"*": [{"status": 201, "headers": {"X-Id": "7"}, "body": "made"}]}}"#
        )
        let url = "http://127.0.0.1:\(try peer.port("http"))/a/../b?to=%2B39"
        let request = HTTPRequest(
            method: method, url: url,
            headers: [
                try #require(HeaderField("X-Empty", "")), try #require(HeaderField("X-Name", "Größe; q=1")),
            ], body: Array(body.utf8))
        let reply = try await withTransport { try await $0.exchange(.http(request), over: .local()).http() }
        #expect(reply.status == 201 && reply.header("x-id") == "7" && !reply.isBodyCut)
        #expect(String(decoding: reply.body, as: UTF8.self) == "made")
        let seen = try #require(try await peer.wait(for: 1, "request").first)
        #expect(seen["method"]?.text == method && seen["path"]?.text == "/a/../b?to=%2B39")
        #expect(seen["body"]?.text == body)
        let headers = seen["headers"]?.list.map { $0.list.map(\.text).joined(separator: ": ") } ?? []
        let length = body.isEmpty && method != "POST" ? [] : ["Content-Length: \(body.utf8.count)"]
        let host = "Host: 127.0.0.1:\(try peer.port("http"))"
        #expect(
            Set(headers)
                == Set(
                    [host, "User-Agent: tocsin/9.9", "Accept: */*", "X-Empty: ", "X-Name: Größe; q=1"]
                        + length))
    }

    @Test(
        arguments: [
            (#""retry_in": 86400"#, 86_000...86_401), (#""headers": {"Retry-After": "77"}"#, 77...77),
            (#""retry_in": -9"#, nil),
            (#""headers": {"Retry-After": "soon"}"#, nil), (#""size": 1"#, nil),
        ] as [(String, ClosedRange<Int>?)])
    func `a reply says how long it asks to wait by our own clock`(reply: String, wait: ClosedRange<Int>?)
        async throws
    {
        let peer = try await PeerProcess("http_peer.py", #"{"script": {"*": [{"status": 503, \#(reply)}]}}"#)
        let url = "http://127.0.0.1:\(try peer.port("http"))/"
        let answer = try await withTransport { try await $0.exchange(.post(url, "x"), over: .local()).http() }
        #expect(answer.retryAfter.map { wait?.contains($0) == true } ?? (wait == nil))
    }

    @Test func `one handle serves requests of every kind in turn`() async throws {
        let peer = try await PeerProcess("http_peer.py")
        let base = "http://127.0.0.1:\(try peer.port("http"))/"
        let requests = [
            ("POST", "a"), ("GET", ""), ("PATCH", "a"), ("PUT", "bb"), ("POST", ""), ("GET", ""),
            ("POST", "c"),
        ]
        try await withTransport { (transport) async throws in
            for (index, (method, body)) in requests.enumerated() {
                let fields = index.isMultiple(of: 2) ? [try #require(HeaderField("X-Odd", "no"))] : []
                let request = HTTPRequest(
                    method: method, url: base + "\(index)", headers: fields, body: Array(body.utf8))
                let reply = try await transport.exchange(.http(request), over: .local(connections: 1)).http()
                #expect(reply.status == 200)
            }
        }
        let seen = try await peer.wait(for: requests.count, "request")
        #expect(seen.map { $0["method"]?.text } == requests.map(\.0))
        #expect(seen.map { $0["body"]?.text } == requests.map(\.1))
        #expect(
            seen.map { ($0["headers"]?.list ?? []).contains(.list([.text("X-Odd"), .text("no")])) }
                == requests.indices.map { $0.isMultiple(of: 2) })
        #expect(Set(seen.compactMap { $0["connection"]?.number }).count == 1)
    }

    @Test func `two hundred exchanges share the connections they are allowed`() async throws {
        let peer = try await PeerProcess("http_peer.py")
        let url = "http://127.0.0.1:\(try peer.port("http"))/"
        try await withTransport { (transport) async throws in
            let statuses = await withTaskGroup { group in
                for index in 0..<200 {
                    group.addTask {
                        try? await transport.exchange(.post(url, "\(index)"), over: .local(connections: 5))
                            .http().status
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count == 200 && statuses.allSatisfy { $0 == 200 })
        }
        let seen = try await peer.wait(for: 200, "request")
        #expect(Set(seen.compactMap { $0["body"]?.text }).count == 200)
        #expect(try await peer.entries("connection").count <= 5)
    }

    @Test func `a route keeps its connection and never lends it to another`() async throws {
        let peer = try await PeerProcess("http_peer.py")
        let url = "http://127.0.0.1:\(try peer.port("http"))/"
        try await withTransport { (transport) async throws in
            for _ in 0..<3 { _ = try await transport.exchange(.post(url), over: .local("one")).http() }
            #expect(try await peer.entries("connection").count == 1)
            _ = try await transport.exchange(.post(url), over: .local("two")).http()
            #expect(try await peer.entries("connection").count == 2)
        }
    }

    @Test func `a slow exchange on one route does not hold up another`() async throws {
        let peer = try await PeerProcess("http_peer.py", #"{"script": {"/slow": [{"hold": true}]}}"#)
        let base = "http://127.0.0.1:\(try peer.port("http"))"
        try await withTransport { (transport) async throws in
            async let slow = transport.exchange(.post(base + "/slow"), over: .local("slow", connections: 1))
            async let behind = transport.exchange(
                .post(base + "/behind"), over: .local("slow", connections: 1))
            try await peer.wait(for: 1, "request")
            #expect(
                try await transport.exchange(.post(base + "/quick"), over: .local("quick")).http().status
                    == 200)
            #expect(try await peer.entries("request").compactMap { $0["path"]?.text } == ["/slow", "/quick"])
            try await peer.release()
            #expect(try await slow.http().status == 200)
            #expect(try await behind.http().status == 200)
        }
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `a redirect is a reply, not an order`(status: Int) async throws {
        let script = #"{"script": {"*": [{"status": \#(status), "headers": {"Location": "/elsewhere"}}]}}"#
        let peer = try await PeerProcess("http_peer.py", script)
        let url = "http://127.0.0.1:\(try peer.port("http"))/here"
        let reply = try await withTransport { try await $0.exchange(.post(url), over: .local()).http() }
        #expect(reply.status == status && reply.header("location") == "/elsewhere")
        #expect(try await peer.entries("request").count == 1)
    }

    @Test(arguments: [
        (65_536, 65_536, false), (65_537, 65_536, true), (900_000, 65_536, true), (3_000_000, 65_536, true),
    ])
    func `a long body is cut and the status still decides`(size: Int, kept: Int, isCut: Bool) async throws {
        let peer = try await PeerProcess("http_peer.py", #"{"script": {"*": [{"size": \#(size)}]}}"#)
        let url = "http://127.0.0.1:\(try peer.port("http"))/"
        let reply = try await withTransport { try await $0.exchange(.post(url), over: .local()).http() }
        #expect(reply.status == 200 && reply.body.count == kept && reply.isBodyCut == isCut)
    }

    @Test(arguments: [
        #"{"endless": true}"#,
        #"{"raw": "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this", "close": "reply"}"#,
        #"{"raw": "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this", "close": "reply", "reset": true}"#,
        #"{"raw": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n", "close": "reply"}"#,
        #"{"raw": "HTTP/1.1 103 Early\r\nX: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", "close": "reply"}"#,
    ])
    func `a body that never ends or breaks leaves the status standing`(reply: String) async throws {
        let peer = try await PeerProcess("http_peer.py", #"{"script": {"*": [\#(reply)]}}"#)
        let url = "http://127.0.0.1:\(try peer.port("http"))/"
        let answer = try await withTransport { try await $0.exchange(.post(url), over: .local()).http() }
        #expect(answer.status == 200 && answer.isBodyCut && answer.header("X") == nil)
    }

    @Test func `a body that drips past the time allowed leaves the status standing`() async throws {
        let peer = try await PeerProcess(
            "http_peer.py",
            #"{"script": {"*": [{"raw": "HTTP/1.1 202 OK\r\nContent-Length: 9\r\n\r\nx"}]}}"#)
        let url = "http://127.0.0.1:\(try peer.port("http"))/"
        let reply = try await withTransport {
            try await $0.exchange(.post(url), over: .local(timeout: .seconds(15))).http()
        }
        #expect(reply.status == 202 && reply.isBodyCut && reply.body == [0x78])
    }

    @Test func `compressed bytes are neither asked for nor unpacked`() async throws {
        let peer = try await PeerProcess(
            "http_peer.py", #"{"script": {"*": [{"headers": {"Content-Encoding": "gzip"}, "body": "raw"}]}}"#)
        let url = "http://127.0.0.1:\(try peer.port("http"))/"
        let reply = try await withTransport { try await $0.exchange(.post(url), over: .local()).http() }
        #expect(String(decoding: reply.body, as: UTF8.self) == "raw" && !reply.isBodyCut)
    }

    @Test func `chunks, folded lines and trailers are read as one reply`() async throws {
        let raw =
            #"HTTP/1.1 200 OK\r\nX-Long: one\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\nX-Late: 1\r\n\r\n"#
        let peer = try await PeerProcess("http_peer.py", #"{"script": {"*": [{"raw": "\#(raw)"}]}}"#)
        let url = "http://127.0.0.1:\(try peer.port("http"))/"
        let reply = try await withTransport { try await $0.exchange(.post(url), over: .local()).http() }
        #expect(reply.body == Array("abc".utf8) && !reply.isBodyCut)
        #expect(reply.header("x-long") == "one" && reply.header("x-late") == nil)
    }
}
