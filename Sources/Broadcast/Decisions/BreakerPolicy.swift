/// When a channel's own faults take it down, and when it is tried again.
public struct BreakerPolicy: Sendable, Hashable {
    /// With fewer faults than this in the window the ratio trips nothing.
    public var minimumFaults: Int
    /// The share of faults among the attempts in the window, above 0 to 1, from which on it trips.
    public var ratio: Double
    /// How far back the window reaches at least.
    public var window: Duration
    /// As many faults in a row trip, whatever the ratio.
    public var consecutive: Int
    /// How long it rests before the first probe.
    public var first: Duration
    /// What each rest grows by while probes fail.
    public var factor: Double
    /// No rest is longer.
    public var cap: Duration

    /// A policy whose rests are those of the channel's retries.
    public init(
        _ retry: RetryPolicy, minimumFaults: Int = 10, ratio: Double = 0.5, window: Duration = .seconds(60),
        consecutive: Int = 10
    ) {
        self.minimumFaults = minimumFaults
        self.ratio = ratio
        self.window = window
        self.consecutive = consecutive
        first = retry.first
        factor = retry.factor
        cap = retry.cap
    }

    /// The rest after the `opening`-th trip in a row, 1 being the first.
    func rest(afterOpening opening: Int) -> Duration {
        RetryPolicy(first: first, factor: factor, cap: cap, within: cap).ceiling(afterAttempt: opening)
    }
}
