/// What a daily limit of the provider means for a plan.
public struct DayPlan: Sendable, Hashable {
    /// What it takes, and has taken before the plan, which is made at zero.
    public var quota: DayQuota
    /// Deliveries of other announcements that wait on the channel.
    public var ahead: Int
    /// How long a delivery of the plan may wait before it expires.
    public var within: Duration

    /// A plan made at the zero of `quota`'s clock.
    public init(_ quota: DayQuota, ahead: Int, within: Duration) {
        self.quota = quota
        self.ahead = ahead
        self.within = within
    }

    /// How many it has taken in the last 24 hours.
    public var used: Int { quota.used(at: .zero) }

    /// How `count` deliveries leave at a pace of `perSecond`, behind those that wait already.
    func streams(of count: Int, perSecond: Double) -> [Pace.Stream] {
        var skipped = ahead
        var end = Duration.zero
        return quota.portions(of: ahead + count, at: .zero).compactMap { portion in
            let start = max(portion.start, end)
            end = start + .seconds(Double(portion.count) / perSecond)
            let own = portion.count - min(skipped, portion.count)
            skipped -= portion.count - own
            let begin = end - .seconds(Double(own) / perSecond)
            return own > 0 ? Pace.Stream(count: own, perSecond: perSecond, start: begin) : nil
        }
    }

    /// How many of `count` deliveries expire before their turn comes.
    func expiring(of count: Int, perSecond: Double) -> Int {
        let leaving = streams(of: count, perSecond: perSecond).reduce(0) { $0 + $1.done(by: within) }
        return max(0, count - leaving)
    }
}

extension ChannelPlan {
    /// How many of the queued deliveries expire before the provider takes them; 0 without a daily limit.
    public var expiring: Int { day?.expiring(of: queued, perSecond: perSecond) ?? 0 }
}
