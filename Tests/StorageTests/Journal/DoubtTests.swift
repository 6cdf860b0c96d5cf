import Broadcast
import Foundation
import Testing

@testable import Storage

/// A delivery that may have been handed over once never ends as one that surely was not.
struct DoubtTests {
    let store: Store
    let id = Announcement.ID(valid: "outage")

    init() throws { store = try Store.inMemory(now: start) }

    /// Plans one e-mail of which an attempt ended without a word, and which waits to be tried again.
    private func planDoubtful(reach: Reach = .every, priority: Priority = .normal) async throws -> Int64 {
        try await store.seed(["1"])
        try await store.planned(.sample(priority: priority, reach: reach), [.sample("1")])
        let token = try await store.lead()
        let claimed = try await store.claim(.email, limit: 1, token: token, now: start)
        #expect(claimed.map(\.isInDoubt) == [false])
        let outcome = Outcome(claimed[0].id, .unknown(.sample(.channel), retryAt: start + 60))
        _ = try await store.settle([outcome], token: token, now: start)
        return token
    }

    @Test func `the next attempt is told that an earlier one may have been handed over`() async throws {
        let token = try await planDoubtful()
        let again = try await store.claim(.email, limit: 1, token: token, now: start + 60)
        #expect(again.map(\.isInDoubt) == [true])
        // A later success settles the matter.
        _ = try await store.settle(
            [Outcome(again[0].id, .accepted(providerID: nil))], token: token, now: start + 60)
        #expect(try await store.states() == ["1 email accepted"])
    }

    @Test func `what a dead dispatcher had on the wire is in doubt`() async throws {
        try await store.seed(["1"])
        try await store.planned([.sample("1")])
        _ = try await store.claim(.email, limit: 1, token: try await store.lead(), now: start)
        let token = try await store.lead("next")
        #expect(try await store.recover(token: token, now: start).retried == 1)
        #expect(try await store.claim(.email, limit: 1, token: token, now: start).map(\.isInDoubt) == [true])
        #expect(
            try await store.lines("SELECT fault_code FROM deliveries") == [
                Fault.Code.dispatcherEnded.rawValue
            ])
    }

    /// The ways in which a waiting delivery ends without another attempt.
    enum End: CaseIterable { case expiry, lateClaim, removal, suppression, cancellation }

    @Test(arguments: End.allCases)
    func `it ends as unknown when it is not tried again`(_ end: End) async throws {
        let token = try await planDoubtful()
        switch end {
        case .expiry: #expect(try await store.expire(now: start + 3600) == 1)
        case .lateClaim:
            #expect(try await store.claim(.email, limit: 1, token: token, now: start + 3600).isEmpty)
        case .removal:
            try await store.remove(Contact.ID(valid: "1"), now: start)
            #expect(try await store.claim(.email, limit: 1, token: token, now: start + 60).isEmpty)
        case .suppression:
            try await store.suppress(email: "1@example.org")
            #expect(try await store.claim(.email, limit: 1, token: token, now: start + 60).isEmpty)
        case .cancellation: #expect(try await store.cancel(id, now: start + 1) == 1)
        }
        #expect(try await store.lines("SELECT state || reason FROM deliveries") == ["unknown"])
        let report = try await store.report(id)
        #expect(report.contacts == ContactCounts(selected: 1, unknown: 1))
        #expect(report.state == (end == .cancellation ? .cancelled : .finished))
        #expect(try await store.miscounts() == [])
    }

    @Test func `cancelled on the wire, it comes back as unknown`() async throws {
        let token = try await planDoubtful()
        let again = try await store.claim(.email, limit: 1, token: token, now: start + 60)
        _ = try await store.cancel(id, now: start + 61)
        let outcome = Outcome(again[0].id, .deferred(.sample(.channel), nextAt: start + 99))
        _ = try await store.settle([outcome], token: token, now: start + 62)
        #expect(try await store.states() == ["1 email unknown"])
        #expect(try await store.report(id).state == .cancelled)
        #expect(try await store.miscounts() == [])
    }

    @Test(arguments: [Priority.urgent, .normal])
    func `under reach first its expiry moves on only when an unknown outcome does`(_ priority: Priority)
        async throws
    {
        _ = try await planDoubtful(reach: .first, priority: priority)
        #expect(try await store.expire(now: start + 3600) == 1)
        #expect(try await store.stranded(limit: 9).count == (priority == .urgent ? 1 : 0))
        #expect(try await store.states() == ["1 email unknown"])
    }

    @Test func `moved to the next channel, it stays unknown on the first`() async throws {
        _ = try await planDoubtful(reach: .first)
        let waiting = try await store.waiting(on: .email, since: start, limit: 9)
        try await store.moveOn([Succession(waiting[0].delivery, to: .sample("1", .sms))], now: start + 1)
        #expect(try await store.states() == ["1 email unknown", "1 sms queued"])
        #expect(try await store.miscounts() == [])
    }
}
