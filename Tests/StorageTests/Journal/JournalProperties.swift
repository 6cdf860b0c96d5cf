import Broadcast
import Foundation
import TestPeers
import Testing

@testable import Storage

/// Random histories: whatever happens in whatever order, the journal stays whole.
struct JournalProperties {
    @Test(arguments: 1...40)
    func `after any history each delivery ends in one final state, no address twice, and counts add up`(
        seed: Int
    ) async throws {
        var history = try await History(seed: UInt64(seed))
        for _ in 0..<80 {
            try await history.step()
            #expect(try await history.store.miscounts() == [], "seed \(seed): \(history.steps.suffix(3))")
        }
        try await history.drain()
        let report = try await history.store.report(history.id)
        #expect(report.state == .finished || report.state == .cancelled, "seed \(seed)")
        #expect(report.finishedAt != nil, "seed \(seed)")
        for counts in report.channels.values {
            #expect(counts.count(.queued) == 0 && counts.count(.sending) == 0, "seed \(seed)")
        }
        let people = report.contacts
        #expect(people.waiting == 0, "seed \(seed)")
        #expect(people.selected == people.reached + people.missed + people.unknown, "seed \(seed)")
        #expect(people.selected == history.people, "seed \(seed)")
        #expect(try await history.store.miscounts() == [], "seed \(seed)")
        let accepted = try await history.store.lines(
            "SELECT id FROM deliveries WHERE state = 'accepted' ORDER BY id")
        #expect(accepted == history.accepted.sorted().map(String.init), "seed \(seed)")
        if history.once == .address {
            #expect(Set(history.copies).count == history.copies.count, "seed \(seed)")
        }
        #expect(try await history.store.number("SELECT count(*) FROM contact_revisions") == 0)
    }

    /// One store, what is in flight, and what must never be undone.
    struct History {
        let store: Store
        let id = Announcement.ID(valid: "outage")
        let once: Once
        let people: Int
        var accepted: Set<Int64> = []
        /// `channel address` of every copy that was accepted.
        var copies: [String] = []
        var steps: [String] = []
        private var random: SeededNumbers
        private var token: Int64
        private var now = start
        private var flying: [ClaimedDelivery] = []

        init(seed: UInt64) async throws {
            random = SeededNumbers(seed: seed)
            store = try Store.inMemory(now: start)
            once = Bool.random(using: &random) ? .address : .contact
            let reach: Reach = Bool.random(using: &random) ? .first : .every
            let ids = (1...Int.random(in: 3...25, using: &random)).map(String.init)
            people = ids.count
            try await store.seed(ids)
            var plan: [Delivery] = []
            for id in ids {
                if Int.random(in: 0..<3, using: &random) == 0 {
                    try await store.run("UPDATE contacts SET email = 'shared@x.org' WHERE id = '\(id)'")
                    plan.append(.sample(id, address: "shared@x.org"))
                } else {
                    plan.append(.sample(id))
                }
                if reach == .every {
                    plan.append(.sample(id, .sms, plan: id == "2" ? .skipped(.noConsent) : .queued))
                }
            }
            try await store.planned(.sample(reach: reach, once: once), plan + [.sample(nil, .status)])
            token = try await store.lead()
            isFirst = reach == .first
        }

        private let isFirst: Bool

        mutating func step() async throws {
            let choice = Int.random(in: 0..<40, using: &random)
            steps.append("\(choice)")
            switch choice {
            case 0..<14: try await claim()
            case 14..<30: try await settle(Int.random(in: 1...4, using: &random))
            case 30: try await takeOver()
            case 31: now += Double.random(in: 1...900, using: &random)
            case 32: _ = try await store.expire(now: now)
            case 33: _ = try await store.pauseAll(why: "stop")
            case 34, 35: _ = try await store.resumeAll(now: now)
            case 36: try await change()
            case 37 where Int.random(in: 0..<8, using: &random) == 0:
                if try await store.report(id).state != .finished { _ = try await store.cancel(id, now: now) }
            default: try await moveOn()
            }
        }

        /// Lets everything come to an end without further incidents.
        mutating func drain() async throws {
            for _ in 0..<200 {
                _ = try await store.resumeAll(now: now)
                try await claim()
                try await settle(flying.count)
                try await moveOn()
                now += 120
                _ = try await store.expire(now: now)
            }
        }

        private mutating func claim() async throws {
            for channel in [ChannelName.email, .sms, .status] {
                let limit = Int.random(in: 0...6, using: &random)
                flying += try await store.claim(channel, limit: limit, token: token, now: now)
            }
        }

        private mutating func settle(_ count: Int) async throws {
            flying.shuffle(using: &random)
            let group = Array(flying.prefix(count))
            flying.removeFirst(group.count)
            var outcomes: [Outcome] = []
            for delivery in group { outcomes.append(outcome(of: delivery)) }
            let settled = try await store.settle(outcomes, token: token, now: now)
            #expect(settled.stale.isEmpty)
        }

        private mutating func outcome(of delivery: ClaimedDelivery) -> Outcome {
            let fault = Fault.sample(.channel)
            let next = now + Double.random(in: 0...100, using: &random)
            switch Int.random(in: 0..<9, using: &random) {
            case 0:
                return Outcome(delivery.id, .refused(fault), movesOn: isFirst)
            case 1: return Outcome(delivery.id, .deferred(fault, nextAt: next))
            case 2: return Outcome(delivery.id, .unknown(fault, retryAt: next))
            case 3: return Outcome(delivery.id, .unknown(fault, retryAt: nil), movesOn: isFirst)
            case 4: return Outcome(delivery.id, .returned(nextAt: next, nil))
            case 5: return Outcome(delivery.id, .expired(fault), movesOn: isFirst)
            default:
                accepted.insert(delivery.id)
                if let address = delivery.address { copies.append("\(delivery.channel) \(address)") }
                return Outcome(delivery.id, .accepted(providerID: nil))
            }
        }

        private mutating func takeOver() async throws {
            token = try await store.lead()
            _ = try await store.recover(token: token, now: now)
            flying = []
        }

        private mutating func change() async throws {
            let id = Int.random(in: 1...people, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: try await store.run("DELETE FROM contacts WHERE id = '\(id)'")
            case 1:
                try await store.run(
                    "UPDATE contacts SET name = name || 'x', revision = revision + 1 WHERE id = '\(id)'")
            default:
                try await store.run(
                    """
                    INSERT INTO suppressions(kind, key, extent, reason, source, since)
                    SELECT 'email', email_key, 'all', 'manual', '', 0 FROM contacts WHERE id = '\(id)'
                    ON CONFLICT DO NOTHING
                    """)
            }
        }

        private mutating func moveOn() async throws {
            var found = try await store.stranded(limit: 5)
            if isFirst, Bool.random(using: &random) {
                found += try await store.waiting(on: .email, of: id, since: now - 600, limit: 2)
                found += try await store.waiting(on: .sms, of: id, since: now - 600, limit: 2)
            }
            let decisions = found.map { straggler in
                let next = [ChannelName.sms, .email].first { !straggler.tried.contains($0) }
                let id = straggler.contact.id.rawValue
                return Succession(straggler.delivery, to: next.map { .sample(id, $0, due: now) })
            }
            try await store.moveOn(decisions, now: now)
        }
    }
}
