extension AnnouncementReport: Encodable {
    private enum Key: String, CodingKey {
        case id, template, state, pauseReason, createdAt, due, finishedAt, closes, closedBy, contacts,
            channels
    }

    /// Writes the stable keys of `report --json`.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(id.rawValue, forKey: .id)
        try container.encode(template, forKey: .template)
        try container.encode(state, forKey: .state)
        if !pauseReason.isEmpty { try container.encode(pauseReason, forKey: .pauseReason) }
        try container.encode(createdAt, forKey: .createdAt)
        try container.encode(due, forKey: .due)
        try container.encodeIfPresent(finishedAt, forKey: .finishedAt)
        try container.encodeIfPresent(closes?.rawValue, forKey: .closes)
        try container.encodeIfPresent(closedBy?.rawValue, forKey: .closedBy)
        try container.encode(contacts, forKey: .contacts)
        let named = channels.map { ($0.key.rawValue, $0.value) }
        try container.encode(Dictionary(uniqueKeysWithValues: named), forKey: .channels)
    }
}

extension ChannelCounts: Encodable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Writes every state, zero or not, and the reasons that occurred.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(company, forKey: Key("company"))
        try container.encode(planned, forKey: Key("planned"))
        for state in DeliveryState.allCases where state != .skipped {
            try container.encode(count(state), forKey: Key(state.rawValue))
        }
        let named = skipped.filter { $0.value != 0 }.map { ($0.key.rawValue, $0.value) }
        try container.encode(Dictionary(uniqueKeysWithValues: named), forKey: Key("skipped"))
        try container.encode(faults, forKey: Key("faults"))
        try container.encodeIfPresent(hold, forKey: Key("hold"))
    }
}
