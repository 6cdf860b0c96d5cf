import Broadcast
import Foundation
import Testing

@testable import Storage

/// What becomes known of those who were told only after they were planned for.
struct ClosingLateWordTests: ClosingScene {
    let store: Store

    init() throws { store = try Store.inMemory(now: start) }

    @Test func `who is told on one more channel while the plan is looked at is one person still`()
        async throws
    {
        let token = try await notice(
            ["a", "b"], [.sample("a"), .sample("a", .sms), .sample("b"), .sample("b", .sms)])
        try await tell(.email, token: token)
        let begun = try await begun()
        let run = try await planned(begun)
        try await tell(.sms, token: token)
        let end = try await store.finishClosing(run, notice, by: solved, now: start) { told in
            let more = Self.deliveries(for: told, begun.planner)
            #expect(more.map(\.channel) == [.sms, .sms])
            let counted = run.meeting(told).counting(more)
            #expect(counted.selected == 2 && counted.reachable == 2)
            #expect(counted.channels[.email]?.count(.queued) == 2)
            return nil
        }
        guard case .grown(let told) = end else {
            Issue.record("it is closed")
            return
        }
        let more = try await store.plan(Self.deliveries(for: told, begun.planner), in: run.meeting(told))
        #expect(more.selected == 2 && more.reachable == 2)
        _ = try await finish(more, begun.planner)
        #expect(
            try await store.states("solved") == [
                "a email queued", "a sms queued", "b email queued", "b sms queued",
            ])
        #expect(try await store.miscounts() == [])
    }

    @Test func `under reach first who hears it somewhere already does not hear it twice`() async throws {
        let token = try await notice(["a"], [.sample("a"), .sample("a", .sms)])
        try await tell(.sms, token: token)
        let begun = try await begun(reach: .first)
        let run = try await planned(begun)
        try await tell(.email, token: token)
        _ = try await finish(run, begun.planner)
        #expect(try await store.states("solved") == ["a sms queued"])
    }

    @Test func `where somebody was surely told is known apart, when it is planned and when it is moved on`()
        async throws
    {
        let token = try await notice(["a"], [.sample("a"), .sample("a", .sms)])
        let mail = try await store.send(.email, limit: 1, token: token, now: start)
        _ = try await store.settle(
            [Outcome(mail[0].id, .unknown(fault, retryAt: nil))], token: token, now: start)
        try await tell(.sms, token: token)
        let begun = try await begun(reach: .first)
        let told = try await store.newlyTold(in: begun.run)
        #expect(told.people.map(\.surelyTold) == [[.sms]] && told.people[0].toldOver == [.email, .sms])
        let run = try await store.plan(Self.deliveries(for: told, begun.planner), in: begun.run)
        _ = try await finish(run, begun.planner)
        #expect(try await store.states("solved") == ["a sms queued"])
        let text = try await store.send(.sms, limit: 1, token: token, now: start + 2)
        _ = try await store.settle(
            [Outcome(text[0].id, .refused(fault), movesOn: true)], token: token, now: start + 2)
        #expect(try await store.stranded(limit: 9).map(\.surelyTold) == [[.sms]])
    }

    @Test func `who was removed and added again under the same id is who was told`() async throws {
        let token = try await notice(["a", "b", "c"], [.sample("a"), .sample("b"), .sample("c")])
        try await tell(.email, token: token)
        for id in ["a", "b"] { try await store.remove(Contact.ID(valid: id), now: start) }
        try await store.seed(["a"])
        try await close()
        #expect(try await store.states("solved") == ["c email queued", "a email queued"])
        #expect(try await store.claim(.email, limit: 9, token: token, now: start + 2).count == 2)
        #expect(try await store.miscounts() == [])
        let told = try await store.selection(Audience.told(notice))
        #expect(try await store.members(told).map(\.contact.id.rawValue) == ["c", "a"])
    }

    @Test
    func `who was told only where nothing goes any more hears it once they are told where something does`()
        async throws
    {
        let token = try await notice(["a", "b"], [.sample("a"), .sample("a", .sms), .sample("b")])
        try await tell(.email, token: token)
        let begun = try await begun(over: ChannelFacts.samples.filter { $0.name == .sms })
        let run = try await planned(begun)
        #expect(
            try await store.states("solved") == ["a sms skipped channel-gone", "b sms skipped channel-gone"])
        try await tell(.sms, token: token)
        _ = try await finish(run, begun.planner)
        #expect(try await store.states("solved") == ["a sms queued", "b sms skipped channel-gone"])
        #expect(try await store.miscounts() == [])
    }

    @Test(arguments: [
        (Outcome.Result.unknown(Fault.sample(.channel), retryAt: start + 61), "a email unknown"),
        (.deferred(Fault.sample(), nextAt: start + 61), "a email skipped not-told"),
    ])
    func `what was tried before the word that nobody was told stays in the report`(
        result: Outcome.Result, expected: String
    ) async throws {
        let token = try await notice(["a"], [.sample("a")])
        let sent = try await store.send(.email, limit: 1, token: token, now: start)
        try await close()
        let next = try await overtake()
        // What the overtaken dispatcher had on the wire perhaps arrived: the end of the story leaves.
        _ = try await store.recover(token: next, now: start + 60)
        let solving = try await store.send(.email, limit: 1, token: next, now: start + 60)
        _ = try await store.settle([Outcome(solving[0].id, result)], token: next, now: start + 60)
        _ = try await store.settle([Outcome(sent[0].id, .refused(fault))], token: token, now: start + 61)
        #expect(try await store.claim(.email, limit: 9, token: next, now: start + 62).isEmpty)
        #expect(try await store.states("solved") == [expected])
        #expect(try await store.progress(solved).state == .finished)
        #expect(try await store.miscounts() == [])
    }
}
