import Broadcast

/// How many deliveries one channel may have in hand, by its connections, its rate and its health.
struct Governor {
    /// What the lane may do next.
    enum Permit {
        /// So many, or fewer.
        case claim(Int)
        /// One, to see whether the channel works again.
        case probe
        /// Nothing before this uptime; nil means not before something changes.
        case wait(until: Duration?)
    }

    private let facts: ChannelFacts
    private(set) var breaker: Breaker
    private var bucket: TokenBucket
    /// How many more than the connections may be claimed ahead; grows while the wire is faster than claiming.
    private var ahead = 0
    /// Set while a person or outside word has the channel down.
    var isMarkedDown = false

    init(_ facts: ChannelFacts, at uptime: Duration) {
        self.facts = facts
        breaker = Breaker(BreakerPolicy(facts.retry), connections: facts.connections, now: uptime)
        bucket = TokenBucket(facts.rate, now: uptime)
    }

    /// Whether nothing is claimed because of the channel's health.
    var isBlocked: Bool { isMarkedDown || breaker.phase != .up }

    /// What may be claimed while `held` deliveries are in hand.
    mutating func permit(holding held: Int, at uptime: Duration) -> Permit {
        if isMarkedDown { return .wait(until: nil) }
        switch breaker.allowance(at: uptime) {
        case .none(let until): return .wait(until: until)
        case .probe:
            // A row waits for its token in the journal, never in our hands.
            let grant = bucket.take(upTo: 1, now: uptime)
            return grant.count == 1 && breaker.beginProbe(at: uptime) ? .probe : .wait(until: grant.nextAt)
        case .limited(let limit): return claim(upTo: min(limit, facts.connections) - held, uptime)
        case .full: return claim(upTo: facts.connections + ahead - held, uptime)
        }
    }

    private mutating func claim(upTo wanted: Int, _ uptime: Duration) -> Permit {
        guard wanted > 0 else { return .wait(until: nil) }
        let grant = bucket.take(upTo: wanted, now: uptime)
        return grant.count > 0 ? .claim(grant.count) : .wait(until: grant.nextAt)
    }

    /// What a claim brought: unused tokens go back, and claiming ahead follows what is there.
    mutating func claimed(_ count: Int, of limit: Int, at uptime: Duration) {
        bucket.giveBack(limit - count)
        if count == 0 { breaker.abandonProbe(at: uptime) }
        // Channels without a key for repeats hold only what goes out at once: what is claimed counts as perhaps sent.
        guard facts.unknown == .retry, facts.rate == nil, breaker.allowance(at: uptime) == .full else {
            return ahead = 0
        }
        ahead = count == limit ? min(max(ahead * 2, facts.connections), OutcomeBuffer.limit) : 0
    }

    /// Whether claiming again makes sense with `held` deliveries in hand: not before half of what is ahead is gone.
    func wantsMore(holding held: Int) -> Bool { held < facts.connections + ahead / 2 }

    /// Takes in what one attempt, claimed in `epoch`, says of the channel.
    mutating func record(_ ending: Settlement.Ending, epoch: Int, at now: Moment) {
        _ = breaker.record(ending.health, epoch: epoch, at: now)
        if let pause = ending.pause { bucket.pause(until: now.uptime + pause) }
    }

    /// A claimed delivery was given back before it asked the channel; if it was the probe, another may go.
    mutating func returned(at uptime: Duration) { breaker.abandonProbe(at: uptime) }
}
