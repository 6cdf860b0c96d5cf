import Broadcast
import Foundation
import TestPeers
import Testing

@testable import Storage

/// Planner, settlement and journal together: whatever is answered, each delivery ends once, and the counts add up.
struct ReplyProperties {
    /// What a server may say to one attempt, as far as endings differ.
    enum Reply: Int, CaseIterable {
        case taken, nobodyThere, notThis, later, tooFast, silence

        var verdict: Verdict {
            switch self {
            case .taken: .accepted(id: "q-1")
            case .nobodyThere: .refused(Fault(.recipient, .addressUnknown, "550 5.1.1"))
            case .notThis: .refused(Fault(.message, .messageRefused, "554"))
            case .later: .deferred(Fault(.channel, .serviceFailed, "451"), after: nil)
            case .tooFast: .deferred(Fault(.channel, .rateLimited, "429"), after: .seconds(5))
            case .silence: .unknown(Fault(.channel, "timed-out", "no answer"))
            }
        }
    }

    /// The state in which a delivery has to end, and its number of attempts: `taken` follows the last reply.
    private static func expected(_ replies: [Reply], repeats: Int) -> String {
        var (attempts, doubts) = (0, 0)
        for reply in replies + [.taken] {
            if reply != .tooFast { attempts += 1 }
            switch reply {
            case .taken: return "accepted \(attempts)"
            case .nobodyThere: return "refused \(attempts)"
            // What may have arrived before is not called refused.
            case .notThis: return doubts > 0 ? "unknown \(attempts)" : "refused \(attempts)"
            case .later, .tooFast: break
            case .silence:
                doubts += 1
                if doubts > repeats { return "unknown \(attempts)" }
            }
        }
        return ""
    }

    private static let sequences: [[Reply]] = (0..<4).reduce([[]]) { sequences, _ in
        sequences.flatMap { sequence in Reply.allCases.map { sequence + [$0] } }
    }

    @Test(arguments: [(ChannelName.email, 2), (.sms, 0)])
    func `every sequence of four replies has the ending that the rules give it`(
        channel: ChannelName, repeats: Int
    ) async throws {
        let store = try Store.inMemory(now: start)
        let ids = Self.sequences.indices.map { String(100_000 + $0) }
        try await store.seed(ids)
        try await store.planned(ids.map { .sample($0, channel) })
        let token = try await store.lead()
        let facts = try #require(ChannelFacts.samples.first { $0.name == channel })
        let settlement = Settlement(over: facts, terms: .init(priority: .normal, reach: .every))
        var said: [Delivery.ID: Int] = [:]
        var (now, left) = (start, 0)
        repeat {
            let claimed = try await store.send(channel, limit: 5000, token: token, now: now)
            let outcomes = claimed.map { delivery in
                let index = Int(delivery.contact?.id.rawValue ?? "").map { $0 - 100_000 } ?? 0
                let position = said[delivery.id, default: 0]
                said[delivery.id] = position + 1
                let reply = position < 4 ? Self.sequences[index][position] : .taken
                return settlement.ending(of: delivery, on: reply.verdict, now: now, unit: 0.5).outcome
            }
            _ = try await store.settle(outcomes, token: token, now: now)
            left = claimed.count
            // Longer than the longest wait, which is a minute.
            now += 61
        } while left > 0
        #expect(try await store.miscounts() == [])
        let endings = try await store.lines(
            """
            SELECT d.state || ' ' || d.attempts FROM deliveries d JOIN contacts c ON c.seq = d.contact ORDER BY c.id
            """)
        let expected = Self.sequences.map { Self.expected($0, repeats: repeats) }
        #expect(endings.count == expected.count)
        for (index, pair) in zip(endings, expected).enumerated() where pair.0 != pair.1 {
            Issue.record("\(Self.sequences[index]): \(pair.0) instead of \(pair.1)")
        }
    }

