import Broadcast
import Foundation
import Testing

@testable import Storage

struct StateTests {
    let store: Store
    let id = Announcement.ID(valid: "outage")

    init() throws { store = try Store.inMemory(now: start) }

    @Test func `cancelling skips what waits and lets what is on the wire be settled`() async throws {
        try await store.seed(["1", "2", "3"])
        try await store.planned([.sample("1"), .sample("2"), .sample("3"), .sample("3", .sms)])
        let token = try await store.lead()
        let claimed = try await store.claim(.email, limit: 1, token: token, now: start)
        #expect(try await store.cancel(id, now: start) == 3)
        #expect(
            try await store.states() == [
                "1 email sending", "2 email skipped cancelled", "3 email skipped cancelled",
                "3 sms skipped cancelled",
            ])
        #expect(try await store.report(id).finishedAt == nil)
        _ = try await store.settle(
            claimed.map { Outcome($0.id, .accepted(providerID: nil)) }, token: token, now: start + 1)
        let report = try await store.report(id)
        #expect(report.state == .cancelled && report.finishedAt == start + 1)
        #expect(report.contacts == ContactCounts(selected: 3, reached: 1, missed: 2))
        #expect(try await store.miscounts() == [])
        #expect(try await store.cancel(id, now: start) == 0)
    }

    @Test func `what comes back from the wire to a cancelled announcement goes no further`() async throws {
        try await store.seed(["1"])
        try await store.planned([.sample("1")])
        let token = try await store.lead()
        let claimed = try await store.claim(.email, limit: 1, token: token, now: start)
        _ = try await store.cancel(id, now: start)
        _ = try await store.settle(
            claimed.map { Outcome($0.id, .deferred(.sample(.channel), nextAt: start)) }, token: token,
            now: start)
        #expect(try await store.states() == ["1 email skipped cancelled"])
        #expect(try await store.report(id).finishedAt == start)
        #expect(try await store.miscounts() == [])
    }

    @Test func `a cancellation that a crash cut short is completed by the next look at the time`()
        async throws
    {
        try await store.seed(["1"])
        try await store.planned([.sample("1")])
        try await store.run("UPDATE announcements SET state = 'cancelled'")
        #expect(try await store.claim(.email, limit: 1, token: try await store.lead(), now: start).isEmpty)
        #expect(try await store.expire(now: start) == 1)
        #expect(try await store.states() == ["1 email skipped cancelled"])
        #expect(try await store.report(id).finishedAt == start)
    }

    @Test func `stop pauses everything, also what is still being planned`() async throws {
        try await store.seed(["1"])
        try await store.planned(.sample("a"), [.sample("1")])
        try await store.planned(.sample("b", due: start + 60), [.sample("1")])
        let planning = Announcement.sample("c")
        _ = try await store.accept(planning, digest: "c", over: ChannelFacts.samples, named: .chosen)
        let run = try await store.plan([.sample("1")], in: try await store.beginPlanning(planning.id))
        #expect(try await store.pauseAll(why: "stop") == 2)
        #expect(try await store.finishPlanning(run, as: .running, now: start) == .paused)
        let token = try await store.lead()
        #expect(try await store.claim(.email, limit: 9, token: token, now: start + 90).isEmpty)
        #expect(
            try await store.announcements().allSatisfy { $0.state == .paused && $0.pauseReason == "stop" })
        #expect(try await store.backlog().isEmpty)

        #expect(try await store.resumeAll(now: start).map(\.rawValue) == ["a", "b", "c"])
        #expect(try await store.announcements().map(\.state) == [.running, .scheduled, .running])
        #expect(try await store.resumeAll(now: start).isEmpty)
    }

    @Test func `what is over can be neither paused, resumed nor cancelled`() async throws {
        try await store.seed(["1"])
        try await store.planned([.sample("1", plan: .skipped(.noAddress))])
        for act in ["pause", "resume", "cancel"] {
            let error = await #expect(throws: StoreError.self) {
                switch act {
                case "pause": try await store.pause(id, why: "x")
                case "resume": _ = try await store.resume(id, now: start)
                default: _ = try await store.cancel(id, now: start)
                }
            }
            #expect(error?.code == .wrongState)
            #expect(error?.message.contains("is finished") == true)
        }
        #expect(try await store.pauseAll(why: "stop") == 0)
        let error = await #expect(throws: StoreError.self) {
            try await store.pause(Announcement.ID(valid: "nobody"), why: "x")
        }
        #expect(error?.code == .notFound)
    }

    @Test func `cancelling in planning ends the planner`() async throws {
        try await store.seed(["1"])
        _ = try await store.accept(.sample(), digest: "d", over: ChannelFacts.samples, named: .chosen)
        let run = try await store.plan([.sample("1")], in: try await store.beginPlanning(id))
        #expect(try await store.cancel(id, now: start) == 1)
        let error = await #expect(throws: StoreError.self) {
            _ = try await store.finishPlanning(run, as: .running, now: start)
        }
        #expect(error?.code == .wrongState)
        #expect(try await store.report(id).state == .cancelled)
        #expect(try await store.miscounts() == [])
    }

    @Test func `an owner's death leaves unknown what its channel does not retry`() async throws {
        try await store.seed(["1", "2"])
        try await store.planned([.sample("1"), .sample("1", .sms), .sample("2")])
        let old = try await store.lead()
        let mail = try await store.claim(.email, limit: 1, token: old, now: start)
        _ = try await store.send(.sms, limit: 1, token: old, now: start)
        let new = try await store.lead()
        #expect(try await store.recover(token: new, now: start + 9) == Recovery(retried: 1, left: 1))
        #expect(try await store.states() == ["1 email queued", "1 sms unknown", "2 email queued"])
        let again = try await store.claim(.email, limit: 9, token: new, now: start + 9)
        #expect(again.map(\.attempt) == [1, 2])
        #expect(again.last?.id == mail.first?.id)
        #expect(try await store.recover(token: new, now: start + 9) == Recovery())
        #expect(try await store.miscounts() == [])
    }

    @Test(arguments: Priority.allCases)
    func `an unknown SMS moves on under reach first only when urgent`(priority: Priority) async throws {
        try await store.seed(["1"])
        try await store.planned(.sample(priority: priority, reach: .first), [.sample("1", .sms)])
        _ = try await store.send(.sms, limit: 1, token: try await store.lead(), now: start)
        _ = try await store.recover(token: try await store.lead(), now: start)
        #expect(try await store.stranded(limit: 9).count == (priority == .urgent ? 1 : 0))
        let report = try await store.report(id)
        #expect(report.contacts.waiting == (priority == .urgent ? 1 : 0))
        #expect(report.contacts.unknown == (priority == .urgent ? 0 : 1))
    }

    @Test func `expiry counts from each delivery's due time and the shorter of both bounds`() async throws {
        try await store.seed(["1", "2"])
        try await store.planned(
            .sample(expiresAfter: .seconds(600)), [.sample("1"), .sample("2", due: start + 50)])
        #expect(try await store.nextExpiry() == start + 600)
        #expect(try await store.expire(now: start + 600) == 1)
        #expect(try await store.states() == ["1 email expired", "2 email queued"])
        #expect(try await store.nextExpiry() == start + 650)
        #expect(try await store.expire(now: start + 650) == 1)
        #expect(try await store.nextExpiry() == nil)
        #expect(try await store.report(id).state == .finished)
        #expect(try await store.miscounts() == [])
    }

    @Test func `the backlog says how much waits on each channel and from when`() async throws {
        try await store.seed(["1", "2"])
        try await store.planned(.sample("a"), [.sample("1", due: start + 5), .sample("2", due: start + 3)])
        try await store.planned(
            .sample("b", due: start + 60),
            [.sample("1", due: start + 60), .sample("1", .sms, due: start + 70)])
        var expected: [ChannelName: Backlog] = [
            .email: Backlog(queued: 3, nextAt: start + 3), .sms: Backlog(queued: 1, nextAt: start + 70),
        ]
        #expect(try await store.backlog() == expected)
        try await store.hold(Announcement.ID(valid: "a"), .email, why: "x")
        expected[.email] = Backlog(queued: 1, nextAt: start + 60)
        #expect(try await store.backlog() == expected)
    }

    @Test func `what is not due soon is counted on each channel`() async throws {
        try await store.seed(["1", "2", "3"])
        let due = [("1", 5.0), ("2", 6), ("3", 90)].map { Delivery.sample($0.0, due: start + $0.1) }
        try await store.planned(.sample("a"), due + [.sample("1", .sms)])
        try await store.planned(.sample("b"), [.sample("1", due: start + 90)])
        let a = Announcement.ID(valid: "a")
        #expect(try await store.later(than: start + 4, of: a) == [.email: 3])
        #expect(try await store.later(than: start + 5, of: a) == [.email: 2])
        try await store.hold(a, .email, why: "x")
        #expect(try await store.later(than: start + 5, of: a) == [:])
    }
}
