import Broadcast
import Configuration
import Dispatching
import Foundation
import Storage

extension Commands {
    /// Takes back that something is down.
    static let channelsUp = CommandSpec(
        path: ["channels", "up"], summary: "Lift a mark; what waits for the channel leaves then",
        operands: [MarkTarget.operand], options: MarkTarget.options + [.flag("yes", "do not ask")],
        details: ["When deliveries wait for the channel, it says how many and asks first."],
        examples: ["tocsin channels up sms", "tocsin channels up --company Meta"]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        let configured = try session.outlined()
        let store = try session.existingStore()
        let now = session.clock.now().wall
        let (marks, backlog) = try await session.translating { () async throws(StoreError) in
            (try await store.marks(at: now), try await store.backlog())
        }
        let target = try MarkTarget(invocation, configured, marks: marks)
        let lifting = Lifting(target, marks, configured.inOrder.map(\.facts), backlog)
        if lifting.lifted.isEmpty { return try session.tellNothing(lifting) }
        if lifting.waiting > 0 {
            let question = "\(CountText.deliveries(lifting.waiting)) would leave then."
            guard try session.output.confirms(question + " Lift?", saysYes: invocation.isSet("yes")) else {
                return .usage
            }
        }
        try await session.translating { () async throws(StoreError) in
            for mark in lifting.lifted { _ = try await store.unmark(mark.scope, mark.name) }
        }
        session.tell(lifting)
        return .success
    }
}

/// What lifting some marks does.
private struct Lifting: Encodable {
    let target: MarkTarget
    /// The marks that go.
    let lifted: [Mark]
    /// The channels that are free then.
    let released: [String]
    /// The marks that stay and still hold channels that were meant.
    let holding: [Mark]
    /// How many deliveries leave.
    let waiting: Int

    init(
        _ target: MarkTarget, _ marks: [Mark], _ facts: [ChannelFacts], _ backlog: [ChannelName: Backlog]
    ) {
        let lifted = marks.filter(target.names)
        let staying = marks.filter { !target.names($0) }
        let meant = facts.filter(target.covers)
        let freed = meant.filter { facts in !staying.contains { $0.covers(facts) } }
        self.target = target
        self.lifted = lifted
        released = freed.map(\.name.rawValue)
        holding = staying.filter { mark in meant.contains { mark.covers($0) } }
        waiting = freed.reduce(0) { $0 + (backlog[$1.name]?.queued ?? 0) }
    }

    private enum Key: String, CodingKey { case lifted, released, holding, waiting }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(lifted.map(MarkRecord.init), forKey: .lifted)
        try container.encode(released, forKey: .released)
        try container.encode(holding.map(MarkRecord.init), forKey: .holding)
        try container.encode(waiting, forKey: .waiting)
    }
}

extension Session {
    fileprivate func tell(_ lifting: Lifting) {
        for mark in lifting.lifted { output.say("\(Plain.text(mark.title)) is up") }
        if lifting.waiting > 0 {
            output.say("\(CountText.deliveries(lifting.waiting)) may leave: tocsin resume --all sends them")
        }
        for line in Self.held(lifting) { output.say(line) }
        if output.isJSON { output.result(json: lifting) }
    }

    /// There was no such mark: fine, unless the channel is down for another one.
    fileprivate func tellNothing(_ lifting: Lifting) throws(CommandFailure) -> ExitCode {
        let names = Plain.text(lifting.target.names.joined(separator: ", "))
        guard lifting.holding.isEmpty else {
            throw CommandFailure(.usage, lines: ["\(names): no such mark to lift"] + Self.held(lifting))
        }
        output.say("\(names): was not marked down")
        if output.isJSON { output.result(json: lifting) }
        return .success
    }

    private static func held(_ lifting: Lifting) -> [String] {
        lifting.holding.map {
            Plain.text(
                "still down with \($0.title) (\($0.why)): tocsin channels up \($0.operand) lifts that",
                limit: 500)
        }
    }
}
