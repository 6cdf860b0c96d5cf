/// Deliveries of a plan that may leave at the same time, and when those of them do that have not expired by then.
struct Departure {
    /// How long after the others they may leave.
    let wait: Duration
    /// All of them.
    let count: Int
    /// Those that leave.
    let streams: [Pace.Stream]

    /// How many do not.
    var late: Int { count - streams.reduce(0) { $0 + $1.count } }
}

extension ChannelPlan {
    /// Bytes a second of the line that files are reckoned with: 100 Mbit/s, as a small office or server has it.
    private static let lineBytesPerSecond = 12_500_000.0

    /// Whether its files, and not its connections, say how fast it is.
    public var isSlowedByFiles: Bool { perSecond < facts.expectedPerSecond }

    /// Deliveries a second to reckon with, their files included.
    public var perSecond: Double {
        guard fileBytes > 0, queued > 0 else { return facts.expectedPerSecond }
        let byFiles = Self.lineBytesPerSecond * Double(queued) / Double(fileBytes)
        return min(facts.expectedPerSecond, byFiles)
    }

    /// How its queued deliveries leave, as far as rate, daily limit and quiet hours tell: those that may leave sooner
    /// leave first, and what would have its turn only when it has expired does not leave.
    var departures: [Departure] {
        var line = line
        return leave(&line)
    }

    /// How its provider takes them, before anything has left.
    var line: DepartureLine { DepartureLine(perSecond: perSecond, quota: day?.quota) }

    /// Lets its queued deliveries leave in `line`, after those of others that wait before them.
    func leave(_ line: inout DepartureLine) -> [Departure] {
        let groups = waiting
        if let ahead = day?.ahead, let last = groups.last {
            _ = line.leave(ahead, from: .zero, until: last.wait + within)
        }
        return groups.map { wait, count in
            Departure(
                wait: wait, count: count, streams: line.leave(count, from: wait, until: wait + within))
        }
    }

    /// How many of the queued deliveries have their turn only when they have expired, as far as rate, daily limit and
    /// quiet hours tell.
    public var expiring: Int { max(0, queued - leaving) }

    /// How many of them leave in time.
    public var leaving: Int { departures.joined.reduce(0) { $0 + $1.count } }

    /// How many are held back for how long, soonest first.
    private var waiting: [(wait: Duration, count: Int)] {
        let later = (held?.counts ?? [:]).sorted { $0.key < $1.key }.map { (wait: $0.key, count: $0.value) }
        return [(wait: .zero, count: queued - (held?.count ?? 0))] + later
    }
}

extension [Departure] {
    /// All that leaves.
    var joined: [Pace.Stream] { flatMap(\.streams) }
}
