/// How many messages a provider takes in any 24 hours, and how many it has taken in the last.
///
/// Times are those of one clock that nobody sets, such as ``Moment/uptime``; what lies before its start is negative.
public struct DayQuota: Sendable, Hashable {
    /// The window in which is counted.
    public static let day = Duration.seconds(86_400)
    /// What is taken within so much time is counted as one, and leaves the window together, none too early.
    private static let grain = Duration.seconds(60)

    private struct Batch: Sendable, Hashable {
        let first: Duration
        var last: Duration
        var count: Int
    }

    /// How many it takes.
    public let limit: Int
    private var batches: [Batch] = []

    /// Nothing taken yet; `limit` is at least 1.
    public init(_ limit: Int) { self.limit = limit }

    /// Counts what was taken at `uptime`, which is no earlier than what was counted before.
    public mutating func take(_ count: Int = 1, at uptime: Duration) {
        batches.removeAll { $0.last + Self.day <= uptime }
        if let last = batches.last, uptime - last.first < Self.grain {
            batches[batches.count - 1].last = max(last.last, uptime)
            batches[batches.count - 1].count += count
        } else {
            batches.append(Batch(first: uptime, last: uptime, count: count))
        }
    }

    /// How many were taken in the 24 hours before `uptime`.
    public func used(at uptime: Duration) -> Int {
        batches.reduce(0) { $0 + ($1.last + Self.day > uptime ? $1.count : 0) }
    }

    /// How many more it takes at `uptime`.
    public func room(at uptime: Duration) -> Int { max(0, limit - used(at: uptime)) }

    /// The rest that begins with the last that was taken, and ends when there is room again; nil while there is some.
    public func rest(at uptime: Duration) -> (since: Duration, end: Duration)? {
        var used = used(at: uptime)
        guard used >= limit, let last = batches.last?.last else { return nil }
        for batch in batches where batch.last + Self.day > uptime {
            used -= batch.count
            if used < limit { return (last, batch.last + Self.day) }
        }
        return nil
    }

    /// When how many more may be taken after `uptime`, if none of that is used twice: together the limit.
    func openings(at uptime: Duration) -> [(start: Duration, count: Int)] {
        var openings = [(start: Duration.zero, count: room(at: uptime))].filter { $0.count > 0 }
        var excess = max(0, used(at: uptime) - limit)
        for batch in batches where batch.last + Self.day > uptime {
            let freed = max(0, batch.count - excess)
            excess = max(0, excess - batch.count)
            if freed > 0 { openings.append((batch.last + Self.day - uptime, freed)) }
        }
        return openings
    }
}
