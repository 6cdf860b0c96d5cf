import Broadcast
import Foundation
import TestPeers
import Testing

@Suite struct BreakerTests {
    private static let down = Fault(.channel, .serviceFailed, "503")
    private static let locked = Fault(.channel, .credentialsRefused, "535")

    /// A breaker with a clock that the test moves, and every attempt claimed in the present epoch.
    private struct Bench {
        var breaker: Breaker
        var now = Moment(wall: .noon, uptime: .seconds(1000))

        init(connections: Int = 8, ratio: Double = 0.5, consecutive: Int = 10) {
            let policy = BreakerPolicy(.sample, ratio: ratio, consecutive: consecutive)
            breaker = Breaker(policy, connections: connections, now: now.uptime)
        }

        mutating func record(_ events: HealthEvent...) {
            for event in events { breaker.record(event, epoch: breaker.epoch, at: now) }
        }

        mutating func pass(_ seconds: Int) { now = now.adding(.seconds(seconds)) }

        var allowance: Breaker.Allowance { breaker.allowance(at: now.uptime) }

        mutating func trip() {
            breaker.record(.failed(BreakerTests.locked), epoch: breaker.epoch, at: now)
        }

        /// How one probe leaves it; nil when none may go.
        mutating func probe(_ event: HealthEvent) -> Breaker.Phase? {
            guard breaker.beginProbe(at: now.uptime) else { return nil }
            breaker.record(event, epoch: breaker.epoch, at: now)
            return breaker.phase
        }

        /// How long it rests from now; nil when it does not.
        var rest: Duration? { breaker.nextProbe.map { $0 - now.uptime } }
    }

    @Test func `ten faults in a row take the channel down, nine do not`() {
        var bench = Bench()
        for _ in 0..<9 { bench.record(.failed(Self.down)) }
        #expect(bench.allowance == .full)
        bench.record(.failed(Self.down))
        #expect(bench.allowance == .none(until: .seconds(1030)))
        #expect(bench.breaker.phase == .tripped)
        #expect(bench.breaker.outage == Outage(since: .noon))
        #expect(bench.breaker.fault == Self.down)
    }

    @Test func `an answer between faults begins the row anew`() {
        var bench = Bench(ratio: 1)
        for _ in 0..<50 {
            for _ in 0..<9 { bench.record(.failed(Self.down)) }
            bench.record(.answered)
        }
        #expect(bench.allowance == .full)
    }

    @Test(arguments: [(1, true), (2, false)])
    func `half of the attempts failing takes the channel down`(answersPerFault: Int, isDown: Bool) {
        var bench = Bench()
        for _ in 0..<10 {
            for _ in 0..<answersPerFault { bench.record(.answered) }
            bench.record(.failed(Self.down))
        }
        #expect((bench.breaker.phase == .tripped) == isDown)
    }

    @Test(arguments: [(10, true), (150, false)])
    func `faults of long ago are forgotten`(pause: Int, isDown: Bool) {
        var bench = Bench()
        for _ in 0..<7 { bench.record(.failed(Self.down), .answered) }
        bench.pass(pause)
        for _ in 0..<4 { bench.record(.answered, .failed(Self.down)) }
        #expect((bench.breaker.phase == .tripped) == isDown)
    }

    @Test(arguments: [
        Fault.Code.credentialsRefused, .senderRefused, .certificateInvalid, .tlsFailed,
        .authenticationImpossible,
        .addressForbidden,
    ])
    func `one certain fault is enough`(code: Fault.Code) {
        var bench = Bench()
        bench.record(.failed(Fault(.channel, code, "")))
        #expect(bench.breaker.phase == .tripped)
    }

    @Test func `being told to slow down says nothing`() {
        var bench = Bench()
        for _ in 0..<9 { bench.record(.failed(Self.down), .silent) }
        #expect(bench.breaker.phase == .up)
        bench.record(.failed(Self.down))
        #expect(bench.breaker.phase == .tripped)
    }

    @Test func `after the rest one probe goes out, alone`() {
        var bench = Bench()
        bench.trip()
        bench.pass(29)
        #expect(bench.breaker.beginProbe(at: bench.now.uptime) == false)
        bench.pass(1)
        #expect(bench.allowance == .probe)
        #expect(bench.breaker.beginProbe(at: bench.now.uptime) == true)
        #expect(bench.breaker.phase == .probing)
        #expect(bench.allowance == .none(until: nil))
        #expect(bench.breaker.beginProbe(at: bench.now.uptime) == false)
    }

    @Test func `rests double while probes fail, up to the cap`() {
        var bench = Bench()
        bench.trip()
        var rests: [Duration?] = []
        for _ in 0..<9 {
            bench.pass(10_000)
            #expect(bench.probe(.failed(Self.down)) == .tripped)
            rests.append(bench.rest)
        }
        #expect(rests == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600].map { .seconds($0) })
        #expect(bench.breaker.outage?.since == .noon)
    }

