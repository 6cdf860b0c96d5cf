import Broadcast
import Curl
import Dispatching
import Foundation
import Storage
import Synchronization
import TestPeers
import Testing

/// Looks, as soon as outcomes have been written, whether a provider's pause has been, too.
private final class Witness: DispatchListener {
    private let store: Store
    private let isWritten = Mutex<[Bool]>([])

    init(_ store: Store) { self.store = store }

    var looks: [Bool] { isWritten.withLock { $0 } }

    func settled(_ settled: Settled, _ outcomes: [Outcome]) async {
        let notes = try? await store.healthNotes()
        isWritten.withLock { $0.append(notes?.contains { $0.pause != nil } ?? false) }
    }

    func recovered(_ recovery: Recovery) async {}
    func healthChanged(_ note: HealthNote) async {}
    func markChanged(_ channel: ChannelName, _ mark: Mark?) async {}
    func clockSet(by step: Duration) async {}
    func finishing(_ channels: [ChannelName]) async {}
    func halted(_ line: String) async {}
}

@Suite(.timeLimit(.minutes(5)))
struct HealthTests {
    @Test func `with the mail server down the others finish, and mail goes out by itself when it is back`()
        async throws
    {
        let web = try await PeerProcess.http()
        let (port, mailPort) = (try web.port("http"), try closedPort())
        let stand = try await Stand(
            [Line.email(mailPort, Line.soon), Line.sms(port), Line.hook(port)], people: everybody(60))
        try await stand.announce()
        async let done: Void = stand.finish("outage")
        try await web.wait(for: 120, "request")
        let store = stand.store
        try await stand.recorder.events.wait {
            try await store.backlog(of: Announcement.ID(valid: "outage")).keys.map(\.rawValue) == ["email"]
        }
        // Ten that trip it, and some probes that fail.
        await stand.recorder.events.wait {
            stand.recorder.health.count > 0 && stand.recorder.outcomes.filter(\.isDeferred).count > 14
        }
        #expect(["tripped", "probing"].contains(stand.recorder.health.first?.state))
        #expect(stand.recorder.health.first?.why.hasPrefix("connect-failed") == true)
        #expect(
            try await store.report(Announcement.ID(valid: "outage")).channels.values.map(\.planned) == [
                60, 60, 60,
            ])
        let mail = try await PeerProcess("smtp_peer.py", #"{"port": \#(mailPort)}"#)
        try await done
        #expect(try await stand.standing("email") == "accepted 60")
        #expect(try await stand.standing("sms") == "accepted 60")
        #expect(try await mail.entries("mail").count == 60)
        #expect(try await store.healthNotes().allSatisfy(\.isUp))
        #expect(stand.recorder.health.map(\.isUp) == [false, true], "told once, and when it is over")
    }

