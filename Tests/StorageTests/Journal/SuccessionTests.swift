import Broadcast
import Foundation
import Testing

@testable import Storage

struct SuccessionTests {
    let store: Store
    let id = Announcement.ID(valid: "outage")

    init() throws { store = try Store.inMemory(now: start) }

    private func refuse(_ count: Int = 1, movesOn: Bool = true, successor: Delivery? = nil) async throws {
        let token = try await store.lead()
        let claimed = try await store.claim(.email, limit: count, token: token, now: start)
        _ = try await store.settle(
            claimed.map { Outcome($0.id, .refused(.sample()), movesOn: movesOn, successor: successor) },
            token: token, now: start)
    }

    @Test func `a successor is queued in the transaction that settles the failure`() async throws {
        try await store.seed(["1"])
        try await store.planned(.sample(reach: .first), [.sample("1")])
        try await refuse(successor: .sample("1", .sms))
        #expect(try await store.states() == ["1 email refused", "1 sms queued"])
        #expect(try await store.stranded(limit: 9).isEmpty)
        #expect(try await store.report(id).contacts == ContactCounts(selected: 1, waiting: 1))
        #expect(try await store.miscounts() == [])
    }

    @Test func `a failure without a successor keeps the announcement open until the next channel is chosen`()
        async throws
    {
        try await store.seed(["1", "2"])
        try await store.planned(.sample(reach: .first), [.sample("1"), .sample("2")])
        try await store.run("UPDATE contacts SET name = 'New'")
        try await store.suppress(email: "2@example.org", .marketing)
        try await refuse(2)
        #expect(try await store.report(id).state == .running)
        #expect(try await store.report(id).contacts == ContactCounts(selected: 2, waiting: 2))
        let stranded = try await store.stranded(limit: 9)
        #expect(stranded.map(\.contact.id.rawValue) == ["1", "2"])
        #expect(
            stranded.allSatisfy { $0.tried == [.email] && $0.channel == .email && $0.contact.name == "New" })
        #expect(stranded.map { $0.suppressions[.email]?.map(\.extent) ?? [] } == [[], [.marketing]])
        let moved = try await store.moveOn(
            [
                Succession(stranded[0].delivery, to: .sample("1", .sms)),
                Succession(stranded[1].delivery, to: nil),
            ], now: start)
        #expect(moved == 1)
        #expect(try await store.states() == ["1 email refused", "1 sms queued", "2 email refused"])
        #expect(try await store.report(id).contacts == ContactCounts(selected: 2, missed: 1, waiting: 1))
        #expect(try await store.stranded(limit: 9).isEmpty)
        #expect(try await store.miscounts() == [])
    }

    @Test func `those who share the address of a failed leader each get their own next channel`() async throws
    {
        try await store.seed(["1", "2", "3"], email: "a@x.org")
        try await store.planned(
            .sample(reach: .first), ["1", "2", "3"].map { .sample($0, address: "a@x.org") })
        #expect(try await store.report(id).contacts.waiting == 3)
        try await refuse()
        let stranded = try await store.stranded(limit: 9)
        #expect(stranded.map(\.contact.id.rawValue) == ["1", "2", "3"])
        // 1 and 2 share a telephone as well: one copy goes there.
        try await store.run(
            """
            UPDATE contacts SET phone = '+391', phone_key = (SELECT phone_key FROM contacts WHERE id = '1')
            WHERE id = '2'
            """)
        try await store.moveOn(
            stranded.map { straggler in
                let phone = straggler.contact.id.rawValue == "3" ? "+393" : "+391"
                return Succession(
                    straggler.delivery, to: .sample(straggler.contact.id.rawValue, .sms, address: phone))
            }, now: start)
        #expect(
            try await store.lines(
                "SELECT state || ' ' || reason FROM deliveries WHERE channel = 'sms' ORDER BY contact")
                == ["queued ", "skipped duplicate-address", "queued "])
        #expect(try await store.miscounts() == [])
    }

    @Test func `expiry and a late suppression strand under reach first, and nothing under reach every`()
        async throws
    {
        for reach in Reach.allCases {
            let store = try Store.inMemory(now: start)
            try await store.seed(["1", "2"])
            try await store.planned(.sample(reach: reach), [.sample("1"), .sample("2")])
            try await store.suppress(email: "1@example.org")
            let token = try await store.lead()
            let claimed = try await store.claim(.email, limit: 1, token: token, now: start)
            _ = try await store.settle(
                claimed.map { Outcome($0.id, .deferred(.sample(.channel), nextAt: start + 60)) },
                token: token,
                now: start)
            #expect(try await store.expire(now: start + 3599) == 0)
            #expect(try await store.expire(now: start + 3600) == 1)
            #expect(try await store.stranded(limit: 9).count == (reach == .first ? 2 : 0))
            #expect(try await store.report(id).state == (reach == .first ? .running : .finished))
            #expect(try await store.miscounts() == [])
        }
    }

    @Test func `who waits too long on a tripped channel is found and moved, unless claimed meanwhile`()
        async throws
    {
        try await store.seed(["1", "2", "3"])
        try await store.planned(
            .sample(reach: .first),
            [.sample("1"), .sample("2"), .sample("3", due: start + 100)])
        let found = try await store.waiting(on: .email, since: start + 30, limit: 9)
        #expect(found.map(\.contact.id.rawValue) == ["1", "2"])
        #expect(
            try await store.waiting(on: .email, since: start + 30, after: found[0].delivery, limit: 9).count
                == 1)
        #expect(try await store.waiting(on: .sms, since: start + 30, limit: 9).isEmpty)
        let token = try await store.lead()
        _ = try await store.claim(.email, limit: 1, token: token, now: start)
        let moved = try await store.moveOn(
            found.map { Succession($0.delivery, to: .sample($0.contact.id.rawValue, .sms)) }, now: start)
        #expect(moved == 1)
        #expect(
            try await store.states() == [
                "1 email sending", "2 email skipped channel-down", "2 sms queued", "3 email queued",
            ])
        // Without another channel they go on waiting.
        let last = try await store.waiting(on: .email, since: start + 200, limit: 9)
        #expect(try await store.moveOn(last.map { Succession($0.delivery, to: nil) }, now: start) == 0)
        #expect(try await store.states().last == "3 email queued")
        #expect(try await store.miscounts() == [])
    }

    @Test func `a stranded contact that is removed no longer keeps the announcement open`() async throws {
        try await store.seed(["1"])
        try await store.planned(.sample(reach: .first), [.sample("1")])
        try await refuse()
        try await store.run("DELETE FROM contacts")
        #expect(try await store.stranded(limit: 9).isEmpty)
        #expect(try await store.expire(now: start) == 0)
        let report = try await store.report(id)
        #expect(report.state == .finished && report.contacts == ContactCounts(selected: 1, missed: 1))
    }

    @Test func `a successor on a channel the announcement was not accepted over is no successor`()
        async throws
    {
        try await store.seed(["1"])
        try await store.planned(.sample(reach: .first), [.sample("1")], over: [ChannelFacts.samples[0]])
        try await refuse(successor: .sample("1", .sms))
        #expect(try await store.states() == ["1 email refused"])
        #expect(try await store.report(id).state == .finished)
    }
}
