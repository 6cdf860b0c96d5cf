/// One channel's deliveries as they leave one after another, each only while its time lasts: as the dispatcher claims them,
/// reckoned without doing it.
struct DepartureLine {
    private let perSecond: Double
    /// When the provider takes how many; it takes all at once where there is no daily limit.
    private var openings: [(start: Duration, count: Int)]
    private let isDaily: Bool
    private var first = 0
    /// When the last of those that have left is out.
    private(set) var end = Duration.zero

    /// Nothing has left yet; `quota` is what the provider takes in a day, nil for all.
    init(perSecond: Double, quota: DayQuota?) {
        self.perSecond = perSecond
        isDaily = quota != nil
        openings = quota?.openings(at: .zero) ?? [(.zero, .max)]
    }

    /// The same, but what the provider takes again another day is not taken.
    init(perSecond: Double, firstOf quota: DayQuota) {
        self.perSecond = perSecond
        isDaily = false
        openings = quota.openings(at: .zero).filter { $0.start == .zero }
    }

    /// Whether the provider takes no more.
    var isUsedUp: Bool { first == openings.count }

    /// The rest that keeps deliveries waiting that may leave from `wait` on; nil when none does.
    func rest(from wait: Duration) -> (since: Duration, end: Duration)? {
        guard first < openings.count, openings[first].start > max(wait, end) else { return nil }
        return (end, openings[first].start)
    }

    /// How many of the next `count` deliveries leave when, that may from `wait` on and expire at `deadline`; where they do
    /// not outwait the next rest, before that.
    mutating func leave(
        _ count: Int, from wait: Duration, until deadline: Duration, outwaiting: Bool = true
    ) -> [Pace.Stream] {
        var streams: [Pace.Stream] = []
        var left = count
        while left > 0, first < openings.count {
            if !outwaiting, rest(from: wait) != nil { break }
            let start = max(wait, end, openings[first].start)
            let own = min(left, openings[first].count, fitting(from: start, until: deadline))
            guard own > 0 else { break }
            streams.append(Pace.Stream(count: own, perSecond: perSecond, start: start))
            end = start + .seconds(Double(own) / perSecond)
            left -= own
            openings[first].count -= own
            // What a provider has taken it takes again a day later.
            if isDaily { openings.append((start + DayQuota.day, own)) }
            if openings[first].count == 0 { first += 1 }
        }
        return streams
    }

    /// How many leave in a span: the first at its beginning, none at its end.
    private func fitting(from start: Duration, until deadline: Duration) -> Int {
        let most = (deadline - start).inSeconds * perSecond
        // A span and a rate that fit exactly may lack a rounding error.
        return most <= 0 ? 0 : Int(min(1e15, (most - 1e-6).rounded(.up)))
    }
}
