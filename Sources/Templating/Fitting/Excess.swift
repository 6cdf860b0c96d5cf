import Broadcast

/// By how much a message is too long.
public struct Excess: Sendable, Hashable {
    /// What is counted.
    public enum Unit: Sendable, Hashable {
        case segments, characters, bytes
        /// Of a whole mail.
        case mailBytes
    }

    /// How long it is.
    public let length: Int
    /// How long it may be.
    public let limit: Int
    /// What is counted.
    public let unit: Unit

    /// Nil when `length` is within the limit.
    init?(_ length: Int, over limit: Int?, _ unit: Unit) {
        guard let limit, length > limit else { return nil }
        self.length = length
        self.limit = limit
        self.unit = unit
    }

    /// Such as `4,310 characters, 214 more than the 4,096 allowed`.
    var text: String {
        let (long, more, most) = (
            CountText.grouped(length), CountText.grouped(length - limit), CountText.grouped(limit)
        )
        return switch unit {
        case .segments: "\(long) segments, \(more) more than the \(most) allowed (maxSegments)"
        case .characters: "\(long) characters, \(more) more than the \(most) allowed"
        case .mailBytes:
            "\(long) bytes with its attachments, \(more) more than the \(most) allowed (maxBytes)"
        case .bytes: "a body of \(long) bytes, \(more) more than the \(most) allowed (maxBytes)"
        }
    }
}
