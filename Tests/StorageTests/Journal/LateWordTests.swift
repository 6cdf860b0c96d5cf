import Broadcast
import Foundation
import Testing

@testable import Storage

/// What an owner that was stopped, and overtaken, has to say about what it had on the wire.
struct LateWordTests {
    let store: Store
    let id = Announcement.ID(valid: "outage")

    init() throws { store = try Store.inMemory(now: start) }

    struct Word: Sendable, CustomTestStringConvertible {
        var testDescription: String { "\(channel): \(result)" }
        var channel: ChannelName
        var result: Outcome.Result
        var state: String
        var isNews = true
    }

    static let fault = Fault(.channel, "server-busy", "450 later")

    static let words = [
        Word(channel: .email, result: .accepted(providerID: "x"), state: "accepted"),
        Word(channel: .sms, result: .accepted(providerID: "x"), state: "accepted"),
        Word(channel: .email, result: .refused(.sample()), state: "refused"),
        Word(channel: .sms, result: .refused(.sample()), state: "refused"),
        Word(channel: .email, result: .deferred(fault, nextAt: start + 9), state: "queued"),
        Word(channel: .sms, result: .deferred(fault, nextAt: start + 9), state: "queued"),
        Word(channel: .sms, result: .returned(nextAt: start, nil), state: "queued"),
        Word(channel: .sms, result: .expired(fault), state: "expired"),
        Word(channel: .email, result: .unknown(fault, retryAt: start), state: "queued", isNews: false),
        Word(channel: .sms, result: .unknown(fault, retryAt: nil), state: "unknown", isNews: false),
    ]

    /// Puts one delivery on the wire under an owner that is then overtaken; the other keeps the announcement open.
    private func overtake(
        _ channel: ChannelName, reach: Reach = .every, priority: Priority = .normal
    ) async throws -> (claimed: ClaimedDelivery, old: Int64, new: Int64) {
        try await store.seed(["1", "2"])
        try await store.planned(
            .sample(priority: priority, reach: reach),
            [.sample("1", channel), .sample("2", .email, due: start + 60)])
        let old = try await store.lead("old")
        let claimed = try await store.send(channel, limit: 1, token: old, now: start)
        let new = try await store.lead("new")
        _ = try await store.recover(token: new, now: start + 1)
        return (claimed[0], old, new)
    }

    @Test(arguments: words)
    func `a true word replaces a doubt, and the counts add up`(_ word: Word) async throws {
        let (claimed, old, _) = try await overtake(word.channel)
        let settled = try await store.settle(
            [Outcome(claimed.id, word.result)], token: old, now: start + 2)
        #expect(settled.stale.isEmpty == word.isNews)
        #expect(try await store.states()[0] == "1 \(word.channel) \(word.state)")
        #expect(try await store.miscounts() == [])
        // What surely was not handed over ends as such; what stays in doubt, as unknown.
        let last =
            switch word.state {
            case "queued" where word.isNews: "expired"
            case "queued": "unknown"
            default: word.state
            }
        _ = try await store.expire(now: start + 99_999)
        #expect(try await store.states()[0] == "1 \(word.channel) \(last)")
        #expect(try await store.report(id).state == .finished)
        #expect(try await store.miscounts() == [])
    }

    @Test func `an earlier doubt is not lifted by it`() async throws {
        try await store.seed(["1"])
        try await store.planned([.sample("1")])
        let token = try await store.lead()
        let first = try await store.claim(.email, limit: 1, token: token, now: start)
        _ = try await store.settle(
            [Outcome(first[0].id, .unknown(Self.fault, retryAt: start))], token: token, now: start)
        let second = try await store.claim(.email, limit: 1, token: token, now: start)
        _ = try await store.recover(token: try await store.lead("new"), now: start)
        let late = Outcome(second[0].id, .deferred(Self.fault, nextAt: start))
        #expect(try await store.settle([late], token: token, now: start).stale.isEmpty)
        _ = try await store.expire(now: start + 99_999)
        #expect(try await store.states() == ["1 email unknown"])
    }

    @Test func `once it is claimed again, its old owner's word comes too late`() async throws {
        let (claimed, old, new) = try await overtake(.email)
        #expect(try await store.claim(.email, limit: 1, token: new, now: start + 2).count == 1)
        let late = Outcome(claimed.id, .accepted(providerID: nil))
        #expect(try await store.settle([late], token: old, now: start + 3).stale == [claimed.id])
        // The new owner's deferral does not say what became of the first attempt.
        _ = try await store.settle(
            [Outcome(claimed.id, .deferred(Self.fault, nextAt: start + 9))], token: new, now: start + 4)
        _ = try await store.expire(now: start + 99_999)
        #expect(try await store.states()[0] == "1 email unknown")
        #expect(try await store.miscounts() == [])
    }

    @Test func `under reach first a late success ends the search, and nothing else is news`() async throws {
        let (claimed, old, _) = try await overtake(.sms, reach: .first, priority: .urgent)
        #expect(try await store.stranded(limit: 9).count == 1)
        let refused = Outcome(claimed.id, .refused(.sample()), movesOn: true)
        #expect(try await store.settle([refused], token: old, now: start + 2).stale == [claimed.id])
        let accepted = Outcome(claimed.id, .accepted(providerID: nil))
        #expect(try await store.settle([accepted], token: old, now: start + 2).stale.isEmpty)
        #expect(try await store.stranded(limit: 9).isEmpty)
        #expect(try await store.states()[0] == "1 sms accepted")
        #expect(try await store.miscounts() == [])
    }

    @Test func `a finished announcement is not opened again`() async throws {
        let (claimed, old, _) = try await overtake(.sms)
        _ = try await store.expire(now: start + 99_999)
        let late = Outcome(claimed.id, .deferred(Self.fault, nextAt: start + 100_000))
        #expect(try await store.settle([late], token: old, now: start + 99_999).stale == [claimed.id])
        let accepted = Outcome(claimed.id, .accepted(providerID: nil))
        #expect(try await store.settle([accepted], token: old, now: start + 99_999).stale.isEmpty)
        #expect(try await store.report(id).contacts == ContactCounts(selected: 2, reached: 1, missed: 1))
        #expect(try await store.miscounts() == [])
    }

    @Test func `what was claimed and never begun goes out after a crash as if nothing had happened`()
        async throws
    {
        try await store.seed(["1", "2"])
        try await store.planned([.sample("1", .sms), .sample("2", .sms)])
        let old = try await store.lead("old")
        let claimed = try await store.claim(.sms, limit: 2, token: old, now: start)
        let begun = try await store.settle([], beginning: [claimed[0].id], token: old, now: start).begun
        #expect(begun == [claimed[0].id])
        let new = try await store.lead("new")
        // Its lease is gone: nothing more of it may leave, whether the other has looked already or not.
        #expect(
            try await store.settle([], beginning: [claimed[1].id], token: old, now: start).begun.isEmpty)
        #expect(try await store.recover(token: new, now: start) == Recovery(freed: 1, left: 1))
        #expect(
            try await store.settle([], beginning: [claimed[1].id], token: old, now: start).begun.isEmpty)
        #expect(try await store.states() == ["1 sms unknown", "2 sms queued"])
        let again = try await store.claim(.sms, limit: 2, token: new, now: start)
        #expect(again.map(\.id) == [claimed[1].id])
        #expect(again.map(\.attempt) == [1] && again.map(\.isInDoubt) == [false])
        #expect(try await store.miscounts() == [])
    }
}
