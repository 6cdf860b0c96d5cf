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
        try await steps(store, token, setBy: step, boot: boot).map(\.step)
    }

    private func steps(
        _ store: Store, _ token: Int64, setBy step: Int, boot: String = "x"
    ) async throws -> [ClockStep] {
        try await store.keepTime(
            since: start.addingTimeInterval(Double(step - 1000)), boot: boot, uptime: .seconds(1030),
            token: token)
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

    @Test func `nothing moves where two starts of the machine cannot be told apart`() async throws {
        let (store, token) = try await store()
        for step in [0, 2 * 86_400] {
            #expect(try await keep(store, token, setBy: step, boot: BootTime.unknownBoot).isEmpty)
        }
        #expect(try await times(store) == Self.kept)
        #expect(try await store.progress(outage).state == .running)
    }

    @Test func `only the dispatcher moves them`() async throws {
        let (store, token) = try await store()
        let error = await #expect(throws: StoreError.self) {
            _ = try await keep(store, token - 1, setBy: 5400)
        }
        #expect(error?.code == .leaseLost)
        #expect(try await times(store) == Self.kept)
    }

    // MARK: Set by days

    private static let days = 2 * 86_400 - 60
    private static let asked = "the clock was set forward by 2d"

    /// How the announcement stands, and why it is paused.
    private func standing(_ store: Store) async throws -> String {
        let report = try await store.progress(outage)
        return report.state.rawValue + (report.pauseReason.isEmpty ? "" : " (\(report.pauseReason))")
    }

    private func resume(_ store: Store, setBy step: Int, boot: String = "x") async throws {
        let now = BootTime(boot: boot, uptime: .seconds(1010))
        _ = try await store.resume(outage, at: now, now: start.addingTimeInterval(Double(step + 10)))
    }

    @Test(arguments: [
        (days, "x", "paused (\(asked))"),
        (15 * 3600 + 1, "x", "paused (the clock was set forward by 15h 1m)"),
        (15 * 3600, "x", "running"), (-days, "x", "running"),
        (days, "another start of the machine", "running"),
    ])
    func `forward by more than fifteen hours a person is asked`(
        step: Int, boot: String, standing: String
    ) async throws {
        let (store, token) = try await store()
        _ = try await keep(store, token, setBy: step, boot: boot)
        #expect(try await self.standing(store) == standing)
        #expect(try await keep(store, token, setBy: step, boot: boot).isEmpty)
        #expect(try await self.standing(store) == standing)
    }

    @Test func `moved without being paused it never stands on disk`() async throws {
        let (store, token) = try await store()
        try await store.change(
            """
            CREATE TRIGGER killed BEFORE UPDATE OF pause_reason ON announcements
            BEGIN SELECT RAISE(ABORT, 'as if killed here'); END
            """)
        await #expect(throws: StoreError.self) { _ = try await keep(store, token, setBy: Self.days) }
        #expect(try await times(store) == Self.kept)
        try await store.change("DROP TRIGGER killed")
        #expect(try await keep(store, token, setBy: Self.days) == [.seconds(Self.days)])
        #expect(try await standing(store) == "paused (\(Self.asked))")
        #expect(try await times(store).map(\.due) == [Self.days, Self.days, 7200])
    }

    @Test func `what was paused keeps its reason, and is not told anew`() async throws {
        let (store, token) = try await store()
        try await store.pause(outage, why: "the first 20 were all refused")
        #expect(try await steps(store, token, setBy: Self.days).map(\.pauseReason) == [nil])
        #expect(try await standing(store) == "paused (the first 20 were all refused)")
        #expect(try await times(store).map(\.due) == [Self.days, Self.days, 7200])
    }

    @Test func `whoever lets it go on is asked again only when the clock is set again`() async throws {
        let (store, token) = try await store()
        for (round, isFirstPaused) in [true, false].enumerated() {
            let step = (round + 1) * Self.days
            if isFirstPaused { _ = try await keep(store, token, setBy: step) }
            try await resume(store, setBy: step)
            for _ in 0..<2 { _ = try await keep(store, token, setBy: step) }
            #expect(try await standing(store) == "running")
            #expect(try await times(store).map(\.due).prefix(2) == [step, step])
        }
        _ = try await keep(store, token, setBy: 3 * Self.days)
        #expect(try await standing(store) == "paused (\(Self.asked))")
    }

    @Test func `letting it go on before the clock is set, or before a start of the machine, is no answer`()
        async throws
    {
        let (store, token) = try await store()
        try await resume(store, setBy: 0)
        _ = try await keep(store, token, setBy: Self.days)
        #expect(try await standing(store) == "paused (\(Self.asked))")

        try await resume(store, setBy: 5 * Self.days, boot: "y")
        _ = try await keep(store, token, setBy: 3 * Self.days, boot: "y")
        #expect(try await standing(store) == "running")
        _ = try await keep(store, token, setBy: 5 * Self.days, boot: "y")
        #expect(try await standing(store) == "paused (the clock was set forward by 4d)")
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
