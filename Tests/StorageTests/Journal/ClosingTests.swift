import Broadcast
import Foundation
import Testing

@testable import Storage

/// One announcement ends another and goes to those who were told of it.
struct ClosingTests: ClosingScene {
    let store: Store

    init() throws { store = try Store.inMemory(now: start) }

    @Test func `those who were told hear it where they were told, and nobody else`() async throws {
        let token = try await notice(
            ["a", "b", "c", "d", "e"],
            [
                .sample(nil, .status), .sample("a"), .sample("a", .sms), .sample("b"), .sample("b", .sms),
                .sample("c"), .sample("d", address: "a@example.org"), .sample("e"),
            ])
        let mail = try await store.send(.email, limit: 3, token: token, now: start)
        let text = try await store.send(.sms, limit: 1, token: token, now: start)
        _ = try await store.settle(
            [
                Outcome(mail[0].id, .accepted(providerID: nil)), Outcome(mail[1].id, .refused(fault)),
                Outcome(mail[2].id, .unknown(fault, retryAt: nil)),
                Outcome(text[0].id, .accepted(providerID: nil)),
            ], token: token, now: start)
        guard case .closed(.running, cancelled: 3) = try await close() else {
            Issue.record("it is not closed")
            return
        }
        #expect(
            try await store.states("solved") == [
                "a email queued", "a sms queued", "c email queued", "d email queued",
            ])
        #expect(
            try await store.states() == [
                "- status skipped cancelled", "a email accepted", "a sms accepted", "b email refused",
                "b sms skipped cancelled", "c email unknown", "d email skipped duplicate-address",
                "e email skipped cancelled",
            ])
        #expect(try await store.miscounts() == [])
        #expect(try await store.report(notice).closedBy == solved)
        #expect(try await store.report(solved).closes == notice)
        #expect(try await store.report(notice).finishedAt != nil)
    }

    @Test func `a public place hears it where it was told`() async throws {
        let token = try await notice(["a"], [.sample(nil, .status), .sample("a")])
        let place = try await store.send(.status, limit: 1, token: token, now: start)
        _ = try await store.settle(
            [Outcome(place[0].id, .accepted(providerID: nil))], token: token, now: start)
        try await close()
        #expect(try await store.states("solved") == ["- status queued"])
    }

    @Test(arguments: [
        (Outcome.Result.accepted(providerID: nil), "a email sending"),
        (.unknown(Fault.sample(.channel), retryAt: start + 2), "a email sending"),
        (.unknown(Fault.sample(.channel), retryAt: nil), "a email sending"),
        (.refused(Fault.sample()), ""),
        (.deferred(Fault.sample(), nextAt: start + 2), ""),
        (.returned(nextAt: start, nil), ""),
    ])
    func `what is on the wire is waited for, and decides whether it is heard`(
        result: Outcome.Result, expected: String
    ) async throws {
        let token = try await notice(["a"], [.sample("a")])
        let sent = try await store.send(.email, limit: 1, token: token, now: start)
        try await close()
        #expect(try await store.claim(.email, limit: 9, token: token, now: start + 2).isEmpty)
        #expect(try await store.states("solved") == ["a email queued"])
        _ = try await store.settle([Outcome(sent[0].id, result)], token: token, now: start + 2)
        #expect(try await store.claim(.email, limit: 9, token: token, now: start + 3).count <= 1)
        #expect(try await store.states("solved") == (expected.isEmpty ? [] : [expected]))
        #expect(try await store.progress(solved).state == (expected.isEmpty ? .finished : .running))
        #expect(try await store.report(notice).finishedAt != nil)
        #expect(try await store.claim(.email, limit: 9, token: token, now: start + 99).isEmpty)
        #expect(try await store.miscounts() == [])
    }

    @Test func `nobody hears it on one channel while they are being told on another`() async throws {
        let token = try await notice(["a", "b"], [.sample("a"), .sample("a", .sms), .sample("b")])
        let mail = try await store.send(.email, limit: 2, token: token, now: start)
        let text = try await store.send(.sms, limit: 1, token: token, now: start)
        _ = try await store.settle(
            mail.map { Outcome($0.id, .accepted(providerID: nil)) }, token: token, now: start)
        try await close()
        #expect(
            try await store.claim(.email, limit: 9, token: token, now: start + 2).map(\.contact?.id.rawValue)
                == ["b"])
        _ = try await store.settle([Outcome(text[0].id, .refused(fault))], token: token, now: start + 2)
        #expect(
            try await store.claim(.email, limit: 9, token: token, now: start + 3).map(\.contact?.id.rawValue)
                == ["a"])
        #expect(try await store.claim(.sms, limit: 9, token: token, now: start + 3).isEmpty)
        #expect(try await store.states("solved") == ["a email sending", "b email sending"])
    }

    @Test func `what a killed dispatcher had on the wire is heard of once the next one knows`() async throws {
        let token = try await notice(["a", "b"], [.sample("a", .sms), .sample("b", .sms)])
        _ = try await store.send(.sms, limit: 1, token: token, now: start)
        _ = try await store.claim(.sms, limit: 1, token: token, now: start)
        try await close()
        let next = try await overtake()
        #expect(try await store.claim(.sms, limit: 9, token: next, now: start + 60).isEmpty)
        #expect(try await store.recover(token: next, now: start + 60) == Recovery(freed: 1, left: 1))
        #expect(try await store.claim(.sms, limit: 9, token: next, now: start + 61).count == 1)
        #expect(try await store.states("solved") == ["a sms sending"])
        #expect(try await store.states() == ["a sms unknown", "b sms skipped cancelled"])
        #expect(try await store.miscounts() == [])
    }

    @Test func `an overtaken dispatcher's late word that it was refused spares whoever has not heard yet`()
        async throws
    {
        let token = try await notice(["a"], [.sample("a")])
        let sent = try await store.send(.email, limit: 1, token: token, now: start)
        try await close()
        let next = try await overtake()
        _ = try await store.recover(token: next, now: start + 60)
        #expect(try await store.states() == ["a email unknown"])
        _ = try await store.settle([Outcome(sent[0].id, .refused(fault))], token: token, now: start + 61)
        #expect(try await store.claim(.email, limit: 9, token: next, now: start + 62).isEmpty)
        #expect(try await store.states() == ["a email refused"])
        #expect(try await store.states("solved") == [])
    }

    @Test(arguments: [1, 2, 1000])
    func `whoever is told while the plan is looked at is told the end too, once`(limit: Int) async throws {
        let ids = (1...9).map(String.init)
        let token = try await notice(ids, ids.flatMap { [.sample($0), .sample($0, .sms)] })
        let tell = { (channel: ChannelName, count: Int) in
            let sent = try await store.send(channel, limit: count, token: token, now: start)
            _ = try await store.settle(
                sent.map { Outcome($0.id, .accepted(providerID: nil)) }, token: token, now: start)
        }
        try await tell(.email, 3)
        let begun = try await begun()
        let run = try await planned(begun, limit: limit)
        #expect(run.selected == 3)
        try await tell(.email, 2)
        try await tell(.sms, 4)
        guard case .closed = try await finish(run, begun.planner) else {
            Issue.record("it is not closed")
            return
        }
        let expected = ids.prefix(5).flatMap { id in
            ["\(id) email queued"] + (Int(id) ?? 9 <= 4 ? ["\(id) sms queued"] : [])
        }
        #expect(try await store.states("solved") == expected)
        #expect(try await store.miscounts() == [])
        try await tell(.email, 9)
        #expect(try await store.states("outage").count { $0.contains("accepted") } == 9)
    }

    @Test func `who cannot be planned for in the last moment is handed back, and nothing is ended`()
        async throws
    {
        let token = try await notice(["a", "b"], [.sample("a"), .sample("b")])
        let begun = try await begun()
        let run = try await planned(begun)
        _ = try await store.send(.email, limit: 1, token: token, now: start)
        let end = try await store.finishClosing(run, notice, by: solved, now: start) { _ in nil }
        guard case .grown(let told) = end else {
            Issue.record("it is closed")
            return
        }
        #expect(told.people.map(\.contact.id.rawValue) == ["a"] && told.people[0].toldOver == [.email])
        #expect(try await store.progress(notice).state == .running)
        #expect(try await store.progress(solved).state == .planning)
        let more = try await store.plan(Self.deliveries(for: told, begun.planner), in: run)
        guard case .closed(.running, cancelled: 1) = try await finish(more, begun.planner) else {
            Issue.record("it is not closed")
            return
        }
    }

    @Test func `a crash in the last moment ends neither, and nothing of it stays`() async throws {
        let token = try await notice(["a", "b"], [.sample("a"), .sample("b")])
        _ = try await store.send(.email, limit: 1, token: token, now: start)
        let begun = try await begun()
        let run = try await planned(begun)
        try await store.run(
            """
            CREATE TEMP TRIGGER crash BEFORE UPDATE OF state ON announcements WHEN NEW.id = 'solved'
            BEGIN SELECT RAISE(ABORT, 'crash'); END
            """)
        await #expect(throws: StoreError.self) { _ = try await finish(run, begun.planner) }
        #expect(try await store.progress(notice).state == .running)
        #expect(try await store.report(notice).closedBy == nil)
        #expect(try await store.progress(solved).state == .planning)
        try await store.run("DROP TRIGGER crash")
        #expect(try await store.withdraw(solved))
        #expect(try await store.claim(.email, limit: 1, token: token, now: start).count == 1)
    }

    @Test func `a crash before all that waits is cancelled leaves it to the next dispatcher`() async throws {
        let token = try await notice(["a", "b"], [.sample("a"), .sample("b")])
        _ = try await store.send(.email, limit: 1, token: token, now: start)
        try await store.run(
            """
            CREATE TEMP TRIGGER crash BEFORE UPDATE ON deliveries WHEN NEW.reason = 'cancelled'
            BEGIN SELECT RAISE(ABORT, 'crash'); END
            """)
        await #expect(throws: StoreError.self) { try await close() }
        try await store.run("DROP TRIGGER crash")
        #expect(try await store.report(notice).closedBy == solved)
        #expect(try await store.progress(notice).state == .cancelled)
        #expect(try await store.progress(solved).state == .running)
        #expect(try await store.claim(.email, limit: 9, token: token, now: start).isEmpty)
        #expect(try await store.expire(now: start) == 1)
        #expect(try await store.states() == ["a email sending", "b email skipped cancelled"])
        #expect(try await store.miscounts() == [])
    }

    @Test func `of two that close one announcement the first does, and the other hears so`() async throws {
        let token = try await notice(["a"], [.sample("a")])
        _ = try await store.send(.email, limit: 1, token: token, now: start)
        let other = Announcement.ID(valid: "other")
        let (one, two) = (try await begun(), try await begun(other))
        let (first, second) = (try await planned(one), try await planned(two))
        _ = try await finish(first, one.planner)
        let problem = await #expect(throws: StoreError.self) {
            _ = try await finish(second, two.planner, by: other)
        }
        #expect(problem?.code == .wrongState && problem?.description.contains("closed by solved") == true)
        #expect(try await store.withdraw(other))
        _ = try await store.cancel(solved, now: start)
        // One that was cancelled itself ends nothing any more.
        #expect(try await store.report(notice).closedBy == nil)
        try await store.requireClosable(notice, by: other)
    }

    @Test func `an unconfirmed announcement cannot be closed`() async throws {
        _ = try await store.accept(.sample(), digest: "d", over: ChannelFacts.samples, named: .chosen)
        let problem = await #expect(throws: StoreError.self) {
            try await store.requireClosable(notice, by: solved)
        }
        #expect(problem?.code == .wrongState)
    }

    @Test func `reach first goes on only to channels where the person was told`() async throws {
        let token = try await notice(["a", "b"], [.sample("a"), .sample("a", .sms), .sample("b")])
        let mail = try await store.send(.email, limit: 2, token: token, now: start)
        let text = try await store.send(.sms, limit: 1, token: token, now: start)
        _ = try await store.settle(
            (mail + text).map { Outcome($0.id, .accepted(providerID: nil)) }, token: token, now: start)
        try await close(reach: .first)
        #expect(try await store.states("solved") == ["a email queued", "b email queued"])
        let again = try await store.send(.email, limit: 9, token: token, now: start + 2)
        _ = try await store.settle(
            again.map { Outcome($0.id, .refused(fault), movesOn: true) }, token: token, now: start + 2)
        let planned = try await store.stranded(limit: 9).map(\.planned)
        #expect(planned == [[.email, .sms], [.email]])
    }

    @Test
    func
        `reach first leaves a channel where the person was not told after all for one where they perhaps were`()
        async throws
    {
        let token = try await notice(["a", "b"], [.sample("a"), .sample("a", .sms), .sample("b")])
        let mail = try await store.send(.email, limit: 2, token: token, now: start)
        let text = try await store.send(.sms, limit: 1, token: token, now: start)
        _ = try await store.settle(
            [Outcome(text[0].id, .unknown(fault, retryAt: nil))], token: token, now: start)
        try await close(reach: .first)
        #expect(try await store.states("solved") == ["a email queued", "b email queued"])
        _ = try await store.settle(mail.map { Outcome($0.id, .refused(fault)) }, token: token, now: start + 1)
        #expect(try await store.claim(.email, limit: 9, token: token, now: start + 2).isEmpty)
        #expect(try await store.states("solved") == ["a email skipped not-told"])
        let stragglers = try await store.stranded(limit: 9)
        #expect(stragglers.map(\.contact.id.rawValue) == ["a"] && stragglers[0].planned == [.sms])
        #expect(try await store.miscounts() == [])
    }

    @Test func `who shares the address of one who was not told after all still hears it`() async throws {
        let token = try await notice(["a", "b"], [.sample("a"), .sample("b")])
        let mail = try await store.send(.email, limit: 2, token: token, now: start)
        try await store.run("UPDATE contacts SET email = 'both@x.org', updated_at = 0")
        try await close()
        #expect(
            try await store.states("solved") == ["a email queued", "b email skipped duplicate-address"])
        _ = try await store.settle(
            [Outcome(mail[0].id, .refused(fault)), Outcome(mail[1].id, .accepted(providerID: nil))],
            token: token, now: start + 1)
        for second in 2...3 {
            _ = try await store.claim(.email, limit: 9, token: token, now: start + Double(second))
        }
        #expect(try await store.states("solved") == ["b email sending"])
        #expect(try await store.miscounts() == [])
    }
}
