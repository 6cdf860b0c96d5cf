import Broadcast
import Channels
import Configuration
import Dispatching
import Foundation
import Storage

/// All channels, every mark that holds, and what status pages said last.
struct ChannelBoard: Encodable {
    let channels: [ChannelStanding]
    /// Channels that are configured no more, and on which something waits.
    let gone: [GoneChannel]
    let markings: Markings
    /// Who sends at the moment; nil when nobody does, so that what is known of tripped channels is from before.
    let dispatcher: String?
    /// The channels over which that one cannot send everything, for want of a secret or of their present settings.
    let dispatcherLacks: Set<ChannelName>
    private let sources: [OutsideSource]

    /// What `store` says of the configured channels; nil when there is no store yet.
    init(_ configured: Configured, _ store: Store?, at clock: Clockwork) async throws(StoreError) {
        let now = clock.now()
        let markings =
            try await store?.markings(heeding: configured.outside, at: now.wall) ?? Markings(at: now.wall)
        self.markings = markings
        sources = configured.outside
        dispatcher = try await store?.leaseOwner(at: clock.bootTime)
        dispatcherLacks = Set(try await store?.lacks(at: clock.bootTime).map(\.channel) ?? [])
        let notes = try await store?.healthNotes(at: now, boot: clock.boot) ?? []
        let backlog = try await store?.backlog() ?? [:]
        channels = configured.inOrder.map(\.facts).map { facts in
            ChannelStanding(
                facts, markings, note: notes.first { $0.channel == facts.name.rawValue },
                backlog: backlog[facts.name], now: now)
        }
        gone = GoneChannel.all(in: backlog, configured)
    }

    private enum Key: String, CodingKey {
        case channels, unconfigured, marks, outside, dispatcher, dispatcherLacks
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        let named = channels.map { ($0.facts.name.rawValue, $0) }
        try container.encode(Dictionary(uniqueKeysWithValues: named), forKey: .channels)
        let unconfigured = gone.map { ($0.name.rawValue, $0) }
        try container.encode(Dictionary(uniqueKeysWithValues: unconfigured), forKey: .unconfigured)
        try container.encode(markings.said.map(MarkRecord.init), forKey: .marks)
        try container.encode(markings.outside, forKey: .outside)
        try container.encode(dispatcher, forKey: .dispatcher)
        try container.encode(dispatcherLacks.sorted(), forKey: .dispatcherLacks)
    }

    /// A table, and below it why whatever is down is down.
    func text(in zone: TimeZone) -> String {
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
        let standing = channels.map { $0.story(at: markings.now, in: zone) }.filter { !$0.isEmpty }
        let stories = standing + helpless + absent + strays
        let isOld = dispatcher == nil && channels.contains { [.tripped, .probing].contains($0.health.state) }
        let caution = isOld ? ["Nobody sends at the moment: what tripped did so before."] : []
        let outside = sources.isEmpty ? [] : [sources.map { told($0, in: zone) }.joined(separator: "\n")]
        return ([table.text()] + stories + outside + caution).joined(separator: "\n\n")
    }

    /// Where something waits though the channel is up, because whoever sends has not what it takes.
    private var helpless: [String] {
        guard let dispatcher else { return [] }
        return channels.filter { $0.waiting > 0 && dispatcherLacks.contains($0.facts.name) }.map {
            Paragraph.hanging(
                "\($0.facts.name): ",
                "\(dispatcher), which sends now, has not its right secret, or not its present settings: "
                    + "a tocsin resume that has them gets its place as soon as what is on the wire is done"
            )
        }
    }

    private var absent: [String] {
        gone.map {
            Paragraph.hanging(
                "\($0.name): ",
                "not configured any more, \(CountText.deliveries($0.waiting)) \($0.waiting == 1 ? "waits" : "wait") "
                    + "for it: put it back, or cancel what waits (tocsin report --all lists the announcements)"
            )
        }
    }

    /// Marks under which no configured channel falls any more: they would hold again unseen.
    private var strays: [String] {
        markings.said.filter { mark in !channels.contains { mark.covers($0.facts) } }.map {
            let isDown = $0.word == .down
            return Paragraph.hanging(
                isDown ? "marked, but no channel's: " : "used, but no channel's: ",
                Plain.text(
                    "\($0.title); tocsin channels up \($0.operand) \(isDown ? "lifts it" : "--heed takes that back")",
                    limit: 300))
        }
    }

    /// What one source said last, and whether that still counts.
    private func told(_ source: OutsideSource, in zone: TimeZone) -> String {
        guard let word = markings.outside.first(where: { $0.company == source.company }) else {
            return Paragraph.hanging(
                "\(Plain.text(source.company)): ",
                source.canBeAsked
                    ? "\(source.host): nothing is known yet; every send over its channels asks it, and tocsin check --online"
                    : Plain.text(source.lack, limit: 300))
        }
        return Paragraph.hanging(
            "\(Plain.text(word.company)): ", Plain.text(word.story(at: markings.now, in: zone), limit: 600))
    }
}

extension OutsideWord {
    /// What was said, by whom, since when, and whether it counts at `now`; and why nothing was.
    func story(at now: Date, in zone: TimeZone) -> String {
        let trouble = trouble.isEmpty ? "" : "; at \(TimeText.text(for: readAt, in: zone)): \(trouble)"
        guard let word else { return "\(source) has said nothing yet\(trouble)" }
        let reason = why.isEmpty ? "" : " (\(why))"
        let said = "\(word.rawValue)\(reason), says \(source) since \(TimeText.text(for: since, in: zone))"
        let age = "said last at \(TimeText.text(for: saidAt, in: zone))"
        guard standing(at: now) != nil else { return "\(said), \(age): too old to count\(trouble)" }
        return "\(said), \(age)\(trouble)"
    }
}
