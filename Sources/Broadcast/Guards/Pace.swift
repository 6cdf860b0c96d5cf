/// How long an announcement takes, estimated from its channels' rates: half, 95 % and all of the deliveries.
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

    /// Streams that do not wait for each other; retries, quiet hours and other work come on top.
    public init(of streams: [Stream]) {
        let busy = streams.filter { $0.count > 0 && $0.perSecond > 0 }
        let turns = busy.flatMap {
            [Turn(at: $0.begin, gain: $0.perSecond), Turn(at: $0.end, gain: -$0.perSecond)]
        }
        .sorted { $0.at < $1.at }
        let total = Double(busy.reduce(0) { $0 + $1.count })
        half = Self.time(until: total * 0.5, turns)
        most = Self.time(until: total * 0.95, turns)
        all = Self.time(until: total, turns)
    }

    /// A stream begins or ends.
    private struct Turn {
        /// Seconds from the beginning.
        var at: Double
        /// Deliveries a second more, or fewer.
        var gain: Double
    }

    /// Between two turns the sum grows evenly, so each such span is looked at once.
    private static func time(until wanted: Double, _ turns: [Turn]) -> Duration {
        var (time, done, perSecond) = (0.0, 0.0, 0.0)
        for turn in turns {
            let gain = perSecond * (turn.at - time)
            // The sums of many streams lack a rounding error.
            if gain > 0, done + gain >= wanted - 1e-6 {
                time += max(0, wanted - done) / perSecond
                break
            }
            done += gain
            time = turn.at
            perSecond += turn.gain
        }
        return .seconds((time * 1e6).rounded() / 1e6)
    }
}

extension Pace.Stream {
    fileprivate var begin: Double { start.inSeconds }
    fileprivate var end: Double { begin + Double(count) / perSecond }

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
