import Broadcast
import Dispatching

/// Over which channels each person could be told now, whichever of them reach `first` takes.
struct Ways {
    private let edition: Edition
    private let facts: [ChannelName: ChannelFacts]
    private let planner: Planner

    /// The ways of what `edition` says, over `channels` in their order.
    init(_ edition: Edition, over channels: [PlanningChannel]) {
        self.edition = edition
        facts = Dictionary(uniqueKeysWithValues: channels.map { ($0.facts.name, $0.facts) })
        var announcement = edition.announcement
        // What is marked down and awaited is no way now.
        (announcement.reach, announcement.waitsForMarked) = (.every, false)
        planner = Planner(announcement, over: channels, order: channels.map(\.facts.name))
    }

    /// Those of `member` beside the `planned` ones; only where a message can be made.
    func others(of member: PlanningMember, than planned: [ChannelName]) -> [ChannelName] {
        planner.deliveries(for: CollectionOfOne(member)).filter { delivery in
            guard delivery.plan == .queued, !planned.contains(delivery.channel),
                let facts = facts[delivery.channel]
            else { return false }
            if case .unmade = Making(edition, over: facts, for: member.contact) { return false }
            return true
        }.map(\.channel)
    }
}
