import Broadcast
import Channels
import Configuration
import Dispatching
import Foundation
import Storage

/// What is known of the channels when somebody says that something is up.
struct Situation {
    /// The channels in their order.
    let channels: [ChannelFacts]
    /// What people and status pages say.
    private(set) var markings: Markings
    /// The sources that were asked anew.
    private(set) var asked: [OutsideSource] = []
    private let sources: [OutsideSource]
    private let notes: [HealthNote]
    private let backlog: [ChannelName: Backlog]

    /// Reads it from `store`.
    init(_ configured: Configured, in store: Store, by clock: Clockwork) async throws(StoreError) {
        let now = clock.now()
        channels = configured.inOrder.map(\.facts)
        sources = configured.outside
        markings = try await store.markings(heeding: sources, at: now.wall)
        notes = try await store.healthNotes(at: now, boot: clock.boot)
        backlog = try await store.backlog()
    }

    /// The marks that stay when those of `target` are lifted.
    func staying(but target: MarkTarget) -> [Mark] { markings.down.filter { !target.names($0) } }

    /// The channels that `target` means and no other mark holds.
    func freed(by target: MarkTarget) -> [ChannelFacts] {
        let staying = staying(but: target)
        return channels.filter { facts in target.covers(facts) && !staying.contains { $0.covers(facts) } }
    }

    /// Those of `channels` that a dispatcher found down.
    func tripped(among channels: [ChannelFacts]) -> [ChannelName] {
        let down = notes.filter { !$0.isUp }.map(\.channel)
        return channels.map(\.name).filter { down.contains($0.rawValue) }
    }

    /// Those of `channels` that rest because their provider asked for it.
    func rests(among channels: [ChannelFacts]) -> [RestingChannel] {
        RestingChannel.all(in: channels, notes)
    }

    /// The sources that speak of some of `channels`.
    func sources(over channels: [ChannelFacts]) -> [OutsideSource] {
        sources.filter { channels.contains(where: $0.covers) }
    }

    /// How many deliveries wait for `channels`.
    func waiting(for channels: [ChannelFacts]) -> Int {
        channels.reduce(0) { $0 + (backlog[$1.name]?.queued ?? 0) }
    }

    /// The sources to be asked before it is said that there is nothing to lift: a dry run writes nothing of what it hears.
    func due(for target: MarkTarget) -> [OutsideSource] {
        let freed = freed(by: target)
        // A mark, a trip or a rest is what whoever says so means first.
        guard !markings.down.contains(where: target.names), tripped(among: freed).isEmpty,
            rests(among: freed).isEmpty
        else { return [] }
        return sources(over: freed).filter { $0.isDue(amid: markings.outside, at: markings.now) }
    }

    /// Takes in what `sources` said when they were asked, as it stands at `now`.
    mutating func hear(_ words: [OutsideWord], from sources: [OutsideSource], at now: Date) {
        let others = markings.outside.filter { word in !words.contains { $0.company == word.company } }
        markings = Markings(said: markings.said, outside: others + words, at: now)
        asked = sources
    }

    /// Those who were asked, and of whom nothing is known all the same.
    func unheard(over channels: [ChannelFacts]) -> [OutsideSource] {
        asked.filter { source in
            channels.contains(where: source.covers)
                && markings.outside.allSatisfy {
                    $0.company != source.company || $0.standing(at: markings.now) == nil
                }
        }
    }
}
