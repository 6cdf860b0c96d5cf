import Broadcast
import Dispatching
import Foundation
import Storage
import TestPeers
import Testing

@Suite(.timeLimit(.minutes(5)))
struct DeliveringTests {
    @Test func `two hundred people over four channels each get one copy, and the counts say so`() async throws
    {
        let mail = try await PeerProcess("smtp_peer.py")
        let web = try await PeerProcess.http(
            #"{"/bot123456:secret/sendMessage":[{"body":"{\"ok\":true}"}]}"#)
        let port = try web.port("http")
        let stand = try await Stand(
            [
                Line.email(try mail.port("smtp")), Line.sms(port), Line.telegram(port, #""rate":"1000/s""#),
                Line.hook(port),
            ], people: everybody(200))
        try await stand.announce()
        try await stand.finish("outage")
        for channel in ["email", "sms", "telegram", "hook"] {
            #expect(try await stand.standing(channel) == "accepted 200", "\(channel)")
        }
        let report = try await stand.store.report(Announcement.ID(valid: "outage"))
        #expect(report.contacts == ContactCounts(selected: 200, reached: 200))
        let people = Set((1...200).map { "c\($0)" })
        #expect(
            Set(try await mail.entries("mail").map { $0["to"]?.list.first?.text ?? "" })
                == Set(people.map { "\($0)@example.org" }))
        #expect(try await mail.entries("mail").count == 200)
        let texts = try await web.bodies("/sms")
        #expect(texts.count == 200)
        #expect(people.allSatisfy { id in texts.contains { $0.contains("\"Down \(id)\"") } })
        #expect(try await web.bodies("/bot123456:secret/sendMessage").count == 200)
        #expect(try await web.bodies("/hook").count == 200)
    }

    @Test func `a channel that is marked down is skipped with its reason, the others go on`() async throws {
        let web = try await PeerProcess.http()
        let port = try web.port("http")
        let stand = try await Stand([Line.sms(port), Line.hook(port)], people: everybody(5))
        try await stand.mark("sms")
        try await stand.announce()
        try await stand.finish("outage")
        #expect(try await stand.counts("sms").skipped == [.channelDown: 5])
        #expect(try await stand.standing("hook") == "accepted 5")
        #expect(try await web.bodies("/sms").isEmpty)
    }

    @Test func `what is queued when a mark comes waits until it is lifted`() async throws {
        let web = try await PeerProcess.http()
        let port = try web.port("http")
        let stand = try await Stand([Line.sms(port), Line.hook(port)], people: everybody(5))
        try await stand.announce()
        try await stand.mark("sms")
        let store = stand.store
        try await stand.serve { (status) async throws(StoreError) in
            let report = try await store.progress(Announcement.ID(valid: "outage"))
            guard report.channels[ChannelName(valid: "hook")]?.count(.accepted) == 5 else { return false }
            return !status.free.contains(ChannelName(valid: "sms"))
        }
        #expect(try await stand.standing("sms") == "queued 5")
        #expect(try await web.bodies("/sms").isEmpty)
        #expect(try await store.unmark(.channel, "sms"))
        try await stand.finish("outage")
        #expect(try await stand.standing("sms") == "accepted 5")
    }

    @Test func `a template that no longer compiles halts its own announcement only`() async throws {
        let web = try await PeerProcess.http()
        let stand = try await Stand([Line.hook(try web.port("http"))], people: everybody(3))
        try await stand.announce("broken", body: "{{#never closed")
        try await stand.announce()
        try await stand.finish("outage")
        #expect(try await stand.standing("hook") == "accepted 3")
        #expect(try await stand.standing("hook", of: "broken") == "queued 3")
        let report = try await stand.store.progress(Announcement.ID(valid: "broken"))
        #expect(report.state == .paused && report.pauseReason.contains("cannot be sent"))
        #expect(stand.recorder.halts.count == 1)
    }

    @Test func `an announcement written down while serving is sent`() async throws {
        let web = try await PeerProcess.http()
        let stand = try await Stand([Line.hook(try web.port("http"))], people: everybody(3))
        try await stand.announce()
        async let done: Void = stand.finish("outage", "later")
        try await web.wait(for: 1, "request")
        try await stand.announce("later")
        try await done
        #expect(try await stand.standing("hook", of: "later") == "accepted 3")
    }
}
