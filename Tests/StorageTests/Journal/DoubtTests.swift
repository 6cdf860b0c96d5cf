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
    private func planDoubtful(
        reach: Reach = .every, priority: Priority = .normal, after: AfterUnknown? = nil
    ) async throws -> Int64 {
        try await store.seed(["1"])
        try await store.planned(
            .sample(priority: priority, reach: reach), [.sample("1")],
            over: [.sample(.email, .direct(.email), after: after), .sample(.sms, .direct(.phone))])
        let token = try await store.lead()
        let claimed = try await store.claim(.email, limit: 1, token: token, now: start)
        #expect(claimed.map(\.doubts) == [0])
        let outcome = Outcome(claimed[0].id, .unknown(.sample(.channel), retryAt: start + 60))
        _ = try await store.settle([outcome], token: token, now: start)
        return token
    }

    @Test func `the next attempt is told that an earlier one may have been handed over`() async throws {
        let token = try await planDoubtful()
        let again = try await store.claim(.email, limit: 1, token: token, now: start + 60)
        #expect(again.map(\.doubts) == [1])
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
        #expect(try await store.claim(.email, limit: 1, token: token, now: start).map(\.doubts) == [1])
        #expect(
            try await store.lines("SELECT fault_code FROM deliveries") == [
                Fault.Code.dispatcherEnded.rawValue
            ])
    }

    /// Much of what a dead dispatcher had claimed never left: its deaths do not use up the repeats after lost replies.
    @Test(arguments: [(2 as Int?, true), (0, false), (nil, true)])
    func `however often dispatchers die, it is sent again wherever that is done`(most: Int?, repeats: Bool)
        async throws
    {
        try await store.seed(["1"])
        try await store.planned(
            .sample(), [.sample("1")], over: [.sample(.email, .direct(.email), mostRepeats: most)])
        for death in 0..<(repeats ? 6 : 1) {
            let claimed = try await store.send(
                .email, limit: 1, token: try await store.lead("\(death)"), now: start)
            #expect(claimed.map(\.doubts) == [death])
            let recovery = try await store.recover(token: try await store.lead("next"), now: start)
            #expect(recovery.retried == (repeats ? 1 : 0) && recovery.left == (repeats ? 0 : 1))
        }
        #expect(try await store.states() == [repeats ? "1 email queued" : "1 email unknown"])
        let faults = try await store.faults(id)[.email] ?? []
        #expect(faults.map(\.code) == [Fault.Code.dispatcherEnded.rawValue])
        #expect(try await store.miscounts() == [])
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

    /// Whether an unknown outcome leads to the next channel: by the owner's word, else by the hurry.
    static let choices: [(Priority, AfterUnknown?, Bool)] = [
        (.urgent, nil, true), (.urgent, .stop, false), (.normal, nil, false), (.normal, .next, true),
        (.bulk, .next, true),
    ]

    @Test(arguments: choices, [End.expiry, .lateClaim, .suppression])
    func `under reach first it leads on only when an unknown outcome does`(
        choice: (priority: Priority, after: AfterUnknown?, movesOn: Bool), end: End
    ) async throws {
        let token = try await planDoubtful(reach: .first, priority: choice.priority, after: choice.after)
        switch end {
        case .expiry: #expect(try await store.expire(now: start + 3600) == 1)
        case .suppression: try await store.suppress(email: "1@example.org")
        default: break
        }
        #expect(try await store.claim(.email, limit: 1, token: token, now: start + 3600).isEmpty)
        #expect(try await store.stranded(limit: 9).count == (choice.movesOn ? 1 : 0))
        #expect(try await store.states() == ["1 email unknown"])
    }

    @Test(arguments: choices)
    func `after a crash, what is left unknown leads on only when the owner or the hurry says so`(
        priority: Priority, after: AfterUnknown?, movesOn: Bool
    ) async throws {
        try await store.seed(["1"])
        try await store.planned(
            .sample(priority: priority, reach: .first), [.sample("1")],
            over: [.sample(.email, .direct(.email), unknown: .leave, after: after)])
        let claimed = try await store.send(.email, limit: 1, token: try await store.lead(), now: start)
        #expect(claimed.map(\.afterUnknown) == [movesOn ? .next : .stop])
        #expect(try await store.recover(token: try await store.lead("next"), now: start).left == 1)
        #expect(try await store.stranded(limit: 9).count == (movesOn ? 1 : 0))
    }

    @Test(arguments: choices)
    func `from a channel that is down it is led on only when an unknown outcome is`(
        priority: Priority, after: AfterUnknown?, movesOn: Bool
    ) async throws {
        _ = try await planDoubtful(reach: .first, priority: priority, after: after)
        let waiting = try await store.waiting(on: .email, of: id, since: start, limit: 9)
        #expect(waiting.count == (movesOn ? 1 : 0))
        let row = try await store.number("SELECT id FROM deliveries")
        let moved = try await store.moveOn([Succession(row, to: .sample("1", .sms))], now: start + 1)
        #expect(moved == (movesOn ? 1 : 0))
        #expect(
            try await store.states() == (movesOn ? ["1 email unknown", "1 sms queued"] : ["1 email queued"]))
        #expect(try await store.miscounts() == [])
    }
}
