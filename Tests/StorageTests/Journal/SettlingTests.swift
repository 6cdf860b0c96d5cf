import Broadcast
import Foundation
import Testing

@testable import Storage

struct SettlingTests {
    let store: Store

    init() throws { store = try Store.inMemory(now: start) }

    /// One outcome of a first attempt, and the row it leaves.
    struct Ending: Sendable, CustomTestStringConvertible {
        var testDescription: String { "\(result)" }
        var result: Outcome.Result
        var row: String
        var isFinished: Bool
    }

    static let fault = Fault(.channel, "server-busy", "450 later")
    static let endings = [
        Ending(result: .accepted(providerID: "q1"), row: "accepted 1 - q1 settled", isFinished: true),
        Ending(result: .accepted(providerID: nil), row: "accepted 1 - - settled", isFinished: true),
        Ending(result: .refused(fault), row: "refused 1 server-busy - settled", isFinished: true),
        Ending(
            result: .deferred(fault, nextAt: start + 60), row: "queued 1 server-busy - 60", isFinished: false),
        Ending(
            result: .unknown(fault, retryAt: nil), row: "unknown 1 server-busy - settled", isFinished: true),
        Ending(
            result: .unknown(fault, retryAt: start + 5), row: "queued 1 server-busy - 5", isFinished: false),
        Ending(result: .returned(nextAt: start + 2, nil), row: "queued 0 - - 2", isFinished: false),
        Ending(
            result: .returned(nextAt: start + 2, fault), row: "queued 0 server-busy - 2", isFinished: false),
        Ending(result: .expired(fault), row: "expired 1 server-busy - settled", isFinished: true),
        Ending(result: .expired(nil), row: "expired 0 - - settled", isFinished: true),
    ]

    static let look = """
        SELECT state || ' ' || attempts || ' ' || coalesce(fault_code, '-') || ' ' || coalesce(provider_id, '-') || ' '
          || CASE WHEN settled_at IS NULL THEN (next_at - due) / 1000 ELSE 'settled' END FROM deliveries
        """

    @Test(arguments: endings)
    func `each outcome leaves its row as the state drawing says`(ending: Ending) async throws {
        try await store.seed(["1"])
        try await store.planned([.sample("1")])
        let token = try await store.lead()
        let claimed = try await store.claim(.email, limit: 1, token: token, now: start)
        let id = try #require(claimed.first).id
        let settled = try await store.settle([Outcome(id, ending.result)], token: token, now: start + 1)
        #expect(try await store.lines(Self.look) == [ending.row])
        #expect(settled.written == 1 && settled.stale.isEmpty)
        #expect(settled.finished.map(\.rawValue) == (ending.isFinished ? ["outage"] : []))
        #expect(try await store.miscounts() == [])
        // The same outcome again finds no row on the wire.
        let again = try await store.settle([Outcome(id, ending.result)], token: token, now: start + 1)
        #expect(again.written == 0 && again.stale == [id])
        #expect(try await store.miscounts() == [])
    }

    @Test func `an attempt that was taken back freezes nothing`() async throws {
        try await store.seed(["1"])
        try await store.planned([.sample("1")])
        let token = try await store.lead()
        let first = try #require(try await store.claim(.email, limit: 1, token: token, now: start).first)
        _ = try await store.settle(
            [Outcome(first.id, .returned(nextAt: start + 1, nil))], token: token, now: start)
        try await store.run("UPDATE contacts SET name = 'New', revision = revision + 1")
        let second = try #require(try await store.claim(.email, limit: 1, token: token, now: start + 7).first)
        #expect(second.attempt == 1 && second.firstAttemptAt == start + 7 && second.contact?.name == "New")
    }

    @Test func `a moved address is used at once and stays with the delivery`() async throws {
        try await store.seed(["1"])
        try await store.planned([.sample("1")])
        let token = try await store.lead()
        let first = try #require(try await store.claim(.email, limit: 1, token: token, now: start).first)
        let moved = try #require(Address(.email, canonical: "moved@x.org"))
        _ = try await store.settle([Outcome(first.id, .moved(to: moved))], token: token, now: start)
        let second = try #require(try await store.claim(.email, limit: 1, token: token, now: start).first)
        #expect(second.address == moved && second.attempt == 2)
        #expect(second.contact?.name == "Name of 1")
        #expect(try await store.lines("SELECT email FROM contacts") == ["moved@x.org"])
    }

