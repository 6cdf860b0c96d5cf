public import Foundation

/// One instant as two clocks show it: waiting counts by `uptime`, which never jumps; `wall` only dates.
public struct Moment: Sendable, Hashable {
    /// The date for journal, messages and people.
    public var wall: Date
    /// Time since an origin that stays the same while the process lives; it only grows.
    public var uptime: Duration

    /// An instant.
    public init(wall: Date, uptime: Duration) {
        self.wall = wall
        self.uptime = uptime
    }

    /// The instant `duration` later by both clocks.
    public func adding(_ duration: Duration) -> Moment {
        Moment(wall: wall.adding(duration), uptime: uptime + duration)
    }

    /// What the wall clock will show at another `uptime`, if nobody sets it meanwhile.
    public func date(at uptime: Duration) -> Date { wall.adding(uptime - self.uptime) }
}
