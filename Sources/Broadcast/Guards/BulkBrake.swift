/// Lets a bulk announcement begin with a few, and halts it when too many are refused.
public struct BulkBrake: Sendable, Hashable {
    /// How many go out before the first look.
    public static let sample = 200
    /// The share refused at which it halts.
    public static let limit = 0.05

    /// How many attempts have ended, whatever the end; a deferral counts, so that greylisting does not hold it up.
    public private(set) var ended: Int
    /// How many of them were refused.
    public private(set) var refused: Int

    /// Begins, or goes on where the journal says it stood.
    public init(ended: Int = 0, refused: Int = 0) {
        self.ended = ended
        self.refused = refused
    }

    /// How many more may be claimed while `inFlight` are claimed and have not ended; nil means as many as you like.
    public func allowance(inFlight: Int) -> Int? {
        if isHalted { return 0 }
        return ended >= Self.sample ? nil : max(0, Self.sample - ended - inFlight)
    }

    /// Whether so many were refused that somebody should look before more go out.
    public var isHalted: Bool { ended >= Self.sample && Double(refused) >= Double(ended) * Self.limit }

    /// Takes in one outcome.
    public mutating func record(_ result: Outcome.Result) {
        if case .returned = result { return }
        ended += 1
        if case .refused = result { refused += 1 }
    }
}
