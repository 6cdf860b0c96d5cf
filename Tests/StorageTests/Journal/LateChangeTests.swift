import Broadcast
import Foundation
import TestPeers
import Testing

@testable import Storage

/// What people change while a delivery of theirs is on the wire.
struct LateChangeTests {
    let store: Store
    let id = Announcement.ID(valid: "outage")
    private let unknownAddress = Outcome.Suppress(.all, .bounce, source: "email address-unknown")

    init() throws { store = try Store.inMemory(now: start) }

    private func claimOne() async throws -> (ClaimedDelivery, token: Int64) {
        let token = try await store.lead()
        let claimed = try await store.claim(.email, limit: 1, token: token, now: start)
        return (try #require(claimed.first), token)
    }

    private func suppressed(_ email: String) async throws -> Bool {
        try await !store.suppressions(of: Address(email: email)).isEmpty
    }

    @Test func `a failure after the cancellation leaves nobody waiting`() async throws {
        try await store.seed(["1", "2"], email: "a@x.org")
        try await store.planned(.sample(reach: .first), ["1", "2"].map { .sample($0, address: "a@x.org") })
        let (claimed, token) = try await claimOne()
        _ = try await store.cancel(id, now: start)
        let settled = try await store.settle(
            [Outcome(claimed.id, .refused(.sample()), movesOn: true)], token: token, now: start)
        #expect(settled.finished == [id])
        #expect(try await store.report(id).contacts == ContactCounts(selected: 2, missed: 2))
    }

    @Test func `what a moved address refuses suppresses that address, not the old one`() async throws {
        try await store.seed(["1"])
        try await store.planned([.sample("1")])
        let (claimed, token) = try await claimOne()
        let new = try Address(email: "new@example.org")
        _ = try await store.settle([Outcome(claimed.id, .moved(to: new))], token: token, now: start)
        let again = try await store.claim(.email, limit: 1, token: token, now: start)
        #expect(again.map(\.address) == [new])
        _ = try await store.settle(
            [Outcome(again[0].id, .refused(.sample()), suppress: unknownAddress)], token: token, now: start)
        #expect(try await suppressed("new@example.org"))
        #expect(try await !suppressed("1@example.org"))
    }

    @Test func `a cancelled attempt never suppresses an address the contact got since`() async throws {
        try await store.seed(["1"])
        try await store.planned([.sample("1")])
        let (claimed, token) = try await claimOne()
        _ = try await store.cancel(id, now: start)
        var change = ContactChange(id: Contact.ID(valid: "1"))
        change.addresses[.email] = .set(try Address(email: "new@example.org"))
        _ = try await store.apply(
            change, to: .existing, channels: AddressBook.channels, now: start)
        _ = try await store.settle(
            [Outcome(claimed.id, .refused(.sample()), suppress: unknownAddress)], token: token, now: start)
        #expect(try await !suppressed("new@example.org"))
    }

    @Test func `what is heard of an erased person is not written down`() async throws {
        try await store.seed(["1", "2", "3"])
        try await store.planned(["1", "2", "3"].map { .sample($0) })
        let token = try await store.lead()
        let claimed = try await store.claim(.email, limit: 3, token: token, now: start)
        for person in ["1", "2", "3"] { try await store.erase(Contact.ID(valid: person)) }
        let fault = Fault(.recipient, "mailbox-unknown", "1@example.org is unknown")
        _ = try await store.settle(
            [
                Outcome(claimed[0].id, .refused(fault)), Outcome(claimed[1].id, .accepted(providerID: "q-2")),
                Outcome(claimed[2].id, .moved(to: try Address(email: "3@new.org"))),
            ], token: token, now: start)
        _ = try await store.claim(.email, limit: 3, token: token, now: start)
        #expect(
            try await store.lines(
                """
                SELECT state || ifnull(fault_detail, '') || ifnull(provider_id, '') || ifnull(moved_to, '')
                FROM deliveries ORDER BY id
                """) == ["refused", "accepted", "skipped"])
        #expect(try await store.miscounts() == [])
    }

    @Test func `a next channel does not outlive the announcement`() async throws {
        try await store.seed(["1"])
        try await store.planned(
            .sample(reach: .first, expiresAfter: .seconds(600)), [.sample("1")])
        let (claimed, token) = try await claimOne()
        let late = start + 540
        _ = try await store.settle(
            [Outcome(claimed.id, .refused(.sample()), movesOn: true)], token: token, now: late)
        try await store.moveOn([Succession(claimed.id, to: .sample("1", .sms, due: late))], now: late)
        #expect(try await store.expire(now: start + 599) == 0)
        #expect(try await store.expire(now: start + 600) == 1)
    }

    @Test func `who gives up planning takes nothing from a process that plans the same meanwhile`()
        async throws
    {
        let scratch = try ScratchDirectory()
        let first = try Store.open(scratch.file("tocsin.db"), now: start)
        let second = try Store.open(scratch.file("tocsin.db"), now: start)
        try await first.seed(["1"])
        _ = try await first.accept(.sample(), digest: "d", over: ChannelFacts.samples, named: .chosen)
        _ = try await first.beginPlanning(id)
        let run = try await second.beginPlanning(id)
        #expect(try await !first.withdraw(id))
        let planned = try await second.plan([.sample("1")], in: run)
        #expect(try await second.finishPlanning(planned, as: .running, now: start) == .running)
    }

