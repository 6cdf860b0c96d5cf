import Broadcast
import Storage

/// How many deliveries one channel may have in hand, by its connections, its rate and its health.
struct Governor {
    /// What the lane may do next.
    enum Permit: Equatable {
        /// So many, or fewer.
        case claim(Int)
        /// One, to see whether the channel works again.
        case probe
        /// Nothing before this uptime; nil means not before something changes.
        case wait(until: Duration?)
    }

    /// One rest after the other, between which nothing was accepted: as good as a long one for those who wait.
    private struct Row {
        var since: Duration
        /// When the last of them is over.
        var end: Duration
        var why: String
        var origin: ProviderRest.Origin
        /// Whether something was accepted since: then the next rest begins a new row.
        var hasAccepted = false

        /// Whether a rest that is asked for at `uptime` belongs to it.
        func goesOn(at uptime: Duration) -> Bool {
            uptime < end || !hasAccepted && uptime - end <= ProviderRest.longestGap
        }
    }

    /// What is claimed ahead goes out in so many seconds at the present pace: an urgent announcement waits no longer.
    private static let secondsAhead = 0.25

    private let facts: ChannelFacts
    private(set) var breaker: Breaker
    /// What the channel has lately suffered from.
    private(set) var faults = FaultHistory()
    private var bucket: TokenBucket
    private var pace: Pacemaker
    /// The rest, or the row of them, that the provider asked for last; it may be over.
    private var rest: Row?
    /// What its provider takes in a day, and has taken; nil when it has no such limit.
    private var quota: DayQuota?
    /// Set while a person or outside word has the channel down, or its secret is missing.
    var isMarkedDown: Bool

    init(_ facts: ChannelFacts, at uptime: Duration) {
        self.facts = facts
        isMarkedDown = facts.missing != nil
        breaker = Breaker(Self.policy(of: facts), connections: facts.connections, now: uptime)
        bucket = TokenBucket(facts.rate, now: uptime)
        quota = facts.perDay.map(DayQuota.init)
        pace = Pacemaker(guess: Double(facts.connections) / Self.secondsAhead, at: uptime)
    }

    private static func policy(of facts: ChannelFacts) -> BreakerPolicy {
        facts.breaker ?? BreakerPolicy(facts.retry)
    }

    /// Somebody has mended the channel: it need not rest any longer, as its provider asked only when `endingRest`.
    mutating func hasten(at uptime: Duration, endingRest: Bool = false) {
        breaker.hasten(at: uptime)
        guard endingRest else { return }
        bucket.endPause(at: uptime)
        rest = nil
    }

    /// Forgets what was said of the channel, which may name a person; what that means for it stays.
    mutating func forgetDetails() {
        faults = FaultHistory()
        breaker.forgetDetail()
        rest?.why = ""
    }

    /// The wall clock was set.
    mutating func clockSet(by step: Duration) { breaker.clockSet(by: step) }

    /// Takes over what an earlier dispatcher saw of the channel, and what its provider has taken in the last 24 hours.
    mutating func takeOver(_ note: HealthNote?, _ quota: DayQuota?, at now: Moment, _ boot: String) {
        self.quota = quota
        guard let note else { return }
        faults = FaultHistory(note.faults)
        // What a daily limit needs is counted anew: it may have been raised.
        if let pause = note.pause, pause.rest.origin != .perDay {
            let end = pause.end(at: now, boot: boot)
            rest = Row(
                since: end - pause.rest.length, end: end, why: pause.rest.why, origin: pause.rest.origin)
            bucket.pause(until: end)
        }
        guard !note.isUp, let fault = note.fault else { return }
        breaker = Breaker(
            Self.policy(of: facts), connections: facts.connections, after: fault, since: note.since,
            now: now)
    }

    /// Whether nothing is claimed because of the channel's health.
    var isBlocked: Bool { isMarkedDown || breaker.phase != .up }

    /// The uptime at which the rest is over; nil when there is none.
    func pauseEnd(at uptime: Duration) -> Duration? {
        let paused = bucket.pausedUntil.flatMap { $0 > uptime ? $0 : nil }
        return [paused, quota?.rest(at: uptime)?.end].compactMap(\.self).max()
    }

    /// The rest that the provider asked for, or that its daily limit needs when that is longer; nil when there is none.
    func rest(at now: Moment) -> ProviderRest? {
        guard let end = pauseEnd(at: now.uptime) else { return nil }
        if let quota, let used = quota.rest(at: now.uptime), used.end == end {
            return .ofDay(quota.limit, since: now.date(at: used.since), until: now.date(at: end))
        }
        return rest.map {
            ProviderRest(
                since: now.date(at: $0.since), until: now.date(at: end), why: $0.why, origin: $0.origin)
        }
    }

    /// What keeps the channel from sending though nobody says that it is down.
    func standstill(at now: Moment) -> Standstill { Standstill(outage: breaker.outage, rest: rest(at: now)) }

    /// Whether something that is due may leave at `uptime`, or as soon as its turn has come.
    func isFree(at uptime: Duration) -> Bool { !isBlocked && pauseEnd(at: uptime) == nil }

    /// As ``isFree(at:)``, or down by hearsay only: then the first probe is about to leave.
    func isPromising(at uptime: Duration) -> Bool {
        isFree(at: uptime) || (!isMarkedDown && breaker.isUntested && pauseEnd(at: uptime) == nil)
    }

