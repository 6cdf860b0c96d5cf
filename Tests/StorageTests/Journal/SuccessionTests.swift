import Broadcast
import Foundation
import Testing

@testable import Storage

struct SuccessionTests {
    let store: Store
    let id = Announcement.ID(valid: "outage")

    init() throws { store = try Store.inMemory(now: start) }

    private func refuse(_ count: Int = 1) async throws {
        let token = try await store.lead()
        let claimed = try await store.claim(.email, limit: count, token: token, now: start)
        _ = try await store.settle(
            claimed.map { Outcome($0.id, .refused(.sample()), movesOn: true) }, token: token, now: start)
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
        let found = try await store.waiting(on: .email, of: id, since: start + 30, limit: 9)
        #expect(found.map(\.contact.id.rawValue) == ["1", "2"])
        #expect(
            try await store.waiting(on: .email, of: id, since: start + 30, after: found[0], limit: 9).count
                == 1)
        #expect(try await store.waiting(on: .sms, of: id, since: start + 30, limit: 9).isEmpty)
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
        let last = try await store.waiting(on: .email, of: id, since: start + 200, limit: 9)
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
        try await refuse()
        let stranded = try await store.stranded(limit: 9)
        #expect(
            try await store.moveOn([Succession(stranded[0].delivery, to: .sample("1", .sms))], now: start)
                == 0)
        #expect(try await store.states() == ["1 email refused"])
        #expect(try await store.report(id).state == .finished)
    }

    @Test func `those of one announcement are found page by page, whatever others wait`() async throws {
        let ids = (1...7).map(String.init)
        try await store.seed(ids)
        try await store.planned(.sample(reach: .first), ids.map { .sample($0) })
        try await store.planned(
            .sample("other", priority: .urgent, reach: .first), ids.map { .sample($0) })
        // Put off by different whiles, so that their order is not that of planning.
        try await store.run("UPDATE deliveries SET next_at = next_at + (id % 3) * 1000")
        var found: [String] = []
        var last: Straggler?
        while true {
            let page = try await store.waiting(on: .email, of: id, since: start, after: last, limit: 2)
            if page.isEmpty { break }
            #expect(page.allSatisfy { $0.announcement == id })
            found += page.map(\.contact.id.rawValue)
            last = page.last
        }
        #expect(found.count == 7 && found.sorted() == ids)
    }

    @Test func `a channel passed over because it was down has its turn when it is up again`() async throws {
        try await store.seed(["1", "2"])
        try await store.planned(
            .sample(reach: .first),
            ["1", "2"].flatMap { [.sample($0, .sms, plan: .skipped(.channelDown)), .sample($0)] })
        try await refuse(2)
        let stranded = try await store.stranded(limit: 9)
        #expect(stranded.map(\.tried) == [[.email], [.email]])
        let successors = stranded.map { straggler in
            Succession(
                straggler.delivery, to: .sample(straggler.contact.id.rawValue, .sms, due: start + 50))
        }
        #expect(try await store.moveOn(successors, now: start + 50) == 2)
        #expect(
            try await store.states() == [
                "1 email refused", "1 sms queued", "2 email refused", "2 sms queued",
            ])
        #expect(try await store.miscounts() == [])
        let token = try await store.lead()
        let claimed = try await store.claim(.sms, limit: 1, token: token, now: start + 50)
        #expect(claimed.map(\.due) == [start + 50] && claimed.map(\.expires) == [start + 3650])
        _ = try await store.settle(
            [Outcome(claimed[0].id, .refused(.sample()), movesOn: true)], token: token, now: start + 51)
        // It had its turn: no second one.
        #expect(try await store.stranded(limit: 9).map(\.tried) == [[.email, .sms]])
    }

    @Test func `one that was tried before it was left keeps its own expiry`() async throws {
        try await store.seed(["1"])
        try await store.planned(.sample(reach: .first), [.sample("1")])
        let token = try await store.lead()
        let first = try await store.claim(.email, limit: 1, token: token, now: start)
        let put = Outcome(first[0].id, .deferred(.sample(.channel), nextAt: start + 60))
        _ = try await store.settle([put], token: token, now: start)
        try await store.moveOn([Succession(first[0].id, to: .sample("1", .sms))], now: start + 1)
        let second = try await store.claim(.sms, limit: 1, token: token, now: start + 2)
        _ = try await store.settle(
            [Outcome(second[0].id, .refused(.sample()), movesOn: true)], token: token, now: start + 2)
        #expect(try await store.stranded(limit: 9).map(\.tried) == [[.sms]])
        try await store.moveOn(
            [Succession(second[0].id, to: .sample("1", .email, due: start + 5))], now: start + 5)
        #expect(try await store.states() == ["1 email queued", "1 sms refused"])
        let again = try await store.claim(.email, limit: 1, token: token, now: start + 5)
        #expect(again.map(\.attempt) == [2] && again.map(\.expires) == [start + 3600])
        #expect(try await store.miscounts() == [])
    }

    @Test func `who is to be led on is so only to channels it was accepted over, while their time lasts`()
        async throws
    {
        try await store.seed(["1"])
        try await store.planned(
            .sample(reach: .first), [.sample("1")], over: Array(ChannelFacts.samples.prefix(2)))
        let token = try await store.lead()
        let mail = try await store.claim(.email, limit: 1, token: token, now: start)
        let later = Outcome(mail[0].id, .deferred(.sample(.channel), nextAt: start + 60))
        _ = try await store.settle([later], token: token, now: start)
        try await store.moveOn([Succession(mail[0].id, to: .sample("1", .sms))], now: start + 1)
        let text = try await store.send(.sms, limit: 1, token: token, now: start + 1)
        let refused = Outcome(text[0].id, .refused(.sample()), movesOn: true)
        _ = try await store.settle([refused], token: token, now: start + 2)
        let straggler = try #require(try await store.stranded(limit: 9).first)
        #expect(straggler.planned == [.email, .sms] && straggler.tried == [.sms])
        #expect(straggler.left == [.email: mail[0].expires])
        // Led back after its time there, it ends as expired and leads on, instead of vanishing.
        let back = Succession(straggler.delivery, to: .sample("1", .email, due: start + 7200))
        #expect(try await store.moveOn([back], now: start + 7200) == 1)
        #expect(try await store.expire(now: start + 7200) == 1)
        #expect(try await store.stranded(limit: 9).map(\.channel) == [.email])
        #expect(try await store.miscounts() == [])
    }
}
