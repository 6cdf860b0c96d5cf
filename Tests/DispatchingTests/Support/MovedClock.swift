import Broadcast
import Dispatching
import Synchronization

/// The machine's clocks, as a process sees them that has been stopped for a while.
final class MovedClock: Sendable {
    private let ahead = Mutex(Duration.zero)
    private let wall = Mutex(Duration.zero)
    private let standing = Mutex(Moment?.none)

    /// Lets both clocks jump; whoever held them lets them go on.
    func move(by duration: Duration) {
        ahead.withLock { $0 += duration }
        standing.withLock { $0 = nil }
    }

    /// Holds both clocks, so much later than they stand: a busy machine cannot be late for what a test has to see, or to
    /// do, before a time is over.
    func hold(after later: Duration = .zero) {
        let now = Clockwork.system.now()
        standing.withLock { $0 = ($0 ?? now).adding(later) }
    }

    /// Somebody sets the clock on the wall, and no other.
    func setWall(by duration: Duration) { wall.withLock { $0 += duration } }

    var clock: Clockwork {
        let system = Clockwork.system
        return Clockwork(
            boot: system.boot,
            now: { [self] in
                let present = standing.withLock { $0 } ?? system.now()
                var now = present.adding(ahead.withLock { $0 })
                now.wall = now.wall.adding(wall.withLock { $0 })
                return now
            },
            sleep: { [self] (until: Duration) async throws(CancellationError) in
                let now = system.now().uptime
                let held = standing.withLock { $0.map { now - $0.uptime } ?? .zero }
                try await system.sleep(until - ahead.withLock { $0 } + held)
            }, unit: { 0.5 })
    }
}
