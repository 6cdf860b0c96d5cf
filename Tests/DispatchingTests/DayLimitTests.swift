import Broadcast
import Configuration
import Curl
import Dispatching
import Foundation
import Storage
import TestPeers
import Testing

/// What a provider takes in a day, over real sockets.
@Suite(.timeLimit(.minutes(5)))
struct DayLimitTests {
    private let outage = Announcement.ID(valid: "outage")
    private let hook = ChannelName(valid: "hook")

    private func stand(
        _ web: PeerProcess, _ people: Int, _ setting: String = #""perDay":3"#
    ) async throws -> Stand {
        let more = #"\#(setting),"retry":{"first":"50ms","cap":"200ms","within":"5d"}"#
        return try await Stand(
            [Line.hook(try web.port("http"), more), Line.sms(try web.port("http"))],
            people: everybody(people),
            order: #"["hook", "sms"]"#)
    }

    /// Serves until `isDone`, by a clock that may be ahead.
    private func serve(
        _ stand: Stand, _ clock: MovedClock = MovedClock(),
        until isDone: @escaping @Sendable (DispatchStatus) async throws(StoreError) -> Bool
    ) async throws {
        let transport = try CurlTransport(version: "9.9")
        var failure: (any Error)?
        do {
            try await stand.dispatcher(over: transport, clock: clock.clock).serve(
                stop: StopSignal(), until: isDone)
        } catch {
            failure = error
        }
        await transport.shutdown()
        if let failure { throw failure }
    }

    private func serveUntilResting(_ stand: Stand, _ clock: MovedClock = MovedClock()) async throws {
        let (store, ticks) = (stand.store, Count())
        try await serve(stand, clock) { [hook] (status) async throws(StoreError) in
            let isNoted = try await store.healthNotes().contains { $0.pause != nil }
            if isNoted { #expect(!status.free.contains(hook)) }
            ticks.add()
            return isNoted && ticks.value > 10
        }
    }

    private func serveToTheEnd(_ stand: Stand, _ clock: MovedClock = MovedClock()) async throws {
        let (store, outage) = (stand.store, outage)
        try await serve(stand, clock) { (_) async throws(StoreError) in
            try await store.progress(outage).state == .finished
        }
    }

    @Test func `no more leave than a day takes, and the channel rests until the first of them is a day old`()
        async throws
    {
        let web = try await PeerProcess.http()
        let stand = try await stand(web, 5)
        try await stand.announce(channels: ["hook"])
        try await serveUntilResting(stand)
        #expect(try await stand.standing("hook") == "queued 2, accepted 3")
        #expect(try await web.requests().count == 3)
        let rest = try #require(try await stand.store.healthNotes().compactMap(\.rest).first)
        #expect(rest.origin == .perDay && rest.reason == "its provider takes no more today (perDay is 3)")
        #expect(abs(rest.until.timeIntervalSince(rest.since) - 86_400) < 60)
        #expect(stand.recorder.health.isEmpty)
    }

    @Test func `a new process counts what the last one sent, and goes on the next day`() async throws {
        let web = try await PeerProcess.http()
        let stand = try await stand(web, 8)
        try await stand.announce(channels: ["hook"])
        let clock = MovedClock()
        for day in 1...2 {
            for _ in 1...2 { try await serveUntilResting(stand, clock) }
            #expect(try await web.requests().count == 3 * day)
            clock.move(by: DayQuota.day + .seconds(60))
        }
        try await serveToTheEnd(stand, clock)
        #expect(try await web.requests().count == 8)
        #expect(try await stand.standing("hook") == "accepted 8")
    }

    @Test func `what is refused is not taken`() async throws {
        let web = try await PeerProcess.http(#"{"/hook": [{"status": 400}, {"status": 404}, {}]}"#)
        let stand = try await stand(web, 5)
        try await stand.announce(channels: ["hook"])
        try await serveToTheEnd(stand)
        #expect(try await stand.standing("hook") == "accepted 3, refused 2")
    }

    @Test func `a limit that was raised lets the rest go at once`() async throws {
        let web = try await PeerProcess.http()
        let stand = try await stand(web, 5)
        try await stand.announce(channels: ["hook"])
        try await serveUntilResting(stand)
        var outlets = stand.configured.channels.map { Outlet(facts: $0.facts, channel: $0.channel) }
        outlets[0].facts.perDay = 4
        let transport = try CurlTransport(version: "9.9")
        let dispatcher = Dispatcher(
            store: stand.store, outlets: outlets, order: [hook], transport: transport, clock: stand.clock,
            owner: "test", listener: stand.recorder)
        let outage = outage
        try await dispatcher.serve(stop: StopSignal()) { (_) async throws(StoreError) in
            try await stand.store.progress(outage).channels[ChannelName(valid: "hook")]?.count(.accepted) == 4
        }
        await transport.shutdown()
        #expect(try await web.requests().count == 4)
    }

    @Test func `a public place counts over all announcements, and what may have arrived counts too`()
        async throws
    {
        let web = try await PeerProcess.http(#"{"/place": [{"status": 504}, {}]}"#)
        let place = """
            "place":{"type":"webhook","url":"http://127.0.0.1:\(try web.port("http"))/place","private":true,\
            "secret":{"env":"HOOK"},"perDay":1,"unknown":"leave"}
            """
        let stand = try await Stand([place], people: everybody(1))
        try await stand.announce(body: "We are down.")
        try await serveToTheEnd(stand)
        #expect(try await stand.standing("place") == "unknown 1")
        try await stand.announce("again", body: "We are down again.")
        try await serveUntilResting(stand)
        #expect(try await stand.counts("place", of: "again").count(.queued) == 1)
        #expect(try await web.requests().count == 1)
    }

    @Test func `under reach first the others go on to their next channel`() async throws {
        let web = try await PeerProcess.http()
        let stand = try await stand(web, 5, #""perDay":2,"failoverAfter":"50ms""#)
        try await stand.announce(reach: .first)
        try await serveToTheEnd(stand)
        #expect(try await web.bodies("/hook").count == 2)
        #expect(try await stand.standing("sms") == "accepted 3")
    }

    @Test func `what expires in the meantime is expired`() async throws {
        let web = try await PeerProcess.http()
        let stand = try await stand(web, 5)
        try await stand.announce(channels: ["hook"])
        let clock = MovedClock()
        try await serveUntilResting(stand, clock)
        clock.move(by: .seconds(6 * 86_400))
        try await serveToTheEnd(stand, clock)
        #expect(try await stand.standing("hook") == "accepted 3, expired 2")
        #expect(try await web.requests().count == 3)
    }
}
