/// Halts an announcement on a channel whose first deliveries were all refused for what the message says.
public struct MessageHalt: Sendable, Hashable {
    /// How many deliveries are looked at.
    public static let sample = 20

    private var isWatching = true
    /// How many of the first deliveries were settled, all of them refused for the message.
    public private(set) var refused: Int

    /// Begins, or goes on after `refused` that ended so before the process was started again.
    public init(refused: Int = 0) { self.refused = refused }

    /// Goes on after the first `endings` that the journal knows, nil standing for a success; at least
    /// ``sample`` of them, if there are so many.
    ///
    /// A halt of which nobody was told, because the process ended, comes again with the next refusal.
    public init(after endings: [Fault.Scope?]) {
        refused = min(endings.prefix { $0 == .message }.count, Self.sample - 1)
        isWatching = endings.allSatisfy { $0 == .message }
    }

    /// Takes in one outcome; the fault says why the channel halts for this announcement, nil that it goes on.
    public mutating func record(_ result: Outcome.Result) -> Fault? {
        guard isWatching else { return nil }
        switch result {
        case .refused(let fault) where fault.scope == .message:
            refused += 1
            guard refused >= Self.sample else { return nil }
            isWatching = false
            return fault
        case .refused, .accepted, .unknown(_, nil), .expired: isWatching = false
        case .deferred, .unknown, .returned, .moved: break
        }
        return nil
    }
}
