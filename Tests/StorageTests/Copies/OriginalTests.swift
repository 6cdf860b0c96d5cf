import Broadcast
import Foundation
import TestPeers
import Testing

@testable import Storage

/// What the original may have sent before a copy took its place, seen from the copy.
struct OriginalTests: ClosingScene {
    let scratch: ScratchDirectory
    /// The copy of a store where `outage` waits.
    let store: Store

    init() async throws {
        scratch = try ScratchDirectory()
        store = try Store.open(scratch.file("a.db"), now: start)
        try await store.seed(["1", "2", "3", "4"])
    }

    /// 1 was told before the copy was made, 2 and 3 wait, 4 is not due yet.
    private func adopted() async throws {
        try await store.planned(
            [.sample("1"), .sample("2"), .sample("3"), .sample("4", due: start + 3600)])
        try await store.run(
            """
            UPDATE deliveries SET state = 'accepted', attempts = 1, settled_at = due WHERE id = 1;
            UPDATE tallies SET count = count - 1; INSERT INTO tallies VALUES (1, 'email', 'accepted', '', 1);
            """)
        try await store.adopt(now: start + 10)
    }

    @Test func `whoever the original may have told since the copy was made is told the end`() async throws {
        try await adopted()
        guard case .closed(_, let cancelled) = try await close() else {
            Issue.record("not closed")
            return
        }
        #expect(cancelled == 3)
        #expect(
            try await store.states() == [
                "1 email accepted", "2 email unknown", "3 email unknown", "4 email skipped cancelled",
            ])
        #expect(try await store.states("solved") == ["1 email queued", "2 email queued", "3 email queued"])
        let report = try await store.report(notice)
        #expect(report.contacts == ContactCounts(selected: 4, reached: 1, missed: 1, unknown: 2))
        #expect(report.channels[.email]?.faults.map(\.code) == [Fault.Code.copyCancelled.rawValue])
        #expect(try await store.miscounts() == [])
        let token = try await store.lead()
        #expect(try await store.claim(.email, limit: 9, token: token, now: start + 11).count == 3)
    }

    @Test func `what is cancelled after the copy was adopted counts as perhaps told, what leaves does not`()
        async throws
    {
        try await adopted()
        let token = try await store.lead()
        let sent = try await store.send(.email, limit: 1, token: token, now: start + 10)
        _ = try await store.settle(
            sent.map { Broadcast.Outcome($0.id, .accepted(providerID: nil)) }, token: token, now: start + 10)
        // A second one is on the wire, and comes back.
        let back = try await store.send(.email, limit: 1, token: token, now: start + 10)
        #expect(try await store.leaveToOriginal(notice, now: start + 11) == 0)
        #expect(try await store.cancel(notice, now: start + 11) == 1)
        _ = try await store.settle(
            back.map { Broadcast.Outcome($0.id, .deferred(fault, nextAt: start + 20)) }, token: token,
            now: start + 12)
        #expect(
            try await store.states() == [
                "1 email accepted", "2 email accepted", "3 email unknown", "4 email skipped cancelled",
            ])
        #expect(try await store.miscounts() == [])
    }

    @Test func `what expires in an adopted copy counts as perhaps told`() async throws {
        try await adopted()
        _ = try await store.lead()
        #expect(try await store.expire(now: start + 4000) == 2)
        #expect(
            try await store.states() == [
                "1 email accepted", "2 email unknown", "3 email unknown", "4 email queued",
            ])
        #expect(try await store.expire(now: start + 9000) == 1)
        #expect(try await store.states().last == "4 email expired")
        #expect(try await store.miscounts() == [])
    }

    @Test(arguments: [false, true])
    func `a clock that is behind makes nothing unsent that was due when the copy was made`(isOpened: Bool)
        async throws
    {
        try await store.planned([.sample("1"), .sample("2"), .sample("3", due: start + 3600)])
        try await store.run("INSERT INTO meta VALUES ('copied_at', \((start + 5).milliseconds))")
        let copy = try Store.open(scratch.file("a.db"), now: start)
        if isOpened { try await copy.adopt(now: start - 100) }
        #expect(try await copy.leaveToOriginal(notice, now: start - 100) == 2)
        #expect(try await copy.states() == ["1 email unknown", "2 email unknown", "3 email queued"])
    }

    @Test func `a copy of an adopted copy forgets nothing of what the first original may have sent`()
        async throws
    {
        try await adopted()
        try await store.adopt(now: start - 100)
        #expect(try await store.leaveToOriginal(notice, now: start - 100) == 2)
    }

    @Test func `a clock that is set moves the moment until which the original may have sent`() async throws {
        try await adopted()
        let token = try await store.lead()
        for wall in [start, start + 1000] {
            _ = try await store.keepTime(since: wall, boot: "b", uptime: .seconds(20), token: token)
        }
        #expect(try await store.leaveToOriginal(notice, now: start + 1020) == 2)
    }

    /// Where 1 and 2 wait on e-mail under reach `first`, 3 was told there and 4 has no way.
    private func walking() async throws {
        try await store.planned(
            .sample(reach: .first),
            [.sample("1"), .sample("2"), .sample("3"), .sample("4", plan: .skipped(.suppressed))])
        try await store.run(
            """
            UPDATE deliveries SET state = 'accepted', attempts = 1, settled_at = due WHERE id = 3;
            UPDATE tallies SET count = count - 1 WHERE state = 'queued';
            INSERT INTO tallies VALUES (1, 'email', 'accepted', '', 1);
            """)
    }

    @Test(arguments: [false, true])
    func `under reach first the original may have told somebody on a later channel`(isCancelled: Bool)
        async throws
    {
        try await walking()
        try await store.adopt(now: start + 10)
        if isCancelled { #expect(try await store.cancel(notice, now: start + 10) == 2) }
        let begun = try await begun(reach: .first)
        let told = try await store.newlyTold(in: begun.run)
        let everywhere: Set<ChannelName> = [.email, .sms, .status]
        #expect(told.people.map(\.toldOver) == [everywhere, everywhere, [.email]])
        try await finishWalk(begun, told)
        #expect(
            try await store.states() == [
                "1 email unknown", "2 email unknown", "3 email accepted", "4 email skipped suppressed",
            ])
    }

    /// Whoever does not hear the end on the first channel hears it on the next.
    private func finishWalk(
        _ begun: (run: PlanningRun, planner: Planner), _ told: NewlyTold
    ) async throws {
        let run = try await store.plan(Self.deliveries(for: told, begun.planner), in: begun.run.meeting(told))
        _ = try await finish(run, begun.planner)
        let token = try await store.lead()
        let sent = try await store.send(.email, limit: 9, token: token, now: start + 11)
        #expect(sent.count == 3)
        let refused = sent.map { Broadcast.Outcome($0.id, .refused(fault), movesOn: true) }
        _ = try await store.settle(refused, token: token, now: start + 11)
        let stragglers = try await store.stranded(limit: 9)
        #expect(stragglers.map { $0.planned.contains(.sms) } == [true, true, false])
    }

    @Test func `a step to the next channel that the copy made itself counts as the original's too`()
        async throws
    {
        try await walking()
        try await store.adopt(now: start + 10)
        let token = try await store.lead()
        let sent = try await store.send(.email, limit: 2, token: token, now: start + 20)
        let refused = sent.map { Broadcast.Outcome($0.id, .refused(fault), movesOn: true) }
        _ = try await store.settle(refused, token: token, now: start + 20)
        // 1 goes on to sms, 2 has not yet.
        try await store.moveOn(
            [Succession(sent[0].id, to: .sample("1", .sms, due: start + 20))], now: start + 20)
        #expect(try await store.cancel(notice, now: start + 30) == 2)
        #expect(
            try await store.states() == [
                "1 email refused", "1 sms unknown", "2 email refused", "2 sms unknown", "3 email accepted",
                "4 email skipped suppressed",
            ])
        #expect(try await store.miscounts() == [])
    }
}
