import Broadcast
import Configuration
import Curl
import Dispatching
import Storage
import TestPeers
import Testing

/// What a dispatcher does under reach `first` while it lacks the secret of a channel.
@Suite(.timeLimit(.minutes(5)))
struct LackingTests {
    private let outage = Announcement.ID(valid: "outage")
    private let sms = ChannelName(valid: "sms")
    private let order = #"["email", "sms"]"#

    /// Serves without the secret of SMS until `isDone`.
    private func serve(
        _ stand: Stand, until isDone: @escaping @Sendable () async throws(StoreError) -> Bool
    ) async throws {
        let outlets = stand.configured.channels.map { channel in
            var facts = channel.facts
            if facts.name == sms { facts.missing = "export TOKEN" }
            return Outlet(facts: facts, channel: channel.channel)
        }
        let transport = try CurlTransport(version: "9.9")
        try await Dispatcher(
            store: stand.store, outlets: outlets, order: stand.configured.order, transport: transport,
            clock: stand.clock, owner: "poor", listener: stand.recorder
        ).serve(stop: StopSignal()) { (_) async throws(StoreError) in try await isDone() }
        await transport.shutdown()
    }

    @Test func `whose next channel is that one waits there, and is not missed`() async throws {
        let mail = try await PeerProcess(
            "smtp_peer.py", #"{"recipients": {"c1@example.org": "550 5.1.1 no such user"}}"#)
        let web = try await PeerProcess.http()
        let stand = try await Stand(
            [Line.email(try mail.port("smtp")), Line.sms(try web.port("http"))], people: everybody(3),
            order: order)
        try await stand.announce(reach: .first)
        let (store, outage, sms) = (stand.store, outage, sms)
        try await serve(stand) { () async throws(StoreError) in
            try await store.progress(outage).channels[sms]?.count(.queued) == 1
        }
        #expect(try await stand.standing("email") == "accepted 2, refused 1")
        try await stand.finish("outage")
        #expect(try await stand.standing("sms") == "accepted 1")
    }

    @Test func `nobody leaves a tripped channel for that one`() async throws {
        let web = try await PeerProcess.http()
        let dead = try closedPort()
        let stand = try await Stand(
            [Line.email(dead, #""failoverAfter":"1ms","# + Line.soon), Line.sms(try web.port("http"))],
            people: everybody(30), order: order)
        try await stand.announce(reach: .first)
        let (recorder, ticks) = (stand.recorder, Count())
        try await serve(stand) { () async throws(StoreError) in
            guard !recorder.health.isEmpty else { return false }
            // Two walks over those who wait, at the least.
            ticks.add()
            return ticks.value > 15
        }
        #expect(try await stand.standing("email") == "queued 30")
    }
}
