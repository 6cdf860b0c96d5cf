internal import Foundation

/// How long the messages of a channel are, and what was done about it.
public struct LengthPlan: Sendable, Hashable {
    /// How many are beyond some advice, and how far the farthest goes.
    public struct Beyond: Sendable, Hashable, Encodable {
        /// How many.
        public private(set) var count = 0
        /// The length of the longest, advice or not.
        public private(set) var longest = 0
        /// What is advised.
        public let advised: Int

        init(advised: Int) { self.advised = advised }

        mutating func add(_ length: Int) {
            longest = max(longest, length)
            if length > advised { count += 1 }
        }
    }

    /// How many were cut, with a link to the page.
    public var cut = 0
    /// In how many text messages typographic characters were rewritten; nil where there are none.
    public private(set) var rewritten: Int?
    /// Segments that this saves; nil where there are none.
    public private(set) var saved: Int?
    /// What is said of the one that is too long by most; nil when none is.
    public private(set) var tooLong: String?
    /// Subjects, where there is advice on them.
    public private(set) var subjects: Beyond?
    /// Bodies of requests, where there is advice on them.
    public private(set) var bodies: Beyond?
    private var mostExcess = 0

    /// Nothing counted yet.
    public init() {}

    /// Counts a text message; rewriting it saves so many segments, nil when nothing was rewritten.
    public mutating func add(saving segments: Int?) {
        rewritten = (rewritten ?? 0) + (segments == nil ? 0 : 1)
        saved = (saved ?? 0) + (segments ?? 0)
    }

    /// Counts a subject of so many characters, of which `advised` are advised.
    public mutating func add(subject length: Int, advised: Int) {
        subjects = subjects ?? Beyond(advised: advised)
        subjects?.add(length)
    }

    /// Counts a request's body of so many bytes, of which `advised` are advised.
    public mutating func add(body length: Int, advised: Int) {
        bodies = bodies ?? Beyond(advised: advised)
        bodies?.add(length)
    }

    /// Notes one that is too long by `excess`, as `text` says.
    public mutating func add(tooLong text: String, by excess: Int) {
        guard excess > mostExcess else { return }
        (mostExcess, tooLong) = (excess, text)
    }
}

extension LengthPlan: Encodable {
    private enum Key: String, CodingKey {
        case cut, rewritten, saved, tooLong, subjects, bodies
    }

    /// Writes the counts; what does not occur on the channel is left out.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(cut, forKey: .cut)
        try container.encodeIfPresent(tooLong, forKey: .tooLong)
        try container.encodeIfPresent(subjects, forKey: .subjects)
        try container.encodeIfPresent(bodies, forKey: .bodies)
        try container.encodeIfPresent(rewritten, forKey: .rewritten)
        try container.encodeIfPresent(saved, forKey: .saved)
    }
}

extension DayPlan: Encodable {
    private enum Key: String, CodingKey { case limit, used, ahead }

    /// Writes what the provider takes, has taken, and what waits already.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(quota.limit, forKey: .limit)
        try container.encode(used, forKey: .used)
        try container.encode(ahead, forKey: .ahead)
    }
}
