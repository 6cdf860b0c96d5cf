import Broadcast
import Curl
import Dispatching
import Foundation
import Storage
import TestPeers
import Testing

@Suite(.timeLimit(.minutes(5)))
struct StoppingTests {
    private let outage = Announcement.ID(valid: "outage")
    private static let hanging = #"[{"hold": true}, {"hold": true}, {}]"#

    /// Clocks that stand: what is on the wire has all the time a test needs, and what was claimed ahead stays so.
    private static func held() -> Clockwork {
        let clock = MovedClock()
        clock.hold()
        return clock.clock
    }

    private static func never(_: DispatchStatus) async throws(StoreError) -> Bool { false }

    @Test(arguments: ["a signal", "cancelling its task"])
    func `a first request to stop lets what is on the wire finish, and nothing else leaves`(request: String)
        async throws
    {
        let web = try await PeerProcess.http(#"{"/hook": \#(Self.hanging)}"#)
        let stand = try await Stand(
            [Line.hook(try web.port("http"), #""connections":2"#)], people: everybody(20))
        try await stand.announce()
        let stop = StopSignal()
        let serving = Task { try await stand.serve(stop: stop, by: Self.held(), until: Self.never) }
        try await web.wait(for: 2, "request")
        try await stand.wait { $0 < 18 }
        if request == "a signal" { stop.ask() } else { serving.cancel() }
        // What was claimed ahead goes back at once, while the two are still on the wire.
        try await stand.wait { $0 == 18 }
        #expect(try await stand.standing("hook") == "queued 18, sending 2")
        try await web.release()
        try await serving.value
        #expect(try await stand.standing("hook") == "queued 18, accepted 2")
        #expect(try await web.requests().count == 2)
        try await stand.finish("outage")
        #expect(try await stand.standing("hook") == "accepted 20")
        #expect(try await web.requests().count == 20)
    }

    @Test func `a channel without a key for repeats leaves nothing unknown when it may finish`() async throws
    {
        let web = try await PeerProcess.http(#"{"/sms": \#(Self.hanging)}"#)
        let stand = try await Stand(
            [Line.sms(try web.port("http"), #""connections":2"#)], people: everybody(20))
        try await stand.announce()
        let stop = StopSignal()
        async let served: Void = stand.serve(stop: stop, by: Self.held(), until: Self.never)
        try await web.wait(for: 2, "request")
        stop.ask()
        try await web.release()
        try await served
        let sent = try await web.requests().count
        #expect(try await stand.counts("sms").states == [.accepted: sent, .queued: 20 - sent])
        try await stand.finish("outage")
        #expect(try await web.requests().count == 20)
    }

    @Test(arguments: [("sms", "queued 18, unknown 2"), ("hook", "queued 20")])
    func `a second signal ends what is on the wire, and the next dispatcher goes on`(
        channel: String, left: String
    ) async throws {
        let web = try await PeerProcess.http(#"{"/\#(channel)": \#(Self.hanging)}"#)
        let port = try web.port("http")
        let more = #""connections":2,"# + Line.soon
        let line = channel == "sms" ? Line.sms(port, more) : Line.hook(port, more)
        let stand = try await Stand([line], people: everybody(20))
        try await stand.announce()
        let stop = StopSignal()
        async let served: Void = stand.serve(stop: stop, until: Self.never)
        try await web.wait(for: 2, "request")
        stop.ask()
        stop.ask()
        try await served
        #expect(try await stand.standing(channel) == left)
        try await stand.finish("outage")
        let end = channel == "sms" ? "accepted 18, unknown 2" : "accepted 20"
        #expect(try await stand.standing(channel) == end)
        #expect(try await web.requests().count == (channel == "sms" ? 20 : 22))
        try await web.release()
    }

    @Test func `a signal given before serving sends nothing`() async throws {
        let web = try await PeerProcess.http()
        let stand = try await Stand([Line.hook(try web.port("http"))], people: everybody(5))
        try await stand.announce()
        let stop = StopSignal()
        stop.ask()
        try await stand.serve(stop: stop, until: Self.never)
        #expect(try await web.requests().isEmpty)
        #expect(try await stand.standing("hook") == "queued 5")
    }

    @Test func `what a dead dispatcher had claimed is taken over as each channel says`() async throws {
        let web = try await PeerProcess.http()
        let port = try web.port("http")
        let stand = try await Stand([Line.hook(port), Line.sms(port)], people: everybody(5))
        try await stand.announce()
        try await die(holding: 3, of: ["hook", "sms"], stand)
        #expect(try await stand.standing("hook") == "queued 2, sending 3")
        try await stand.finish("outage")
        #expect(stand.recorder.recovery?.retried == 3 && stand.recorder.recovery?.left == 3)
        #expect(try await stand.standing("hook") == "accepted 5")
        #expect(try await stand.standing("sms") == "accepted 2, unknown 3")
        #expect(try await web.bodies("/sms").count == 2)
    }

    @Test(arguments: [("next", 1), ("stop", 0)])
    func `after a crash, too, the owner says whether an unknown outcome leads on`(choice: String, next: Int)
        async throws
    {
        let web = try await PeerProcess.http()
        let port = try web.port("http")
        let stand = try await Stand(
            [Line.sms(port, #""afterUnknown":"\#(choice)""#), Line.hook(port)], people: everybody(1),
            order: #"["sms"]"#)
        try await stand.announce(reach: .first)
        try await die(holding: 1, of: ["sms"], stand)
        try await stand.finish("outage")
        #expect(try await stand.standing("sms") == "unknown 1")
        #expect(try await web.bodies("/hook").count == next)
    }

    /// Claims like a dispatcher that is killed before anything has come of it.
    private func die(holding count: Int, of channels: [String], _ stand: Stand) async throws {
        let store = try stand.otherStore()
        let now = stand.clock.now()
        let lease = try await store.acquireLease(
            as: "dead", at: BootTime(boot: stand.clock.boot, uptime: now.uptime), for: .seconds(15))
        for channel in channels {
            let claimed = try await store.claim(
                ChannelName(valid: channel), limit: count, token: lease.token, now: now.wall)
            #expect(claimed.count == count)
            _ = try await store.settle(
                [], beginning: claimed.map(\.id), token: lease.token, now: now.wall)
        }
    }
}