    @Test func `after a good probe the channel opens slowly`() {
        var bench = Bench(connections: 8)
        bench.trip()
        bench.pass(30)
        #expect(bench.probe(.answered) == .up)
        var limits: [Breaker.Allowance] = []
        for _ in 0..<7 {
            limits.append(bench.allowance)
            bench.record(.answered)
        }
        #expect(limits == [1, 2, 2, 4, 4, 4, 4].map(Breaker.Allowance.limited))
        #expect(bench.allowance == .full)
        #expect(bench.breaker.fault == nil)
    }

    @Test func `with one connection a good probe restores it at once`() {
        var bench = Bench(connections: 1)
        bench.trip()
        bench.pass(30)
        #expect(bench.probe(.answered) == .up)
        #expect(bench.allowance == .full)
    }

    @Test(arguments: [(0, 1), (1, 2), (3, 4)])
    func `on the way back one round of faults trips it again, for longer`(answers: Int, faults: Int) {
        var bench = Bench(connections: 16)
        bench.trip()
        bench.pass(30)
        _ = bench.probe(.answered)
        for _ in 0..<answers { bench.record(.answered) }
        for _ in 1..<faults { bench.record(.failed(Self.down)) }
        #expect(bench.rest == nil)
        bench.record(.failed(Self.down))
        #expect(bench.rest == .seconds(60))
    }

    @Test func `once restored, the next rest is the first again`() {
        var bench = Bench(connections: 2)
        bench.trip()
        bench.pass(30)
        #expect(bench.probe(.answered) == .up)
        bench.record(.answered)
        #expect(bench.allowance == .full)
        bench.trip()
        #expect(bench.breaker.nextProbe == bench.now.uptime + .seconds(30))
    }

    @Test func `what was under way before a trip is not taken for the probe`() {
        var bench = Bench()
        let before = bench.breaker.epoch
        bench.trip()
        bench.pass(30)
        #expect(bench.breaker.beginProbe(at: bench.now.uptime) == true)
        bench.breaker.record(.answered, epoch: before, at: bench.now)
        #expect(bench.breaker.phase == .probing)
        bench.breaker.record(.failed(Self.down), epoch: before, at: bench.now)
        #expect(bench.breaker.phase == .probing)
    }

    @Test func `it rests no shorter than the provider asked for`() {
        for (asked, rest) in [(5, 30), (90, 90)] {
            var bench = Bench()
            bench.breaker.record(
                .failed(Self.locked), epoch: bench.breaker.epoch, at: bench.now, resting: .seconds(asked))
            #expect(bench.rest == .seconds(rest))
        }
    }

    @Test func `what an earlier dispatcher saw is probed at once, and holds until a probe says otherwise`() {
        for event in [HealthEvent.answered, .failed(Self.down), .silent] {
            var bench = Bench()
            bench.breaker = Breaker(
                BreakerPolicy(.sample), connections: 8, after: Self.locked,
                since: .noon.addingTimeInterval(-600), now: bench.now)
            #expect(bench.breaker.phase == .tripped && bench.breaker.fault == Self.locked)
            let outage = Outage(since: .noon.addingTimeInterval(-600), knownSince: .noon)
            #expect(bench.breaker.outage == outage)
            #expect(bench.allowance == .probe && bench.breaker.isUntested)
            #expect(bench.probe(event) == (event == .answered ? .up : .tripped))
            #expect(bench.breaker.isUntested == (event == .silent))
            #expect(bench.breaker.outage == (event == .answered ? nil : outage))
            #expect(bench.rest == (event == .answered ? nil : event == .silent ? .zero : .seconds(30)))
        }
    }

    private static let patience: [(Priority, after: Duration?, known: Double, end: Double)] = [
        (.urgent, nil, 0, 30), (.normal, nil, 0, 300), (.bulk, nil, 0, 300), (.urgent, .seconds(90), 0, 90),
        (.normal, .seconds(10), 0, 10),
        // Hearsay: the channel gets half a minute to show that it is back, or as long as its patience is.
        (.normal, nil, 100, 300), (.normal, nil, 280, 310), (.urgent, nil, 3600, 3630),
        (.normal, .seconds(10), 3600, 3610),
    ]

    @Test(arguments: patience)
    func `who waits on a tripped channel leaves when patience is over, and not on hearsay alone`(
        priority: Priority, after: Duration?, known: Double, end: Double
    ) {
        let outage = Outage(since: .noon, knownSince: .noon.addingTimeInterval(known))
        let facts = ChannelFacts.sample(failoverAfter: after)
        #expect(outage.end(ofPatienceOn: facts, priority) == .noon.addingTimeInterval(end))
    }

