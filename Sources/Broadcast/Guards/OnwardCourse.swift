internal import Foundation

/// What becomes of people under reach `first` who expire on slow channels, or leave those that stand still: who goes on to
/// which channel, and for whom the bound of what it may cost leaves none.
///
/// The dispatcher's moves in the order of time, reckoned with numbers of people without making them.
struct OnwardCourse {
    /// People who do the same at the same time.
    private struct Party {
        let origin: ChannelName
        var steps: ArraySlice<Onward.Step>
        var count: Int
        /// When who cannot go on expires; nil when they do already.
        var deadline: Duration?
        /// The channel they went on to that rests, and which they leave for that; nil for the origin.
        var resting: ChannelName?
        var hasMoved = false
        /// Whether the bound has kept them where they are.
        var isHeld = false
    }

    private enum Turn {
        /// Those for whom a channel is planned have their turn there.
        case begins(ChannelName, count: Int)
        /// These leave for the first of their steps that will do.
        case leaves(Party)
        /// These arrive on a channel.
        case arrives(Party, ChannelName)
    }

    /// Into how many parts those are divided who compete for the same money: they come mixed.
    private static let parts = 100

    /// By the channel that is planned.
    private(set) var moves: [ChannelName: ChannelPlan.Moves] = [:]
    /// By channel, for how many the bound did not cover it when they left for another one, or for none.
    private(set) var overLimit: [ChannelName: Int] = [:]
    /// The channels that it did not cover.
    private(set) var refused: Set<ChannelName> = []
    private let announcement: Announcement
    /// When the announcement itself expires, after it is due.
    private let expiry: Duration
    private var bound: CostBound?
    private var facts: [ChannelName: ChannelFacts] = [:]
    private var within: [ChannelName: Duration] = [:]
    private var lines: [ChannelName: DepartureLine] = [:]
    /// By channel, how many of those who cannot leave it have their turn there after all.
    private var places: [ChannelName: Int] = [:]
    private var turns: [Duration: [Turn]] = [:]

    /// The course of `announcement` over `channels`, and `onward` from there within `bound`, nil for whatever it costs.
    init(
        _ onward: Onward, over channels: [ChannelPlan], of announcement: Announcement,
        within bound: CostBound?
    ) {
        self.announcement = announcement
        expiry = announcement.expiresAfter ?? .seconds(Int64.max)
        self.bound = bound
        for channel in channels where !channel.isPublic { add(channel, onward) }
        while let time = turns.keys.min() {
            for turn in turns.removeValue(forKey: time) ?? [] { take(turn, at: time) }
        }
    }

    /// How many are told nothing because of the bound.
    var lost: Int { moves.values.reduce(0) { $0 + $1.lost } }

    /// How many stay on a channel that stands still because of the bound.
    var stayed: Int { moves.values.reduce(0) { $0 + $1.stayed } }

    /// What all of it costs, one amount for each currency.
    var costs: [Money] { Money.sums(moves.values.flatMap(\.costs)) }

    // MARK: Beginning

    private mutating func add(_ channel: ChannelPlan, _ onward: Onward) {
        let name = channel.facts.name
        facts[name] = channel.facts
        within[name] = channel.within
        lines[name] = channel.line
        let departures = channel.departures
        for (departure, leaving) in zip(departures, channel.leavers(of: departures, announcement)) {
            turns[departure.wait, default: []].append(.begins(name, count: departure.count))
            add(leaving, of: departure, onward.ways(from: name, after: departure.wait), from: name)
        }
    }

    /// Spreads those who leave evenly over all for whom the channel is planned: more than leave there where somebody
    /// carries the copy of others.
    private mutating func add(
        _ leaving: ChannelPlan.Leavers, of departure: Departure,
        _ ways: [(steps: [Onward.Step], count: Int)], from channel: ChannelName
    ) {
        guard leaving.count > 0 else { return }
        let all = ways.reduce(0) { $0 + $1.count }
        places[channel, default: 0] += leaving.staying * all / departure.count
        let parts = bound == nil ? 1 : Self.parts
        for part in 0..<parts {
            var seen = 0
            for way in ways {
                let (from, to) = (seen * leaving.count, (seen + way.count) * leaving.count)
                let share = to / departure.count - from / departure.count
                let count = share * (part + 1) / parts - share * part / parts
                seen += way.count
                guard count > 0 else { continue }
                let party = Party(
                    origin: channel, steps: way.steps[...], count: count, deadline: leaving.deadline)
                turns[leaving.time, default: []].append(.leaves(party))
            }
        }
    }

    // MARK: Going on

    private mutating func take(_ turn: Turn, at time: Duration) {
        switch turn {
        case .begins(let channel, let count):
            _ = serve(count, on: channel, from: time, until: time + (within[channel] ?? .zero))
        case .leaves(let party): leave(party, at: time)
        case .arrives(let party, let channel): arrive(party, on: channel, at: time)
        }
    }

