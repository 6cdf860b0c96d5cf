import Broadcast
import Dispatching
import Foundation
import Storage
import TestPeers
import Testing

/// A dispatcher that has no more to do ends nobody's exchange: whoever is slow to answer is not cut short.
@Suite(.timeLimit(.minutes(5)))
struct LeavingTests {
    private let outage = Announcement.ID(valid: "outage")
    private static let slow = #"{"hold": true, "drip": 0.02}"#
    private static let beyondGrace = Duration.seconds(11)

    @Test(arguments: ["sms", "hook"])
    func `what is on the wire of others outlasts the grace when nobody asked to stop`(channel: String)
        async throws
    {
        let web = try await PeerProcess.http(#"{"/\#(channel)": [\#(Self.slow), \#(Self.slow), {}]}"#)
        let port = try web.port("http")
        let more = #""connections":2"#
        let stand = try await Stand(
            [channel == "sms" ? Line.sms(port, more) : Line.hook(port, more)], people: everybody(20))
        try await stand.announce()
        let (clock, isOver) = (MovedClock(), Count())
        async let serving: Void = stand.serve(by: clock.clock) { (_) in isOver.value > 0 }
        try await web.wait(for: 2, "request")
        isOver.add()
        clock.move(by: .seconds(2))
        await stand.recorder.events.wait { stand.recorder.finishing.map(\.rawValue) == [channel] }
        clock.move(by: Self.beyondGrace)
        try await web.release()
        try await serving
        #expect(try await stand.standing(channel) == "queued 18, accepted 2")
        #expect(try await web.requests().count == 2)
    }

    /// Also when nobody knew of its slowness at the moment when the dispatcher was done.
    @Test(arguments: [true, false])
    func `while a slow channel finishes the others go on`(isKnownSlow: Bool) async throws {
        let web = try await PeerProcess.http(#"{"/sms": [{"hold": true}]}"#)
        let port = try web.port("http")
        let stand = try await Stand(
            [Line.sms(port, #""connections":1"#), Line.hook(port)], people: everybody(3))
        try await stand.announce(channels: ["sms"])
        let (clock, isOver, looks) = (MovedClock(), Count(), Count())
        let serving = Task {
            try await stand.serve(by: clock.clock) { (_) in
                if isOver.value > 0 { looks.add() }
                return isOver.value > 0
            }
        }
        try await web.wait(for: 1, "request")
        if isKnownSlow { clock.move(by: .seconds(2)) }
        isOver.add()
        await looks.wait(for: 1)
        if !isKnownSlow { clock.move(by: .seconds(2)) }
        await stand.recorder.events.wait { stand.recorder.finishing.map(\.rawValue) == ["sms"] }
        // The other one is quick from now on, however long it takes.
        clock.hold()
        try await stand.announce("later", channels: ["hook"], by: clock.clock)
        // The journal keeps whole milliseconds.
        clock.hold(after: .milliseconds(1))
        try await web.wait(for: 4, "request")
        #expect(try await stand.standing("sms") == "queued 2, sending 1")
        try await web.release()
        try await serving.value
        #expect(try await stand.standing("sms") == "queued 2, accepted 1")
        #expect(try await stand.standing("hook", of: "later") == "accepted 3")
    }
}
