public import Broadcast
public import Foundation

/// When people under reach `first` leave a channel that is tripped, or rests for long, and for which others.
public struct Leaving: Sendable, Hashable {
    /// Which channel they leave.
    public var facts: ChannelFacts
    /// Why they do.
    public var standstill: Standstill
    /// The direct channels that can send.
    public var others: Set<ChannelName>

    /// They leave the channel of `facts` for one of `others`.
    public init(_ facts: ChannelFacts, _ standstill: Standstill, for others: Set<ChannelName>) {
        self.facts = facts
        self.standstill = standstill
        self.others = others
    }

    /// When those leave who have waited since `due`, and would until `expiry`; nil when what keeps them is over by then.
    public func date(_ priority: Priority, since due: Date, expiry: Date? = nil) -> Date? {
        standstill.end(ofPatienceOn: facts, priority, since: due, expiry: expiry)
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
            if others.isEmpty || standstill == Standstill() { continue }
            leaving[facts.name] = Leaving(facts, standstill, for: Set(others.map(\.name)))
        }
        return leaving
    }
}