    private mutating func leave(_ party: Party, at time: Duration) {
        var rest = party
        var refused: [ChannelName: Int] = [:]
        while time < expiry, rest.count > 0, let step = rest.steps.popFirst() {
            // Quiet hours may last beyond that.
            guard time + step.wait < expiry else { continue }
            let count = admit(rest.count, of: step.cost, from: party.origin)
            rest.count -= count
            if rest.count > 0 { refused[step.channel] = rest.count }
            var moving = rest
            (moving.count, moving.hasMoved) = (count, true)
            (moving.deadline, moving.resting) = (nil, nil)
            if !party.hasMoved { moves[party.origin, default: .init()].count += count }
            if count > 0 { turn(moving, to: step, at: time) }
        }
        self.refused.formUnion(refused.keys)
        guard rest.deadline != nil, !refused.isEmpty || rest.resting != nil else {
            return end(rest, refused)
        }
        for (channel, count) in refused { overLimit[channel, default: 0] += count - rest.count }
        rest.steps = party.steps
        stay(rest, isHeld: !refused.isEmpty)
    }

    /// Those who can go nowhere stay where they are, and leave again when their time there is over.
    private mutating func stay(_ party: Party, isHeld: Bool) {
        guard party.count > 0, let deadline = party.deadline else { return }
        var late = party
        let staying = staying(of: party, until: deadline)
        if isHeld { moves[party.origin, default: .init()].stayed += staying }
        late.count -= staying
        (late.isHeld, late.deadline, late.resting) = (isHeld, nil, nil)
        if late.count > 0 { turns[deadline, default: []].append(.leaves(late)) }
    }

    /// How many of those who stay have their turn after all.
    private mutating func staying(of party: Party, until deadline: Duration) -> Int {
        if let channel = party.resting {
            return serve(party.count, on: channel, from: .zero, until: deadline)
        }
        let staying = min(party.count, places[party.origin] ?? 0)
        places[party.origin]? -= staying
        return staying
    }

    /// Counts those who have no channel left.
    private mutating func end(_ party: Party, _ refused: [ChannelName: Int]) {
        overLimit.merge(refused, uniquingKeysWith: +)
        if party.isHeld || !refused.isEmpty {
            moves[party.origin, default: .init()].lost += party.count
        } else if party.hasMoved {
            moves[party.origin, default: .init()].late += party.count
        }
    }

    /// For how many the bound has money left, which is spent then.
    private mutating func admit(_ count: Int, of cost: Money?, from origin: ChannelName) -> Int {
        guard let cost else { return count }
        let admitted = bound?.admits(count, of: cost) ?? count
        if admitted > 0 {
            moves[origin, default: .init()].add(Money(cost.amount * Decimal(admitted), cost.currency))
        }
        return admitted
    }

    private mutating func turn(_ party: Party, to step: Onward.Step, at time: Duration) {
        if step.wait == .zero { return arrive(party, on: step.channel, at: time) }
        turns[time + step.wait, default: []].append(.arrives(party, step.channel))
    }

    /// Those who have not had their turn in time leave again: nobody's next channel lasts beyond the announcement.
    private mutating func arrive(_ party: Party, on channel: ChannelName, at time: Duration) {
        guard let within = within[channel] else { return }
        let end = min(time + within, expiry)
        var late = party
        late.count -= serve(late.count, on: channel, from: time, until: end, outwaiting: false)
        guard late.count > 0 else { return }
        if let patience = patience(on: channel, from: time), patience < end {
            (late.deadline, late.resting) = (end, channel)
            turns[patience, default: []].append(.leaves(late))
        } else {
            late.count -= serve(late.count, on: channel, from: time, until: end)
            if late.count > 0 { turns[end, default: []].append(.leaves(late)) }
        }
    }

    /// When those leave a channel who come to it at `time` and find that its provider takes no more for the day; nil when
    /// they need not.
    private func patience(on channel: ChannelName, from time: Duration) -> Duration? {
        guard let facts = facts[channel], let rest = lines[channel]?.rest(from: time) else { return nil }
        let due = announcement.due
        let end = Outage.end(
            ofPatienceOn: facts, announcement.priority, from: due.adding(rest.since),
            expiry: announcement.expiry)
        let patience = max(time, due.wait(until: end))
        return patience < rest.end ? patience : nil
    }

    /// Lets as many leave over a channel as it takes, and says how many those are.
    private mutating func serve(
        _ count: Int, on channel: ChannelName, from time: Duration, until end: Duration,
        outwaiting: Bool = true
    ) -> Int {
        let streams = lines[channel]?.leave(count, from: time, until: end, outwaiting: outwaiting) ?? []
        return streams.reduce(0) { $0 + $1.count }
    }
}