    /// What may be claimed while `held` deliveries are in hand.
    mutating func permit(holding held: Int, at uptime: Duration) -> Permit {
        if isMarkedDown { return .wait(until: nil) }
        // What is in hand may be taken, too; when it is not, whoever had it asks again.
        let room = quota.map { $0.room(at: uptime) - held } ?? .max
        guard room > 0 else { return .wait(until: quota?.rest(at: uptime)?.end) }
        switch breaker.allowance(at: uptime) {
        case .none(let until): return .wait(until: until)
        case .probe:
            // A row waits for its token in the journal, never in our hands.
            let grant = bucket.take(upTo: 1, now: uptime)
            return grant.count == 1 && breaker.beginProbe(at: uptime) ? .probe : .wait(until: grant.nextAt)
        case .limited(let limit): return claim(upTo: min(min(limit, facts.connections) - held, room), uptime)
        case .full: return claim(upTo: min(facts.connections + ahead - held, room), uptime)
        }
    }

    private mutating func claim(upTo wanted: Int, _ uptime: Duration) -> Permit {
        guard wanted > 0 else { return .wait(until: nil) }
        let grant = bucket.take(upTo: wanted, now: uptime)
        return grant.count > 0 ? .claim(grant.count) : .wait(until: grant.nextAt)
    }

    /// How many more than the connections may be claimed.
    ///
    /// Channels without a key for repeats hold only what goes out at once: each is written down before it leaves.
    private var ahead: Int {
        guard facts.unknown == .retry, facts.rate == nil else { return 0 }
        return Int(min(pace.perSecond * Self.secondsAhead, Double(OutcomeBuffer.limit)))
    }

    /// What a claim brought: unused tokens go back.
    mutating func claimed(_ count: Int, of limit: Int, at uptime: Duration) {
        bucket.giveBack(limit - count)
        if count == 0 { breaker.abandonProbe(at: uptime) }
        pace.look(at: uptime)
    }

    /// What was claimed ahead has not gone out: nothing is, before the pace is known again.
    mutating func slowed() { pace.stop() }

    /// Whether claiming again makes sense with `held` deliveries in hand: not before half of what is ahead is gone.
    func wantsMore(holding held: Int) -> Bool { held < facts.connections + ahead / 2 }

    /// Whether what was claimed in `epoch` may still go out: not into a trip, a mark, or a pause of the provider's.
    func admits(_ epoch: Int, at uptime: Duration) -> Bool {
        if isMarkedDown || bucket.isPaused(at: uptime) { return false }
        return breaker.phase == .up || epoch == breaker.epoch
    }

    /// Takes in what one attempt, claimed in `epoch`, says of the channel.
    mutating func record(_ ending: Settlement.Ending, epoch: Int, at now: Moment) {
        if case .failed(let fault) = ending.health { faults.note(fault, at: now.wall) }
        if case .accepted = ending.outcome.result { rest?.hasAccepted = true }
        if ending.outcome.result.mayBeTaken { quota?.take(at: now.uptime) }
        breaker.record(ending.health, epoch: epoch, at: now, resting: ending.pause?.length ?? .zero)
        guard let pause = ending.pause else { return }
        let why = ending.outcome.result.fault.map { "\($0.code.rawValue): \($0.detail)" } ?? ""
        let end = now.uptime + pause.length
        var row = Row(since: now.uptime, end: end, why: why, origin: pause.isAsked ? .asked : .tooFast)
        if let rest, rest.goesOn(at: now.uptime) {
            row.since = rest.since
            row.hasAccepted = rest.hasAccepted
            if rest.end > end { (row.end, row.origin) = (rest.end, rest.origin) }
        }
        rest = row
        bucket.pause(until: end)
    }

    /// A worker has done with a delivery, whatever became of it.
    mutating func finished() { pace.count() }

    /// A delivery claimed in `epoch` was given back before it asked the channel; if it was the probe, another may go.
    mutating func returned(_ epoch: Int, at uptime: Duration) {
        if epoch == breaker.epoch { breaker.abandonProbe(at: uptime) }
    }
}

extension Outcome.Result {
    /// Whether the provider has taken the message, or may have.
    fileprivate var mayBeTaken: Bool {
        switch self {
        case .accepted, .unknown: true
        case .refused, .deferred, .returned, .expired, .moved: false
        }
    }
}

/// How many deliveries a second a channel takes, measured over at least a tenth of a second.
struct Pacemaker {
    private static let least = Duration.milliseconds(100)

    private(set) var perSecond: Double
    private var finished = 0
    private var begin: Duration

    /// Begins with a guess.
    init(guess: Double, at uptime: Duration) {
        perSecond = guess
        begin = uptime
    }

    mutating func count() { finished += 1 }

    /// Nothing has moved for long.
    mutating func stop() { perSecond = 0 }

    /// Ends a measurement if it has lasted long enough.
    mutating func look(at uptime: Duration) {
        let passed = uptime - begin
        guard passed >= Self.least else { return }
        // Where nothing ended nothing was measured: the channel was idle, or has not answered yet.
        defer { begin = uptime }
        guard finished > 0 else { return }
        perSecond = Double(finished) / passed.inSeconds
        finished = 0
    }
}
