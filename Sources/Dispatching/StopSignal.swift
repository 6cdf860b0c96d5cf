import Broadcast
import Synchronization

/// A request to stop, in two phases, heard by whoever polls or waits on it.
public final class StopSignal: Sendable {
    /// How far stopping has gone.
    public enum Phase: Int, Sendable, Comparable {
        case running
        /// Nothing new is claimed; what is on the wire may finish within the grace.
        case finishing
        /// What is on the wire is cancelled.
        case cancelling

        /// Phases follow each other.
        public static func < (left: Phase, right: Phase) -> Bool { left.rawValue < right.rawValue }
    }

    private let state = Mutex(Phase.running)
    let bell = Bell()

    /// A signal that nobody has given yet.
    public init() {}

    /// How far stopping has gone.
    public var phase: Phase { state.withLock { $0 } }

    /// Asks to stop; asked again, asks to stop at once.
    public func ask() {
        state.withLock { $0 = Phase(rawValue: $0.rawValue + 1) ?? .cancelling }
        bell.ring()
    }

    /// Returns when asked to stop, or after `duration` at the latest.
    func wait(atMost duration: Duration, _ clock: Clockwork) async {
        await bell.wait(until: clock.now().uptime + duration, clock)
    }
}
