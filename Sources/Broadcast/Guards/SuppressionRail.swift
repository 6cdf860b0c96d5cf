/// Keeps one broken relay from blacklisting everyone: beyond 1 % of an announcement's deliveries (at least 10),
/// automatic suppressions are only proposed.
public struct SuppressionRail: Sendable, Hashable {
    /// How many are carried out at once.
    public let limit: Int
    /// How many have been.
    public private(set) var applied: Int

    /// For an announcement of `planned` queued deliveries, of which `applied` have led to a suppression.
    public init(planned: Int, applied: Int = 0) {
        limit = max(10, planned / 100)
        self.applied = applied
    }

    /// The outcome with its suppression carried out, or only proposed once the limit is reached.
    public mutating func passing(_ outcome: Outcome) -> Outcome {
        guard outcome.suppress != nil else { return outcome }
        if applied < limit {
            applied += 1
            return outcome
        }
        var outcome = outcome
        outcome.suppress?.isProposed = true
        return outcome
    }
}
