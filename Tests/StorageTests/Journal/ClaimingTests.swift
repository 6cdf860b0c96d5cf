import Broadcast
import Foundation
import TestPeers
import Testing

@testable import Storage

struct ClaimingTests {
    let store: Store

    init() throws { store = try Store.inMemory(now: start) }

    @Test func `a claim carries the contact, the address and a counted attempt`() async throws {
        try await store.seed(["1"])
        try await store.run("UPDATE contacts SET tags = ';a;b;', prefer = ';sms;email;', locale = 'it-IT'")
        try await store.planned([.sample("1"), .sample(nil, .status)])
        let token = try await store.lead()
        let claimed = try await store.claim(.email, limit: 10, token: token, now: start + 1)
        let one = try #require(claimed.first)
        #expect(claimed.count == 1)
        #expect(one.announcement.rawValue == "outage" && one.channel == .email && one.attempt == 1)
        #expect(one.firstAttemptAt == start + 1 && one.due == start && one.expires == start + 3600)
        #expect(one.address?.value == "1@example.org")
        let contact = try #require(one.contact)
        #expect(contact.name == "Name of 1" && contact.tags == ["a", "b"] && contact.locale == "it-IT")
        #expect(contact.prefer == [.sms, .email] && contact.addresses[.phone]?.value == "+391")
        let status = try await store.claim(.status, limit: 10, token: token, now: start)
        #expect(status.count == 1 && status.first?.contact == nil && status.first?.address == nil)
        #expect(try await store.claim(.email, limit: 10, token: token, now: start + 1).isEmpty)
        #expect(try await store.miscounts() == [])
    }

