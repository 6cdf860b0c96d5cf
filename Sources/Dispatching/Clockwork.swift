public import Broadcast
import Foundation
import Glibc
public import Storage

/// The only place that asks for the time, sleeps or draws randomness; everything else is told.
public struct Clockwork: Sendable {
    /// Which start of the machine ``Moment/uptime`` counts from.
    public var boot: String
    /// What time it is, by the wall and since the machine started.
    public var now: @Sendable () -> Moment
    /// Returns once `uptime` has come, or throws when the task is cancelled.
    public var sleep: @Sendable (_ until: Duration) async throws(CancellationError) -> Void
    /// A random number in 0..<1.
    public var unit: @Sendable () -> Double

    /// A clock of the caller's own making, for rehearsals and tests.
    public init(
        boot: String, now: @escaping @Sendable () -> Moment,
        sleep: @escaping @Sendable (_ until: Duration) async throws(CancellationError) -> Void,
        unit: @escaping @Sendable () -> Double
    ) {
        self.boot = boot
        self.now = now
        self.sleep = sleep
        self.unit = unit
    }

    /// The present moment on the clock by which leases run.
    public var bootTime: BootTime { BootTime(boot: boot, uptime: now().uptime) }

    /// The machine's own clocks.
    public static let system = Clockwork(
        boot: bootID,
        now: { Moment(wall: Date(), uptime: uptime()) },
        sleep: { (until: Duration) async throws(CancellationError) in
            do {
                try await Task.sleep(for: max(Duration.zero, until - uptime()), clock: .continuous)
            } catch {
                throw CancellationError()
            }
        },
        unit: { Double.random(in: 0..<1) })

    /// Counts while the machine sleeps and is one for all processes, which the lease of a store needs.
    private static func uptime() -> Duration {
        var time = timespec()
        unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// Source: random(4), `/proc/sys/kernel/random/boot_id` (2026-11).
    private static var bootID: String {
        let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        return text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? BootTime.unknownBoot
    }
}
