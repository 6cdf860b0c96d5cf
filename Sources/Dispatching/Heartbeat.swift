import Broadcast
import Storage

/// Keeps the lease while a dispatcher works, whatever its lanes and chores take, the end of its stop included.
actor Heartbeat {
    /// How often the lease is renewed.
    private static let interval = Dispatcher.leaseLength / 3

    /// Why the lease could not be renewed; nothing is handed over any more once it has run out.
    private(set) var failure: StoreError?
    private let store: Store
    private let clock: Clockwork
    private let deadline: LeaseDeadline
    private var lease: Lease

    init(_ dispatcher: Dispatcher, lease: Lease, deadline: LeaseDeadline) {
        store = dispatcher.store
        clock = dispatcher.clock
        self.lease = lease
        self.deadline = deadline
    }

    /// Renews until its task is cancelled, or the lease is lost.
    func beat() async {
        while failure == nil, !Task.isCancelled {
            let now = clock.now()
            do throws(StoreError) {
                lease = try await store.renew(
                    lease, at: BootTime(boot: clock.boot, uptime: now.uptime), for: Dispatcher.leaseLength)
                deadline.extend(to: lease.deadline)
                do { try await clock.sleep(now.uptime + Self.interval) } catch { return }
            } catch {
                if error.code == .leaseLost { deadline.end() }
                // Somebody else writes for long: nothing leaves after the deadline, and all goes on when it is renewed.
                guard error.code == .busy else {
                    failure = error
                    return
                }
                do { try await clock.sleep(clock.now().uptime + Dispatcher.tick) } catch { return }
            }
        }
    }
}
