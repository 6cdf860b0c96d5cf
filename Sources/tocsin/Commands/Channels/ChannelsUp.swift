import Broadcast
import Configuration
import Dispatching
import Foundation
import Storage

extension Commands {
    /// Takes back that something is down, whoever said so.
    static let channelsUp = CommandSpec(
        path: ["channels", "up"],
        summary: "Use a channel again: lift its mark, overrule outside word, probe it",
        operands: [MarkTarget.operand],
        options: MarkTarget.options + [.value("why", "TEXT", "the reason, shown to whoever asks")]
            + MarkLength.options + [
                .flag("heed", "let outside word count again"),
                .flag("now", "end a rest that the provider asked for"), .flag("yes", "do not ask"),
            ],
        details: [
            "A mark is lifted. Where there is none, a status page that was not asked lately is asked; what it holds for "
                + "down, or says nothing of, is used all the same, for 12 hours or as long as --for or --until say; "
                + "--heed takes that back. What tripped is probed at once. A rest that the provider asked for "
                + "(Retry-After) is kept all the same, and shown; --now ends it: a provider that is not left alone may "
                + "bar you.",
            "When deliveries wait for the channel, it says how many and asks first.",
        ],
        examples: [
            "tocsin channels up sms", "tocsin channels up --company Meta --for 2h --why 'works for us'",
        ]
    ) { (invocation: Invocation, session: Session) async throws(CommandFailure) -> ExitCode in
        let configured = try session.described()
        let store = try session.existingStore()
        let now = session.clock.now().wall
        var situation = try await session.translating { () async throws(StoreError) in
            try await Situation(configured, in: store, by: session.clock)
        }
        let target = try MarkTarget(invocation, configured, marks: situation.markings.said)
        if invocation.isSet("heed") {
            guard !MarkLength.isSaid(by: invocation), !invocation.isSet("now") else {
                throw CommandFailure(
                    .usage, "--heed ends it now: it does not go with --for, --until and --now")
            }
            return try await session.heed(target, amid: situation, store)
        }
        let order = UseOrder(
            isSaid: MarkLength.isSaid(by: invocation), endsRests: invocation.isSet("now"),
            why: try MarkLength.reason(invocation),
            until: try MarkLength.end(invocation, now: now, configured), who: session.user)
        if !order.isSaid { await session.ask(about: target, &situation, configured, store) }
        let lifting = Lifting(target, order, amid: situation)
        if lifting.isNothing { return try session.tellNothing(lifting, order) }
        if lifting.waiting + lifting.withheld > 0 {
            let question = "\(CountText.deliveries(lifting.waiting + lifting.withheld)) would leave then."
            guard try session.output.confirms(question + " Lift?", saysYes: invocation.isSet("yes")) else {
                return .usage
            }
        }
        try await session.translating { () async throws(StoreError) in
            for mark in lifting.lifted { _ = try await store.unmark(mark.scope, mark.name) }
            for mark in lifting.used { try await store.mark(mark) }
            for name in lifting.hastened { _ = try await store.hasten(name) }
            for name in lifting.roused {
                _ = try await store.endRest(of: name, at: session.clock.now(), boot: session.clock.boot)
            }
        }
        session.tell(lifting, try await session.dispatcher(of: store))
        return .success
    }
}

extension Session {
    /// Has the status pages asked on which it hangs whether there is anything to overrule.
    fileprivate func ask(
        about target: MarkTarget, _ situation: inout Situation, _ configured: Configured, _ store: Store
    ) async {
        let due = situation.due(for: target)
        if due.isEmpty { return }
        var asked = configured
        asked.outside = due
        let words = await outsideWords(asked, store, .due(configured.channels.map(\.facts)))
        situation.hear(words, from: due, at: clock.now().wall)
    }

