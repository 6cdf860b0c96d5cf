import Broadcast
import Storage
import Synchronization
import Wire

/// What all lanes of one dispatcher stand on.
struct LaneShared: Sendable {
    let store: Store
    let transport: any Transport
    let clock: Clockwork
    /// The fencing token: what an older one carries is not written.
    let token: Int64
    /// Nothing is handed to the wire after it.
    let deadline: LeaseDeadline
    let editions: Editions
    let listener: any DispatchListener
    let stop: StopSignal

    /// Performs one request of `edition`, as long as the lease lasts and nobody has withdrawn it.
    ///
    /// A process that was stopped meanwhile hands over nothing more, nor does one whose server was slow to greet.
    func exchange(
        _ request: WireRequest, of edition: Edition, over channel: ChannelName, by route: Route
    ) async -> WireReply {
        await transport.exchange(request, over: route) { [deadline, clock] in
            deadline.allows(clock.now()) && edition.mayLeave(over: channel)
        }
    }
}

/// The moment, on the clock of ``Moment/uptime``, at which the lease ends unless it is renewed.
final class LeaseDeadline: Sendable {
    /// Nil once the lease is lost, for good.
    private let uptime: Mutex<Duration?>

    init(_ uptime: Duration) { self.uptime = Mutex(uptime) }

    /// Whether the wire may still be used at `moment`.
    func allows(_ moment: Moment) -> Bool {
        uptime.withLock { end in end.map { moment.uptime < $0 } ?? false }
    }

    /// Moves the end, unless the lease is lost.
    func extend(to uptime: Duration) { self.uptime.withLock { $0 = $0.map { _ in uptime } } }

    /// The lease is another dispatcher's: nothing more is handed over.
    func end() { uptime.withLock { $0 = nil } }
}
