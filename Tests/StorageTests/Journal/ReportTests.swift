import Broadcast
import Foundation
import Testing

@testable import Storage

struct ReportTests {
    let store: Store
    let id = Announcement.ID(valid: "outage")

    init() throws { store = try Store.inMemory(now: start) }

    /// Six people: reached twice, reached by another's copy, refused, unknown, waiting, and never to be tried.
    private func fill() async throws {
        try await store.seed(["1", "2", "3", "4", "5", "6"])
        try await store.run("UPDATE contacts SET email = 'a@x.org' WHERE id IN ('1', '2')")
        try await store.planned([
            .sample("1", address: "a@x.org"), .sample("1", .sms), .sample("2", address: "a@x.org"),
            .sample("3"), .sample("4", .sms), .sample("5", due: start + 60),
            .sample("6", plan: .skipped(.noConsent)), .sample("6", .sms, plan: .skipped(.suppressed)),
            .sample(nil, .status),
        ])
        let token = try await store.lead()
        let mail = try await store.claim(.email, limit: 9, token: token, now: start)
        let sms = try await store.claim(.sms, limit: 9, token: token, now: start)
        let status = try await store.claim(.status, limit: 9, token: token, now: start)
        _ = try await store.settle(
            [
                Outcome(mail[0].id, .accepted(providerID: "q1")),
                Outcome(
                    mail[1].id, .refused(Fault(.recipient, "mailbox-unknown", "550 5.1.1 no\u{1B}[2J such"))),
                Outcome(sms[0].id, .accepted(providerID: nil)),
                Outcome(sms[1].id, .unknown(.sample(.channel), retryAt: nil)),
                Outcome(status[0].id, .refused(.sample(.message))),
            ], token: token, now: start + 1)
    }

    @Test func `the counts of each channel add up to what was planned, and those of people to the selected`()
        async throws
    {
        try await fill()
        let report = try await store.report(id)
        #expect(report.contacts == ContactCounts(selected: 6, reached: 2, missed: 2, unknown: 1, waiting: 1))
        #expect(!report.hasReachedEveryone)
        let mail = try #require(report.channels[.email])
        #expect(mail.planned == 5 && mail.company == "Acme")
        #expect(mail.states.filter { $0.value != 0 } == [.accepted: 1, .refused: 1, .queued: 1])
        #expect(mail.skipped == [.duplicateAddress: 1, .noConsent: 1])
        #expect(report.channels[.sms]?.planned == 3)
        #expect(report.channels[.status]?.planned == 1)
        let counts = report.channels.mapValues {
            ChannelCounts(company: $0.company, states: $0.states, skipped: $0.skipped)
        }
        #expect(try await store.progress(id).channels == counts)
    }

