import Broadcast
import Curl
import Dispatching
import Foundation
import Storage
import TestPeers
import Testing

@Suite(.timeLimit(.minutes(5)))
struct FailoverTests {
    private let outage = Announcement.ID(valid: "outage")
    private let order = #"["email", "sms"]"#

    /// A mail server that knows nobody of these.
    private func mailServer(refusing people: [String]) async throws -> PeerProcess {
        let refusals = people.map { #""\#($0)@example.org": "550 5.1.1 no such user""# }
        return try await PeerProcess(
            "smtp_peer.py", #"{"recipients": {\#(refusals.joined(separator: ", "))}}"#)
    }

    @Test func `who is refused gets the next channel, the others only the first`() async throws {
        let mail = try await mailServer(refusing: ["c2", "c5"])
        let web = try await PeerProcess.http()
        let stand = try await Stand(
            [Line.email(try mail.port("smtp")), Line.sms(try web.port("http"))], people: everybody(6),
            order: order)
        try await stand.announce(reach: .first)
        try await stand.finish("outage")
        #expect(try await stand.standing("email") == "accepted 4, refused 2")
        let texts = try await web.bodies("/sms")
        #expect(texts.count == 2)
        #expect(["c2", "c5"].allSatisfy { id in texts.contains { $0.contains("Down \(id)\"") } })
        #expect(try await stand.store.report(outage).contacts == ContactCounts(selected: 6, reached: 6))
    }

    @Test func `a person whom no channel takes is missed, and the announcement ends`() async throws {
        let mail = try await mailServer(refusing: ["c1"])
        let web = try await PeerProcess.http(#"{"/sms": [{"status": 400}]}"#)
        let stand = try await Stand(
            [Line.email(try mail.port("smtp")), Line.sms(try web.port("http"))], people: everybody(2),
            order: order)
        try await stand.announce(reach: .first)
        try await stand.finish("outage")
        #expect(
            try await stand.store.report(outage).contacts == ContactCounts(selected: 2, reached: 1, missed: 1)
        )
    }

    @Test(arguments: [true, false])
    func `people who share an address share its copy, and part ways when it is refused`(isRefused: Bool)
        async throws
    {
        let mail = try await mailServer(refusing: isRefused ? ["both"] : [])
        let web = try await PeerProcess.http()
        let people = ["c1,Anna,both@example.org,+393331000001,", "c2,Bruno,both@example.org,+393331000002,"]
        let stand = try await Stand(
            [Line.email(try mail.port("smtp")), Line.sms(try web.port("http"))], people: people, order: order)
        try await stand.announce(reach: .first)
        try await stand.finish("outage")
        #expect(try await web.bodies("/sms").count == (isRefused ? 2 : 0))
        #expect(try await mail.entries("mail").count == (isRefused ? 0 : 1))
        #expect(try await stand.store.report(outage).contacts == ContactCounts(selected: 2, reached: 2))
    }

    @Test(arguments: [(10, 30), (5, 15), (4, 0)])
    func `whose copy somebody carries costs nothing, and money stands in nobody's way`(
        cents: Int, reached: Int
    ) async throws {
        let people = (1...30).map { "c\($0),Name \($0),c\($0)@example.org,+39333100000\($0 % 2)," }
        let mail = try await mailServer(refusing: (1...30).map { "c\($0)" })
        let web = try await PeerProcess.http()
        let stand = try await Stand(
            [
                Line.email(try mail.port("smtp")),
                Line.sms(try web.port("http"), #""price":"0.05 EUR""#),
            ], people: people, order: order)
        try await stand.announce(reach: .first, maxCost: Money(Decimal(cents) / 100, "EUR"))
        try await stand.finish("outage")
        #expect(try await web.bodies("/sms").count == cents / 5)
        #expect(
            try await stand.store.report(outage).contacts
                == ContactCounts(selected: 30, reached: reached, missed: 30 - reached))
        #expect(try await stand.store.spent(by: outage) == Decimal(cents / 5 * 5) / 100)
    }

    @Test func `a mark leads those who wait to the next channel at once`() async throws {
        let web = try await PeerProcess.http()
        let stand = try await Stand(
            [Line.email(try closedPort()), Line.sms(try web.port("http"))], people: everybody(5),
            order: order)
        try await stand.announce(reach: .first)
        try await stand.mark("email")
        try await stand.finish("outage")
        #expect(try await stand.standing("sms") == "accepted 5")
        #expect(try await stand.counts("email").skipped == [.channelDown: 5])
    }

    @Test func `a tripped channel is left after failoverAfter`() async throws {
        let web = try await PeerProcess.http()
        let stand = try await Stand(
            [
                Line.email(try closedPort(), #""failoverAfter":"300ms","# + Line.soon),
                Line.sms(try web.port("http")),
            ], people: everybody(30), order: order)
        try await stand.announce(reach: .first)
        try await stand.finish("outage")
        #expect(try await stand.standing("sms") == "accepted 30")
        #expect(try await stand.counts("email").skipped == [.channelDown: 30])
    }

    @Test(arguments: [#""failoverAfter":"1h""#, #""failoverAfter":"1ms""#])
    func `nobody leaves a tripped channel before its time, nor for one that is down too`(setting: String)
        async throws
    {
        let web = try await PeerProcess.http()
        let stand = try await Stand(
            [Line.email(try closedPort(), setting + "," + Line.soon), Line.sms(try web.port("http"))],
            people: everybody(30), order: order)
        try await stand.announce(reach: .first)
        if setting.contains("ms") { try await stand.mark("sms") }
        let recorder = stand.recorder
        let ticks = Count()
        try await stand.serve { (_) async throws(StoreError) in
            guard !recorder.health.isEmpty else { return false }
            // Two walks over those who wait, at the least.
            ticks.add()
            return ticks.value > 15
        }
        #expect(try await web.requests().isEmpty)
        #expect(try await stand.standing("email") == "queued 30")
    }

    @Test func `those of one announcement leave though the more urgent ones of another have nowhere to go`()
        async throws
    {
        let web = try await PeerProcess.http()
        let urgent = (1...700).map { "u\($0),Name \($0),u\($0)@example.org,," }
        let stand = try await Stand(
            [Line.email(try closedPort()), Line.sms(try web.port("http"))],
            people: everybody(50) + urgent, order: order)
        try await stand.announce(reach: .first, to: "has:sms")
        try await stand.announce("fire", .urgent, reach: .first, to: "not has:sms")
        try await stand.mark("email")
        try await stand.finish("outage")
        #expect(try await stand.standing("sms") == "accepted 50")
        #expect(try await stand.standing("email", of: "fire") == "queued 700")
    }

    @Test func `a channel that was marked when it was planned has its turn once it is up`() async throws {
        let mail = try await mailServer(refusing: ["c1", "c2"])
        let web = try await PeerProcess.http()
        let stand = try await Stand(
            [Line.email(try mail.port("smtp")), Line.sms(try web.port("http"))], people: everybody(3),
            order: #"["sms", "email"]"#)
        try await stand.mark("sms")
        try await stand.announce(reach: .first)
        #expect(try await stand.store.unmark(.channel, "sms"))
        try await stand.finish("outage")
        #expect(try await stand.standing("email") == "accepted 1, refused 2")
        #expect(try await stand.standing("sms") == "accepted 2, skipped 1")
        #expect(try await stand.store.report(outage).contacts == ContactCounts(selected: 3, reached: 3))
    }

    @Test func `a later dispatcher counts from the beginning, but lets the channel show that it is back`()
        async throws
    {
        let web = try await PeerProcess.http()
        let retry = #""failoverAfter":"30m","retry":{"first":"50ms","cap":"200ms","within":"1d"}"#
        let stand = try await Stand(
            [Line.email(try closedPort(), retry), Line.sms(try web.port("http"))], people: everybody(30),
            order: order)
        try await stand.announce(reach: .first)
        let (recorder, store, outage) = (stand.recorder, stand.store, outage)
        try await stand.serve { (_) async throws(StoreError) in !recorder.health.isEmpty }
        let clock = MovedClock()
        clock.move(by: .seconds(3600))
        clock.hold()
        let ticks = Count()
        let transport = try CurlTransport(version: "9.9")
        try await stand.dispatcher(over: transport, clock: clock.clock).serve(stop: StopSignal()) {
            (status) async throws(StoreError) in
            ticks.add()
            let progress = try await store.progress(outage)
            if ticks.value == 10 {
                // One of them may be under way as the probe.
                let email = progress.channels[ChannelName(valid: "email")] ?? ChannelCounts()
                #expect(email.count(.queued) + email.count(.sending) == 30)
                let leaving = status.leaving[ChannelName(valid: "email")]
                let date = leaving?.date(.normal, since: status.now.wall)
                #expect(date.map { $0 > status.now.wall && $0 < status.now.wall + 31 } == true)
                clock.move(by: .seconds(31))
            }
            return progress.state == .finished
        }
        await transport.shutdown()
        #expect(try await stand.standing("sms") == "accepted 30")
    }

    // MARK: Unknown

    @Test func `a mail whose reply is lost is sent three times and no more`() async throws {
        let mail = try await PeerProcess("smtp_script.py", #"{"end": "close"}"#)
        let stand = try await Stand([Line.email(try mail.port("smtp"), Line.soon)], people: everybody(1))
        try await stand.announce()
        try await stand.finish("outage")
        let texts = try await mail.entries("text").map { $0["text"]?.text ?? "" }
        #expect(texts.count == 3 && Set(texts).count == 1)
        #expect(try await stand.standing("email") == "unknown 1")
        let faults = try await stand.store.faults(outage)[ChannelName(valid: "email")] ?? []
        #expect(faults.count == 1 && faults.allSatisfy { $0.state == .unknown })
        #expect(try await stand.store.report(outage).contacts == ContactCounts(selected: 1, unknown: 1))
    }

    @Test func `a webhook, whose receivers drop copies, is sent until somebody answers`() async throws {
        let lost = Array(repeating: #"{"close": "request"}"#, count: 5).joined(separator: ",")
        let web = try await PeerProcess.http(#"{"/hook": [\#(lost), {}]}"#)
        let stand = try await Stand([Line.hook(try web.port("http"), Line.soon)], people: everybody(1))
        try await stand.announce()
        try await stand.finish("outage")
        #expect(try await stand.standing("hook") == "accepted 1")
        #expect(try await web.requests().count == 6)
    }

    @Test(arguments: [("stop", 0), ("next", 5)])
    func `a mark leads away who may have got it only when an unknown outcome does`(
        choice: String, texts: Int
    ) async throws {
        let mail = try await PeerProcess("smtp_script.py", #"{"end": "close"}"#)
        let web = try await PeerProcess.http()
        let retry = #""retry":{"first":"1h","cap":"1h","within":"2h"}"#
        let stand = try await Stand(
            [
                Line.email(try mail.port("smtp"), #""afterUnknown":"\#(choice)","# + retry),
                Line.sms(try web.port("http")),
            ], people: everybody(5), order: order)
        try await stand.announce("outage", choice == "stop" ? .urgent : .normal, reach: .first)
        let (recorder, other, outage) = (stand.recorder, try stand.otherStore(), outage)
        try await stand.serve { (_) async throws(StoreError) in recorder.outcomes.count == 5 }
        try await stand.mark("email", by: other)
        let ticks = Count()
        try await stand.serve { (_) async throws(StoreError) in
            ticks.add()
            let isOver = try await other.progress(outage).state == .finished
            return choice == "stop" ? ticks.value > 5 : isOver
        }
        #expect(try await web.bodies("/sms").count == texts)
        #expect(try await stand.standing("email") == (choice == "stop" ? "queued 5" : "unknown 5"))
    }

    @Test func `a group that has become another one is written to there, and known by it from then on`()
        async throws
    {
        let moved =
            #"{"status": 400, "body": "{\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: upgraded\",\"parameters\":{\"migrate_to_chat_id\":-1001234567890}}"}"#
        let taken = #"{"body": "{\"ok\":true,\"result\":{\"message_id\":7}}"}"#
        let web = try await PeerProcess.http(#"{"*": [\#(moved), \#(taken)]}"#)
        let stand = try await Stand([Line.telegram(try web.port("http"))], people: ["c1,Anna,,,-4711"])
        try await stand.announce()
        try await stand.finish("outage")
        let bodies = try await web.requests().map { $0["body"]?.text ?? "" }
        #expect(bodies.count == 2 && bodies[0].contains("-4711"))
        #expect(bodies.last == bodies.first?.replacing("-4711", with: "-1001234567890"))
        #expect(try await stand.standing("telegram") == "accepted 1")
        let people = try await stand.store.people(of: outage, standing: nil).people
        #expect(people.flatMap(\.deliveries).map(\.attempts) == [2])
        // The next announcement goes there at once.
        try await stand.announce("again")
        try await stand.finish("again")
        let last = try await web.requests().last?["body"]?.text ?? ""
        #expect(last.contains("-1001234567890"))
        #expect(try await web.requests().count == 3)
    }

    @Test func `an outcome nobody knows is tried again under the same key where there is one`() async throws {
        let web = try await PeerProcess.http(#"{"/hook": [{"close": "request"}, {}]}"#)
        let stand = try await Stand([Line.hook(try web.port("http"), Line.soon)], people: everybody(1))
        try await stand.announce()
        try await stand.finish("outage")
        #expect(try await stand.standing("hook") == "accepted 1")
        let ids = try await web.requests().map { entry in
            entry["headers"]?.list.first { $0.list.first?.text == "webhook-id" }?.list.last?.text
        }
        #expect(ids.count == 2 && Set(ids).count == 1 && ids[0] != nil)
    }

    @Test(arguments: [
        (Priority.normal, "", 0), (.normal, #","afterUnknown":"next""#, 1), (.urgent, "", 1),
        (.urgent, #","afterUnknown":"stop""#, 0),
    ])
    func `an outcome left unknown leads on only when the owner, or the hurry, says so`(
        priority: Priority, setting: String, next: Int
    ) async throws {
        let web = try await PeerProcess.http(#"{"/sms": [{"close": "request"}]}"#)
        let port = try web.port("http")
        let stand = try await Stand(
            [Line.sms(port, Line.soon + setting), Line.hook(port)], people: everybody(1),
            order: #"["sms", "hook"]"#)
        try await stand.announce("outage", priority, reach: .first)
        try await stand.finish("outage")
        #expect(try await stand.standing("sms") == "unknown 1")
        #expect(try await web.bodies("/sms").count == 1)
        #expect(try await web.bodies("/hook").count == next)
    }
}
