public import Foundation

// closed ──(faults)──► open ──(rest is over)──► probing ──(answered)──► closed, at most 1, 2, 4, … at once
//                       ▲                          │                       │
//                       └──────────(failed)────────┴──(as many in a row)───┘

/// What our own evidence says of one channel: trips on its faults, lets one probe out, and opens again slowly.
///
/// Every change of state begins an epoch. An attempt carries the epoch in which it was claimed, so that what was
/// under way before a trip is never taken for the probe after it.
public struct Breaker: Sendable, Hashable {
    /// What may be claimed now.
    public enum Allowance: Sendable, Hashable {
        /// Nothing; nil until the probe under way has ended, else until that uptime.
        case none(until: Duration?)
        /// One delivery, after ``Breaker/beginProbe(at:)``.
        case probe
        /// So many at once.
        case limited(Int)
        case full
    }

    /// Where it stands, for people.
    public enum Phase: String, Sendable, CaseIterable {
        case up, tripped, probing
    }

    private enum State: Hashable {
        /// At most `limit` at once (nil: no bound), of which `answered` have succeeded in a row.
        case closed(limit: Int?, answered: Int)
        case open(until: Duration)
        case probing
    }

    /// Grows with every change of state.
    public private(set) var epoch = 0
    /// Since when it has not been up; nil when it is.
    public private(set) var outage: Outage?
    /// Whether all it knows is what an earlier dispatcher saw.
    public private(set) var isUntested = false
    /// The last fault that tripped it; nil once it is restored.
    public private(set) var fault: Fault?

    private let policy: BreakerPolicy
    private let connections: Int
    private var state = State.closed(limit: nil, answered: 0)
    private var faults: FaultWindow
    private var openings = 0

    /// A breaker that is closed; `connections` at once are all it ever allows.
    public init(_ policy: BreakerPolicy, connections: Int, now: Duration) {
        self.policy = policy
        self.connections = max(connections, 1)
        faults = FaultWindow(from: now)
    }

    /// A breaker that takes over what an earlier dispatcher saw: `fault` took it down at `since`.
    ///
    /// Its first probe may go at once: somebody may have mended the channel before starting this one.
    public init(
        _ policy: BreakerPolicy, connections: Int, after fault: Fault, since: Date, now: Moment
    ) {
        self.init(policy, connections: connections, now: now.uptime)
        self.fault = fault
        outage = Outage(since: since, knownSince: now.wall)
        isUntested = true
        state = .open(until: now.uptime)
    }

    /// Where it stands.
    public var phase: Phase {
        switch state {
        case .closed: .up
        case .open: .tripped
        case .probing: .probing
        }
    }

    /// The uptime of the next probe; nil unless tripped.
    public var nextProbe: Duration? {
        if case .open(let until) = state { until } else { nil }
    }

    /// What may be claimed at uptime `now`.
    public func allowance(at now: Duration) -> Allowance {
        switch state {
        case .closed(let limit, _): limit.map(Allowance.limited) ?? .full
        case .open(let until): now < until ? .none(until: until) : .probe
        case .probing: .none(until: nil)
        }
    }

    /// Lets one probe out; false unless the allowance is ``Allowance/probe``.
    ///
    /// The probe carries the new ``epoch``.
    public mutating func beginProbe(at now: Duration) -> Bool {
        guard allowance(at: now) == .probe else { return false }
        enter(.probing)
        return true
    }

    /// Takes the probe back, when there was nothing to probe with.
    public mutating func abandonProbe(at now: Duration) {
        if state == .probing { enter(.open(until: now)) }
    }

    /// Ends the rest of one that is tripped, because somebody has mended the channel: the next probe may go at once.
    public mutating func hasten(at now: Duration) {
        if case .open(let until) = state, until > now { enter(.open(until: now)) }
    }

    /// Forgets what was said of the fault that tripped it; its code stays.
    public mutating func forgetDetail() { fault = fault.map { Fault($0.scope, $0.code, "") } }

    /// The wall clock was set by `step`; waiting counts by uptime, only the dates of an outage move.
    public mutating func clockSet(by step: Duration) { outage = outage?.moved(by: step) }

    /// Takes in what the end of an attempt, claimed in `epoch`, says; what comes from an earlier epoch is ignored.
    ///
    /// When that trips it, it rests for `least` at the least: what the provider asked for.
    public mutating func record(
        _ event: HealthEvent, epoch: Int, at now: Moment, resting least: Duration = .zero
    ) {
        guard epoch == self.epoch else { return }
        switch (state, event) {
        case (.open, _), (.closed, .silent): return
        case (.probing, .answered): recover()
        case (.probing, .failed(let fault)): trip(fault, at: now, resting: least)
        case (.probing, .silent): enter(.open(until: now.uptime))
        case (.closed(let limit, let answered), .answered):
            faults.count(isFault: false, at: now.uptime, length: policy.window)
            widen(limit, answered: answered + 1)
        case (.closed(let limit, _), .failed(let fault)):
            faults.count(isFault: true, at: now.uptime, length: policy.window)
            state = .closed(limit: limit, answered: 0)
            if isEnough(fault, limit: limit) { trip(fault, at: now, resting: least) }
        }
    }

    private func isEnough(_ fault: Fault, limit: Int?) -> Bool {
        if fault.isCertain || faults.inRow >= policy.consecutive { return true }
        // On the way back, one round of faults is enough: nothing has shown yet that it works.
        if let limit, faults.inRow >= limit { return true }
        return faults.faults >= policy.minimumFaults && faults.ratio >= policy.ratio
    }

    private mutating func trip(_ fault: Fault, at now: Moment, resting least: Duration) {
        openings += 1
        isUntested = false
        self.fault = fault
        if outage == nil { outage = Outage(since: now.wall) }
        enter(.open(until: now.uptime + max(least, policy.rest(afterOpening: openings))))
    }

    private mutating func recover() {
        outage = nil
        isUntested = false
        faults = FaultWindow(from: .zero)
        guard connections > 1 else {
            enter(.closed(limit: nil, answered: 0))
            restore()
            return
        }
        enter(.closed(limit: 1, answered: 0))
    }

    /// After one round of answers, twice as many at once.
    private mutating func widen(_ limit: Int?, answered: Int) {
        guard let limit else { return }
        guard answered >= limit else {
            state = .closed(limit: limit, answered: answered)
            return
        }
        let isWhole = limit * 2 >= connections
        state = .closed(limit: isWhole ? nil : limit * 2, answered: 0)
        if isWhole { restore() }
    }

    private mutating func restore() {
        openings = 0
        fault = nil
    }

    private mutating func enter(_ next: State) {
        state = next
        epoch += 1
    }
}
