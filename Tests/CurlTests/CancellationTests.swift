import Curl
import TestPeers
import Testing
import Wire

struct CancellationTests {
    @Test func `cancelling ends an HTTP exchange and says what may have gone out`() async throws {
        let peer = try await PeerProcess("http_peer.py", #"{"script": {"*": [{"hang": true}]}}"#)
        let url = "http://127.0.0.1:\(try peer.port("http"))/"
        try await withTransport { (transport) async throws in
            let running = Task { await transport.exchange(.post(url), over: .local(connections: 1)) }
            try await peer.wait(for: 1, "request")
            let waiting = Task { await transport.exchange(.post(url), over: .local(connections: 1)) }
            waiting.cancel()
            let never = try await waiting.value.failure()
            #expect(never.code == .cancelled && never.handedOver == .no)
            running.cancel()
            let broken = try await running.value.failure()
            #expect(broken.code == .cancelled && broken.handedOver == .maybe)
            try await peer.wait(for: 1, "closed")
        }
        #expect(try await peer.entries("request").count == 1)
    }

    @Test(arguments: [("RCPT", TransportFailure.HandedOver.no), ("end", .maybe)])
    func `cancelling ends a mail and says what may have gone out`(
        verb: String, handedOver: TransportFailure.HandedOver
    ) async throws {
        let peer = try await PeerProcess("smtp_script.py", #"{"\#(verb)": "hang"}"#)
        let route = Route.mail(try peer.port("smtp"), connections: 1)
        try await withTransport { (transport) async throws in
            let running = Task { await transport.exchange(.mail(), over: route) }
            try await peer.wait(for: verb == "end" ? 1 : 3, verb == "end" ? "text" : "line")
            running.cancel()
            let failure = try await running.value.failure()
            #expect(failure.code == .cancelled && failure.handedOver == handedOver)
            try await peer.wait(for: 1, "closed")
        }
    }

    @Test func `a task that is cancelled already sends nothing`() async throws {
        let peer = try await PeerProcess("http_peer.py")
        let url = "http://127.0.0.1:\(try peer.port("http"))/"
        try await withTransport { (transport) async throws in
            let failure = try await withTaskGroup(of: WireReply.self) { group in
                group.cancelAll()
                group.addTask { await transport.exchange(.post(url), over: .local()) }
                return await group.next()
            }?.failure()
            #expect(failure?.code == .cancelled && failure?.handedOver == TransportFailure.HandedOver.no)
        }
        #expect(try await peer.entries("connection").isEmpty)
    }

    @Test func `stopping answers everything and takes nothing more`() async throws {
        let web = try await PeerProcess("http_peer.py", #"{"script": {"*": [{"hang": true}]}}"#)
        let post = try await PeerProcess("smtp_script.py", #"{"end": "hang"}"#)
        let url = "http://127.0.0.1:\(try web.port("http"))/"
        let route = Route.mail(try post.port("smtp"), connections: 1)
        let transport = try CurlTransport(version: "9.9")
        let running = [
            Task { await transport.exchange(.post(url), over: .local(connections: 1)) },
            Task { await transport.exchange(.mail(), over: route) },
        ]
        try await web.wait(for: 1, "request")
        try await post.wait(for: 1, "text")
        let waiting = Task { await transport.exchange(.post(url), over: .local(connections: 1)) }
        await transport.shutdown()
        for task in running {
            let failure = try await task.value.failure()
            #expect(failure.code == .cancelled && failure.handedOver == .maybe)
        }
        #expect(try await waiting.value.failure().handedOver == .no)
        #expect(try await transport.exchange(.post(url), over: .local()).failure().code == .cancelled)
        await transport.shutdown()
    }

    @Test func `tasks may live on the loop, stop it, and go on`() async throws {
        let peer = try await PeerProcess("http_peer.py")
        let url = "http://127.0.0.1:\(try peer.port("http"))/"
        let transport = try CurlTransport(version: "9.9")
        let executor = try #require(transport.executor)
        let statuses = await withTaskGroup { group in
            for _ in 0..<20 {
                group.addTask(executorPreference: executor) {
                    var statuses: [Int?] = []
                    for _ in 0..<5 {
                        statuses.append(
                            try? await transport.exchange(.post(url), over: .local()).http().status)
                    }
                    return statuses
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(statuses.count == 100 && statuses.allSatisfy { $0 == 200 })
        let after = await Task(executorPreference: executor) {
            await transport.shutdown()
            await Task.yield()
            return await transport.exchange(.post(url), over: .local())
        }.value
        #expect(try after.failure().code == .cancelled)
    }

    @Test func `a storm of cancellations leaves every exchange answered once`() async throws {
        let peer = try await PeerProcess("http_peer.py")
        let url = "http://127.0.0.1:\(try peer.port("http"))/"
        try await withTransport { (transport) async throws in
            let tasks = (0..<300).map { index in
                Task { await transport.exchange(.post(url, "\(index)"), over: .local(connections: 3)) }
            }
            for task in tasks.enumerated().filter({ !$0.offset.isMultiple(of: 3) }) { task.element.cancel() }
            var answered = 0
            for (index, task) in tasks.enumerated() {
                switch await task.value {
                case .http(let reply): answered += reply.status == 200 ? 1 : 0
                case .failure(let failure):
                    #expect(failure.code == .cancelled && !index.isMultiple(of: 3))
                    answered += 1
                case .mail: Issue.record("a POST has no mail reply")
                }
            }
            #expect(answered == 300)
        }
    }
}
