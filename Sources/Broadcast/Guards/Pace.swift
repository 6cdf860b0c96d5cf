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

        /// A stream of `count` deliveries.
        public init(count: Int, perSecond: Double) {
            self.count = count
            self.perSecond = perSecond
        }
    }

    /// Streams that begin together and do not wait for each other; retries, quiet hours and other work come on top.
    public init(of streams: [Stream]) {
        let busy = streams.filter { $0.count > 0 && $0.perSecond > 0 }.sorted { $0.length < $1.length }
        let total = Double(busy.reduce(0) { $0 + $1.count })
        half = Self.time(until: total * 0.5, busy)
        most = Self.time(until: total * 0.95, busy)
        all = Self.time(until: total, busy)
    }

    /// Between two ends of streams the sum grows evenly, so each such span is looked at once.
    private static func time(until wanted: Double, _ streams: [Stream]) -> Duration {
        var time = 0.0
        var done = 0.0
        for (index, stream) in streams.enumerated() {
            let perSecond = streams[index...].reduce(0) { $0 + $1.perSecond }
            let gain = perSecond * (stream.length - time)
            if done + gain >= wanted { return .seconds(time + (wanted - done) / perSecond) }
            done += gain
            time = stream.length
        }
        return .seconds(time)
    }
}

extension Pace.Stream {
    fileprivate var length: Double { Double(count) / perSecond }
}

extension ChannelFacts {
    /// Deliveries a second to reckon with: its rate, or what its connections do at a fifth of a second each.
    public var expectedPerSecond: Double {
        let byConnections = Double(max(connections, 1)) * 5
        return min(max(rate?.perSecond ?? byConnections, 0.001), byConnections)
    }
}
