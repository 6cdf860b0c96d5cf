public import Foundation

/// The last few faults of one channel, one entry for each code: what it has lately suffered from, at a glance.
public struct FaultHistory: Sendable, Hashable {
    /// How many codes are remembered.
    private static let most = 5
    /// What comes after so long a silence is another trouble, counted anew.
    private static let pause: TimeInterval = 86_400

    /// One code, and how often it came.
    public struct Entry: Sendable, Hashable, Codable {
        /// The stable code.
        public var code: String
        /// What was said last, redacted.
        public var detail: String
        /// How often since ``first``.
        public var count: Int
        /// When it came first.
        public var first: Date
        /// When it came last.
        public var last: Date
    }

    /// The latest first, at most five.
    public private(set) var entries: [Entry] = []

    /// Goes on from what was remembered.
    public init(_ entries: [Entry] = []) { self.entries = Array(entries.prefix(Self.most)) }

    /// Takes in one more.
    public mutating func note(_ fault: Fault, at now: Date) {
        let before = entries.first { $0.code == fault.code.rawValue }
        entries.removeAll { $0.code == fault.code.rawValue }
        let isNew = before.map { now.timeIntervalSince($0.last) > Self.pause } ?? true
        let entry = Entry(
            code: fault.code.rawValue, detail: fault.detail, count: isNew ? 1 : (before?.count ?? 0) + 1,
            first: isNew ? now : before?.first ?? now, last: now)
        entries = [entry] + entries.prefix(Self.most - 1)
    }
}
