import Broadcast
import Curl
import Dispatching
import Foundation
import Storage
import TestPeers
import Testing

/// What a provider asks for: that its channel be left alone for a while.
@Suite(.timeLimit(.minutes(5)))
struct RestTests {
    private let outage = Announcement.ID(valid: "outage")
    private let sms = ChannelName(valid: "sms")

    private func peer(
        asking seconds: Int, path: String = "/sms", status: Int = 429
    ) async throws -> PeerProcess {
        try await PeerProcess.http(
            #"{"\#(path)": [{"status": \#(status), "headers": {"Retry-After": "\#(seconds)"}}, {}]}"#)
    }

    /// SMS first, one at a time, and a webhook after it.
    private func stand(_ web: PeerProcess, _ more: String = "", people: Int = 5) async throws -> Stand {
        let port = try web.port("http")
        return try await Stand(
            [Line.sms(port, #""connections":1"# + more), Line.hook(port)], people: everybody(people),
            order: #"["sms", "hook"]"#)
    }

    /// Serves until the announcement is over, or for so many ticks.
    private func serve(_ stand: Stand, ticks limit: Int = .max) async throws {
        let (store, outage, ticks) = (stand.store, outage, Count())
        try await stand.serve { (_) async throws(StoreError) in
            ticks.add()
            let isOver = try await store.progress(outage).state == .finished
            return isOver || ticks.value > limit
        }
    }

    @Test(arguments: [
        (Priority.normal, #","failoverAfter":"300ms""#, 3600), (.urgent, #","failoverAfter":"300ms""#, 60),
    ])
    func `a rest longer than failoverAfter leads people on, and is no fault`(
        priority: Priority, setting: String, asked: Int
    ) async throws {
        let web = try await peer(asking: asked)
        let stand = try await stand(web, setting)
        try await stand.announce("outage", priority, reach: .first)
        try await serve(stand)
        #expect(try await stand.standing("hook") == "accepted 5")
        #expect(try await stand.counts("sms").skipped == [.channelDown: 5])
        #expect(try await web.bodies("/sms").count == 1)
        #expect(stand.recorder.health.isEmpty)
        let people = try await stand.store.people(of: outage, standing: nil).people
        #expect(people.flatMap(\.deliveries).allSatisfy { $0.channel != sms || $0.attempts == 0 })
    }

    @Test func `nobody leaves for a rest that is over before failoverAfter`() async throws {
        let web = try await peer(asking: 2)
        let stand = try await stand(web, #","failoverAfter":"5s""#)
        try await stand.announce(reach: .first)
        try await serve(stand)
        #expect(try await stand.standing("sms") == "accepted 5")
        #expect(try await web.bodies("/hook").isEmpty)
    }

    @Test func `who comes late in a long rest has patience of their own, and stays if it is over by then`()
        async throws
    {
        let web = try await PeerProcess.http()
        let stand = try await stand(web)
        let store = stand.store
        let now = stand.clock.now()
        let rest = ProviderRest(since: now.wall - 3600, until: now.wall + 2, why: "")
        var note = HealthNote(channel: "sms", state: "up", since: now.wall - 3600)
        note.pause = ProviderPause(
            rest, end: BootTime(boot: stand.clock.boot, uptime: now.uptime + .seconds(2)))
        let before = try await store.acquireLease(
            as: "before", at: BootTime(boot: stand.clock.boot, uptime: now.uptime), for: .seconds(60))
        try await store.note(note, token: before.token)
        try await store.release(before)
        try await stand.announce(reach: .first)
        try await serve(stand)
        #expect(try await stand.standing("sms") == "accepted 5")
        #expect(try await web.bodies("/hook").isEmpty)
    }

    @Test(arguments: [#""headers": {"Retry-After": "1"}"#, #""body": "slow down""#])
    func `rests shorter than failoverAfter, one after the other, lead people on like a long one`(
        reply: String
    ) async throws {
        let web = try await PeerProcess.http(#"{"/sms": [{"status": 429, \#(reply)}]}"#)
        let stand = try await stand(
            web, #","failoverAfter":"1500ms","retry":{"first":"1s","cap":"1s","within":"1h"}"#)
        try await stand.announce(reach: .first)
        try await serve(stand)
        #expect(try await stand.standing("hook") == "accepted 5")
        #expect(try await web.bodies("/sms").count > 1)
    }

    @Test func `nobody is led to a channel that rests for long`() async throws {
        let web = try await peer(asking: 3600, path: "/hook")
        let port = try web.port("http")
        let dead = try closedPort()
        let stand = try await Stand(
            [
                Line.email(dead, #""failoverAfter":"1ms","# + Line.soon),
                Line.hook(port, #""connections":1"#),
            ], people: everybody(30), order: #"["email", "hook"]"#)
        try await stand.announce("first", to: "id:c1", channels: ["hook"])
        let store = stand.store
        try await stand.serve { (_) async throws(StoreError) in
            try await store.healthNotes().contains { $0.pause != nil }
        }
        try await stand.announce(reach: .first)
        try await serve(stand, ticks: 20)
        #expect(try await web.requests().count == 1)
        #expect(try await stand.standing("email") == "queued 30")
        #expect(try await stand.standing("hook") == "")
    }

    @Test func `a follower does not take a resting channel for free`() async throws {
        let web = try await peer(asking: 86_400)
        let stand = try await stand(web)
        try await stand.announce(channels: ["sms"])
        let store = stand.store
        try await stand.serve { (_) async throws(StoreError) in
            try await store.healthNotes().contains { $0.pause != nil }
        }
        let since = try #require(try await store.healthNotes().compactMap(\.rest).first?.since)
        let other = try stand.otherStore()
        let now = stand.clock.now()
        _ = try await other.acquireLease(
            as: "other", at: BootTime(boot: stand.clock.boot, uptime: now.uptime), for: .seconds(3600))
        let transport = try CurlTransport(version: "9.9")
        try await stand.dispatcher(over: transport).serveOrFollow(stop: StopSignal()) { [sms] status in
            #expect(!status.isDispatcher && !status.free.contains(sms))
            #expect(status.free.contains(ChannelName(valid: "hook")))
            let urgent = status.leaving[sms]?.date(.urgent, since: since - 60)
            #expect(urgent.map { abs($0.timeIntervalSince(since) - 30) < 1 } == true)
            let normal = status.leaving[sms]?.date(.normal, since: since + 60)
            #expect(normal.map { abs($0.timeIntervalSince(since) - 360) < 1 } == true)
            #expect(status.leaving[sms]?.date(.normal, since: since + 86_200) == nil)
            return true
        }
        await transport.shutdown()
    }

    @Test func `a rest may be longer than anything waits for it`() async throws {
        let web = try await peer(asking: 3600)
        let stand = try await stand(web, #","retry":{"first":"50ms","cap":"100ms","within":"1m"}"#)
        try await stand.announce(channels: ["sms"])
        let store = stand.store
        try await stand.serve { (_) async throws(StoreError) in
            try await store.healthNotes().contains { $0.pause != nil }
        }
        let rest = try #require(try await store.healthNotes().compactMap(\.rest).first)
        #expect(abs(rest.until.timeIntervalSince(rest.since) - 3600) < 1)
        try await stand.announce("again", channels: ["sms"])
        let ticks = Count()
        try await stand.serve { (_) async throws(StoreError) in
            ticks.add()
            return ticks.value > 8
        }
        #expect(try await web.requests().count == 1)
    }

    @Test(arguments: [(429, "2h"), (429, "10m"), (503, "10m")])
    func `a rest that somebody ends is over at once, with all who waited for it, even beyond their time`(
        status: Int, within: String
    ) async throws {
        let web = try await peer(asking: 3600, status: status)
        let stand = try await stand(
            web, #","retry":{"first":"50ms","cap":"100ms","within":"\#(within)"}"#)
        try await stand.announce(channels: ["sms"])
        let (store, other) = (stand.store, try stand.otherStore())
        async let done: Void = serve(stand)
        try await stand.recorder.events.wait {
            try await store.healthNotes().contains { $0.pause != nil }
        }
        #expect(try await other.endRest(of: sms, at: stand.clock.now(), boot: stand.clock.boot))
        try await done
        #expect(try await stand.standing("sms") == "accepted 5")
        #expect(try await web.requests().count == 6)
        #expect(try await store.healthNotes().allSatisfy { $0.pause == nil })
    }
}
