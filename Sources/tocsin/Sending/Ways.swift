import Broadcast
import Configuration
import Dispatching

/// Over which channels each person could be told now, whichever of them reach `first` takes.
struct Ways {
    private let edition: Edition
    private let channels: [ChannelName: ConfiguredChannel]
    private let planner: Planner

    /// One of them, and what would be said.
    struct Way {
        let delivery: Delivery
        let making: Making
    }

    /// The ways of what `edition` says, as `planner` sees them, over `channels`.
    init(_ edition: Edition, _ planner: Planner, _ channels: [ChannelName: ConfiguredChannel]) {
        self.edition = edition
        self.planner = planner
        self.channels = channels
    }

    /// Those of `member` beside the `planned` ones, the first that is tried first; only where a message can be made.
    func others(of member: PlanningMember, than planned: [ChannelName]) -> [Way] {
        planner.ways(for: member).compactMap { delivery in
            guard !planned.contains(delivery.channel), let channel = channels[delivery.channel]?.channel
            else { return nil }
            let making = Making(edition, over: channel, for: member.contact)
            if case .unmade = making { return nil }
            return Way(delivery: delivery, making: making)
        }
    }
}