    @Test func `each channel says why deliveries were not handed over, the most frequent fault first`()
        async throws
    {
        try await store.seed((1...6).map(String.init))
        try await store.planned((1...6).map { .sample("\($0)") })
        let token = try await store.lead()
        let mail = try await store.claim(.email, limit: 9, token: token, now: start)
        let full = Fault(.recipient, "mailbox-full", "452 full"),
            gone = Fault(.recipient, "address-unknown", "550 gone")
        _ = try await store.settle(
            [
                Outcome(mail[0].id, .refused(gone)), Outcome(mail[1].id, .deferred(full, nextAt: start + 60)),
                Outcome(mail[2].id, .deferred(full, nextAt: start + 60)), Outcome(mail[3].id, .refused(full)),
                Outcome(mail[4].id, .deferred(gone, nextAt: start)),
            ], token: token, now: start + 1)
        // What succeeds in the end needs no excuse.
        let again = try await store.claim(.email, limit: 1, token: token, now: start + 2)
        _ = try await store.settle(
            [Outcome(again[0].id, .accepted(providerID: nil))], token: token, now: start + 3)
        #expect(
            try await store.report(id).channels[.email]?.faults == [
                FaultCount(state: .queued, code: "mailbox-full", count: 2, example: "452 full"),
                FaultCount(state: .refused, code: "address-unknown", count: 1, example: "550 gone"),
                FaultCount(state: .refused, code: "mailbox-full", count: 1, example: "452 full"),
            ])
    }

    @Test func `a report has the documented JSON keys`() async throws {
        try await fill()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        encoder.dateEncodingStrategy = .iso8601
        let text = String(decoding: try encoder.encode(try await store.report(id)), as: UTF8.self)
        #expect(
            text == """
                {"channels":{"email":{"accepted":1,"bounced":0,"company":"Acme","delivered":0,"expired":0,\
                "faults":[{"code":"mailbox-unknown","count":1,"example":"550 5.1.1 no [2J such","state":"refused"}],"planned":5,\
                "queued":1,"refused":1,"sending":0,"skipped":{"duplicate-address":1,"no-consent":1},"unknown":0},\
                "sms":{"accepted":1,"bounced":0,"company":"Acme","delivered":0,"expired":0,\
                "faults":[{"code":"sample-fault","count":1,"example":"a fault","state":"unknown"}],"planned":3,"queued":0,\
                "refused":0,"sending":0,"skipped":{"suppressed":1},"unknown":1},\
                "status":{"accepted":0,"bounced":0,"company":"Acme","delivered":0,"expired":0,\
                "faults":[{"code":"sample-fault","count":1,"example":"a fault","state":"refused"}],"planned":1,"queued":0,\
                "refused":1,"sending":0,"skipped":{},"unknown":0}},\
                "contacts":{"missed":2,"reached":2,"selected":6,"unknown":1,"waiting":1},\
                "createdAt":"2027-01-15T08:00:00Z","due":"2027-01-15T08:00:00Z","id":"outage","state":"running",\
                "template":"outage"}
                """)
    }

    @Test(arguments: [
        (ReportedContact.Standing.reached, ["1", "2"]), (.missed, ["3", "6"]), (.unknown, ["4"]),
        (.waiting, ["5"]),
    ])
    func `people are listed where they stand, page by page`(
        standing: ReportedContact.Standing, ids: [String]
    ) async throws {
        try await fill()
        var found: [String] = []
        var after: Int64?
        repeat {
            let page = try await store.people(of: id, standing: standing, after: after, limit: 1)
            #expect(page.people.allSatisfy { $0.standing == standing })
            found += page.people.compactMap(\.id?.rawValue)
            after = page.next
        } while after != nil
        #expect(found == ids)
    }

    @Test func `each person carries the reason per channel, cleaned of controls`() async throws {
        try await fill()
        let page = try await store.people(of: id, standing: nil)
        #expect(page.people.count == 6 && page.next == nil)
        let refused = try #require(page.people[2].deliveries.first)
        #expect(refused.state == .refused && refused.attempts == 1 && refused.settledAt == start + 1)
        #expect(refused.fault == Fault(.recipient, "mailbox-unknown", "550 5.1.1 no [2J such"))
        let follower = try #require(page.people[1].deliveries.first)
        #expect(follower.reason == .duplicateAddress && follower.leaderState == .accepted)
        #expect(page.people[5].deliveries.map(\.reason) == [.noConsent, .suppressed])
        #expect(page.people[4].deliveries.first?.nextAt == start + 60)
    }

    @Test func `a removed contact keeps its line under its id, an erased one under none`() async throws {
        try await fill()
        try await store.run(
            """
            INSERT INTO removed_contacts SELECT seq, id, 0 FROM contacts WHERE id = '3';
            DELETE FROM contacts WHERE id IN ('3', '6');
            """)
        let page = try await store.people(of: id, standing: .missed)
        #expect(page.people.map(\.id?.rawValue) == ["3", nil])
    }

    @Test func `a contact's history goes through all announcements, latest first`() async throws {
        try await fill()
        try await store.planned(.sample("later"), [.sample("1", plan: .skipped(.channelDown))])
        let history = try await store.history(ofContact: 1)
        #expect(history.map(\.announcement.rawValue) == ["later", "outage", "outage"])
        #expect(history.map(\.channel) == [.email, .email, .sms])
        #expect(history.map(\.providerID) == [nil, "q1", nil])
    }

    @Test func `the first endings of a channel tell a message's fault from a recipient's`() async throws {
        try await fill()
        #expect(try await store.firstEndings(id, .email) == [nil, .recipient])
        #expect(try await store.firstEndings(id, .status) == [.message])
        #expect(try await store.firstEndings(id, .sms, limit: 1) == [nil])
    }
}
