import Broadcast
import Configuration
import Curl
import Foundation
import Storage
import TestPeers
import Testing

@testable import Dispatching

/// When a dispatcher gives its place away, and who leaves it alone: what each lacks decides, not who looks first.
@Suite(.timeLimit(.minutes(5)))
struct HandOverTests {
    private let outage = Announcement.ID(valid: "outage")
    private let sms = ChannelName(valid: "sms")

    @Test func `the place is given once for each offer, and only when something is lacked`() {
        let handOver = HandOver(known: 3)
        #expect(!handOver.gives(3, lacking: [Lack(sms)]), "nobody offered since it began")
        #expect(!handOver.gives(4, lacking: []))
        #expect(handOver.gives(4, lacking: [Lack(sms)]))
        #expect(!handOver.gives(4, lacking: [Lack(sms)]))
        #expect(handOver.gives(5, lacking: [Lack(sms, of: outage)]))
    }

    @Test func `a follower offers now and then until it has served, and anew once it was overtaken`() {
        let handOver = HandOver(known: 0)
        #expect(handOver.mayOffer(at: .seconds(1)))
        handOver.offered(as: 7, at: .seconds(1))
        #expect(!handOver.mayOffer(at: .seconds(5)) && handOver.mayOffer(at: .seconds(6)))
        #expect(!handOver.gives(7, lacking: [Lack(sms)]), "its own offer is none to itself")
        handOver.serves()
        #expect(!handOver.mayOffer(at: .seconds(60)))
        handOver.overtaken()
        #expect(handOver.mayOffer(at: .seconds(60)))
    }

    // MARK: Several on one store

    /// A process with the channels of `stand`, but for the secret of SMS where it is `poor`.
    private func process(
        _ stand: Stand, poor: Bool, _ clock: MovedClock = MovedClock()
    ) throws -> (dispatcher: Dispatcher, transport: CurlTransport) {
        let transport = try CurlTransport(version: "9.9")
        let outlets = stand.configured.channels.map { channel in
            var facts = channel.facts
            if poor, facts.name == sms { facts.missing = "export TOKEN" }
            return Outlet(facts: facts, channel: channel.channel)
        }
        let dispatcher = Dispatcher(
            store: try stand.otherStore(), outlets: outlets, order: [], transport: transport,
            clock: clock.clock, owner: poor ? "poor" : "rich", listener: stand.recorder)
        return (dispatcher, transport)
    }

    private func follower() -> HandOver {
        let handOver = HandOver(known: 0)
        handOver.follows()
        return handOver
    }

    @Test func `a free place is left for a second to whoever can send what its last owner could not`()
        async throws
    {
        let stand = try await Stand([Line.sms(1)], people: everybody(2))
        let clock = MovedClock()
        clock.hold()
        let poor = try process(stand, poor: true, clock)
        let rich = try process(stand, poor: false, clock)
        let (one, other) = (follower(), follower())
        let lease = try await stand.store.acquireLease(
            as: "first", at: stand.clock.bootTime, for: .seconds(3600))
        try await stand.store.lack([Lack(sms)], token: lease.token)
        try await stand.store.release(lease)
        #expect(try await !poor.dispatcher.standsAside(one), "nothing waits there")
        try await stand.announce()
        #expect(try await poor.dispatcher.standsAside(one))
        #expect(try await !poor.dispatcher.standsAside(HandOver(known: 0)), "it has only just begun")
        #expect(try await !rich.dispatcher.standsAside(other))
        // Whoever gave for what was refused cannot send it either, whatever its configuration says.
        #expect(other.gives(1, lacking: [Lack(sms)]))
        #expect(try await rich.dispatcher.standsAside(other))
        clock.hold(after: .milliseconds(900))
        #expect(try await poor.dispatcher.standsAside(one))
        clock.hold(after: .milliseconds(200))
        #expect(try await !poor.dispatcher.standsAside(one))
        await poor.transport.shutdown()
        await rich.transport.shutdown()
    }

    @Test func `only who can send what waits offers to`() async throws {
        let stand = try await Stand([Line.sms(1)], people: everybody(2))
        let poor = try process(stand, poor: true)
        let rich = try process(stand, poor: false)
        let lease = try await stand.store.acquireLease(
            as: "first", at: stand.clock.bootTime, for: .seconds(3600))
        try await stand.store.lack([Lack(sms)], token: lease.token)
        try await rich.dispatcher.offer(follower())
        #expect(try await stand.store.offers() == 0, "nothing waits there")
        try await stand.announce()
        try await poor.dispatcher.offer(follower())
        #expect(try await stand.store.offers() == 0)
        try await rich.dispatcher.offer(follower())
        #expect(try await stand.store.offers() == 1)
        await poor.transport.shutdown()
        await rich.transport.shutdown()
    }
}
