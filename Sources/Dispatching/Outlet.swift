public import Broadcast
public import Channels

/// A configured channel as the dispatcher uses it: the owner's choices, and how it talks.
public struct Outlet: Sendable {
    /// Name, company, rate, retry: all that planning and retrying ask.
    public var facts: ChannelFacts
    /// Turns deliveries into requests and replies into verdicts.
    public var channel: any Channel

    /// A channel as configured.
    public init(facts: ChannelFacts, channel: any Channel) {
        self.facts = facts
        self.channel = channel
    }
}
