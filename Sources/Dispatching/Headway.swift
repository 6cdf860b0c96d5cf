public import Broadcast
public import Storage

/// How fast a command gets on, and how long what may leave still takes.
///
/// Lanes work side by side, so the slowest decides, by its own rate. What cannot leave takes no time: it waits.
public struct Headway: Sendable {
    /// How long a lane is watched before its rate says something.
    private static let least = Duration.seconds(1)

    /// One channel at one moment.
    public struct Lane: Sendable, Hashable {
        /// Deliveries that are final.
        public var settled: Int
        /// Deliveries that are on the wire, or may leave soon.
        public var leaving: Int
        /// Deliveries that may not: for a retry, a channel that is down, quiet hours.
        public var waiting: Int

        /// So many of each.
        public init(settled: Int = 0, leaving: Int = 0, waiting: Int = 0) {
            self.settled = settled
            self.leaving = leaving
            self.waiting = waiting
        }

        /// What the journal says of one announcement: nothing leaves a channel that is not free, and `later` not soon.
        public init(_ counts: ChannelCounts, _ backlog: Backlog?, later: Int, isFree: Bool) {
            let (queued, sending) = (counts.count(.queued), counts.count(.sending))
            let due = isFree ? min(queued, max(0, (backlog?.queued ?? 0) - later)) : 0
            self.init(
                settled: counts.planned - counts.count(.skipped) - queued - sending,
                leaving: sending + due, waiting: queued - due)
        }

        /// This and another announcement's.
        public static func + (one: Lane, other: Lane) -> Lane {
            Lane(
                settled: one.settled + other.settled, leaving: one.leaving + other.leaving,
                waiting: one.waiting + other.waiting)
        }
    }

    /// What it comes to at one moment.
    public struct Estimate: Sendable, Hashable {
        /// Deliveries a second, over the lanes that have something to do.
        public var perSecond = 0.0
        /// Until all that may leave has left; nil when nothing may, or a lane has not shown yet how fast it is.
        public var left: Duration?
        /// Deliveries that cannot leave now.
        public var waiting = 0

        /// Nothing moves and nothing waits.
        public init() {}
    }

    /// Since when each lane has had something to do without a break, and how many were final then.
    private var starts: [ChannelName: (settled: Int, at: Duration)] = [:]

    /// Nothing has been seen.
    public init() {}

    /// Takes in how the lanes stand at `uptime`.
    public mutating func estimate(_ lanes: [ChannelName: Lane], at uptime: Duration) -> Estimate {
        starts = starts.filter { lanes[$0.key]?.leaving ?? 0 > 0 }
        var estimate = Estimate()
        var times: [Duration?] = []
        for (name, lane) in lanes {
            estimate.waiting += lane.waiting
            guard lane.leaving > 0 else { continue }
            let start = starts[name] ?? (lane.settled, uptime)
            starts[name] = start
            let (done, time) = (lane.settled - start.settled, uptime - start.at)
            guard done > 0, time >= Self.least else {
                times.append(nil)
                continue
            }
            let perSecond = Double(done) / time.inSeconds
            estimate.perSecond += perSecond
            times.append(.seconds(Double(lane.leaving) / perSecond))
        }
        let known = times.compactMap(\.self)
        estimate.left = known.count == times.count ? known.max() : nil
        return estimate
    }
}
