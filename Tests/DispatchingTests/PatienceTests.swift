import Broadcast
import Curl
import Foundation
import Synchronization
import TestPeers
import Testing

@testable import Dispatching
@testable import Storage

extension Store {
    fileprivate func run(_ sql: String) throws { try connection.script(sql) }
}

/// Another process that writes for long: a merge of a huge list, a VACUUM.
@Suite(.timeLimit(.minutes(5)))
struct PatienceTests {
    private let outage = Announcement.ID(valid: "outage")

    private static func stand(_ web: PeerProcess) async throws -> Stand {
        let retry = #""retry":{"first":"50ms","cap":"200ms","within":"1d"}"#
        let stand = try await Stand(
            [Line.hook(try web.port("http"), #""connections":2,\#(retry)"#)], people: everybody(40))
        try await stand.announce()
        return stand
    }

    private static let hanging = #"{"/hook": [{"hold": true}, {"hold": true}, {}]}"#

    @Test func `it is waited for, and nothing leaves once the lease has run out`() async throws {
        let web = try await PeerProcess.http(Self.hanging)
        let stand = try await Self.stand(web)
        let other = try stand.otherStore()
        let (ticks, moved) = (Count(), MovedClock())
        let transport = try CurlTransport(version: "9.9")
        let serving = Task { [outage] in
            try await stand.dispatcher(over: transport, clock: moved.clock)
                .serve(stop: StopSignal()) { (_) async throws(StoreError) in
                    ticks.add()
                    return try await stand.store.progress(outage).state == .finished
                }
        }
        try await web.wait(for: 2, "request")
        try await other.run("BEGIN IMMEDIATE")
        moved.move(by: .seconds(60))
        try await web.release()
        // Long enough for every kind of write to have been refused.
        let seen = ticks.value + 10
        while ticks.value < seen, !Task.isCancelled { await Task.yield() }
        #expect(try await web.requests().count == 2)
        try await other.run("ROLLBACK")
        try await serving.value
        await transport.shutdown()
        #expect(try await stand.standing("hook") == "accepted 40")
        #expect(try await web.requests().count == 40)
    }

    @Test
    func `a second request to stop does not wait for it, and the next one sends what is in doubt again`()
        async throws
    {
        let web = try await PeerProcess.http(Self.hanging)
        let stand = try await Self.stand(web)
        let other = try stand.otherStore()
        let (stop, clock) = (StopSignal(), MovedClock())
        // What is claimed ahead stays so until it has been seen.
        clock.hold()
        let serving = Task {
            try await stand.serve(stop: stop, by: clock.clock) { (_) async throws(StoreError) in false }
        }
        try await web.wait(for: 2, "request")
        try await stand.wait { $0 < 38 }
        try await other.run("BEGIN IMMEDIATE")
        stop.ask()
        stop.ask()
        let error = await #expect(throws: StoreError.self) { try await serving.value }
        #expect(error?.code == .busy)
        try await other.run("ROLLBACK")
        try await web.release()
        try await stand.finish("outage")
        #expect(try await stand.standing("hook") == "accepted 40")
        #expect(try await web.requests().count == 42)
    }

    @Test func `who follows waits for it too, and then sends`() async throws {
        let web = try await PeerProcess.http()
        let stand = try await Self.stand(web)
        let other = try stand.otherStore()
        try await other.run("BEGIN IMMEDIATE")
        let roles = Mutex<[Bool]>([])
        let ticks = Count()
        let transport = try CurlTransport(version: "9.9")
        let serving = Task { [outage] in
            try await stand.dispatcher(over: transport)
                .serveOrFollow(stop: StopSignal()) { (status) async throws(StoreError) in
                    roles.withLock { $0.append(status.isDispatcher) }
                    ticks.add()
                    return try await stand.store.progress(outage).state == .finished
                }
        }
        await ticks.wait(for: 3)
        #expect(roles.withLock { $0.allSatisfy { !$0 } })
        try await other.run("ROLLBACK")
        try await serving.value
        await transport.shutdown()
        #expect(try await web.requests().count == 40)
    }
}
