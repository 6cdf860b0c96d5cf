import Broadcast
import Foundation
import Testing

@testable import Storage

/// Who was removed and added again has several contact numbers and is one person all the same.
struct ClosingAddedAgainTests: ClosingScene {
    let store: Store

    init() throws { store = try Store.inMemory(now: start) }

    /// `a` was told under an old and under the present number, each by the copy that `b` carries.
    private func told() async throws {
        try await store.seed(["b", "a"])
        _ = try await store.accept(
            .sample(), digest: "outage", over: ChannelFacts.samples, named: .chosen)
        let shared = Delivery.sample("a", address: "b@example.org")
        var run = try await store.beginPlanning(notice)
        run = try await store.plan([.sample("b"), shared], in: run)
        try await store.remove(Contact.ID(valid: "a"), now: start)
        try await store.seed(["x", "a"])
        run = try await store.plan([.sample("x"), shared], in: run)
        _ = try await store.finishPlanning(run, as: .running, now: start)
        try await tell(.email, token: try await store.lead())
    }

    @Test(arguments: [1, 2, 1000])
    func `a dry run counts them once, as the send does, whatever pages their numbers stand on`(
        limit: Int
    ) async throws {
        try await told()
        var announcement = Announcement.sample("solved")
        announcement.closes = notice
        let dry = try await store.beginDryPlanning(announcement, over: ChannelFacts.samples)
        let real = try await begun()
        let counted = try await planned((dry, real.planner), limit: limit)
        let sent = try await planned(real, limit: limit)
        #expect(counted.selected == 3 && sent.selected == 3)
        #expect(counted.reachable == 3 && sent.reachable == 3)
        #expect(counted.channels == sent.channels)
        #expect(
            try await store.states("solved") == ["b email queued", "x email queued", "a email queued"])
    }
}