    /// When an outage, and when a rest began and for how long, as seconds; when each of them is left.
    private static let standstills:
        [(
            Priority, after: Duration?, outage: Double?, rest: (since: Double, length: Double)?, due: Double,
            end: Double?
        )] =
            [
                (.normal, nil, nil, nil, 0, nil), (.normal, nil, 0, nil, 0, 300),
                (.normal, nil, nil, (0, 3600), 0, 300), (.urgent, nil, nil, (0, 3600), 0, 30),
                (.urgent, nil, nil, (100, 3600), 0, 130),
                // Who waits no longer than their patience stays.
                (.normal, nil, nil, (0, 300), 0, nil), (.normal, nil, nil, (0, 301), 0, 300),
                (.urgent, nil, nil, (0, 300), 0, 30), (.urgent, nil, nil, (0, 30), 0, nil),
                (.normal, .seconds(7200), nil, (0, 3600), 0, nil),
                (.bulk, .seconds(10), nil, (0, 3600), 0, 10),
                // Whoever comes late has patience of their own; an outage is a fault, and nobody comes late for it.
                (.normal, nil, nil, (0, 3600), 1000, 1300), (.normal, nil, nil, (0, 3600), -9000, 300),
                (.normal, nil, nil, (0, 3600), 3299, 3599), (.normal, nil, nil, (0, 3600), 3300, nil),
                (.normal, nil, 0, nil, 1000, 300), (.normal, nil, 0, (0, 3600), 1000, 300),
                // With both, the first that is left.
                (.normal, nil, 100, (0, 3600), 0, 300), (.normal, nil, 0, (100, 3600), 0, 300),
                (.normal, nil, 100, (0, 60), 0, 400),
            ]

    @Test(arguments: standstills)
    func `a rest is left like an outage if it lasts longer than the patience of those who wait`(
        priority: Priority, after: Duration?, outage: Double?, rest: (since: Double, length: Double)?,
        due: Double, end: Double?
    ) {
        let date = { (seconds: Double) in Date.noon.addingTimeInterval(seconds) }
        let standstill = Standstill(
            outage: outage.map { Outage(since: date($0)) },
            rest: rest.map { ProviderRest(since: date($0.since), until: date($0.since + $0.length), why: "") }
        )
        let facts = ChannelFacts.sample(failoverAfter: after)
        #expect(standstill.end(ofPatienceOn: facts, priority, since: date(due)) == end.map(date))
    }

    /// When an outage, or a rest of an hour, began, since when people wait, and when that expires, as seconds.
    private static let expiries:
        [(outage: (since: Double, known: Double)?, rest: Double?, due: Double, expiry: Double, end: Double)] =
            [
                ((0, 0), nil, 0, 8, 4), ((0, 0), nil, 0, 3600, 300), ((0, 6), nil, 0, 8, 7),
                ((0, 100), nil, 0, 300, 150), (nil, 0, 0, 8, 4), (nil, 0, 100, 160, 130),
                (nil, 0, 0, 3600, 300), ((0, 0), 0, 2, 8, 4),
            ]

    @Test(arguments: expiries)
    func `what expires soon leaves half way to that at the latest`(
        outage: (since: Double, known: Double)?, rest: Double?, due: Double, expiry: Double, end: Double
    ) {
        let date = { (seconds: Double) in Date.noon.addingTimeInterval(seconds) }
        let standstill = Standstill(
            outage: outage.map { Outage(since: date($0.since), knownSince: date($0.known)) },
            rest: rest.map { ProviderRest(since: date($0), until: date($0 + 3600), why: "") })
        let found = standstill.end(
            ofPatienceOn: .sample(), .normal, since: date(due), expiry: date(expiry))
        #expect(found == date(end))
    }

    @Test func `a probe that says nothing, or that found nothing to send, is tried again`() {
        var bench = Bench()
        bench.trip()
        bench.pass(30)
        #expect(bench.probe(.silent) == .tripped)
        #expect(bench.allowance == .probe)
        #expect(bench.breaker.beginProbe(at: bench.now.uptime) == true)
        bench.breaker.abandonProbe(at: bench.now.uptime)
        #expect(bench.allowance == .probe)
    }

    @Test(arguments: [1 as UInt64, 2, 3])
    func `whatever happens, at most one probe is out and every trip ends`(seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        var bench = Bench()
        for _ in 0..<5000 {
            bench.pass(Int.random(in: 0...20, using: &random))
            if bench.allowance == .probe {
                #expect(bench.breaker.beginProbe(at: bench.now.uptime) == true, "seed \(seed)")
                #expect(bench.allowance == .none(until: nil), "seed \(seed)")
            }
            let events: [HealthEvent] = [.answered, .failed(Self.down), .failed(Self.locked), .silent]
            bench.record(events.randomElement(using: &random) ?? .silent)
        }
        bench.pass(3600)
        _ = bench.probe(.answered)
        for _ in 0..<20 { bench.record(.answered) }
        #expect(bench.allowance == .full, "seed \(seed)")
    }
}
