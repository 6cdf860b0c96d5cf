/// What one channel sends in one language.
public struct LocalePlan: Sendable, Hashable, Encodable {
    /// Messages that will be tried.
    public private(set) var messages = 0
    /// SMS segments of all of them; nil where there are none.
    public private(set) var segments: Int?
    /// Segments of the shortest and the longest of these; nil where there are none.
    public private(set) var segmentsPerMessage: Spread<Int>?

    /// None yet.
    public init() {}

    /// Counts one message, which takes so many segments where it is an SMS.
    public mutating func add(segments count: Int? = nil) {
        messages += 1
        guard let count else { return }
        segments = (segments ?? 0) + count
        segmentsPerMessage = segmentsPerMessage ?? Spread(count)
        segmentsPerMessage?.add(count)
    }
}
