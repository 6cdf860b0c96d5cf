import Broadcast
import Dispatching
import Foundation
import Storage
import TestPeers
import Testing

@Suite(.timeLimit(.minutes(5)))
struct RailsTests {
    private let outage = Announcement.ID(valid: "outage")

    /// Replies to the first requests, then 200 for ever.
    private func script(_ statuses: [Int]) -> String {
        let replies = statuses.map { #"{"status": \#($0)}"# } + ["{}"]
        return #"{"/hook": [\#(replies.joined(separator: ", "))]}"#
    }

    @Test func `twenty refusals of what is said hold the channel, and only that`() async throws {
        let web = try await PeerProcess.http(#"{"/hook": [{"status": 400}]}"#)
        let port = try web.port("http")
        let stand = try await Stand(
            [Line.hook(port, #""connections":1"#), Line.sms(port)], people: everybody(60))
        try await stand.announce()
        let store = stand.store
        try await stand.serve { [outage] (_) async throws(StoreError) in
            let held = try await store.progress(outage).channels.compactMapValues(\.hold)
            let sms = try await store.progress(outage).channels[ChannelName(valid: "sms")]
            return !held.isEmpty && sms?.count(.accepted) == 60
        }
        #expect(try await web.bodies("/hook").count == MessageHalt.sample)
        #expect(try await stand.standing("hook") == "queued 40, refused 20")
        #expect(
            try await store.progress(outage).channels.compactMapValues(\.hold).map(\.key.rawValue) == ["hook"]
        )
        #expect(stand.recorder.halts.count == 1)
    }

    @Test func `the twenty are counted across dispatchers`() async throws {
        let web = try await PeerProcess.http(#"{"/hook": [{"status": 400}]}"#)
        let stand = try await Stand(
            [Line.hook(try web.port("http"), #""connections":1"#)], people: everybody(60))
        try await stand.announce()
        let said = Fault(.message, "http-400", "no")
        try await die(after: (0..<5).map { _ in .refused(said) }, stand)
        let store = stand.store
        try await stand.serve { [outage] (_) async throws(StoreError) in
            try await !store.progress(outage).channels.compactMapValues(\.hold).isEmpty
        }
        #expect(try await web.requests().count == MessageHalt.sample - 5)
    }

    /// Sends like a dispatcher that is killed before it has written down what it halts.
    private func die(after results: [Outcome.Result], _ stand: Stand) async throws {
        let store = try stand.otherStore()
        let now = stand.clock.now()
        let lease = try await store.acquireLease(
            as: "dead", at: BootTime(boot: stand.clock.boot, uptime: now.uptime), for: .seconds(15))
        let claimed = try await store.claim(
            ChannelName(valid: "hook"), limit: results.count, token: lease.token, now: now.wall)
        let outcomes = zip(claimed, results).map { Outcome($0.id, $1) }
        _ = try await store.settle(outcomes, token: lease.token, now: now.wall)
    }

    @Test func `a bulk halt of which nobody was told is not taken for a look`() async throws {
        let web = try await PeerProcess.http()
        let stand = try await Stand([Line.hook(try web.port("http"))], people: everybody(300))
        try await stand.announce("outage", .bulk)
        let fault = Fault(.recipient, "address-unsuitable", "no")
        try await die(
            after: (0..<200).map { $0 % 20 == 7 ? .refused(fault) : .accepted(providerID: nil) }, stand)
        let store = stand.store
        try await stand.serve { [outage] (_) async throws(StoreError) in
            try await store.progress(outage).state == .paused
        }
        #expect(try await web.requests().isEmpty)
        #expect(try await store.progress(outage).pauseReason.contains("10 of 200"))
        try await stand.resume()
        try await stand.finish("outage")
        #expect(try await web.requests().count == 100)
    }

    @Test func `a channel's halt of which nobody was told comes with the next refusal`() async throws {
        let web = try await PeerProcess.http(#"{"/hook": [{"status": 400}, {"status": 400, "hold": true}]}"#)
        let stand = try await Stand(
            [Line.hook(try web.port("http"), #""connections":1"#)], people: everybody(60))
        try await stand.announce()
        let fault = Fault(.message, "message-refused", "400")
        try await die(after: (0..<25).map { _ in .refused(fault) }, stand)
        let store = stand.store
        async let served: Void = stand.serve { [outage] (_) async throws(StoreError) in
            try await !store.progress(outage).channels.compactMapValues(\.hold).isEmpty
        }
        await stand.recorder.events.wait { !stand.recorder.halts.isEmpty }
        try await web.release()
        try await served
        #expect(try await web.requests().count < MessageHalt.sample)
        #expect(stand.recorder.halts.count == 1)
    }

    @Test func `one success among the first means the message is not to blame`() async throws {
        let web = try await PeerProcess.http(
            script(Array(repeating: 400, count: 19) + [200] + Array(repeating: 400, count: 30)))
        let stand = try await Stand(
            [Line.hook(try web.port("http"), #""connections":1"#)], people: everybody(60))
        try await stand.announce()
        try await stand.finish("outage")
        #expect(try await stand.standing("hook") == "accepted 11, refused 49")
    }

    @Test func `a bulk announcement begins with two hundred and halts at five in a hundred refused`()
        async throws
    {
        let bad = (0..<200).map { $0 % 20 == 7 ? 400 : 200 }
        let web = try await PeerProcess.http(script(bad))
        let stand = try await Stand([Line.hook(try web.port("http"))], people: everybody(400))
        try await stand.announce("outage", .bulk)
        let store = stand.store
        try await stand.serve { [outage] (_) async throws(StoreError) in
            try await store.progress(outage).state == .paused
        }
        #expect(try await web.requests().count == BulkBrake.sample)
        #expect(try await stand.standing("hook") == "queued 200, accepted 190, refused 10")
        #expect(try await store.progress(outage).pauseReason.contains("10 of 200"))
        try await stand.resume()
        try await stand.finish("outage")
        #expect(try await stand.standing("hook") == "accepted 390, refused 10")
    }

    @Test func `a bulk announcement with few refusals goes on by itself`() async throws {
        let web = try await PeerProcess.http(script((0..<200).map { $0 < 9 ? 400 : 200 }.reversed()))
        let stand = try await Stand([Line.hook(try web.port("http"))], people: everybody(400))
        try await stand.announce("outage", .bulk)
        try await stand.finish("outage")
        #expect(try await stand.standing("hook") == "accepted 391, refused 9")
    }

    @Test func `the sample of a bulk announcement is counted across dispatchers`() async throws {
        let web = try await PeerProcess.http()
        let stand = try await Stand([Line.hook(try web.port("http"))], people: everybody(300))
        try await stand.announce("outage", .bulk)
        let fault = Fault(.recipient, "address-unsuitable", "no")
        try await die(after: Array(repeating: .refused(fault), count: 12), stand)
        let store = stand.store
        try await stand.serve { [outage] (_) async throws(StoreError) in
            try await store.progress(outage).state == .paused
        }
        #expect(try await web.requests().count == BulkBrake.sample - 12)
    }

    @Test func `one broken relay does not blacklist everyone, however often the dispatcher starts`()
        async throws
    {
        let no = "550 5.1.1 no such user"
        let replies = [no, no, no, no, "hold \(no)", no].map { "\"\($0)\"" }.joined(separator: ", ")
        let mail = try await PeerProcess("smtp_script.py", "{\"RCPT\": [\(replies)]}")
        let stand = try await Stand(
            [Line.email(try mail.port("smtp"), #""connections":1"#)], people: everybody(40))
        try await stand.announce()
        let (stop, clock) = (StopSignal(), MovedClock())
        clock.hold()
        async let served: Void = stand.serve(stop: stop, by: clock.clock) { (_) async throws(StoreError) in
            false
        }
        await stand.recorder.events.wait { stand.recorder.outcomes.count == 4 }
        // The fifth is on the wire: only what is not goes back.
        var lines: [PeerProcess.Entry] = []
        repeat {
            lines = try await mail.wait(for: lines.count + 1, "line")
        } while lines.count { $0["text"]?.text.hasPrefix("RCPT") ?? false } < 5
        stop.ask()
        try await stand.wait { $0 == 35 }
        try await mail.release()
        try await served
        #expect(try await stand.standing("email") == "queued 35, refused 5")
        try await stand.finish("outage")
        try await stand.announce("again")
        #expect(try await stand.counts("email", of: "again").skipped == [.suppressed: 10])
    }
}
