public import Broadcast
public import Foundation

/// When people under reach `first` leave a channel that is tripped, or rests for long, and for which others.
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

    /// Where those who wait on channels that stand still go, when there is another channel that is `free`.
    static func of(
        _ standstills: [(ChannelFacts, Standstill)], to all: [ChannelFacts], free: Set<ChannelName>
    ) -> [ChannelName: Leaving] {
        var leaving: [ChannelName: Leaving] = [:]
        for (facts, standstill) in standstills {
            let others = all.filter { other in
                other.name != facts.name && free.contains(other.name) && other.traits.audience != .public
            }
            let dates = Priority.allCases.compactMap { priority in
                standstill.end(ofPatienceOn: facts, priority).map { (priority, $0) }
            }
            if others.isEmpty || dates.isEmpty { continue }
            leaving[facts.name] = Leaving(
                at: Dictionary(uniqueKeysWithValues: dates), for: Set(others.map(\.name)))
        }
        return leaving
    }
}
