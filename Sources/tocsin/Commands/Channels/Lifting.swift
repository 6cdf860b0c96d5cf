import Broadcast
import Channels
import Configuration
import Foundation
import Storage

/// How long outside word is overruled, who says so and why.
struct UseOrder {
    /// Whether a length was asked for, so that outside word is overruled before it says anything.
    let isSaid: Bool
    /// Whether a rest that a provider asked for ends too.
    let endsRests: Bool
    let why: String
    let until: Date
    let who: String
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
    let released: [String]
    /// The marks that stay and still hold channels that were meant.
    let holding: [Mark]
    /// How many deliveries leave.
    let waiting: Int

    /// Reckons what `order` does to the channels that `target` means.
    init(
        _ target: MarkTarget, _ markings: Markings, _ configured: Configured, _ notes: [HealthNote],
        _ backlog: [ChannelName: Backlog], _ order: UseOrder
    ) {
        let staying = markings.down.filter { !target.names($0) }
        let meant = configured.inOrder.map(\.facts).filter(target.covers)
        let freed = meant.filter { facts in !staying.contains { $0.covers(facts) } }
        let held = freed.compactMap(markings.outsideMark)
        let sources = configured.outside.filter { freed.contains(where: $0.covers) }
        // Who found no mark to lift may have read of outside word in a dry run, which writes nothing down.
        let isUnheard =
            !markings.down.contains(where: target.names)
            && sources.contains { $0.isDue(amid: markings.outside, at: markings.now) }
        self.target = target
        lifted = markings.down.filter(target.names)
        holding = staying.filter { mark in meant.contains { mark.covers($0) } }
        let used =
            !held.isEmpty || (order.isSaid && !sources.isEmpty) || isUnheard
            ? target.names.map {
                Mark(
                    target.scope, $0, .up, why: order.why, who: order.who, since: markings.now,
                    until: order.until)
            } : []
        self.used = used
        var told: Set<String> = []
        overruled = held.filter { told.insert($0.name).inserted }.map {
            "\($0.title) is down, says \($0.who): \($0.why)"
        }
        let down = notes.filter { !$0.isUp }.map(\.channel)
        hastened = freed.map(\.name).filter { down.contains($0.rawValue) }
        let rests = RestingChannel.all(in: freed, notes, at: markings.now)
        resting = (rests, order.endsRests)
        let isResting = { (facts: ChannelFacts) in rests.contains { $0.name == facts.name } }
        let loose = freed.filter { order.endsRests || !isResting($0) }
        released = loose.map(\.name.rawValue)
        let wasHeld = loose.filter { markings.mark(on: $0) != nil || isResting($0) }
        waiting = wasHeld.reduce(0) { $0 + (backlog[$1.name]?.queued ?? 0) }
    }

    /// Whether it does nothing at all.
    var isNothing: Bool { lifted.isEmpty && used.isEmpty && hastened.isEmpty && roused.isEmpty }

    /// The channels whose rest ends before its time.
    var roused: [ChannelName] { resting.ends ? resting.channels.map(\.name) : [] }

    private enum Key: String, CodingKey {
        case lifted, used, probed, released, holding, waiting, resting, roused
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(lifted.map(MarkRecord.init), forKey: .lifted)
        try container.encode(used.map(MarkRecord.init), forKey: .used)
        try container.encode(hastened.map(\.rawValue), forKey: .probed)
        try container.encode(released, forKey: .released)
        try container.encode(holding.map(MarkRecord.init), forKey: .holding)
        try container.encode(waiting, forKey: .waiting)
        try container.encode(resting.ends ? [] : resting.channels, forKey: .resting)
        try container.encode(roused.map(\.rawValue), forKey: .roused)
    }
}
