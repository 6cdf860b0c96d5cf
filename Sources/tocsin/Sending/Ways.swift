import Broadcast
import Configuration
import Dispatching

/// Over which channels each person could be told now, whichever of them reach `first` takes.
struct Ways {
    private let edition: Edition
    private let channels: [ChannelName: ConfiguredChannel]
    private let planner: Planner

    /// The ways of what `edition` says, over the channels `planned` in their order; `channels` are the same by name.
    init(
        _ edition: Edition, over planned: [PlanningChannel], _ channels: [ChannelName: ConfiguredChannel]
    ) {
        self.edition = edition
        self.channels = channels
        var announcement = edition.announcement
        // What is marked down and awaited is no way now.
        (announcement.reach, announcement.waitsForMarked) = (.every, false)
        planner = Planner(announcement, over: planned, order: planned.map(\.facts.name))
    }

    /// Those of `member` beside the `planned` ones; only where a message can be made.
    func others(of member: PlanningMember, than planned: [ChannelName]) -> [ChannelName] {
        planner.deliveries(for: CollectionOfOne(member)).filter { delivery in
            guard delivery.plan == .queued, !planned.contains(delivery.channel),
                let channel = channels[delivery.channel]?.channel
            else { return false }
            if case .unmade = Making(edition, over: channel, for: member.contact) { return false }
            return true
        }.map(\.channel)
    }
}
