import Broadcast
import Curl
import Foundation
import Storage
import Synchronization
import TestPeers
import Testing

@testable import Dispatching

/// Several processes on one store, and several announcements on one channel.
@Suite(.timeLimit(.minutes(5)))
struct SharingTests {
    private let outage = Announcement.ID(valid: "outage")
    private let hook = ChannelName(valid: "hook")

    @Test func `one dispatcher serves, the other follows and takes over when it leaves`() async throws {
        let web = try await PeerProcess.http(#"{"/hook": [{"hold": true}, {"hold": true}, {}]}"#)
        let stand = try await Stand(
            [Line.hook(try web.port("http"), #""connections":2"#)], people: everybody(40))
        try await stand.announce()
        let (stop, clock) = (StopSignal(), MovedClock())
        // The lease of the first one runs on, and so does its grace, however long this takes.
        clock.hold()
        async let first: Void = stand.serve(stop: stop, by: clock.clock) { (_) async throws(StoreError) in
            false
        }
        try await web.wait(for: 2, "request")
        let roles = Mutex<[Bool]>([])
        let looks = Count()
        let (other, transport) = (try stand.otherStore(), try CurlTransport(version: "9.9"))
        let second = Task { [outage] in
            try await stand.dispatcher(over: transport, store: other, clock: clock.clock, owner: "second")
                .serveOrFollow(stop: StopSignal()) { (status) async throws(StoreError) in
                    roles.withLock { $0.append(status.isDispatcher) }
                    looks.add()
                    return try await other.progress(outage).state == .finished
                }
        }
        await looks.wait(for: 1)
        #expect(roles.withLock { $0.first } == false)
        try await stand.wait { $0 < 38 }
        stop.ask()
        // The first has heard it, and given back what it had claimed ahead.
        try await stand.wait { $0 == 38 }
        try await web.release()
        try await first
        try await second.value
        await transport.shutdown()
        #expect(roles.withLock { $0.last } == true)
        #expect(try await stand.standing("hook") == "accepted 40")
        #expect(try await web.requests().count == 40)
    }

    /// Stops a dispatcher for an hour once `peer` has seen so much of it, has another finish, and lets the first go on.
    private func overtake(
        _ stand: Stand, once peer: PeerProcess, hasSeen arrived: (count: Int, what: String),
        until isDone: @escaping @Sendable (Store) async throws(StoreError) -> Bool
    ) async throws {
        let (sleeper, ahead) = (MovedClock(), MovedClock())
        let transport = try CurlTransport(version: "9.9")
        let first = Task {
            try await stand.dispatcher(over: transport, clock: sleeper.clock)
                .serve(stop: StopSignal()) { (_) async throws(StoreError) in false }
        }
        try await peer.wait(for: arrived.count, arrived.what)
        // The other one finds a lease that ran out an hour ago, though its owner still holds the lock.
        ahead.move(by: .seconds(3600))
        let (other, wire) = (try stand.otherStore(), try CurlTransport(version: "9.9"))
        try await stand.dispatcher(over: wire, store: other, clock: ahead.clock, owner: "second")
            .serve(stop: StopSignal()) { (_) async throws(StoreError) in try await isDone(other) }
        sleeper.move(by: .seconds(3600))
        try await peer.release()
        let error = await #expect(throws: StoreError.self) { try await first.value }
        #expect(error?.code == .leaseLost)
        await transport.shutdown()
        await wire.shutdown()
    }

    @Test func `a dispatcher stopped for longer than its lease writes and sends nothing more`() async throws {
        let web = try await PeerProcess.http(#"{"/hook": [{"hold": true}, {}]}"#)
        let stand = try await Stand(
            [
                Line.hook(
                    try web.port("http"),
                    #""connections":1,"retry":{"first":"50ms","cap":"200ms","within":"1d"}"#)
            ],
            people: everybody(5))
        try await stand.announce()
        try await overtake(stand, once: web, hasSeen: (1, "request")) {
            [hook, outage] (store) async throws(StoreError) in
            // All but what waits for a retry in its own time.
            try await store.progress(outage).channels[hook]?.count(.accepted) == 5
        }
        #expect(try await stand.standing("hook") == "accepted 5")
        // One copy too many: the one that was on the wire, under the same key.
        #expect(try await web.requests().count == 6)
    }

    @Test func `a mail under way when the process was stopped is not handed over after the lease`()
        async throws
    {
        let mail = try await PeerProcess("smtp_script.py", #"{"RCPT": ["hold 250 ok", "250 ok"]}"#)
        let retry = #""retry":{"first":"50ms","cap":"200ms","within":"1d"}"#
        let stand = try await Stand(
            [Line.email(try mail.port("smtp"), retry)], people: everybody(1))
        try await stand.announce()
        // EHLO, MAIL, RCPT.
        try await overtake(stand, once: mail, hasSeen: (3, "line")) {
            [outage] (store) async throws(StoreError) in
            try await store.progress(outage).state == .finished
        }
        #expect(try await stand.standing("email") == "accepted 1")
        #expect(try await mail.entries("text").count == 1)
    }

    @Test func `a dispatcher stopped for longer than its lease follows the one that overtook it`()
        async throws
    {
        let web = try await PeerProcess.http(#"{"/hook": [{"hold": true}, {}]}"#)
        let retry = #""retry":{"first":"50ms","cap":"200ms","within":"1d"}"#
        let stand = try await Stand(
            [Line.hook(try web.port("http"), #""connections":1,"rate":"20/s",\#(retry)"#)],
            people: everybody(40))
        try await stand.announce()
        let (sleeper, ahead) = (MovedClock(), MovedClock())
        // So far that the lease of the one that overtook has not run out either when the sleeper wakes.
        ahead.move(by: .seconds(7200))
        let (first, second) = (try CurlTransport(version: "9.9"), try CurlTransport(version: "9.9"))
        let store = try stand.otherStore()
        let followed = Count()
        let sleeping = Task { [outage] in
            try await stand.dispatcher(over: first, clock: sleeper.clock)
                .serveOrFollow(stop: StopSignal()) { (status) async throws(StoreError) in
                    if !status.isDispatcher { followed.add() }
                    return try await stand.store.progress(outage).state == .finished
                }
        }
        try await web.wait(for: 1, "request")
        let overtaking = Task { [outage] in
            try await stand.dispatcher(over: second, store: store, clock: ahead.clock, owner: "second")
                .serve(stop: StopSignal()) { (_) async throws(StoreError) in
                    // It stays until it is followed: nobody else could take its place before.
                    let isOver = try await store.progress(outage).state == .finished
                    return isOver && followed.value > 0
                }
        }
        try await web.wait(for: 5, "request")
        sleeper.move(by: .seconds(3600))
        try await web.release()
        try await overtaking.value
        try await sleeping.value
        await first.shutdown()
        await second.shutdown()
        #expect(try await stand.standing("hook") == "accepted 40")
        // It never sent again, and only what it had on the wire may have gone twice.
        #expect(try await web.requests().count <= 41)
    }

    @Test(arguments: ["pause", "cancel"])
    func `what another process says is heard while sending`(verb: String) async throws {
        let web = try await PeerProcess.http(#"{"/hook": [{}, {}, {"hold": true}, {}]}"#)
        let stand = try await Stand(
            [Line.hook(try web.port("http"), #""connections":1,"rate":"100/s""#)], people: everybody(200))
        try await stand.announce()
        let other = try stand.otherStore()
        async let served: Void = stand.serve { [outage, hook] (_) async throws(StoreError) in
            let report = try await other.progress(outage)
            let counts = report.channels[hook] ?? ChannelCounts()
            return [.paused, .cancelled].contains(report.state) && counts.count(.sending) == 0
        }
        try await web.wait(for: 3, "request")
        if verb == "pause" {
            try await other.pause(outage, why: "wait")
        } else {
            _ = try await other.cancel(outage, now: stand.clock.now().wall)
        }
        // Once it is heard, what was claimed ahead has gone back.
        try await stand.recorder.events.wait {
            try await other.progress(outage).channels[hook]?.count(.sending) == 1
        }
        try await web.release()
        try await served
        let sent = try await web.requests().count
        #expect(sent < 200)
        let rest =
            verb == "pause"
            ? "queued \(200 - sent), accepted \(sent)" : "accepted \(sent), skipped \(200 - sent)"
        #expect(try await stand.standing("hook") == rest)
        guard verb == "pause" else { return }
        try await stand.resume(in: other)
        try await stand.finish("outage")
        #expect(try await web.requests().count == 200)
    }

    @Test func `an urgent announcement overtakes a bulk one, which goes on by itself`() async throws {
        let replies =
            Array(repeating: "{}", count: 300) + Array(repeating: #"{"hold": true}"#, count: 8) + ["{}"]
        let web = try await PeerProcess.http(#"{"/hook": [\#(replies.joined(separator: ","))]}"#)
        let stand = try await Stand([Line.hook(try web.port("http"))], people: everybody(1500))
        try await stand.announce("campaign", .bulk)
        let (store, ids) = (stand.store, [Announcement.ID(valid: "campaign"), outage])
        let ticks = Count()
        let serving = Task {
            try await stand.serve { (_) async throws(StoreError) in
                ticks.add()
                for id in ids {
                    guard (try? await store.progress(id).state) == .finished else { return false }
                }
                return true
            }
        }
        try await web.wait(for: 308, "request")
        try await stand.announce("outage", .urgent, to: "id:c1 or id:c2 or id:c3")
        // Until the dispatcher has had time to see it.
        await ticks.wait(for: ticks.value + 3)
        try await web.release()
        try await serving.value
        let bodies = try await web.bodies("/hook")
        #expect(bodies.count == 1503)
        let last = try #require(bodies.lastIndex { $0.contains(#""id":"outage""#) })
        // Not behind what had been claimed ahead of it.
        #expect(last < 308 + 16)
    }

    @Test func `what was claimed ahead of a channel that grows slow goes back, for whatever is most urgent`()
        async throws
    {
        let replies =
            Array(repeating: "{}", count: 300) + Array(repeating: #"{"hold": true}"#, count: 8) + ["{}"]
        let web = try await PeerProcess.http(#"{"/hook": [\#(replies.joined(separator: ","))]}"#)
        let stand = try await Stand([Line.hook(try web.port("http"))], people: everybody(1500))
        try await stand.announce()
        let clock = MovedClock()
        async let serving: Void = stand.finish("outage", by: clock.clock)
        try await web.wait(for: 308, "request")
        clock.move(by: .seconds(2))
        try await stand.wait { $0 == 1500 - 308 }
        #expect(try await stand.counts("hook").count(.sending) == 8)
        try await web.release()
        try await serving
        #expect(try await web.requests().count == 1500)
    }

    @Test func `a channel never takes more than its rate`() async throws {
        let web = try await PeerProcess.http()
        let stand = try await Stand(
            [Line.hook(try web.port("http"), #""rate":"50/s""#)], people: everybody(10))
        try await stand.announce()
        try await stand.announce("second")
        let (clock, ticks, store) = (MovedClock(), Count(), stand.store)
        clock.hold()
        async let serving: Void = stand.serve(by: clock.clock) { [outage] (_) async throws(StoreError) in
            ticks.add()
            let second = try await store.progress(Announcement.ID(valid: "second")).state
            return try await store.progress(outage).state == .finished && second == .finished
        }
        for count in 1..<20 {
            try await web.wait(for: count, "request")
            clock.hold(after: .milliseconds(19))
            await ticks.wait(for: ticks.value + 2)
            #expect(try await web.requests().count == count)
            clock.hold(after: .milliseconds(1))
        }
        try await serving
        #expect(try await web.requests().count == 20)
    }
}
