import Broadcast
import Configuration
import Dispatching
import Foundation
import Storage

/// Where one channel stands: what people and outside word say, the last dispatcher's own evidence and what waits, merged.
struct ChannelStanding: Encodable {
    let facts: ChannelFacts
    let health: HealthView
    /// The mark that holds it longest; nil when none does.
    let mark: Mark?
    /// Whether its secret is missing here, and nobody has marked it down.
    let isLacking: Bool
    /// What a missing secret hides: that it is marked down too; nil when nothing is hidden.
    let hidden: Mark?
    /// A person's mark under which it is used whatever outside word says; nil when there is none.
    let overruling: Mark?
    /// The outside word on it that counts, of several the worst; nil when none does.
    let outside: OutsideWord.Word?
    /// The rest that its provider asked for; nil when there is none.
    let rest: ProviderRest?
    /// What the last dispatcher held against it; nil when nothing.
    let fault: Fault?
    /// What it has lately suffered from, the latest first.
    let faults: [FaultHistory.Entry]
    /// How many deliveries wait for it.
    let waiting: Int
    /// When the first of them may leave.
    let nextAt: Date?

    /// Merges what is known at `now`; a person's mark stands before outside word, and that before our own evidence.
    init(
        _ facts: ChannelFacts, _ markings: Markings, note: HealthNote?, backlog: Backlog?, now: Moment
    ) {
        self.facts = facts
        mark = markings.mark(on: facts)
        isLacking = markings.isLacking(facts)
        hidden = facts.missing == nil ? nil : markings.saidMark(on: facts)
        overruling = markings.overruling(facts)
        let words = markings.outside.filter { $0.covers(facts) }.compactMap { $0.standing(at: now.wall) }
        outside = [.down, .degraded, .well].first(where: words.contains)
        waiting = backlog?.queued ?? 0
        nextAt = backlog?.nextAt
        rest = note?.rest.flatMap { $0.concerns(facts) ? $0 : nil }
        fault = note?.fault
        faults = note?.faults ?? []
        var health = HealthView.of(facts, markings, now: now)
        if health.state == .up, let note, let state = HealthView.State(rawValue: note.state), state != .up {
            (health.state, health.since, health.until) = (state, note.since, note.until)
            (health.why, health.who) = (note.why, "tocsin")
        }
        self.health = rest.map(health.resting) ?? health
    }

    /// The channels in the configured order, with what waits on them of one announcement.
    static func all(
        of id: Announcement.ID, in store: Store, _ configured: Configured, by clock: Clockwork
    ) async throws(StoreError) -> [ChannelStanding] {
        let now = clock.now()
        let markings = try await store.markings(heeding: configured.outside, at: now.wall)
        let notes = try await store.healthNotes(at: now, boot: clock.boot)
        let backlog = try await store.backlog(of: id)
        return configured.inOrder.map(\.facts).map { facts in
            ChannelStanding(
                facts, markings, note: notes.first { $0.channel == facts.name.rawValue },
                backlog: backlog[facts.name], now: now)
        }
    }

    /// When something of what waits may leave: not before a mark or a rest ends; nil when nothing waits, or nothing ends it.
    var earliest: Date? { nextAt.flatMap { delayed($0) } }

    /// When a delivery that is due at `date` may leave; nil while only a person can say.
    func delayed(_ date: Date) -> Date? {
        let date = rest.map { max($0.until, date) } ?? date
        guard let mark else { return date }
        return mark.until.map { max($0, date) }
    }

    /// Why what waits does, in half a line, with times of `zone` (nil: for programs); nil when the channel is up.
    func cause(in zone: TimeZone?) -> String? {
        let until = health.until.map { date in
            zone.map { TimeText.text(for: date, in: $0) } ?? TimeText.text(for: date)
        }
        return switch health.state {
        case .up: nil
        case .unusable: health.why
        case .marked where mark?.isOutside == true: "down, says \(health.who): \(health.why)"
        case .marked: "marked down\(until.map { " until \($0)" } ?? ""): \(health.why)"
        case .resting: "resting until \(until ?? "then"): \(health.why)"
        case .tripped, .probing:
            "tripped: \(Plain.text(health.why, limit: 300))"
                + (rest.map { "; resting until \(until ?? "then"): \($0.cause)" } ?? "")
                + (advice.map { "; \($0)" } ?? "")
        }
    }

    /// What a person has to mend before it works again; nil when nothing, or nobody can.
    var advice: String? { fault?.code.advice(for: facts.name.rawValue, kind: facts.kind) }

    private enum Key: String, CodingKey {
        case type, company, depends, state, since, until, why, who, fault, faults, outside, overruledBy,
            waiting,
            nextAt
    }

    /// Writes the stable keys of `channels --json`.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(facts.kind, forKey: .type)
        try container.encode(facts.company, forKey: .company)
        try container.encode(facts.depends, forKey: .depends)
        try container.encode(health.state, forKey: .state)
        try container.encode(health.since, forKey: .since)
        try container.encode(health.until, forKey: .until)
        try container.encode(health.why, forKey: .why)
        try container.encode(health.who, forKey: .who)
        try container.encode(fault.map { "\($0.code.rawValue): \($0.detail)" } ?? "", forKey: .fault)
        try container.encode(faults, forKey: .faults)
        try container.encode(outside, forKey: .outside)
        try container.encode(overruling.map(MarkRecord.init), forKey: .overruledBy)
        try container.encode(waiting, forKey: .waiting)
        try container.encode(earliest, forKey: .nextAt)
    }
}

/// A mark as it stands in JSON.
struct MarkRecord: Encodable {
    let scope: Mark.Scope
    let name: String
    let word: Mark.Word
    let why: String
    let who: String
    let since: Date
    let until: Date?

    init(_ mark: Mark) {
        scope = mark.scope
        name = mark.name
        word = mark.word
        why = mark.why
        who = mark.who
        since = mark.since
        until = mark.until
    }
}

extension Mark {
    /// What a person can do about one of down, in half a line.
    var remedy: String {
        switch origin {
        case .person: "tocsin channels up \(operand) lifts that"
        case .outside: "tocsin channels up \(operand) uses it all the same"
        case .configuration: "nothing leaves there before"
        }
    }
}
