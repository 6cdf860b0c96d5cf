/// The least and the most of something that differs from message to message.
public struct Spread<Value: Comparable & Sendable & Hashable>: Sendable, Hashable {
    /// The smallest there is.
    public private(set) var least: Value
    /// The largest there is.
    public private(set) var most: Value

    /// Of one message.
    public init(_ value: Value) { (least, most) = (value, value) }

    /// From `least` to `most`.
    public init(_ least: Value, _ most: Value) { (self.least, self.most) = (least, most) }

    /// Takes in one more message.
    public mutating func add(_ value: Value) {
        least = min(least, value)
        most = max(most, value)
    }
}

extension Spread: Encodable where Value: Encodable {
    private enum Key: String, CodingKey { case min, max }

    /// Writes `min` and `max`.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(least, forKey: .min)
        try container.encode(most, forKey: .max)
    }
}
