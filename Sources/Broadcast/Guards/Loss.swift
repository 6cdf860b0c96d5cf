internal import Foundation

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
    /// By channel, what the messages come to that these people would get there instead, in the unit of its price.
    private var units: [ChannelName: Int] = [:]
    private var prices: [ChannelName: Money] = [:]

    init(_ scope: Mark.Scope, _ name: String, _ channels: [ChannelName]) {
        self.scope = scope
        self.name = name
        self.channels = channels
    }

    /// What people cost who would go on to another channel, one amount for each currency.
    public var costs: [Money] {
        var sums: [String: Decimal] = [:]
        for (channel, units) in units {
            guard let price = prices[channel] else { continue }
            sums[price.currency, default: 0] += price.amount * Decimal(units)
        }
        return sums.sorted { $0.key < $1.key }.map { Money($0.value, $0.key) }
    }

    /// Counts somebody for whom something is planned over `planned`, and who could be told now over `open`; the first of
    /// those that stands costs `next`.
    fileprivate mutating func count(planned: [ChannelName], open: [ChannelName], next: LossCount.Units) {
        guard planned.contains(where: channels.contains) else { return }
        guard let way = open.first(where: { !channels.contains($0) }) else { return missed += 1 }
        elsewhere += 1
        guard let next = next(way) else { return }
        units[way, default: 0] += next.units
        prices[way] = next.price
    }
}

/// Counts what each loss would cost, person by person, in the memory of a few numbers.
public struct LossCount: Sendable {
    /// What one more message over a channel comes to, in the unit of its price; nil where it is free, or sent anyway.
    public typealias Units = (ChannelName) -> (units: Int, price: Money)?

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
    /// channel that is marked down and awaited is planned, and not open. The first that is open is tried first; what that
    /// costs then says `next`.
    public mutating func add(
        planned: [ChannelName], open: [ChannelName], next: Units = { _ in nil }
    ) {
        for index in losses.indices { losses[index].count(planned: planned, open: open, next: next) }
    }

    /// Takes in a public place for which something is planned.
    public mutating func add(place: ChannelName) {
        for index in losses.indices where losses[index].channels.contains(place) {
            losses[index].places.append(place)
        }
    }
}

extension Loss: Encodable {
    private enum Key: String, CodingKey { case scope, name, channels, missed, elsewhere, costs, places }

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
        if !costs.isEmpty { try container.encode(costs, forKey: .costs) }
        try container.encode(places.map(\.rawValue), forKey: .places)
    }
}
