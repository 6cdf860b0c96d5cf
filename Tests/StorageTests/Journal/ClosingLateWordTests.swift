import Broadcast
import Foundation
import Testing

@testable import Storage

/// What becomes known of those who were told only after they were planned for.
struct ClosingLateWordTests: ClosingScene {
    let store: Store

    init() throws { store = try Store.inMemory(now: start) }

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
        let next = try await store.acquireLease(
            as: "next", at: BootTime(boot: "b", uptime: .seconds(60)), for: .seconds(30)
        ).token
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
