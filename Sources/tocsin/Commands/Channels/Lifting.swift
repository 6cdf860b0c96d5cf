import Broadcast
import Foundation

/// How long outside word is overruled, who says so and why.
struct UseOrder {
    /// Whether a length was asked for, so that outside word is overruled before it says anything.
    let isSaid: Bool
    /// Whether a rest that a provider asked for ends too.
    let endsRests: Bool
    let why: String
    let until: Date
    let who: String

    /// The marks of up that it makes of `target`.
    func marks(on target: MarkTarget, at now: Date) -> [Mark] {
        target.names.map { Mark(target.scope, $0, .up, why: why, who: who, since: now, until: until) }
    }
}

/// What saying that something is up does.
struct Lifting: Encodable {
    let target: MarkTarget
    /// The marks that go.
    let lifted: [Mark]
    /// The marks that come: what is used whatever outside word says.
    let used: [Mark]
    /// What is overruled by them, for people.
    let overruled: [String]
    /// The tripped channels that are probed at once.
    let hastened: [ChannelName]
    /// The channels whose provider asked for a rest, and whether that ends.
    let resting: (channels: [RestingChannel], ends: Bool)
    /// The channels that are free then.
    let released: [ChannelName]
    /// The channels that would be but for their secret, which is missing here, in their order, and what they lack.
    let lacking: [(name: ChannelName, lack: String)]
    /// The marks that stay and still hold channels that were meant.
    let holding: [Mark]
    /// How many deliveries leave.
    let waiting: Int
    /// How many more leave from where the secret is that is missing here.
    let withheld: Int

    /// Reckons what `order` does to the channels that `target` means.
    init(_ target: MarkTarget, _ order: UseOrder, amid situation: Situation) {
        let markings = situation.markings
        let meant = situation.channels.filter(target.covers)
        let freed = situation.freed(by: target)
        let held = freed.compactMap(markings.outsideMark)
        self.target = target
        lifted = markings.down.filter(target.names)
        holding = situation.staying(but: target).filter { mark in meant.contains(where: mark.covers) }
        let isOverruled =
            order.isSaid
            ? !situation.sources(over: freed).isEmpty
            : !held.isEmpty || !situation.unheard(over: freed).isEmpty
        used = isOverruled ? order.marks(on: target, at: markings.now) : []
        var told: Set<String> = []
        overruled = held.filter { told.insert($0.name).inserted }.map {
            "\($0.title) is down, says \($0.who): \($0.why)"
        }
        hastened = situation.tripped(among: freed)
        let rests = situation.rests(among: freed)
        resting = (rests, order.endsRests)
        let isResting = { (facts: ChannelFacts) in rests.contains { $0.name == facts.name } }
        let staysAtRest = { (facts: ChannelFacts) in
            rests.contains { $0.name == facts.name && !(order.endsRests && $0.canEnd) }
        }
        let loose = freed.filter { !staysAtRest($0) }
        released = loose.filter { $0.missing == nil }.map(\.name)
        lacking = freed.compactMap { facts in facts.missing.map { (facts.name, $0) } }
        let wasHeld = loose.filter { markings.saidMark(on: $0) != nil || isResting($0) }
        waiting = situation.waiting(for: wasHeld.filter { $0.missing == nil })
        withheld = situation.waiting(for: wasHeld.filter { $0.missing != nil })
    }

    /// Whether it does nothing at all.
    var isNothing: Bool { lifted.isEmpty && used.isEmpty && hastened.isEmpty && roused.isEmpty }

    /// The channels whose rest ends before its time.
    var roused: [ChannelName] { resting.ends ? resting.channels.filter(\.canEnd).map(\.name) : [] }

    private enum Key: String, CodingKey {
        case lifted, used, probed, released, lacking, holding, waiting, resting, roused
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(lifted.map(MarkRecord.init), forKey: .lifted)
        try container.encode(used.map(MarkRecord.init), forKey: .used)
        try container.encode(hastened.map(\.rawValue), forKey: .probed)
        try container.encode(released.map(\.rawValue), forKey: .released)
        try container.encode(lacking.map(\.name.rawValue), forKey: .lacking)
        try container.encode(holding.map(MarkRecord.init), forKey: .holding)
        try container.encode(waiting, forKey: .waiting)
        try container.encode(resting.channels.filter { !resting.ends || !$0.canEnd }, forKey: .resting)
        try container.encode(roused.map(\.rawValue), forKey: .roused)
    }
}
