import Broadcast
import Foundation
import TestPeers
import Testing

@testable import Storage

/// Cancelling what is large, what is on the wire, and what nobody serves any more.
struct CancellingTests {
    let store: Store
    let id = Announcement.ID(valid: "outage")

    init() throws { store = try Store.inMemory(now: start) }

    private func plan(_ people: Int) async throws {
        let ids = (1...people).map(String.init)
        try await store.seed(ids)
        try await store.planned(ids.flatMap { [.sample($0), .sample($0, .sms)] })
        await store.setBatch(2)
    }

    private func skipped() async throws -> Int64 {
        try await store.number("SELECT count(*) FROM deliveries WHERE state = 'skipped'")
    }

    @Test(arguments: 0...10)
    func `a crash at any commit of a cancellation leaves true counts, and the next dispatcher completes it`(
        _ ended: Int
    ) async throws {
        try await plan(5)
        try await store.run(
            """
            CREATE TEMP TRIGGER crash BEFORE UPDATE ON deliveries
            WHEN NEW.state = 'skipped' AND (SELECT count(*) FROM deliveries WHERE state = 'skipped') >= \(ended)
            BEGIN SELECT RAISE(ABORT, 'crash'); END;
            CREATE TEMP TRIGGER crash_last BEFORE UPDATE OF finished_at ON announcements
            BEGIN SELECT RAISE(ABORT, 'crash'); END;
            """)
        await #expect(throws: StoreError.self) { _ = try await store.cancel(id, now: start) }
        try await store.run("DROP TRIGGER crash; DROP TRIGGER crash_last")
        // The last batch and the end of the announcement are one commit.
        let batches = min(ended / 2, 4)
        #expect(try await skipped() == Int64(batches * 2))
        #expect(try await store.miscounts() == [])
        #expect(try await store.report(id).state == .cancelled)
        #expect(try await store.report(id).finishedAt == nil)

        let token = try await store.lead("next")
        #expect(try await store.recover(token: token, now: start + 1) == Recovery())
        var rounds = 0
        while try await store.expire(token: token, now: start + 1) > 0 { rounds += 1 }
        #expect(rounds == 5 - batches)
        #expect(try await skipped() == 10)
        #expect(try await store.miscounts() == [])
        #expect(try await store.report(id).finishedAt == start + 1)
    }

    @Test func `one look at the time ends no more than a batch`() async throws {
        try await plan(3)
        let token = try await store.lead()
        var counts: [Int] = []
        for _ in 0..<4 {
            counts.append(try await store.expire(token: token, now: start + 99_999))
            #expect(try await store.miscounts() == [])
        }
        #expect(counts == [2, 2, 2, 0])
        #expect(try await store.report(id).state == .finished)
        #expect(try await store.nextExpiry() == nil)
    }

    @Test func `what a killed dispatcher had on the wire is settled by the cancellation`() async throws {
        let scratch = try ScratchDirectory()
        let path = scratch.file("a.db")
        var dead: Store? = try Store.open(path, now: start)
        try await dead?.seed(["1", "2"])
        try await dead?.planned([.sample("1"), .sample("1", .sms), .sample("2"), .sample("2", .sms)])
        let token = try #require(try await dead?.lead())
        _ = try await dead?.claim(.email, limit: 1, token: token, now: start)
        _ = try await dead?.send(.sms, limit: 1, token: token, now: start)
        _ = try await dead?.claim(.sms, limit: 1, token: token, now: start)

        let store = try Store.open(path, now: start)
        let moment = BootTime(boot: "b", uptime: .seconds(1))
        #expect(try await store.cancel(id, now: start) == 1)
        // While it lives, it settles by itself what it has on the wire.
        #expect(try await store.recover(cancelled: id, as: "cancel", at: moment, now: start) == nil)
        #expect(try await store.cancelling() == [id])
        dead = nil
        let recovery = try await store.recover(cancelled: id, as: "cancel", at: moment, now: start + 1)
        #expect(recovery == Recovery(retried: 1, freed: 1, left: 1))
        #expect(
            try await store.states() == [
                "1 email unknown", "1 sms unknown", "2 email skipped cancelled", "2 sms skipped cancelled",
            ])
        #expect(try await store.miscounts() == [])
        #expect(try await store.report(id).finishedAt == start + 1)
        #expect(try await store.cancelling().isEmpty)
        #expect(try await store.leaseOwner(at: moment) == nil)
    }
}
