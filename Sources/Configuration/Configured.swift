public import Broadcast
public import Channels
public import Foundation

/// What `channels.json` says, found whole and valid.
public struct Configured: Sendable {
    /// Who speaks.
    public var sender: Sender
    /// Who is told when something needs a person; nil when not configured.
    public var owner: Address?
    /// The store's file, absolute.
    public var store: String
    /// The templates directory, absolute; nil means the usual one beside the file.
    public var templates: String?
    /// How long announcements that are over are kept.
    public var keep: Retention
    /// The channels reach `first` tries after a contact's own preferences, best first.
    public var order: [ChannelName]
    /// By name.
    public var channels: [ConfiguredChannel]
    /// Where outside word on companies comes from, by name.
    public var outside: [OutsideSource]
    /// What works but should be seen to.
    public var warnings: [ConfigurationIssue]

    /// In which times are typed and shown: the sender's.
    public var zone: TimeZone { TimeZone(identifier: sender.timezone) ?? .gmt }

    /// A configuration.
    public init(
        sender: Sender, owner: Address? = nil, store: String, templates: String? = nil,
        keep: Retention = .usual, order: [ChannelName] = [],
        channels: [ConfiguredChannel] = [], outside: [OutsideSource] = [], warnings: [ConfigurationIssue] = []
    ) {
        self.sender = sender
        self.owner = owner
        self.store = store
        self.templates = templates
        self.keep = keep
        self.order = order
        self.channels = channels
        self.outside = outside
        self.warnings = warnings
    }

    /// The channel called `name`; nil when there is none.
    public func channel(_ name: ChannelName) -> ConfiguredChannel? {
        channels.first { $0.facts.name == name }
    }
}

/// One configured way out.
public struct ConfiguredChannel: Sendable {
    /// All that planning and retrying ask.
    public var facts: ChannelFacts
    /// How it talks.
    public var channel: any Channel

    /// A channel.
    public init(facts: ChannelFacts, channel: any Channel) {
        self.facts = facts
        self.channel = channel
    }
}
