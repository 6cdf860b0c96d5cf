import Broadcast
import Foundation
import Testing

@testable import Storage

/// What an adopted copy does again that the original may have done.
struct RepeatedTests: ClosingScene {
    let store: Store

    init() throws { store = try Store.inMemory(now: start) }

    /// An adopted copy where `outage` waits by e-mail: 1 and 2 were due when the copy was adopted, 3 is not yet.
    private func adopted(
        _ reach: Reach = .every, after: AfterUnknown? = nil
    ) async throws -> Int64 {
        try await store.seed(["1", "2", "3"])
        try await store.planned(
            .sample(reach: reach),
            [.sample("1"), .sample("2"), .sample("3", due: start + 7200)],
            over: [
                .sample(.email, .direct(.email), after: after), .sample(.sms, .direct(.phone)),
                .sample(.status, .public),
            ])
        try await store.adopt(now: start + 10)
        return try await store.lead()
    }

    /// Sends what is due over `channel`; its provider gives this verdict on each.
    private func send(
        _ verdict: Verdict, over channel: ChannelName = .email, _ reach: Reach = .every, token: Int64,
        now: Date
    ) async throws {
        let settlement = Settlement(
            over: .sample(channel, channel == .sms ? .direct(.phone) : .direct(.email)),
            terms: Settlement.Terms(priority: .normal, reach: reach))
        let outcomes = try await store.send(channel, limit: 9, token: token, now: now).map {
            settlement.ending(of: $0, on: verdict, now: now, unit: 0).outcome
        }
        _ = try await store.settle(outcomes, token: token, now: now)
    }

    @Test func `what it is refused does not prove that the original was`() async throws {
        let token = try await adopted()
        try await send(.refused(.sample(.message)), token: token, now: start + 20)
        #expect(try await store.states() == ["1 email unknown", "2 email unknown", "3 email queued"])
        try await send(.refused(.sample(.message)), token: token, now: start + 7200)
        #expect(try await store.states().last == "3 email refused")
        let faults = try await store.faults(notice)[.email] ?? []
        #expect(Set(faults.map(\.code)) == [Fault.sample().code.rawValue])
        try await close()
        #expect(try await store.states("solved") == ["1 email queued", "2 email queued"])
        #expect(try await store.miscounts() == [])
    }

    @Test func `whoever is not there was not told by the original either`() async throws {
        let token = try await adopted()
        try await send(.refused(.sample(.recipient)), token: token, now: start + 20)
        #expect(try await store.states() == ["1 email refused", "2 email refused", "3 email queued"])
    }

    @Test func `that the original may have sent it uses up no repeat`() async throws {
        let token = try await adopted()
        for attempt in 1...3 {
            try await send(.unknown(.sample(.channel)), token: token, now: start + Double(attempt) * 100)
            #expect(try await store.states().first == (attempt < 3 ? "1 email queued" : "1 email unknown"))
        }
    }

    /// Whether an unknown outcome leads to the next channel, and how people end who may not be sent to any more.
    enum End: CaseIterable { case expiry, lateClaim, suppression, removal }

    @Test(arguments: [(AfterUnknown.stop, 0), (.next, 2)], End.allCases)
    func `what it does not send after all is unknown, and leads on only where that does`(
        choice: (after: AfterUnknown, led: Int), end: End
    ) async throws {
        let token = try await adopted(.first, after: choice.after)
        var led = choice.led
        switch end {
        case .expiry: #expect(try await store.expire(now: start + 3600) == 2)
        case .lateClaim:
            #expect(try await store.send(.email, limit: 2, token: token, now: start + 3600).isEmpty)
        case .suppression, .removal:
            for id in ["1", "2"] {
                if end == .suppression { try await store.suppress(email: "\(id)@example.org") }
                if end == .removal { try await store.remove(Contact.ID(valid: id), now: start + 15) }
            }
            if end == .removal { led = 0 }
            #expect(try await store.send(.email, limit: 2, token: token, now: start + 20).isEmpty)
        }
        #expect(try await store.states().filter { $0.hasSuffix("email unknown") }.count == 2)
        #expect(try await store.stranded(limit: 9).count == led)
        #expect(try await store.miscounts() == [])
    }

    @Test(arguments: [(AfterUnknown.stop, false), (.next, true)])
    func `from a channel that was marked down since it leads on only where an unknown outcome does`(
        after: AfterUnknown, movesOn: Bool
    ) async throws {
        _ = try await adopted(.first, after: after)
        let waiting = try await store.waiting(on: .email, of: notice, since: start + 9000, limit: 9)
        #expect(waiting.map(\.contact.id.rawValue) == (movesOn ? ["1", "2", "3"] : ["3"]))
        let moved = try await store.moveOn([Succession(1, to: .sample("1", .sms))], now: start + 20)
        #expect(moved == (movesOn ? 1 : 0))
        #expect(
            try await store.states().prefix(2)
                == (movesOn ? ["1 email unknown", "1 sms queued"] : ["1 email queued", "2 email queued"]))
        #expect(try await store.miscounts() == [])
    }

    @Test func `under reach first whoever it is refused for may have been told on a later channel`()
        async throws
    {
        try await store.seed(["0"])
        let token = try await adopted(.first)
        // That one ended so before the copy was made: the original went no further either.
        try await store.run(
            """
            INSERT INTO deliveries(announcement, contact, channel, state, due, next_at, expires, in_doubt, fault_code, token)
            SELECT 1, 1, 'email', 'unknown', due, due, expires, 1, 'timed-out', 0 FROM deliveries WHERE id = 1
            """)
        try await send(.refused(.sample(.message)), .first, token: token, now: start + 20)
        #expect(try await store.stranded(limit: 9).isEmpty)
        let begun = try await begun(reach: .first)
        let told = try await store.newlyTold(in: begun.run)
        let everywhere: Set<ChannelName> = [.email, .sms, .status]
        #expect(told.people.map(\.toldOver) == [[.email], everywhere, everywhere])
    }
}