    @Test func `a contact that got another address meanwhile keeps it when a provider names one`()
        async throws
    {
        try await store.seed(["1"])
        try await store.planned([.sample("1")])
        let token = try await store.lead()
        let first = try #require(try await store.claim(.email, limit: 1, token: token, now: start).first)
        try await store.run("UPDATE contacts SET email = 'new@x.org', revision = revision + 1")
        let moved = try #require(Address(.email, canonical: "moved@x.org"))
        _ = try await store.settle([Outcome(first.id, .moved(to: moved))], token: token, now: start)
        #expect(try await store.lines("SELECT email FROM contacts") == ["new@x.org"])
        let second = try #require(try await store.claim(.email, limit: 1, token: token, now: start).first)
        #expect(second.address == moved)
    }

    @Test func `an owner whose lease has gone writes nothing over what another has claimed`() async throws {
        try await store.seed(["1", "2"])
        try await store.planned([.sample("1"), .sample("2")])
        let old = try await store.lead("old")
        let claimed = try await store.claim(.email, limit: 2, token: old, now: start)
        let new = try await store.lead("new")
        #expect(try await store.recover(token: new, now: start) == Recovery(retried: 2, left: 0))
        let mine = try await store.claim(.email, limit: 1, token: new, now: start)
        let late = claimed.map { Outcome($0.id, .accepted(providerID: "late")) }
        let settled = try await store.settle(late, token: old, now: start)
        #expect(settled.stale == mine.map(\.id))
        #expect(try await store.states() == ["1 email sending", "2 email accepted"])
        #expect(try await store.miscounts() == [])
        #expect(mine.first?.attempt == 2)
        let error = await #expect(throws: StoreError.self) { try await store.recover(token: old, now: start) }
        #expect(error?.code == .leaseLost)
    }

    @Test func `a provider's pause is written with the outcomes, by the present dispatcher only`()
        async throws
    {
        try await store.seed(["1", "2"])
        try await store.planned([.sample("1"), .sample("2")])
        let old = try await store.lead("old")
        let claimed = try await store.claim(.email, limit: 2, token: old, now: start)
        var known = HealthNote(
            channel: "email", state: "tripped", since: start, fault: Fault(.channel, "service-failed", "503"))
        try await store.note(known)
        let rest = ProviderRest(since: start, until: start + 60, why: "rate-limited: 429")
        let pause = ProviderPause(rest, end: BootTime(boot: "b", uptime: .seconds(60)))
        let note = HealthNote(channel: "email", state: "up", since: start + 1, pause: pause)
        for (delivery, isPresent) in zip(claimed, [false, true]) {
            let token = isPresent ? try await store.lead("new") : old
            if !isPresent { _ = try await store.lead("other") }
            let outcome = Outcome(delivery.id, .accepted(providerID: nil))
            _ = try await store.settle([outcome], note: note, token: token, now: start)
            if isPresent { known.pause = pause }
            #expect(try await store.healthNotes() == [known])
        }
    }

    @Test func `a group is written whole or not at all`() async throws {
        try await store.seed(["1", "2"])
        try await store.planned([.sample("1"), .sample("2")])
        let token = try await store.lead()
        let claimed = try await store.claim(.email, limit: 2, token: token, now: start)
        try await store.run(
            """
            CREATE TEMP TRIGGER breaks BEFORE UPDATE ON deliveries WHEN NEW.state = 'refused'
            BEGIN SELECT RAISE(ABORT, 'broken'); END;
            """)
        await #expect(throws: StoreError.self) {
            try await store.settle(
                [
                    Outcome(claimed[0].id, .accepted(providerID: nil)),
                    Outcome(claimed[1].id, .refused(.sample())),
                ], token: token, now: start)
        }
        #expect(try await store.states() == ["1 email sending", "2 email sending"])
        #expect(try await store.miscounts() == [])
    }

    @Test func `a refused address is suppressed as it was tried, not as it is now`() async throws {
        try await store.seed(["1", "2"])
        try await store.planned([.sample("1"), .sample("2")])
        let token = try await store.lead()
        let claimed = try await store.claim(.email, limit: 2, token: token, now: start)
        try await store.run(
            """
            UPDATE contacts SET email = 'new@x.org', email_key = x'00', revision = revision + 1
            WHERE id = '1'
            """)
        let order = Outcome.Suppress(.all, .bounce, source: "email 550 5.1.1")
        let proposal = Outcome.Suppress(.all, .bounce, source: "email 550 5.1.1", isProposed: true)
        _ = try await store.settle(
            [
                Outcome(claimed[0].id, .refused(.sample()), suppress: order),
                Outcome(claimed[1].id, .refused(.sample()), suppress: proposal),
            ], token: token, now: start)
        for (email, proposed) in [("1@example.org", 0), ("2@example.org", 1)] {
            let key = try #require(await store.key(.email, email)).map { String(format: "%02X", $0) }.joined()
            #expect(
                try await store.lines(
                    "SELECT extent || ' ' || reason || ' ' || proposed FROM suppressions WHERE key = x'\(key)'"
                )
                    == ["all bounce \(proposed)"])
        }
    }
}
