/// A channel's rate limit: tokens flow in steadily, a rest saves up at most a burst, and a provider may stop the flow.
public struct TokenBucket: Sendable, Hashable {
    /// What was granted, and when more will be.
    public struct Grant: Sendable, Hashable {
        /// How many may go now.
        public var count: Int
        /// The uptime at which one more may go; nil when all that was wanted was granted.
        public var nextAt: Duration?

        /// So many now, one more at `nextAt`.
        public init(count: Int, nextAt: Duration?) {
            self.count = count
            self.nextAt = nextAt
        }
    }

    private let rate: Rate?
    private var tokens: Double
    private var countedAt: Duration
    /// Until which uptime the provider has stopped the flow; it may be over.
    public private(set) var pausedUntil: Duration?

    /// A full bucket; without a rate there is always enough.
    public init(_ rate: Rate?, now: Duration) {
        self.rate = rate
        tokens = Double(max(rate?.burst ?? 1, 1))
        countedAt = now
    }

    /// Takes up to `wanted` tokens at uptime `now`.
    public mutating func take(upTo wanted: Int, now: Duration) -> Grant {
        refill(now)
        guard wanted > 0 else { return Grant(count: 0, nextAt: nil) }
        if let pausedUntil { return Grant(count: 0, nextAt: pausedUntil) }
        guard let rate else { return Grant(count: wanted, nextAt: nil) }
        // Waiting exactly until `nextAt` must suffice, though the sum may lack a rounding error.
        let count = min(wanted, Int(tokens + 1e-6))
        tokens = max(0, tokens - Double(count))
        guard count < wanted else { return Grant(count: count, nextAt: nil) }
        return Grant(count: count, nextAt: now + .seconds((1 - tokens) / max(rate.perSecond, 1e-6)))
    }

    /// Gives back tokens that were taken but not used.
    public mutating func giveBack(_ count: Int) {
        guard let rate else { return }
        tokens = min(Double(max(rate.burst, 1)), tokens + Double(count))
    }

    /// Grants nothing before uptime `until`, and then no burst: the provider has said "too fast".
    public mutating func pause(until: Duration) { pausedUntil = max(pausedUntil ?? until, until) }

    /// Ends a pause that lasts longer than uptime `now`: somebody will not wait for it.
    public mutating func endPause(at now: Duration) { pausedUntil = pausedUntil.map { min($0, now) } }

    /// Whether the provider has stopped the flow for longer than uptime `now`.
    public func isPaused(at now: Duration) -> Bool { pausedUntil.map { now < $0 } ?? false }

    private mutating func refill(_ now: Duration) {
        if let end = pausedUntil {
            guard now >= end else { return }
            pausedUntil = nil
            tokens = min(tokens, 1)
            countedAt = max(countedAt, end)
        }
        guard let rate, now > countedAt else { return }
        tokens = min(Double(max(rate.burst, 1)), tokens + (now - countedAt).inSeconds * rate.perSecond)
        countedAt = now
    }
}
