import Broadcast
import Foundation
import Synchronization

/// A clock whose wall goes on evenly, whatever is done to the machine's, until it is told to follow.
///
/// Otherwise everything that waits would expire between the moment somebody sets the clock and the one in which the
/// store's times have moved with it.
final class SteadyClock: Sendable {
    private let machine: Clockwork
    /// What the wall would have shown when the machine started.
    private let start: Mutex<Date>

    init(_ machine: Clockwork) {
        self.machine = machine
        start = Mutex(machine.now().start)
    }

    /// The same, for those who ask for the time.
    var clockwork: Clockwork {
        var clockwork = machine
        clockwork.now = { [self] in
            let uptime = machine.now().uptime
            return Moment(wall: start.withLock { $0 }.adding(uptime), uptime: uptime)
        }
        return clockwork
    }

    /// What the machine's clocks show.
    var present: Moment { machine.now() }

    /// By how much the machine's wall, which would have shown `other` when it started, has been set since.
    func step(to other: Date) -> Duration { .seconds(other.timeIntervalSince(start.withLock { $0 })) }

    /// Goes on by a wall that would have shown `other` when the machine started.
    func follow(_ other: Date) { start.withLock { $0 = other } }
}

extension Moment {
    /// What the wall, as it is set at this moment, would have shown when the machine started.
    var start: Date { wall.adding(.zero - uptime) }
}