    @Test(arguments: 1...30)
    func `planned, answered and led on at random, everybody stands in one place in the end`(seed: Int)
        async throws
    {
        var run = try await Run(seed: UInt64(seed))
        for _ in 0..<400 where try await run.store.report(run.announcement.id).state != .finished {
            try await run.step()
        }
        let report = try await run.store.report(run.announcement.id)
        #expect(report.state == .finished, "seed \(seed)")
        #expect(try await run.store.miscounts() == [], "seed \(seed)")
        let people = report.contacts
        #expect(people.waiting == 0 && people.selected == run.people, "seed \(seed)")
        #expect(people.selected == people.reached + people.missed + people.unknown, "seed \(seed)")
        for (channel, counts) in report.channels {
            let ended = DeliveryState.allCases.filter(\.isFinal).reduce(0) { $0 + counts.count($1) }
            #expect(ended == counts.planned, "seed \(seed): \(channel)")
        }
        // Nothing went out after it had ended, or run out of time, and nobody told under reach `first` was led on.
        #expect(run.breaches == [], "seed \(seed)")
    }

    /// One announcement over three channels, from its plan to its end.
    struct Run {
        let store: Store
        let announcement: Announcement
        let people: Int
        var breaches: [String] = []
        private let planner: Planner
        private let token: Int64
        private var random: SeededNumbers
        private var now = start
        private var ended: Set<Delivery.ID> = []
        private var told: Set<Contact.ID> = []

        init(seed: UInt64) async throws {
            var random = SeededNumbers(seed: seed)
            store = try Store.inMemory(now: start)
            announcement = .sample(
                reach: Bool.random(using: &random) ? .first : .every, once: .contact,
                expiresAfter: Bool.random(using: &random) ? .seconds(900) : nil)
            people = Int.random(in: 5...40, using: &random)
            let ids = (1...people).map { String(1_000_000 + $0) }
            try await store.seed(ids)
            planner = Planner(
                announcement, over: ChannelFacts.samples.map { PlanningChannel($0) }, order: [.sms, .email])
            let members = ids.map { id in
                var contact = Contact(id: Contact.ID(valid: id))
                for kind in [AddressKind.email, .phone] where Int.random(in: 0..<5, using: &random) > 0 {
                    let text = kind == .email ? "\(id)@example.org" : "+39\(id)"
                    contact.addresses[kind] = Address(kind, canonical: text)
                }
                return PlanningMember(contact)
            }
            try await store.planned(
                announcement, planner.publicDeliveries + planner.deliveries(for: members))
            token = try await store.lead()
            self.random = random
        }

        mutating func step() async throws {
            for facts in ChannelFacts.samples {
                let limit = Int.random(in: 0...8, using: &random)
                let claimed = try await store.send(facts.name, limit: limit, token: token, now: now)
                var outcomes: [Outcome] = []
                for delivery in claimed { outcomes.append(outcome(of: delivery, over: facts)) }
                outcomes.shuffle(using: &random)
                _ = try await store.settle(outcomes, token: token, now: now)
            }
            let led = try await store.stranded(limit: 50).map { straggler in
                let member = PlanningMember(straggler.contact, suppressions: straggler.suppressions)
                let next = planner.successor(for: member, after: straggler.tried, now: now)
                return Succession(straggler.delivery, to: next)
            }
            try await store.moveOn(led, now: now)
            now += Double.random(in: 0...120, using: &random)
            _ = try await store.expire(now: now)
        }

        private mutating func outcome(of delivery: ClaimedDelivery, over facts: ChannelFacts) -> Outcome {
            if ended.contains(delivery.id) { breaches.append("\(delivery.id) was claimed after its end") }
            if delivery.expires <= now { breaches.append("\(delivery.id) was claimed after its expiry") }
            if announcement.reach == .first, let person = delivery.contact?.id, told.contains(person) {
                breaches.append("\(person) was told twice")
            }
            let terms = Settlement.Terms(of: announcement)
            let reply = Reply.allCases.randomElement(using: &random) ?? .taken
            let outcome = Settlement(over: facts, terms: terms).ending(
                of: delivery, on: reply.verdict, now: now, unit: Double.random(in: 0..<1, using: &random)
            ).outcome
            switch outcome.result {
            case .accepted:
                ended.insert(delivery.id)
                if let person = delivery.contact?.id { told.insert(person) }
            case .refused, .expired, .unknown(_, nil): ended.insert(delivery.id)
            case .deferred, .returned, .moved, .unknown: break
            }
            return outcome
        }
    }
}
