public import Broadcast
public import Foundation

/// When people under reach `first` leave a tripped channel, and for which others.
public struct Leaving: Sendable, Hashable {
    /// Until then they wait where they are.
    public var dates: [Priority: Date]
    /// The direct channels that can send.
    public var others: Set<ChannelName>

    /// They leave at `dates`, for one of `others`.
    public init(at dates: [Priority: Date], for others: Set<ChannelName>) {
        self.dates = dates
        self.others = others
    }

    /// Where those who wait on channels with `outages` go, when there is another channel that is `free`.
    static func of(
        _ outages: [(ChannelFacts, Outage)], to all: [ChannelFacts], free: Set<ChannelName>
    ) -> [ChannelName: Leaving] {
        var leaving: [ChannelName: Leaving] = [:]
        for (facts, outage) in outages {
            let others = all.filter { other in
                other.name != facts.name && free.contains(other.name) && other.traits.audience != .public
            }
            if others.isEmpty { continue }
            let dates = Priority.allCases.map { ($0, outage.end(ofPatienceOn: facts, $0)) }
            leaving[facts.name] = Leaving(
                at: Dictionary(uniqueKeysWithValues: dates), for: Set(others.map(\.name)))
        }
        return leaving
    }
}
