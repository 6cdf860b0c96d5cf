import Broadcast
import Foundation
import Testing

@testable import Storage

struct ProposalTests {
    let store: Store

    init() throws { store = try Store.inMemory(now: start) }

    private func propose(_ count: Int, at now: Date) async throws {
        let ids = (1...count).map { "\($0)" }
        try await store.seed(ids)
        try await store.planned(ids.map { .sample($0) })
        let token = try await store.lead()
        let claimed = try await store.claim(.email, limit: count, token: token, now: start)
        let order = Outcome.Suppress(.all, .bounce, source: "email address-unknown", isProposed: true)
        _ = try await store.settle(
            claimed.map { Outcome($0.id, .refused(.sample()), suppress: order) }, token: token, now: now)
    }

    @Test func `proposals are listed with whom they would silence, and hold once applied`() async throws {
        try await propose(3, at: start)
        #expect(try await store.proposalCount() == 3)
        let listed = try await store.proposals(limit: 2)
        #expect(listed.map(\.contact.rawValue) == ["1", "2"])
        #expect(listed.map(\.address.value) == ["1@example.org", "2@example.org"])
        let expected = Suppression(
            kind: .email, extent: .all, reason: .bounce, source: "email address-unknown", since: start)
        #expect(listed.map(\.suppression) == [expected, expected])
        let address = try Address(email: "1@example.org")
        #expect(try await store.suppressions(of: address).isEmpty)
        #expect(try await store.applyProposals(until: start, now: start + 9) == 3)
        #expect(try await store.suppressions(of: address) == [expected])
        #expect(try await store.proposalCount() == 0)
        #expect(try await store.applyProposals(until: start, now: start + 9) == 0)
    }

    @Test func `what was proposed after the list was shown waits, and an order that stands keeps its reason`()
        async throws
    {
        try await propose(1, at: start + 5)
        #expect(try await store.applyProposals(until: start + 4, now: start + 9) == 0)
        let address = try Address(email: "1@example.org")
        let order = Suppression(kind: .email, extent: .all, reason: .optOut, source: "letter", since: start)
        // An order given meanwhile makes the proposal needless.
        #expect(try await store.suppress(address, order))
        #expect(try await store.proposalCount() == 0)
        #expect(try await store.suppressions(of: address) == [order])
    }
}
