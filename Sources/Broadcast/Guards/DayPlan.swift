/// What a daily limit of the provider means for a plan.
public struct DayPlan: Sendable, Hashable {
    /// What it takes, and has taken before the plan, which is made at zero.
    public var quota: DayQuota
    /// Deliveries of other announcements that wait on the channel.
    public var ahead: Int

    /// A plan made at the zero of `quota`'s clock.
    public init(_ quota: DayQuota, ahead: Int) {
        self.quota = quota
        self.ahead = ahead
    }

    /// How many it has taken in the last 24 hours.
    public var used: Int { quota.used(at: .zero) }
}
