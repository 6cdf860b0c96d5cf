/// How long it takes, estimated from the channels' rates, until half, 95 % and all are out: people, or deliveries.
///
/// Who expires before that is never out.
public struct Pace: Sendable, Hashable {
    /// Half are out; nil when so many never are.
    public var half: Duration?
    /// 95 % are out; nil when so many never are.
    public var most: Duration?
    /// All are out; nil when somebody never is.
    public var all: Duration?
    /// The last of those who ever are is out.
    public var last: Duration
    /// How many ever are, of all.
    public var told: Int
    /// How many there are.
    public var total: Int

    /// How many are never out, as they expire before.
    public var late: Int { total - told }

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

    /// Streams that do not wait for each other, and beside them `late` deliveries that never leave; retries and other work
    /// come on top.
    public init(of streams: [Stream], late: Int = 0) {
        let busy = streams.filter { $0.count > 0 && $0.perSecond > 0 }
        self.init(
            total: busy.reduce(late) { $0 + $1.count }, end: busy.map(\.end).max() ?? 0,
            done: { time in busy.reduce(0) { $0 + $1.share(by: time) } })
    }

    /// People of whom each is told first over whichever of their ways comes first; a way is how one channel's deliveries
    /// leave, and people are taken to be spread evenly over it.
    init(of people: [(count: Int, ways: [Int])], over ways: [Departure]) {
        let heard = people.map { (count: $0.count, ways: $0.ways.filter { ways[$0].count > 0 }) }
            .filter { !$0.ways.isEmpty }
        self.init(
            total: heard.reduce(0) { $0 + $1.count }, end: ways.joined.map(\.end).max() ?? 0,
            done: { time in
                let shares = ways.map { way in
                    way.streams.reduce(0) { $0 + $1.share(by: time) } / Double(max(1, way.count))
                }
                return heard.reduce(0) { sum, group in
                    sum + Double(group.count) * (group.ways.map { shares[$0] }.max() ?? 0)
                }
            })
    }

    private init(total: Int, end: Double, done: (Double) -> Double) {
        let most = done(end)
        func time(until share: Double) -> Duration? {
            let wanted = Double(total) * share
            return Self.isEnough(most, for: wanted) ? Self.time(until: wanted, end, done) : nil
        }
        half = time(until: 0.5)
        self.most = time(until: 0.95)
        all = time(until: 1)
        last = Self.time(until: most, end, done)
        // Whoever is missing has to be seen, also where it is one of a million.
        told = all == nil ? min(Int(most.rounded()), total - 1) : total
        self.total = total
    }

    /// The sums of many streams lack a rounding error.
    private static func isEnough(_ done: Double, for wanted: Double) -> Bool {
        done >= wanted * (1 - 1e-12) - 1e-9
    }

    /// What is done only grows, so halving the span finds the moment.
    private static func time(until wanted: Double, _ end: Double, _ done: (Double) -> Double) -> Duration {
        var (early, late) = (0.0, end)
        while wanted > 0, late - early > max(1e-7, late * 1e-12) {
            let middle = (early + late) / 2
            if isEnough(done(middle), for: wanted) { late = middle } else { early = middle }
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
}

extension ChannelFacts {
    /// Deliveries a second to reckon with: its rate, or what its connections do at a fifth of a second each.
    public var expectedPerSecond: Double {
        let byConnections = Double(max(connections, 1)) * 5
        return min(max(rate?.perSecond ?? byConnections, 0.001), byConnections)
    }
}
