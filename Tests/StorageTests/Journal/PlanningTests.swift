import Broadcast
import Foundation
import TestPeers
import Testing

@testable import Storage

struct PlanningTests {
    @Test func `what was accepted is read back as it was frozen`() async throws {
        let store = try Store.inMemory(now: start)
        let announcement = Announcement(
            id: Announcement.ID(valid: "outage"),
            content: FrozenContent(
                template: "outage", files: ["b/ü.md": "a \"b\" \u{1F600}\n"], variables: ["until": "12:00"],
                sender: Sender(name: "Acme", locale: "it")),
            audience: "tag:x", channels: [.email], purpose: .marketing, priority: .bulk, reach: .first,
            once: .contact, waitsForMarked: true, createdAt: start, due: start + 60,
            expiresAfter: .seconds(7200),
            replyTo: "help@example.org", maxCost: Money(parsing: "0.045 EUR"))
        #expect(
            try await store.accept(announcement, digest: "d", over: ChannelFacts.samples, named: .made)
                == .accepted)
        #expect(try await store.announcement(announcement.id) == announcement)
        #expect(try await store.announcements(limit: 1).first?.id == announcement.id)
        let error = await #expect(throws: StoreError.self) {
            try await store.announcement(Announcement.ID(valid: "outgae"))
        }
        #expect(error?.code == .notFound)
        #expect(error?.message.hasSuffix("did you mean outage?") == true)
    }

    /// A second announcement offered after `first` with digest `d` at `start`.
    struct Second: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var id = "second"
        var digest = "d"
        var naming = Naming.made
        var after: TimeInterval = 60
        var expected: Acceptance
    }

    static let first = Announcement.ID(valid: "first")
    static let seconds = [
        Second(testDescription: "same content soon", expected: .continues(first, .planning)),
        Second(testDescription: "just within a day", after: 86_400, expected: .continues(first, .planning)),
        Second(testDescription: "after a day", after: 86_401, expected: .accepted),
        Second(testDescription: "clock set back", after: -3600, expected: .continues(first, .planning)),
        Second(testDescription: "again", naming: .madeAgain, expected: .accepted),
        Second(testDescription: "other content", digest: "e", expected: .accepted),
        Second(testDescription: "a name of its own", naming: .chosen, expected: .accepted),
        Second(
            testDescription: "same name", id: "first", naming: .chosen, expected: .continues(first, .planning)
        ),
        Second(
            testDescription: "same name later", id: "first", naming: .chosen, after: 1e7,
            expected: .continues(first, .planning)),
        Second(
            testDescription: "taken name", id: "first", digest: "e", naming: .chosen,
            expected: .conflict(first)),
        Second(testDescription: "made name taken", id: "first", digest: "e", expected: .conflict(first)),
    ]

    @Test(arguments: seconds)
    func `a second announcement is told from the first by name and content`(second: Second) async throws {
        let store = try Store.inMemory(now: start)
        let facts = ChannelFacts.samples
        _ = try await store.accept(.sample("first"), digest: "d", over: facts, named: .chosen)
        let offered = Announcement.sample(second.id, createdAt: start + second.after)
        let found = try await store.accept(offered, digest: second.digest, over: facts, named: second.naming)
        #expect(found == second.expected)
        let count = second.expected == .accepted ? 2 : 1
        #expect(try await store.announcements().count == count)
    }

    @Test func `one address gets one copy per channel, and the others follow it`() async throws {
        let store = try Store.inMemory(now: start)
        try await store.seed(["1", "2", "3", "4", "5"])
        try await store.planned([
            .sample("1", address: "a@x.org", plan: .skipped(.suppressed)), .sample("1", .sms),
            .sample("2", address: "a@x.org"), .sample("2", .sms, address: "+391"),
            .sample("3", address: "a@x.org"), .sample("4", address: "b@x.org"), .sample(nil, .status),
            .sample("5", address: "B@x.org"),
        ])
        #expect(
            try await store.states() == [
                "- status queued", "1 email skipped suppressed", "1 sms queued", "2 email queued",
                "2 sms skipped duplicate-address", "3 email skipped duplicate-address", "4 email queued",
                "5 email skipped duplicate-address",
            ])
        let leader = "SELECT id FROM deliveries WHERE channel = 'email' AND contact = 2"
        #expect(
            try await store.number("SELECT leader FROM deliveries WHERE channel = 'email' AND contact = 3")
                == store.number(leader))
        #expect(try await store.miscounts() == [])
    }

    @Test func `with a copy per contact a shared address gets several`() async throws {
        let store = try Store.inMemory(now: start)
        try await store.seed(["1", "2"])
        try await store.planned(
            .sample(once: .contact), [.sample("1", address: "a@x.org"), .sample("2", address: "a@x.org")])
        #expect(try await store.states() == ["1 email queued", "2 email queued"])
    }

    @Test func `planning begins again from nothing and sends nothing before it ends`() async throws {
        let store = try Store.inMemory(now: start)
        try await store.seed((1...50).map(String.init))
        let token = try await store.lead()
        let announcement = Announcement.sample()
        _ = try await store.accept(announcement, digest: "d", over: ChannelFacts.samples, named: .chosen)
        let broken = try await store.beginPlanning(announcement.id)
        _ = try await store.plan((1...30).map { .sample("\($0)") } + [.sample(nil, .status)], in: broken)
        #expect(try await store.claim(.email, limit: 10, token: token, now: start).isEmpty)

        let again = try await store.beginPlanning(announcement.id)
        #expect(try await store.number("SELECT count(*) FROM deliveries") == 0)
        // The interrupted pass may still be alive in another process.
        let error = await #expect(throws: StoreError.self) {
            try await store.plan([.sample("31")], in: broken)
        }
        #expect(error?.code == .wrongState)
        let run = try await store.plan((1...50).map { .sample("\($0)") }, in: again)
        #expect(try await store.finishPlanning(run, as: .running, now: start) == .running)
        #expect(run.selected == 50 && run.reachable == 50)
        #expect(try await store.claim(.email, limit: 100, token: token, now: start).count == 50)
        #expect(try await store.miscounts() == [])
        await #expect(throws: StoreError.self) { try await store.beginPlanning(announcement.id) }
    }

    @Test func `a contact removed while planning is left out, one named twice counts once`() async throws {
        let store = try Store.inMemory(now: start)
        try await store.seed(["1"])
        try await store.planned([.sample("1"), .sample("gone"), .sample("1")])
        #expect(try await store.states() == ["1 email queued"])
        #expect(try await store.miscounts() == [])
    }

    @Test func `nothing to send is finished at once`() async throws {
        let store = try Store.inMemory(now: start)
        try await store.seed(["1"])
        try await store.planned([.sample("1", plan: .skipped(.noConsent))])
        let report = try await store.report(Announcement.ID(valid: "outage"))
        #expect(report.state == .finished && report.finishedAt == start)
        #expect(report.contacts == ContactCounts(selected: 1, missed: 1))
        #expect(report.channels[.email]?.skipped == [.noConsent: 1])
    }

    @Test func `a dry plan counts as a real one and leaves a read-only store as it was`() async throws {
        let scratch = try ScratchDirectory()
        let path = scratch.file("a.db")
        let numbers = Array(1...300)
        let ids = numbers.map(String.init)
        let deliveries = numbers.flatMap { number in
            [
                Delivery.sample("\(number)", address: "shared\(number % 100)@x.org"),
                Delivery.sample("\(number)", .sms, plan: number % 3 == 0 ? .skipped(.suppressed) : .queued),
            ]
        }
        let store = try Store.open(path, now: start)
        try await store.seed(ids)
        let reader = try Store.openReadOnly(path)
        var dry = try await reader.beginDryPlanning(.sample(), over: ChannelFacts.samples)
        for part in [deliveries[..<200], deliveries[200...]] {
            dry = try await reader.plan(Array(part), in: dry)
        }
        _ = try await reader.finishPlanning(dry, as: .running, now: start)
        #expect(try await store.number("SELECT count(*) FROM deliveries") == 0)
        #expect(try await store.announcements().isEmpty)

        try await store.planned(deliveries)
        let report = try await store.report(Announcement.ID(valid: "outage"))
        #expect(report.channels == dry.channels)
        #expect(dry.channels[.email]?.count(.queued) == 100)
        #expect(dry.channels[.email]?.skipped == [.duplicateAddress: 200])
        #expect(dry.selected == 300 && dry.reachable == 300)
    }

    @Test func `more than one transaction's worth is planned whole`() async throws {
        let store = try Store.inMemory(now: start)
        let ids = (1...12_500).map(String.init)
        try await store.seed(ids)
        try await store.planned(ids.map { .sample($0) })
        let report = try await store.report(Announcement.ID(valid: "outage"))
        #expect(report.channels[.email]?.count(.queued) == 12_500)
        #expect(report.contacts.waiting == 12_500)
        #expect(try await store.miscounts() == [])
    }
}