    @Test func `urgent goes before normal before bulk, then the earlier due, then the order of planning`()
        async throws
    {
        try await store.seed(["1", "2"])
        let both: [Delivery] = [.sample("1"), .sample("2")]
        try await store.planned(.sample("bulk", priority: .bulk, due: start - 9), both)
        try await store.planned(.sample("late", due: start - 1), both)
        try await store.planned(.sample("early", due: start - 5), both)
        try await store.planned(.sample("urgent", priority: .urgent), both)
        let token = try await store.lead()
        let first = try await store.claim(.email, limit: 3, token: token, now: start)
        let rest = try await store.claim(.email, limit: 9, token: token, now: start)
        let order = (first + rest).map { "\($0.announcement) \($0.contact?.id.rawValue ?? "")" }
        #expect(
            order == ["urgent 1", "urgent 2", "early 1", "early 2", "late 1", "late 2", "bulk 1", "bulk 2"])
    }

    @Test func `nothing leaves before its time, while paused, held or after its expiry`() async throws {
        try await store.seed(["1", "2"])
        let id = Announcement.ID(valid: "outage")
        try await store.planned(
            .sample(due: start + 10), [.sample("1", due: start + 10), .sample("2", due: start + 20)])
        let token = try await store.lead()
        func claims(at seconds: Double) async throws -> Int {
            try await store.claim(.email, limit: 9, token: token, now: start + seconds).count
        }
        #expect(try await claims(at: 9) == 0)
        try await store.pause(id, why: "wait")
        #expect(try await claims(at: 10) == 0)
        #expect(try await store.resume(id, now: start) == .scheduled)
        try await store.hold(id, .email, why: "the first 20 were refused")
        #expect(try await claims(at: 10) == 0)
        #expect(
            try await store.progress(id).channels.compactMapValues(\.hold) == [
                .email: "the first 20 were refused"
            ])
        #expect(try await store.resume(id, now: start + 11) == .running)
        #expect(try await claims(at: 11) == 1)
        #expect(try await claims(at: 3620) == 0)
        #expect(try await store.states() == ["1 email sending", "2 email expired"])
        #expect(try await store.miscounts() == [])
    }

    /// What happens to a contact between planning and the claim.
    struct Change: Sendable, CustomTestStringConvertible {
        var testDescription: String { "\(purpose): \(sql)" }
        var purpose = Purpose.service
        var sql: String
        var expected: String
    }

    static let suppress =
        "INSERT INTO suppressions(kind, key, extent, reason, source, since, proposed) VALUES "
    static let changes = [
        Change(sql: "SELECT 1", expected: "sending"),
        Change(sql: "DELETE FROM contacts", expected: "skipped no-address"),
        Change(sql: "UPDATE contacts SET email = NULL, email_key = NULL", expected: "skipped no-address"),
        Change(sql: "UPDATE contacts SET email = 'new@example.org'", expected: "sending"),
        Change(
            sql: suppress + "('email', (SELECT email_key FROM contacts), 'all', 'bounce', '', 0, 0)",
            expected: "skipped suppressed"),
        Change(
            sql: suppress + "('email', (SELECT email_key FROM contacts), 'all', 'bounce', '', 0, 1)",
            expected: "sending"),
        Change(
            sql: suppress + "('email', (SELECT email_key FROM contacts), 'marketing', 'opt-out', '', 0, 0)",
            expected: "sending"),
        Change(
            sql: suppress + "('phone', (SELECT phone_key FROM contacts), 'all', 'opt-out', '', 0, 0)",
            expected: "sending"),
        Change(purpose: .marketing, sql: "SELECT 1", expected: "sending"),
        Change(purpose: .marketing, sql: "UPDATE contacts SET consent = ''", expected: "skipped no-consent"),
        Change(purpose: .marketing, sql: "UPDATE contacts SET consent = ';email;'", expected: "sending"),
        Change(
            purpose: .marketing, sql: "UPDATE contacts SET consent = ';phone;'",
            expected: "skipped no-consent"),
        Change(
            purpose: .marketing,
            sql: suppress + "('email', (SELECT email_key FROM contacts), 'marketing', 'opt-out', '', 0, 0)",
            expected: "skipped suppressed"),
    ]

    @Test(arguments: changes)
    func `removal, suppression and withdrawn consent win over the plan`(change: Change) async throws {
        try await store.seed(["1"], consent: .all)
        try await store.planned(.sample(purpose: change.purpose), [.sample("1")])
        try await store.run(change.sql)
        let token = try await store.lead()
        let claimed = try await store.claim(.email, limit: 9, token: token, now: start)
        #expect(
            try await store.lines("SELECT trim(state || ' ' || reason) FROM deliveries") == [change.expected])
        #expect(claimed.count == (change.expected == "sending" ? 1 : 0))
        #expect(try await store.miscounts() == [])
        if change.expected != "sending" {
            #expect(try await store.report(Announcement.ID(valid: "outage")).state == .finished)
        }
    }

    @Test func `when the leader of a shared address drops out, the next one gets the copy`() async throws {
        try await store.seed(["1", "2", "3"], email: "a@x.org")
        try await store.planned(["1", "2", "3"].map { .sample($0, address: "a@x.org") })
        try await store.run("DELETE FROM contacts WHERE id = '1'")
        let token = try await store.lead()
        _ = try await store.claim(.email, limit: 1, token: token, now: start)
        let claimed = try await store.claim(.email, limit: 9, token: token, now: start)
        let all = try await store.states()
        #expect(
            all == ["- email skipped no-address", "2 email sending", "3 email skipped duplicate-address"])
        #expect(claimed.count <= 1)
        #expect(
            try await store.number("SELECT leader FROM deliveries WHERE contact = 3")
                == store.number("SELECT id FROM deliveries WHERE contact = 2"))
        #expect(try await store.miscounts() == [])
    }

    @Test func `the second attempt uses the values of the first, whatever changed twice in between`()
        async throws
    {
        try await store.seed(["1"])
        try await store.planned([.sample("1")])
        let token = try await store.lead()
        let first = try #require(try await store.claim(.email, limit: 1, token: token, now: start).first)
        try await store.run("UPDATE contacts SET consent = '*', revision = revision + 1")
        try await store.run("UPDATE contacts SET name = 'New', email = 'new@x.org', revision = revision + 1")
        try await store.run("UPDATE contacts SET name = 'Newer', revision = revision + 1")
        _ = try await store.settle(
            [Outcome(first.id, .deferred(.sample(.channel), nextAt: start + 5))], token: token, now: start)
        let second = try #require(try await store.claim(.email, limit: 1, token: token, now: start + 5).first)
        #expect(second.attempt == 2 && second.firstAttemptAt == first.firstAttemptAt)
        #expect(second.contact?.name == "Name of 1" && second.address == first.address)

        try await store.suppress(email: "1@example.org")
        _ = try await store.settle(
            [Outcome(first.id, .deferred(.sample(.channel), nextAt: start + 9))], token: token, now: start)
        #expect(try await store.claim(.email, limit: 1, token: token, now: start + 9).isEmpty)
        #expect(try await store.states() == ["1 email skipped suppressed"])
        #expect(try await store.number("SELECT count(*) FROM contact_revisions") == 0)
    }

    @Test func `a contact that changes before the first attempt is told under its new address`() async throws
    {
        try await store.seed(["1"])
        try await store.planned([.sample("1")])
        try await store.run("UPDATE contacts SET name = 'New', email = 'new@x.org', revision = revision + 1")
        let token = try await store.lead()
        let claimed = try await store.claim(.email, limit: 1, token: token, now: start)
        #expect(claimed.first?.contact?.name == "New" && claimed.first?.address?.value == "new@x.org")
        #expect(try await store.number("SELECT count(*) FROM contact_revisions") == 0)
    }

    @Test func `two dispatchers on one file never hold the same row, and the older one is stopped`()
        async throws
    {
        let scratch = try ScratchDirectory()
        let path = scratch.file("a.db")
        let ids = (1...2000).map(String.init)
        let one = try Store.open(path, now: start)
        let two = try Store.open(path, now: start)
        try await one.seed(ids)
        try await one.planned(ids.map { .sample($0) })
        let token = try await one.lead()
        // The same token on both: only the transactions keep them apart.
        func drain(_ store: Store) async throws -> [Int64] {
            var mine: [Int64] = []
            while true {
                let claimed = try await store.claim(.email, limit: 37, token: token, now: start)
                if claimed.isEmpty { return mine }
                mine += claimed.map(\.id)
            }
        }
        async let left = drain(one)
        async let right = drain(two)
        let all = try await left + right
        #expect(all.count == 2000 && Set(all).count == 2000)

        let later = BootTime(boot: "b", uptime: .seconds(31))
        let heir = try await two.acquireLease(as: "two", at: later, for: .seconds(30))
        #expect(heir.token == token + 1)
        try await one.run("UPDATE deliveries SET state = 'queued' WHERE id = 1")
        let error = await #expect(throws: StoreError.self) {
            _ = try await one.claim(.email, limit: 1, token: token, now: start)
        }
        #expect(error?.code == .leaseLost)
    }
}