    @Test func `who shared an address with a contact that has another by now gets a copy of their own`()
        async throws
    {
        try await store.seed(["1", "2", "3"], email: "a@x.org")
        try await store.planned(["1", "2", "3"].map { .sample($0, address: "a@x.org") })
        var change = ContactChange(id: Contact.ID(valid: "1"))
        change.addresses[.email] = .set(try Address(email: "new@example.org"))
        _ = try await store.apply(change, to: .existing, channels: AddressBook.channels, now: start)
        let token = try await store.lead()
        let first = try await store.claim(.email, limit: 1, token: token, now: start)
        #expect(first.map { "\($0.address?.value ?? "")" } == ["new@example.org"])
        #expect(
            try await store.states() == [
                "1 email sending", "2 email queued", "3 email skipped duplicate-address",
            ])
        #expect(try await store.miscounts() == [])
        let second = try await store.claim(.email, limit: 9, token: token, now: start)
        #expect(second.map { $0.address?.value } == ["a@x.org"])
        _ = try await store.settle(
            second.map { Outcome($0.id, .refused(.sample())) }, token: token, now: start)
        _ = try await store.settle(
            first.map { Outcome($0.id, .accepted(providerID: nil)) }, token: token, now: start)
        // Each stands where the copy for their own address does.
        #expect(try await store.report(id).contacts == ContactCounts(selected: 3, reached: 1, missed: 2))
    }

    /// Gives a contact another e-mail address.
    private func change(_ person: String, to email: String) async throws {
        var change = ContactChange(id: Contact.ID(valid: person))
        change.addresses[.email] = .set(try Address(email: email))
        _ = try await store.apply(change, to: .existing, channels: AddressBook.channels, now: start)
    }

    /// How the other one's copy stands when a contact takes over its address.
    enum Copy: CaseIterable { case queued, sending, accepted, refused, changedSince }

    @Test(arguments: Copy.allCases, Once.allCases)
    func `who takes over an address that has a copy gets no second one`(_ copy: Copy, _ once: Once)
        async throws
    {
        try await store.seed(["1", "2"])
        try await store.planned(.sample(reach: .first, once: once), [.sample("1"), .sample("2")])
        let token = try await store.lead()
        if copy != .queued {
            let claimed = try await store.claim(.email, limit: 1, token: token, now: start)
            #expect(claimed.map { $0.address?.value } == ["1@example.org"])
            let fault = Fault.sample()
            switch copy {
            case .refused:
                let outcome = Outcome(claimed[0].id, .refused(fault), movesOn: true)
                _ = try await store.settle([outcome], token: token, now: start)
            case .accepted, .changedSince:
                let outcome = Outcome(claimed[0].id, .accepted(providerID: nil))
                _ = try await store.settle([outcome], token: token, now: start)
            default: break
            }
        }
        if copy == .changedSince {
            // Its copy went to the old address: it stands for nobody at the new one.
            try await change("1", to: "new@example.org")
            try await change("2", to: "NEW@example.org")
        } else {
            try await change("2", to: "1@EXAMPLE.org")
        }
        let claimed = try await store.claim(.email, limit: 9, token: token, now: start)
        let second = try await store.states()[1]
        if once == .contact || copy == .changedSince {
            #expect(second == "2 email sending")
        } else {
            #expect(second == "2 email skipped duplicate-address")
            #expect(claimed.map { $0.contact?.id.rawValue } == (copy == .queued ? ["1"] : []))
            // Who shares a failed copy needs the next channel, too.
            #expect(try await store.stranded(limit: 9).count == (copy == .refused ? 2 : 0))
        }
        #expect(try await store.miscounts() == [])
    }

    @Test func `two who take over one new address share one copy, and those behind them get theirs`()
        async throws
    {
        try await store.seed(["1", "2", "3"], email: "a@x.org")
        try await store.seed(["4"])
        try await store.planned(
            ["1", "2", "3"].map { .sample($0, address: "a@x.org") } + [.sample("4")])
        try await change("1", to: "new@example.org")
        try await change("4", to: "new@example.org")
        let token = try await store.lead()
        var claimed = try await store.claim(.email, limit: 9, token: token, now: start)
        #expect(claimed.compactMap { $0.address?.value } == ["new@example.org"])
        claimed += try await store.claim(.email, limit: 9, token: token, now: start)
        #expect(claimed.compactMap { $0.address?.value } == ["new@example.org", "a@x.org"])
        #expect(try await store.states().filter { $0.hasSuffix("duplicate-address") }.count == 2)
        _ = try await store.settle(
            claimed.map { Outcome($0.id, .accepted(providerID: nil)) }, token: token, now: start)
        #expect(try await store.report(id).contacts == ContactCounts(selected: 4, reached: 4))
        #expect(try await store.miscounts() == [])
    }

    @Test func `who moved to the same new address still shares the one copy`() async throws {
        try await store.seed(["1", "2"], email: "a@x.org")
        try await store.planned(["1", "2"].map { .sample($0, address: "a@x.org") })
        for person in ["1", "2"] {
            var change = ContactChange(id: Contact.ID(valid: person))
            change.addresses[.email] = .set(try Address(email: "new@example.org"))
            _ = try await store.apply(change, to: .existing, channels: AddressBook.channels, now: start)
        }
        let token = try await store.lead()
        #expect(try await store.claim(.email, limit: 9, token: token, now: start).count == 1)
        #expect(
            try await store.states() == ["1 email sending", "2 email skipped duplicate-address"])
    }
}