    fileprivate func tell(_ lifting: Lifting, _ dispatcher: String?) {
        for mark in lifting.lifted {
            let isUp = lifting.holding.isEmpty && (lifting.lacking.isEmpty || !lifting.released.isEmpty)
            output.say("\(Plain.text(mark.title)) is \(isUp ? "up" : "marked down no more")")
        }
        let zone = zone
        for mark in lifting.used {
            let until =
                mark.until.map { " until \(TimeText.text(for: $0, in: zone, seenAt: mark.since))" } ?? ""
            output.say(
                Plain.text("\(mark.title) is used\(until) whatever outside word says", limit: 300))
        }
        for word in lifting.overruled { output.say(Plain.text("overruled: \(word)", limit: 500)) }
        for channel in lifting.resting.channels { output.say(channel.line(lifting.resting.ends, in: zone)) }
        for name in lifting.hastened {
            let rests = !lifting.resting.ends && lifting.resting.channels.contains { $0.name == name }
            output.say(
                "\(name) is tripped: \(dispatcher ?? "whoever sends next") probes it with the next delivery due"
                    + (rests ? " once its rest is over" : ""))
        }
        if lifting.waiting > 0 {
            let line = "\(CountText.deliveries(lifting.waiting)) may leave"
            output.say(line + (dispatcher.map { "; \($0) sends them" } ?? ": tocsin resume --all sends them"))
        }
        for line in Self.held(lifting) + Self.lacks(lifting) { output.say(line) }
        if output.isJSON { output.result(json: lifting) }
    }

    /// There was nothing to lift: fine, unless the channel is down for another reason.
    fileprivate func tellNothing(_ lifting: Lifting, _ order: UseOrder) throws(CommandFailure) -> ExitCode {
        let names = Plain.text(lifting.target.names.joined(separator: ", "))
        guard lifting.holding.isEmpty else {
            throw CommandFailure(.usage, lines: ["\(names): no such mark to lift"] + Self.held(lifting))
        }
        guard !order.isSaid else {
            throw CommandFailure(
                .usage,
                "\(names): no status page speaks for it, so --for and --until have nothing to overrule")
        }
        output.say("\(names): was not marked down")
        for channel in lifting.resting.channels { output.say(channel.line(false, in: zone)) }
        for line in Self.lacks(lifting) { output.say(line) }
        if output.isJSON { output.result(json: lifting) }
        return .success
    }

    /// Takes back that something is used whatever outside word says.
    fileprivate func heed(
        _ target: MarkTarget, amid situation: Situation, _ store: Store
    ) async throws(CommandFailure) -> ExitCode {
        let meant = situation.channels.filter(target.covers)
        let all = situation.markings.said.filter { $0.word == .up }
        let marks = all.filter(target.names)
        let names = Plain.text(target.names.joined(separator: ", "))
        let staying = all.filter { mark in !target.names(mark) && meant.contains(where: mark.covers) }.map {
            Plain.text(
                "still used whatever outside word says, with \($0.title): "
                    + "tocsin channels up \($0.operand) --heed takes that back", limit: 500)
        }
        if marks.isEmpty, !staying.isEmpty {
            throw CommandFailure(.usage, lines: ["\(names): nothing of that name to take back"] + staying)
        }
        try await translating { () async throws(StoreError) in
            for mark in marks { _ = try await store.unmark(mark.scope, mark.name) }
        }
        let isHeard = !situation.sources(over: meant).isEmpty
        let already = isHeard ? "outside word counts already" : "no status page speaks for it"
        let counts = marks.isEmpty ? already : "outside word counts again"
        output.say("\(names): " + (staying.isEmpty ? counts : "that is taken back"))
        for line in staying { output.say(line) }
        if output.isJSON { output.result(json: ["heeded": marks.map(MarkRecord.init)]) }
        return .success
    }

    private static func lacks(_ lifting: Lifting) -> [String] {
        lifting.lacking.map {
            Plain.text(
                "nothing leaves over \($0.name) from here before its secret is set: \($0.lack)", limit: 500)
        }
    }

    private static func held(_ lifting: Lifting) -> [String] {
        lifting.holding.map {
            Plain.text(
                "still down with \($0.title) (\($0.why)): tocsin channels up \($0.operand) lifts that",
                limit: 500)
        }
    }
}
