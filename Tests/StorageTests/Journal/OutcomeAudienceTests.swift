import Broadcast
import Foundation
import Testing

@testable import Storage

/// Who was reached, told and missed, as audiences and reports agree on it.
struct OutcomeAudienceTests {
    let store: Store
    let id = Announcement.ID(valid: "outage")

    init() throws { store = try Store.inMemory(now: start) }

    private func ids(_ audience: String) async throws -> [String] {
        let parsed = try Audience(parsing: audience, channels: KnownChannels(ChannelFacts.samples))
        return try await store.members(try await store.selection(parsed)).map(\.contact.id.rawValue)
    }

    private func audiences() async throws -> [[String]] {
        [try await ids("reached:outage"), try await ids("told:outage"), try await ids("missed:outage")]
    }

    /// One whose text may have arrived and whose mail followed, by an owner that was overtaken.
    private func failedOver() async throws -> (text: ClaimedDelivery, old: Int64, new: Int64) {
        try await store.seed(["1"])
        try await store.planned(.sample(priority: .urgent, reach: .first), [.sample("1", .sms)])
        let old = try await store.lead("old")
        let text = try await store.send(.sms, limit: 1, token: old, now: start)
        let new = try await store.lead("new")
        _ = try await store.recover(token: new, now: start + 1)
        #expect(try await audiences() == [[], [], []])
        let lost = try await store.stranded(limit: 9)
        try await store.moveOn([Succession(lost[0].delivery, to: .sample("1", .email))], now: start + 1)
        return (text[0], old, new)
    }

    @Test
    func `a late success on the first channel is counted beside the one that followed, the person once`()
        async throws
    {
        let (text, old, new) = try await failedOver()
        #expect(try await audiences() == [[], ["1"], []])
        let mail = try await store.send(.email, limit: 1, token: new, now: start + 2)
        _ = try await store.settle(
            [Outcome(mail[0].id, .accepted(providerID: "m"))], token: new, now: start + 2)
        _ = try await store.settle(
            [Outcome(text.id, .accepted(providerID: "t"))], token: old, now: start + 3)
        #expect(try await store.states() == ["1 email accepted", "1 sms accepted"])
        #expect(try await audiences() == [["1"], ["1"], []])
        let report = try await store.report(id)
        #expect(report.contacts == ContactCounts(selected: 1, reached: 1))
        #expect(
            report.channels[.sms]?.count(.accepted) == 1 && report.channels[.email]?.count(.accepted) == 1)
        #expect(try await store.miscounts() == [])
    }

    @Test func `who was lost on the first channel is reached by a late success though the next one failed`()
        async throws
    {
        let (text, old, new) = try await failedOver()
        let mail = try await store.send(.email, limit: 1, token: new, now: start + 2)
        _ = try await store.settle(
            [Outcome(mail[0].id, .refused(.sample()), movesOn: true)], token: new, now: start + 2)
        try await store.moveOn([Succession(mail[0].id, to: nil)], now: start + 2)
        #expect(try await audiences() == [[], ["1"], []])
        #expect(try await store.report(id).contacts == ContactCounts(selected: 1, unknown: 1))
        _ = try await store.settle(
            [Outcome(text.id, .accepted(providerID: "t"))], token: old, now: start + 3)
        #expect(try await audiences() == [["1"], ["1"], []])
        #expect(try await store.report(id).contacts == ContactCounts(selected: 1, reached: 1))
    }

    @Test func `whom no channel took is missed, with the reason of each`() async throws {
        try await store.seed(["1"])
        try await store.planned(
            .sample(reach: .first), [.sample("1", .email), .sample("1", .sms, plan: .skipped(.channelDown))])
        let token = try await store.lead()
        let mail = try await store.send(.email, limit: 1, token: token, now: start)
        let gone = Fault(.recipient, .addressUnknown, "550 5.1.1 no such user")
        _ = try await store.settle(
            [Outcome(mail[0].id, .refused(gone), movesOn: true)], token: token, now: start)
        #expect(try await audiences() == [[], [], []])
        try await store.moveOn([Succession(mail[0].id, to: nil)], now: start)
        #expect(try await audiences() == [[], [], ["1"]])
        let missed = try await store.people(of: id, standing: .missed).people
        #expect(
            missed.first?.deliveries.map(\.why)
                == ["address-unknown: 550 5.1.1 no such user", "channel-down"])
    }

    @Test func `who shares the leader's address stands where the leader does, whatever became of it`()
        async throws
    {
        try await store.seed(["1", "2"], email: "a@x.org")
        try await store.planned([.sample("1", address: "a@x.org"), .sample("2", address: "a@x.org")])
        let token = try await store.lead()
        #expect(try await audiences() == [[], [], []])
        let mail = try await store.send(.email, limit: 2, token: token, now: start)
        #expect(mail.count == 1)
        _ = try await store.settle(
            [Outcome(mail[0].id, .unknown(.sample(.channel), retryAt: nil))], token: token, now: start)
        #expect(try await audiences() == [[], ["1", "2"], []])
        try await store.remove(Contact.ID(valid: "1"), now: start)
        #expect(try await audiences() == [[], ["2"], []])
    }

    @Test func `a shared address that was refused makes all who share it missed`() async throws {
        try await store.seed(["1", "2"], email: "a@x.org")
        try await store.planned([.sample("1", address: "a@x.org"), .sample("2", address: "a@x.org")])
        let token = try await store.lead()
        let mail = try await store.send(.email, limit: 2, token: token, now: start)
        _ = try await store.settle([Outcome(mail[0].id, .refused(.sample()))], token: token, now: start)
        #expect(try await audiences() == [[], [], ["1", "2"]])
        #expect(try await ids("not missed:outage and all") == [])
    }
}
