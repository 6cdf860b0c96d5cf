import Broadcast
import Dispatching
import Synchronization

/// The machine's clocks, as a process sees them that has been stopped for a while.
final class MovedClock: Sendable {
    private let ahead = Mutex(Duration.zero)
    private let wall = Mutex(Duration.zero)

    /// Lets both clocks jump.
    func move(by duration: Duration) { ahead.withLock { $0 += duration } }

    /// Somebody sets the clock on the wall, and no other.
    func setWall(by duration: Duration) { wall.withLock { $0 += duration } }

    var clock: Clockwork {
        let system = Clockwork.system
        return Clockwork(
            boot: system.boot,
            now: { [self] in
                var now = system.now().adding(ahead.withLock { $0 })
                now.wall = now.wall.adding(wall.withLock { $0 })
                return now
            },
            sleep: { [self] (until: Duration) async throws(CancellationError) in
                try await system.sleep(until - ahead.withLock { $0 })
            }, unit: system.unit)
    }
}
