import Broadcast
import Foundation
import TestPeers
import Testing

/// Whatever the other side answers, and however often: each delivery ends once, in one final state, in time.
@Suite struct SettlementProperties {
    private static func fault(_ random: inout SeededNumbers) -> Fault {
        let codes: [Fault.Code] = [
            .addressUnknown, .recipientDeferred, .mailboxFull, .messageTooLarge, .rateLimited, .serviceFailed,
            .credentialsRefused, .cancelled, "recipe-code",
        ]
        let scope = Fault.Scope.allCases.randomElement(using: &random) ?? .channel
        return Fault(scope, codes.randomElement(using: &random) ?? .serviceFailed, "")
    }

    private static func verdict(_ random: inout SeededNumbers) -> Verdict {
        let asked: [Duration?] = [nil, .zero, .seconds(5), .seconds(4000), .seconds(9_000_000_000)]
        switch Int.random(in: 0..<20, using: &random) {
        case 0: return .accepted(id: nil)
        case 1: return .refused(fault(&random))
        case 2: return .unknown(fault(&random))
        case 3:
            let number = Int.random(in: 1...3, using: &random)
            return Address(.email, canonical: "a\(number)@acme.example").map { .moved(to: $0) }
                ?? .accepted(id: nil)
        default: return .deferred(fault(&random), after: asked.randomElement(using: &random) ?? nil)
        }
    }

    /// One delivery through the journal's rules, until it is final.
    private struct Run {
        var now = Date.noon
        var attempt = 0
        var address = Address(.email, canonical: "a0@acme.example")
        var ends: [DeliveryState] = []
        var wireTimes: [Date] = []

        mutating func step(_ settlement: Settlement, _ random: inout SeededNumbers, expires: Date) {
            attempt += 1
            wireTimes.append(now)
            let claimed = ClaimedDelivery.sample(address: address, attempt: attempt, expires: expires)
            let verdict = SettlementProperties.verdict(&random)
            let outcome = settlement.ending(
                of: claimed, on: verdict, now: now, unit: Double.random(in: 0..<1, using: &random)
            ).outcome
            switch outcome.result {
            case .accepted: ends.append(.accepted)
            case .refused: ends.append(.refused)
            case .expired: ends.append(.expired)
            case .unknown(_, nil): ends.append(.unknown)
            case .deferred(_, let date), .unknown(_, let date?): now = max(now, date)
            case .returned(let date, _):
                attempt -= 1
                now = max(now, date)
            case .moved(let next): address = next
            }
            // Time passes between attempts, whatever was decided; the journal expires what is left in the queue.
            now.addTimeInterval(1)
            if ends.isEmpty, now >= expires { ends.append(.expired) }
        }
    }

    @Test(arguments: [1 as UInt64, 2, 3, 20_261_121])
    func `every sequence of replies ends in exactly one final state, and nothing leaves after expiry`(
        seed: UInt64
    ) {
        var random = SeededNumbers(seed: seed)
        var seen: Set<DeliveryState> = []
        for _ in 0..<500 {
            let facts = ChannelFacts.sample(unknown: Bool.random(using: &random) ? .retry : .leave)
            let settlement = Settlement(over: facts, terms: .init(priority: .normal, reach: .first))
            let expires = Date.noon.addingTimeInterval(Double.random(in: 1...86_400, using: &random))
            var run = Run()
            while run.ends.isEmpty, run.wireTimes.count < 100_000 {
                run.step(settlement, &random, expires: expires)
            }
            #expect(run.ends.count == 1, "seed \(seed)")
            #expect(run.ends.allSatisfy { $0.isFinal }, "seed \(seed)")
            #expect(run.wireTimes.allSatisfy { $0 < expires }, "seed \(seed)")
            seen.formUnion(run.ends)
        }
        #expect(seen == [.accepted, .refused, .expired, .unknown], "seed \(seed)")
    }
}
