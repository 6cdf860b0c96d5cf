import Broadcast
import Foundation
import Testing

@testable import Storage

struct SpendingTests {
    private let store: Store
    private let id = Announcement.ID(valid: "outage")

    init() throws { store = try Store.inMemory(now: start) }

    @Test func `what is planned and what failing over adds is kept to the cent, and skips show`() async throws
    {
        try await store.seed(["1", "2"])
        _ = try await store.accept(
            .sample(reach: .first), digest: "d", over: ChannelFacts.samples, named: .chosen)
        let run = try await store.plan([.sample("1"), .sample("2")], in: try await store.beginPlanning(id))
        let cost = Money(Decimal(15) / 100, "EUR")
        _ = try await store.finishPlanning(run.costing(cost), as: .running, now: start)
        #expect(try await store.spent(by: id) == Decimal(15) / 100)
        let waiting = try await store.waiting(on: .email, of: id, since: start, limit: 9)
        var moves = Succession(waiting[0].delivery, to: .sample("1", .sms))
        moves.cost = Decimal(5) / 100
        var stays = Succession(waiting[1].delivery, to: nil)
        stays.overLimit = [.sample("2", .sms, plan: .skipped(.overLimit))]
        #expect(try await store.moveOn([moves, stays], now: start) == 1)
        #expect(try await store.spent(by: id) == Decimal(20) / 100)
        // Who waits and has no next channel goes on waiting, and nothing is written of them.
        #expect(
            try await store.states() == ["1 email skipped channel-down", "1 sms queued", "2 email queued"])
        #expect(try await store.miscounts() == [])
    }
}
