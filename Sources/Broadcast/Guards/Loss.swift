/// What it would cost people if a company, or something that channels stand on, were down.
public struct Loss: Sendable, Hashable {
    /// Whether it is a company, or what channels `depends` on.
    public let scope: Mark.Scope
    /// As it is configured.
    public let name: String
    /// The channels of the plan that fall with it.
    public let channels: [ChannelName]
    /// The public places among them that something is planned for.
    public var places: [ChannelName] = []
    /// People who would have heard and would hear nothing.
    public private(set) var missed = 0
    /// People who would hear less, or later, and still hear over another channel.
    public private(set) var elsewhere = 0

    init(_ scope: Mark.Scope, _ name: String, _ channels: [ChannelName]) {
        self.scope = scope
        self.name = name
        self.channels = channels
    }

    /// Counts somebody for whom something is planned over `planned`, and who could be told now over `open`.
    fileprivate mutating func count(planned: [ChannelName], open: [ChannelName]) {
        guard planned.contains(where: channels.contains) else { return }
        if open.allSatisfy(channels.contains) { missed += 1 } else { elsewhere += 1 }
    }
}

/// Counts what each loss would cost, person by person, in the memory of a few numbers.
public struct LossCount: Sendable {
    /// Companies first, each in the order of the channels.
    public private(set) var losses: [Loss] = []

    /// Over the channels of an announcement; names that differ only in capitals are one.
    public init(over facts: [ChannelFacts]) {
        let names =
            facts.map { (Mark.Scope.company, $0.company) }
            + facts.flatMap(\.depends).map { (Mark.Scope.depends, $0) }
        var seen: Set<String> = []
        for (scope, name) in names where seen.insert(name.lowercased()).inserted {
            losses.append(Loss(scope, name, facts.filter { $0.stands(on: name) }.map(\.name)))
        }
    }

    /// Takes in one person: over which channels something is planned, and over which they could be told now.
    ///
    /// Under reach `every` the two are the same; under reach `first` one is planned and all that would do are open. A
    /// channel that is marked down and awaited is planned, and not open.
    public mutating func add(planned: [ChannelName], open: [ChannelName]) {
        for index in losses.indices { losses[index].count(planned: planned, open: open) }
    }

    /// Takes in a public place for which something is planned.
    public mutating func add(place: ChannelName) {
        for index in losses.indices where losses[index].channels.contains(place) {
            losses[index].places.append(place)
        }
    }
}

extension Loss: Encodable {
    private enum Key: String, CodingKey { case scope, name, channels, missed, elsewhere, places }

    /// Writes the counts of people, and the channels by their names.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(scope, forKey: .scope)
        try container.encode(name, forKey: .name)
        try container.encode(channels.map(\.rawValue), forKey: .channels)
        try container.encode(missed, forKey: .missed)
        try container.encode(elsewhere, forKey: .elsewhere)
        try container.encode(places.map(\.rawValue), forKey: .places)
    }
}