    @Test func `another reason for being down is told`() async throws {
        let web = try await PeerProcess.http(
            #"{"/hook": [{"status": 401}, {"status": 503, "hold": true}, {"status": 503}]}"#)
        let stand = try await Stand(
            [Line.hook(try web.port("http"), #""connections":1,"# + Line.soon)], people: everybody(1))
        try await stand.announce()
        let recorder = stand.recorder
        let serving = Task {
            try await stand.serve { (_) async throws(StoreError) in recorder.health.count > 1 }
        }
        await recorder.events.wait { !recorder.health.isEmpty }
        try await web.wait(for: 2, "request")
        try await web.release()
        try await serving.value
        #expect(recorder.health.map { $0.fault?.code } == [.credentialsRefused, .serviceFailed])
    }

    @Test func `a dispatcher goes on from what the last one saw, with one probe instead of a burst`()
        async throws
    {
        let web = try await PeerProcess.http(#"{"/hook": [{"status": 401}]}"#)
        let stand = try await Stand(
            [Line.hook(try web.port("http"), #""retry":{"first":"1h","cap":"1h","within":"1d"}"#)],
            people: everybody(40))
        try await stand.announce()
        let recorder = stand.recorder
        try await stand.serve { (_) async throws(StoreError) in !recorder.health.isEmpty }
        let first = try await web.requests().count
        let since = try #require(try await stand.store.healthNotes().first?.since)
        // Its rest is not over, but somebody may have mended it: it is asked at once.
        try await stand.serve { (status) async throws(StoreError) in
            recorder.outcomes.filter(\.isDeferred).count > first && status.free.isEmpty
        }
        #expect(try await web.requests().count == first + 1)
        #expect(try await stand.store.healthNotes().first?.since == since)
        #expect(try await stand.standing("hook") == "queued 40")
    }

    @Test(arguments: [429, 503])
    func `what a provider asks us to wait is waited by the next dispatcher too`(status: Int) async throws {
        let web = try await PeerProcess.http(
            #"{"/hook": [{"status": \#(status), "headers": {"Retry-After": "3000"}}, {}]}"#)
        let stand = try await Stand(
            [Line.hook(try web.port("http"), #""connections":1,"# + Line.soon)], people: everybody(9))
        try await stand.announce()
        let store = stand.store
        try await stand.serve { (_) async throws(StoreError) in
            try await store.healthNotes().contains { $0.pause != nil }
        }
        let looks = Count()
        try await stand.serve { (status) async throws(StoreError) in
            looks.add()
            return looks.value > 5 && status.free.isEmpty
        }
        #expect(try await web.requests().count == 1)
        let pause = try #require(try await store.healthNotes().first?.pause)
        let rest = pause.end.uptime - stand.clock.now().uptime
        #expect(rest > .seconds(2700) && rest <= .seconds(3000))
    }

    @Test(arguments: [429, 503])
    func `what a provider asks us to wait is on disk with the answer that says so`(status: Int) async throws {
        let web = try await PeerProcess.http(
            #"{"/hook": [{"status": \#(status), "headers": {"Retry-After": "3000"}}, {}]}"#)
        let stand = try await Stand(
            [Line.hook(try web.port("http"), #""connections":1,"# + Line.soon)], people: everybody(9))
        try await stand.announce()
        let witness = Witness(stand.store)
        let transport = try CurlTransport(version: "9.9")
        try await stand.dispatcher(over: transport, listener: witness).serve(stop: StopSignal()) { (_) in
            !witness.looks.isEmpty
        }
        await transport.shutdown()
        #expect(witness.looks.first == true)
    }

    /// What an earlier dispatcher wrote down of the webhook.
    private func remember(_ detail: String, _ stand: Stand) async throws {
        let (store, now) = (stand.store, stand.clock.now())
        let fault = Fault(.channel, .serviceFailed, detail)
        var faults = FaultHistory()
        faults.note(fault, at: now.wall)
        let lease = try await store.acquireLease(
            as: "earlier", at: BootTime(boot: stand.clock.boot, uptime: now.uptime), for: .seconds(15))
        try await store.note(
            HealthNote(
                channel: "hook", state: "tripped", since: now.wall, fault: fault, faults: faults.entries),
            token: lease.token)
        try await store.release(lease)
    }

    @Test func `what was said of a person who is erased meanwhile is not written down again`() async throws {
        let web = try await PeerProcess.http(#"{"/hook": [{"status": 401, "hold": true}, {"status": 401}]}"#)
        let stand = try await Stand([Line.hook(try web.port("http"))], people: everybody(9))
        try await stand.announce()
        try await remember("503 too many for c7@example.org", stand)
        let (store, ticks) = (stand.store, Count())
        async let serving: Void = stand.serve { (_) async throws(StoreError) in
            ticks.add()
            return try await store.healthNotes().contains { $0.fault?.code == .credentialsRefused }
        }
        try await web.wait(for: 1, "request")
        try await store.erase(Contact.ID(valid: "c7"))
        await ticks.wait(for: ticks.value + 3)
        let between = try #require(try await store.healthNotes().first)
        #expect(between.why == "service-failed: " && between.faults.isEmpty && !between.isUp)
        try await web.release()
        try await serving
        #expect(try await store.healthNotes().first?.faults.map(\.code) == ["credentials-refused"])
        #expect(
            stand.recorder.health.map { $0.fault?.code }.prefix(2) == [.serviceFailed, .credentialsRefused])
    }

    @Test func `bad credentials trip the channel at once and spend no recipient`() async throws {
        let web = try await PeerProcess.http(#"{"/sms": [{"status": 401}]}"#)
        let port = try web.port("http")
        let stand = try await Stand(
            [
                Line.sms(port, #""connections":1,"retry":{"first":"1h","cap":"1h","within":"2h"}"#),
                Line.hook(port),
            ],
            people: everybody(30))
        try await stand.announce()
        let store = stand.store
        try await stand.serve { (status) async throws(StoreError) in
            let report = try await store.progress(Announcement.ID(valid: "outage"))
            return report.channels[ChannelName(valid: "hook")]?.count(.accepted) == 30
                && !status.free.contains(ChannelName(valid: "sms"))
        }
        #expect(try await web.bodies("/sms").count == 1)
        #expect(try await stand.standing("sms") == "queued 30")
        #expect(
            try await store.healthNotes().first { $0.channel == "sms" }?.why.hasPrefix("credentials-refused")
                == true)
    }

    @Test(arguments: [(503, 1), (429, 1), (503, 6)])
    func `what a provider asks us to wait is waited by the whole channel`(status: Int, people: Int)
        async throws
    {
        let web = try await PeerProcess.http(
            #"{"/hook": [{"status": \#(status), "headers": {"Retry-After": "1"}}, {}]}"#)
        let stand = try await Stand(
            [Line.hook(try web.port("http"), #""connections":1,"# + Line.soon)], people: everybody(people))
        try await stand.announce()
        try await stand.finish("outage")
        let times = try await web.requests().map { $0["at"]?.number ?? 0 }
        #expect(times.count == people + 1)
        // A millisecond is lost to rounding on either side.
        #expect(times[1] - times[0] >= 998)
        #expect(try await stand.standing("hook") == "accepted \(people)")
    }

    @Test func `being told to slow down rests the whole channel and counts as no attempt`() async throws {
        let web = try await PeerProcess.http(
            #"{"/hook": [{}, {"status": 429, "headers": {"Retry-After": "1"}}, {}]}"#)
        let stand = try await Stand(
            [Line.hook(try web.port("http"), #""connections":1,"# + Line.soon)], people: everybody(6))
        try await stand.announce()
        try await stand.finish("outage")
        let times = try await web.requests().map { $0["at"]?.number ?? 0 }
        #expect(times.count == 7)
        #expect(times[2] - times[1] >= 998)
        #expect(stand.recorder.health.isEmpty)
        let people = try await stand.store.people(of: Announcement.ID(valid: "outage"), standing: nil).people
        #expect(people.flatMap(\.deliveries).allSatisfy { $0.attempts == 1 })
    }

    @Test func `a fault for good is not tried again`() async throws {
        let web = try await PeerProcess.http(#"{"/hook": [{"status": 400}, {}]}"#)
        let stand = try await Stand(
            [Line.hook(try web.port("http"), #""connections":1,"# + Line.soon)], people: everybody(3))
        try await stand.announce()
        try await stand.finish("outage")
        #expect(try await stand.standing("hook") == "accepted 2, refused 1")
        #expect(try await web.requests().count == 3)
    }

    @Test func `an address that does not exist is not written to again`() async throws {
        let mail = try await PeerProcess(
            "smtp_peer.py", #"{"recipients": {"c2@example.org": ["550 5.1.1 no such user", "550 5.1.1 no"]}}"#
        )
        let stand = try await Stand([Line.email(try mail.port("smtp"))], people: everybody(3))
        try await stand.announce()
        try await stand.finish("outage")
        #expect(try await stand.standing("email") == "accepted 2, refused 1")
        try await stand.announce("again")
        try await stand.finish("again")
        #expect(try await stand.counts("email", of: "again").skipped == [.suppressed: 1])
        #expect(try await mail.entries("mail").count == 4)
    }

    @Test func `a greylisted mail is tried again and goes out`() async throws {
        let mail = try await PeerProcess(
            "smtp_peer.py", #"{"recipients": {"c1@example.org": ["451 4.7.1 later", "451 4.7.1 later"]}}"#)
        let stand = try await Stand([Line.email(try mail.port("smtp"), Line.soon)], people: everybody(2))
        try await stand.announce()
        try await stand.finish("outage")
        #expect(try await stand.standing("email") == "accepted 2")
        #expect(stand.recorder.health.isEmpty)
    }
}

extension Outcome {
    fileprivate var isDeferred: Bool {
        if case .deferred = result { true } else { false }
    }
}
