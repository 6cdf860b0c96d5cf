import Broadcast
import Configuration
import Dispatching
import Foundation
import Storage
import TestPeers
import Testing

/// What has its turn in time, by a clock that is moved: as many as the plan says.
@Suite(.timeLimit(.minutes(5)))
struct TurnTests {
    private let outage = Announcement.ID(valid: "outage")

    /// Lets ten minutes pass after each that leaves, until all is over.
    private func serve(_ stand: Stand) async throws {
        let clock = MovedClock()
        clock.hold()
        let (store, outage, left) = (stand.store, outage, Count())
        try await stand.serve(by: clock.clock) { (_) async throws(StoreError) in
            let progress = try await store.progress(outage)
            let accepted = progress.channels[ChannelName(valid: "hook")]?.count(.accepted) ?? 0
            if accepted > left.value {
                left.add()
                clock.move(by: .seconds(600))
                clock.hold()
            }
            return progress.state == .finished
        }
    }

    /// How long a delivery may wait, and how many leave at one in ten minutes: the first at once, none when it expires.
    @Test(arguments: [(35, 4), (29, 3), (9, 1)])
    func `as many leave in time as the plan says`(minutes: Int, leaving: Int) async throws {
        let web = try await PeerProcess.http()
        let stand = try await Stand(
            [Line.hook(try web.port("http"), #""rate":"6/h","retry":{"within":"\#(minutes)m"}"#)],
            people: everybody(6))
        let facts = try #require(stand.configured.channels.first?.facts)
        var plan = ChannelPlan(facts, queued: 6)
        plan.within = .seconds(minutes * 60)
        #expect(plan.leaving == leaving)
        try await stand.announce()
        try await serve(stand)
        #expect(try await stand.standing("hook") == "accepted \(leaving), expired \(6 - leaving)")
        #expect(try await web.requests().count == leaving)
    }
}
