import Broadcast
import Foundation
import TestPeers
import Testing

@testable import Storage

/// What becomes of stored times when somebody sets the clock on the wall.
struct ClockTests {
    private let outage = Announcement.ID(valid: "outage")

    /// Seconds after the start of a test.
    private struct Times: Sendable, Hashable {
        var due, next, expires: Int
    }

    /// One delivery due at once, one that was tried and waits, and one that waits for a later hour.
    private func store() async throws -> (Store, token: Int64) {
        let store = try Store.inMemory(now: start)
        try await store.seed(["a", "b", "c"])
        try await store.planned(
            .sample(), [.sample("a"), .sample("b"), .sample("c", due: start + 7200)])
        let token = try await store.acquireLease(
            as: "test", at: BootTime(boot: "x", uptime: .seconds(1000)), for: .seconds(30)
        ).token
        try await store.change("UPDATE deliveries SET attempts = 1, next_at = next_at + 600000 WHERE id = 2")
        #expect(try await keep(store, token, setBy: 0).isEmpty)
        return (store, token)
    }

    /// Half a minute later, by a clock that was set by so many seconds.
    private func keep(
        _ store: Store, _ token: Int64, setBy step: Int, boot: String = "x"
    ) async throws -> [Duration] {
        try await store.keepTime(
            since: start.addingTimeInterval(Double(step - 1000)), boot: boot, uptime: .seconds(1030),
            token: token
        ).map(\.step)
    }

    private static let kept = [
        Times(due: 0, next: 0, expires: 3600), Times(due: 0, next: 600, expires: 3600),
        Times(due: 7200, next: 7200, expires: 10_800),
    ]

    @Test(arguments: [-86_400, -3, 3, 5400])
    func `what was due moves with it, what waits for its hour stays`(step: Int) async throws {
        let (store, token) = try await store()
        #expect(try await keep(store, token, setBy: step) == [.seconds(step)])
        let moved = Self.kept.prefix(2).map {
            Times(due: $0.due + step, next: $0.next + step, expires: $0.expires + step)
        }
        #expect(try await times(store) == moved + Self.kept.suffix(1))
        #expect(try await keep(store, token, setBy: step).isEmpty, "once is enough")
        let first = try #require(try await store.nextExpiry())
        #expect(first <= start.addingTimeInterval(Double(3600 + step)))
    }

    @Test(arguments: [(1, "x"), (-1, "x"), (86_400, "another start of the machine")])
    func `a second is not worth it, and across a start nothing is known`(step: Int, boot: String) async throws
    {
        let (store, token) = try await store()
        #expect(try await keep(store, token, setBy: step, boot: boot).isEmpty)
        #expect(try await times(store) == Self.kept)
    }

    @Test func `only the dispatcher moves them`() async throws {
        let (store, token) = try await store()
        let error = await #expect(throws: StoreError.self) {
            _ = try await keep(store, token - 1, setBy: 5400)
        }
        #expect(error?.code == .leaseLost)
        #expect(try await times(store) == Self.kept)
    }

    private func times(_ store: Store) async throws -> [Times] {
        try await store.look(
            "SELECT due, next_at, expires FROM deliveries ORDER BY id"
        ).map { row in
            let seconds = row.map { Int(($0 - start.milliseconds) / 1000) }
            return Times(due: seconds[0], next: seconds[1], expires: seconds[2])
        }
    }
}

extension Store {
    fileprivate func change(_ sql: String) throws { try connection.script(sql) }

    fileprivate func look(_ sql: String) throws -> [[Int64]] {
        try connection.rows(sql) { (row: borrowing Row) throws(StoreError) in (0..<3).map { row.integer($0) }
        }
    }
}
