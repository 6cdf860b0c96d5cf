/// Ids that an audience names and no contact has: typing slips, or people who were removed.
public struct Strangers: Sendable, Hashable, Encodable, CustomStringConvertible {
    private static let shown = 5

    /// How many.
    public let count: Int
    /// The first few, in the order in which they are named.
    public let first: [Contact.ID]

    /// All of them.
    public init(_ ids: [Contact.ID] = []) {
        count = ids.count
        first = Array(ids.prefix(Self.shown))
    }

    private enum Key: String, CodingKey { case count, first }

    /// Writes the count and the first few.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(count, forKey: .count)
        try container.encode(first.map(\.rawValue), forKey: .first)
    }

    /// Such as `2 ids that no contact has: C7, C9`; empty when there are none.
    public var description: String {
        guard count > 0 else { return "" }
        let names = first.map { Excerpt.of($0.rawValue) }.joined(separator: ", ")
        let rest = count > first.count ? " and \(count - first.count) more" : ""
        return "\(CountText.text(count, "id", "ids")) that no contact has: \(names)\(rest)"
    }
}
