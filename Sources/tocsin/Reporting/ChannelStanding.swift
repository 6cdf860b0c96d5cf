import Broadcast
import Configuration
import Dispatching
import Foundation
import Storage

/// Where one channel stands: marks of people, the last dispatcher's own evidence and what waits, merged.
struct ChannelStanding: Encodable {
    let facts: ChannelFacts
    let health: HealthView
    /// The mark that holds it longest; nil when none does.
    let mark: Mark?
    /// What the last dispatcher held against it; empty when nothing.
    let fault: String
    /// How many deliveries wait for it.
    let waiting: Int
    /// When the first of them may leave.
    let nextAt: Date?

    /// Merges what is known; a person's mark stands before our own evidence.
    init(_ facts: ChannelFacts, marks: [Mark], note: HealthNote?, backlog: Backlog?, now: Moment) {
        self.facts = facts
        mark = marks.filter { $0.covers(facts) && $0.holds(at: now.wall) }
            .max { ($0.until ?? .distantFuture) < ($1.until ?? .distantFuture) }
        waiting = backlog?.queued ?? 0
        nextAt = backlog?.nextAt
        fault = note?.why ?? ""
        var health = HealthView.of(facts, marks: marks, now: now)
        if health.state == .up, let note, let state = HealthView.State(rawValue: note.state), state != .up {
            (health.state, health.since, health.until) = (state, note.since, note.until)
            (health.why, health.who) = (note.why, "tocsin")
        }
        self.health = health
    }

    /// When something of what waits may leave: not before a mark ends; nil when nothing waits, or nothing ends it.
    var earliest: Date? { nextAt.flatMap { delayed($0) } }

    /// When a delivery that is due at `date` may leave; nil while only a person can say.
    func delayed(_ date: Date) -> Date? {
        guard let mark else { return date }
        return mark.until.map { max($0, date) }
    }

    /// Why what waits does, in half a line; nil when the channel is up.
    var cause: String? {
        let until = health.until.map { TimeText.text(for: $0) }
        return switch health.state {
        case .up: nil
        case .marked: "marked down\(until.map { " until \($0)" } ?? ""): \(health.why)"
        case .tripped, .probing: "tripped: \(health.why)"
        }
    }

    private enum Key: String, CodingKey {
        case type, company, depends, state, since, until, why, who, fault, waiting, nextAt
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
        try container.encode(fault, forKey: .fault)
        try container.encode(waiting, forKey: .waiting)
        try container.encode(nextAt, forKey: .nextAt)
    }

    /// What is to be said of a channel that is not up, a line each; empty when it is.
    var story: String {
        guard health.state != .up else { return "" }
        let said = health.state == .marked ? "marked down" : health.state.rawValue
        let by = health.who.isEmpty ? "" : " by \(health.who)"
        let since = health.since.map { " since \(TimeText.text(for: $0))" } ?? ""
        let end = health.state == .marked ? "until" : "tried again at"
        let until = health.until.map { ", \(end) \(TimeText.text(for: $0))" } ?? ""
        var lines = [
            Paragraph.hanging("\(facts.name): ", Plain.text(said + by + since + until)),
            Paragraph.hanging("  why: ", Plain.text(health.why, limit: 500)),
        ]
        if health.state == .marked, !fault.isEmpty {
            lines.append(Paragraph.hanging("  last fault: ", Plain.text(fault, limit: 500)))
        }
        return lines.joined(separator: "\n")
    }
}

/// All channels, and every mark that holds.
struct ChannelBoard: Encodable {
    let channels: [ChannelStanding]
    let marks: [Mark]
    /// Who sends at the moment; nil when nobody does, so that what is known of tripped channels is from before.
    let dispatcher: String?

    /// What `store` says of the configured channels; nil when there is no store yet.
    init(_ configured: Configured, _ store: Store?, now: Moment) async throws(StoreError) {
        marks = try await store?.marks(at: now.wall) ?? []
        dispatcher = try await store?.leaseOwner()
        let notes = try await store?.healthNotes() ?? []
        let backlog = try await store?.backlog() ?? [:]
        let marks = marks
        channels = configured.inOrder.map(\.facts).map { facts in
            ChannelStanding(
                facts, marks: marks, note: notes.first { $0.channel == facts.name.rawValue },
                backlog: backlog[facts.name], now: now)
        }
    }

    private enum Key: String, CodingKey { case channels, marks, dispatcher }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        let named = channels.map { ($0.facts.name.rawValue, $0) }
        try container.encode(Dictionary(uniqueKeysWithValues: named), forKey: .channels)
        try container.encode(marks.map(MarkRecord.init), forKey: .marks)
        try container.encode(dispatcher, forKey: .dispatcher)
    }

    /// A table, and below it why whatever is down is down.
    var text: String {
        var table = TextTable([
            ("Channel", .left), ("Type", .left), ("Company", .left), ("Depends on", .left), ("State", .left),
            ("Waiting", .right),
        ])
        for channel in channels {
            let facts = channel.facts
            table.add([
                facts.name.rawValue, facts.kind, facts.company, facts.depends.joined(separator: ", "),
                channel.health.state.rawValue, String(channel.waiting),
            ])
        }
        let stories = channels.map(\.story).filter { !$0.isEmpty } + strays
        let isOld = dispatcher == nil && channels.contains { [.tripped, .probing].contains($0.health.state) }
        let caution = isOld ? ["Nobody sends at the moment: what tripped did so before."] : []
        return ([table.text()] + stories + caution).joined(separator: "\n\n")
    }

    /// Marks under which no configured channel falls any more: they would hold again unseen.
    private var strays: [String] {
        marks.filter { mark in !channels.contains { mark.covers($0.facts) } }.map {
            Paragraph.hanging(
                "marked, but no channel's: ",
                Plain.text("\($0.title); tocsin channels up \($0.operand) lifts it", limit: 300))
        }
    }
}

/// A mark as it stands in JSON.
struct MarkRecord: Encodable {
    let scope: Mark.Scope
    let name: String
    let why: String
    let who: String
    let since: Date
    let until: Date?

    init(_ mark: Mark) {
        scope = mark.scope
        name = mark.name
        why = mark.why
        who = mark.who
        since = mark.since
        until = mark.until
    }
}

extension Mark {
    /// Such as `sms` or `company Acme`.
    var title: String { scope == .channel ? name : "\(scope.rawValue) \(name)" }

    /// What lifts it: `sms`, `--company 'Acme Ltd'`.
    var operand: String {
        let isPlain = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        let quoted = isPlain ? name : "'\(name.replacing("'", with: "'\\''"))'"
        return scope == .channel ? quoted : "--\(scope.rawValue) \(quoted)"
    }
}
