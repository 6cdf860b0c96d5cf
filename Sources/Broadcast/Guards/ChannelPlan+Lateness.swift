extension ChannelPlan {
    /// What keeps deliveries of a channel waiting.
    public enum Hindrance: Sendable, Hashable {
        /// Its rate, connections or files.
        case speed
        /// What its provider takes in a day.
        case day
    }

    /// What says how long a delivery may wait.
    public enum Deadline: Sendable, Hashable {
        /// The announcement's own expiry.
        case announcement
        /// The channel's `retry.within`.
        case channel
    }

    /// What some have their turn late for, what they meet with first before the rest; empty when none has.
    public var hindrances: [Hindrance] {
        guard expiring > 0 else { return exceedsDay ? [.day] : [] }
        var (unlimited, quick) = (self, self)
        unlimited.day = nil
        quick.facts.rate = Rate(perSecond: 1e9)
        quick.facts.connections = 1_000_000_000
        quick.fileBytes = 0
        let (bySpeed, byDay) = (unlimited.expiring, quick.expiring)
        // Both together may be too much where neither alone is.
        if (bySpeed > 0) == (byDay > 0) { return bySpeed >= byDay ? [.speed, .day] : [.day, .speed] }
        return bySpeed > 0 ? [.speed] : [.day]
    }

    /// Whether it is more than its provider takes in a day.
    private var exceedsDay: Bool { day.map { queued + $0.ahead > $0.quota.limit - $0.used } ?? false }

    /// What has to be longer so that none expires before its turn; empty when none does.
    public var deadlines: [Deadline] {
        guard expiring > 0 else { return [] }
        let asked = [(Deadline.announcement, expires), (.channel, facts.retry.within)]
        return asked.compactMap { deadline, within in
            guard let within else { return nil }
            var plan = self
            plan.within = within
            return plan.expiring > 0 ? deadline : nil
        }
    }
}
