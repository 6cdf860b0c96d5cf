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

    @Test func `only a copy that leaves is paid for, and who counts on one that is not there waits`()
        async throws
    {
        try await store.seed(["1", "2", "3"], email: "a@x.org")
        try await store.planned(.sample(reach: .first), ["1", "2", "3"].map { .sample($0, .sms) })
        let waiting = try await store.waiting(on: .sms, of: id, since: start, limit: 9)
        func succession(_ straggler: Straggler, isCarried: Bool) -> Succession {
            var next = Succession(
                straggler.delivery, to: .sample(straggler.contact.id.rawValue, address: "a@x.org"))
            next.isCarried = isCarried
            next.cost = isCarried ? 0 : Decimal(5) / 100
            return next
        }
        let mail = Delivery.sample("2", address: "a@x.org")
        #expect(try await store.isCarried(mail, after: waiting[1].delivery) == false)
        let early = waiting.prefix(2).map { succession($0, isCarried: true) }
        #expect(try await store.moveOn(early, now: start) == 0)
        #expect(try await store.states() == ["1 sms queued", "2 sms queued", "3 sms queued"])
        // The first copy is paid for; the second one's money is given back, the third asks for none.
        let all = waiting.enumerated().map { succession($1, isCarried: $0 == 2) }
        #expect(try await store.moveOn(all, now: start) == 3)
        #expect(try await store.spent(by: id) == Decimal(5) / 100)
        #expect(try await store.isCarried(mail, after: waiting[1].delivery))
        #expect(
            try await store.states().filter { $0.contains("email") } == [
                "1 email queued", "2 email skipped duplicate-address", "3 email skipped duplicate-address",
            ])
        #expect(try await store.miscounts() == [])
    }
}
