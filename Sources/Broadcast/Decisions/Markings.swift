public import Foundation

/// All that people and outside word say of the channels at one moment.
///
/// What lacks a secret cannot be used whatever anybody says.
/// A person's word stands before outside word, in both directions: what a person marked down is down, and what a person
/// marked up is used whatever outside word says. Of what people said themselves, down stands before up.
public struct Markings: Sendable, Hashable {
    /// What people said and still holds, of down and of up.
    public var said: [Mark]
    /// What status pages said last, whether it still holds or not.
    public var outside: [OutsideWord]
    /// When this was so.
    public var now: Date

    /// What was said, as it stands at `now`.
    public init(said: [Mark] = [], outside: [OutsideWord] = [], at now: Date) {
        self.said = said.filter { $0.holds(at: now) }
        self.outside = outside
        self.now = now
    }

    /// What people marked down.
    public var down: [Mark] { said.filter { $0.word == .down } }

    /// The mark that holds the channel for down, the longest of several; nil when none does.
    public func mark(on facts: ChannelFacts) -> Mark? { lack(of: facts) ?? saidMark(on: facts) }

    /// The same of what people and outside word say, whatever is missing here.
    public func saidMark(on facts: ChannelFacts) -> Mark? {
        if let mark = longest(down.filter { $0.covers(facts) }) { return mark }
        return overruling(facts) == nil ? outsideMark(on: facts) : nil
    }

    /// Whether a secret is missing on the channel and no person has marked it down, which says to go on without it.
    public func isLacking(_ facts: ChannelFacts) -> Bool {
        facts.missing != nil && !down.contains { $0.covers(facts) }
    }

    /// What keeps us ourselves from using the channel, as a mark; nil when nothing does.
    private func lack(of facts: ChannelFacts) -> Mark? {
        facts.missing.map { remedy in
            var mark = Mark(
                .channel, facts.name.rawValue, why: "\(facts.lack): \(remedy)", who: "tocsin", since: now,
                until: nil)
            mark.origin = .configuration
            return mark
        }
    }

    /// The outside word of down on the channel, as a mark, whether or not a person overrules it; nil when there is none.
    public func outsideMark(on facts: ChannelFacts) -> Mark? {
        longest(outside.compactMap { $0.mark(on: facts, at: now) })
    }

    /// The person's mark under which the channel is used whatever outside word says; nil when there is none.
    public func overruling(_ facts: ChannelFacts) -> Mark? {
        longest(said.filter { $0.word == .up && $0.covers(facts) })
    }

    /// What says that the channel is not quite well, which changes nothing; nil when nothing does.
    public func degradation(of facts: ChannelFacts) -> OutsideWord? {
        outside.first { $0.covers(facts) && $0.standing(at: now) == .degraded }
    }

    private func longest(_ marks: [Mark]) -> Mark? {
        marks.max { ($0.until ?? .distantFuture) < ($1.until ?? .distantFuture) }
    }
}
