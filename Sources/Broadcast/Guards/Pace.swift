/// How long it takes, estimated from the channels' rates, until half, 95 % and all are out: people, or deliveries.
public struct Pace: Sendable, Hashable {
    /// Half are out.
    public var half: Duration
    /// 95 % are out.
    public var most: Duration
    /// All are out.
    public var all: Duration

    /// One channel's share: how many deliveries, and how many a second.
    public struct Stream: Sendable, Hashable {
        /// Deliveries.
        public var count: Int
        /// Deliveries a second, above 0.
        public var perSecond: Double

        /// How long after the others it begins.
        public var start: Duration

        /// A stream of `count` deliveries.
        public init(count: Int, perSecond: Double, start: Duration = .zero) {
            self.count = count
            self.perSecond = perSecond
            self.start = start
        }
    }

    /// Streams that do not wait for each other; retries and other work come on top.
    public init(of streams: [Stream]) {
        let busy = streams.filter { $0.count > 0 && $0.perSecond > 0 }
        self.init(
            total: busy.reduce(0) { $0 + $1.count }, end: busy.map(\.end).max() ?? 0,
            done: { time in busy.reduce(0) { $0 + $1.share(by: time) } })
    }

    /// People of whom each is told first over whichever of their ways comes first; a way is how one channel's deliveries
    /// leave, and people are taken to be spread evenly over it.
    init(of people: [(count: Int, ways: [Int])], over ways: [[Stream]]) {
        let totals = ways.map { Double($0.reduce(0) { $0 + $1.count }) }
        let heard = people.map { (count: $0.count, ways: $0.ways.filter { totals[$0] > 0 }) }
            .filter { !$0.ways.isEmpty }
        self.init(
            total: heard.reduce(0) { $0 + $1.count }, end: ways.joined().map(\.end).max() ?? 0,
            done: { time in
                let shares = zip(ways, totals).map { streams, total in
                    streams.reduce(0) { $0 + $1.share(by: time) } / max(1, total)
                }
                return heard.reduce(0) { sum, group in
                    sum + Double(group.count) * (group.ways.map { shares[$0] }.max() ?? 0)
                }
            })
    }

    private init(total: Int, end: Double, done: (Double) -> Double) {
        half = Self.time(until: Double(total) * 0.5, end, done)
        most = Self.time(until: Double(total) * 0.95, end, done)
        all = Self.time(until: Double(total), end, done)
    }

    /// What is done only grows, so halving the span finds the moment.
    private static func time(until wanted: Double, _ end: Double, _ done: (Double) -> Double) -> Duration {
        var (early, late) = (0.0, end)
        // The sums of many streams lack a rounding error.
        let enough = wanted * (1 - 1e-12) - 1e-9
        while wanted > 0, late - early > max(1e-7, late * 1e-12) {
            let middle = (early + late) / 2
            if done(middle) >= enough { late = middle } else { early = middle }
        }
        return .seconds(wanted > 0 ? (late * 1e6).rounded() / 1e6 : 0)
    }
}

extension Pace.Stream {
    fileprivate var begin: Double { start.inSeconds }
    fileprivate var end: Double { begin + Double(count) / perSecond }

    /// How many are out at so many seconds, were they to leave evenly.
    fileprivate func share(by time: Double) -> Double {
        min(Double(count), max(0, (time - begin) * perSecond))
    }

    /// How many are out at `time`.
    func done(by time: Duration) -> Int {
        min(count, max(0, Int(((time - start).inSeconds * perSecond).rounded(.down))))
    }
}

extension ChannelFacts {
    /// Deliveries a second to reckon with: its rate, or what its connections do at a fifth of a second each.
    public var expectedPerSecond: Double {
        let byConnections = Double(max(connections, 1)) * 5
        return min(max(rate?.perSecond ?? byConnections, 0.001), byConnections)
    }
}
