import Broadcast
import Foundation
import TestPeers
import Testing

/// Whatever happens in whatever order, the breaker keeps its laws.
@Suite struct BreakerProperties {
    /// A channel whose attempts end when and as chance wants; it keeps count of what the breaker let out.
    private struct Bench {
        let connections: Int
        let policy: BreakerPolicy
        var breaker: Breaker
        var now = Moment(wall: .noon, uptime: .seconds(1000))
        /// The epochs in which attempts under way were claimed.
        var open: [Int] = []
        /// The epoch of the probe under way; nil when there is none.
        var probe: Int?
        var broken: [String] = []

        init(_ random: inout SeededNumbers) {
            connections = Int.random(in: 1...20, using: &random)
            var policy = BreakerPolicy(
                .sample, minimumFaults: Int.random(in: 1...20, using: &random),
                ratio: Double.random(in: 0.05...1, using: &random),
                window: .seconds(Int.random(in: 1...120, using: &random)),
                consecutive: Int.random(in: 1...20, using: &random))
            policy.cap = .seconds(300)
            self.policy = policy
            breaker = Breaker(policy, connections: connections, now: now.uptime)
        }

        mutating func demand(_ isKept: Bool, _ law: String) { if !isKept { broken.append(law) } }

        /// Claims as many as are allowed.
        mutating func claim() {
            switch breaker.allowance(at: now.uptime) {
            case .none(let until):
                demand(until.map { $0 > now.uptime } ?? (probe != nil), "someone must wake it")
            case .probe:
                demand(probe == nil, "one probe at a time")
                let before = breaker.epoch
                demand(breaker.beginProbe(at: now.uptime), "an allowed probe begins")
                demand(!breaker.beginProbe(at: now.uptime), "a second probe does not")
                demand(breaker.epoch > before, "a probe begins an epoch")
                probe = breaker.epoch
                open.append(breaker.epoch)
            case .limited(let limit):
                demand((1..<connections).contains(limit), "slow opening stays below the connections")
                fill(limit)
            case .full: fill(connections)
            }
        }

        private mutating func fill(_ limit: Int) {
            let mine = open.count { $0 == breaker.epoch }
            for _ in mine..<max(mine, limit) { open.append(breaker.epoch) }
        }

        mutating func end(_ event: HealthEvent, at index: Int, resting least: Duration) {
            let epoch = open.remove(at: index)
            let (before, phase) = (breaker, breaker.phase)
            breaker.record(event, epoch: epoch, at: now, resting: least)
            if epoch != before.epoch { demand(breaker == before, "an earlier epoch says nothing") }
            demand(breaker.epoch >= before.epoch, "epochs only grow")
            demand((breaker.phase == phase) || breaker.epoch > before.epoch, "each change begins an epoch")
            if case .failed(let fault) = event, epoch == before.epoch, fault.isCertain {
                demand(breaker.phase == .tripped, "a certain fault trips")
            }
            if breaker.phase == .tripped, phase != .tripped, let next = breaker.nextProbe, event != .silent {
                demand(next - now.uptime >= least, "it rests as long as it was asked to")
                demand(next - now.uptime <= max(least, policy.cap), "no rest is longer than its cap")
            }
            if epoch == probe { probe = nil }
            look()
        }

        /// What must be so at any time.
        mutating func look() {
            demand((breaker.phase == .probing) == (probe != nil), "probing means that a probe is out")
            demand((breaker.outage == nil) == (breaker.phase == .up), "down has a beginning, up has none")
            demand(breaker.phase == .up || breaker.fault != nil, "down has a reason")
            demand(
                breaker.fault == nil || breaker.phase != .up || breaker.allowance(at: now.uptime) != .full,
                "full strength forgets the fault")
        }
    }

    private static func event(_ random: inout SeededNumbers) -> HealthEvent {
        switch Int.random(in: 0..<10, using: &random) {
        case 0...4: .answered
        case 5...7: .failed(Fault(.channel, .serviceFailed, "503"))
        case 8: .failed(Fault(.channel, .credentialsRefused, "535"))
        default: .silent
        }
    }

    private static func step(_ bench: inout Bench, _ random: inout SeededNumbers) {
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1: bench.now = bench.now.adding(.seconds(Int.random(in: 0...90, using: &random)))
        case 2...4: bench.claim()
        case 5: bench.breaker.hasten(at: bench.now.uptime)
        case 6 where bench.probe != nil:
            // The probe found nothing to probe with.
            bench.open.removeAll { $0 == bench.probe }
            bench.breaker.abandonProbe(at: bench.now.uptime)
            bench.probe = nil
        default:
            guard !bench.open.isEmpty else { return }
            let index = Int.random(in: 0..<bench.open.count, using: &random)
            let least = Duration.seconds([0, 0, 7, 4000].randomElement(using: &random) ?? 0)
            bench.end(event(&random), at: index, resting: least)
        }
        bench.look()
    }

    @Test(arguments: [1 as UInt64, 2, 3, 20_261_121])
    func `one probe at a time, never more than the connections, and every change an epoch`(seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        var phases: Set<Breaker.Phase> = []
        for _ in 0..<300 {
            var bench = Bench(&random)
            for _ in 0..<200 {
                Self.step(&bench, &random)
                phases.insert(bench.breaker.phase)
            }
            #expect(Set(bench.broken).isEmpty, "seed \(seed)")
        }
        #expect(phases == Set(Breaker.Phase.allCases), "seed \(seed)")
    }

    @Test(arguments: [1 as UInt64, 2, 3, 20_261_121])
    func `once the channel answers again, it comes back to full strength, whatever was before`(seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        for _ in 0..<300 {
            var bench = Bench(&random)
            for _ in 0..<Int.random(in: 0...200, using: &random) { Self.step(&bench, &random) }
            var turns = 0
            while bench.breaker.allowance(at: bench.now.uptime) != .full, turns < 100 {
                turns += 1
                bench.now = bench.now.adding(.seconds(4001))
                bench.claim()
                while !bench.open.isEmpty { bench.end(.answered, at: 0, resting: .zero) }
            }
            // One probe, then 1, 2, 4, … at once.
            #expect(turns <= 7, "seed \(seed)")
            #expect(bench.breaker.phase == .up && bench.breaker.fault == nil, "seed \(seed)")
            #expect(Set(bench.broken).isEmpty, "seed \(seed)")
        }
    }

    @Test func `a channel that somebody has mended need not rest`() {
        var random = SeededNumbers(seed: 7)
        var bench = Bench(&random)
        bench.breaker.hasten(at: bench.now.uptime)
        #expect(bench.breaker.allowance(at: bench.now.uptime) == .full && bench.breaker.epoch == 0)
        bench.breaker.record(
            .failed(Fault(.channel, .credentialsRefused, "535")), epoch: 0, at: bench.now)
        #expect(bench.breaker.allowance(at: bench.now.uptime) == .none(until: .seconds(1030)))
        bench.breaker.hasten(at: bench.now.uptime)
        #expect(bench.breaker.allowance(at: bench.now.uptime) == .probe)
    }
}
