public import Broadcast
public import Foundation

/// By how much the clock on the wall has been set since an announcement's times were reckoned.
public struct ClockStep: Sendable, Hashable {
    /// The announcement whose times have been moved with it.
    public var id: Announcement.ID
    /// Below zero when it was set back.
    public var step: Duration
    /// Why it waits for a person since; nil when it goes on, or waited for one already.
    public var pauseReason: String?
}

extension BootTime {
    /// Stands for a start of a machine that does not say which: two of them may be two starts.
    public static let unknownBoot = "unknown"

    /// Whether it counts since the same start of the machine as what counts since `boot`, as far as that can be known.
    func isSinceSameStart(as boot: String) -> Bool { self.boot == boot && boot != Self.unknownBoot }

    /// What a wall clock that shows `wall` at this moment would have shown when the machine started.
    func start(by wall: Date) -> Date { wall.adding(.zero - uptime) }
}

extension Store {
    /// A wall clock that is off by less has not been set: waiting to the second is not what it decides.
    private static let tolerance: Int64 = 2_000

    /// A clock that is wrong by a time zone is mended by less; who was away for longer is asked before more leaves.
    private static let longestStep = Duration.seconds(15 * 3600)

    /// Keeps the waits of everything open as long as they were when somebody sets the clock on the wall.
    ///
    /// Times are stored by that clock, so they move with it: what had become due, when it is tried again, and when it
    /// expires. What is to leave at an hour that has not come yet, such as the end of quiet hours, stays at that hour.
    /// Across a start of the machine nothing is known, and nothing moves. Set forward by more than 15 hours, they are
    /// paused together with that, unless a person has let them go on with the clock as it is set now.
    /// - Parameters:
    ///   - start: what the wall clock, as it is set now, would have shown when the machine started.
    ///   - boot: which start of the machine that was.
    ///   - uptime: how long ago that was.
    ///   - token: the dispatcher's.
    /// - Returns: whose times were moved.
    /// - Throws: ``StoreError/Code/leaseLost`` when `token` is no longer the dispatcher's.
    public func keepTime(
        since start: Date, boot: String, uptime: Duration, token: Int64
    ) throws(StoreError) -> [ClockStep] {
        guard try !reckonedOtherwise(start, boot).isEmpty else { return [] }
        return try connection.write { () throws(StoreError) in
            try requireLease(token)
            var steps: [ClockStep] = []
            for reckoning in try reckonedOtherwise(start, boot) {
                if let step = reckoning.step {
                    try move(reckoning.seq, by: step, before: start.adding(uptime).milliseconds - step)
                    let why = reckoning.pauseReason
                    if let why { _ = try pauseOpen(why: why, only: reckoning.seq) }
                    steps.append(
                        ClockStep(id: reckoning.id, step: .milliseconds(step), pauseReason: why))
                }
                try connection.execute(
                    "UPDATE announcements SET boot = :boot, clock = :clock, looked_clock = NULL WHERE seq = :seq",
                    ["boot": .text(boot), "clock": .time(start), "seq": .integer(reckoning.seq)])
            }
            return steps
        }
    }

    /// The clock by which an announcement's times were reckoned.
    private struct Reckoning {
        var seq: Int64
        var id: Announcement.ID
        var isPaused: Bool
        /// Milliseconds by which it has been set since; nil when that is not known.
        var step: Int64?
        /// The same since a person let it go on; nil when nobody has.
        var stepSinceLook: Int64?

        /// Why it has to wait for a person; nil when it need not, or does already.
        var pauseReason: String? {
            guard let step, !isPaused else { return nil }
            let unseen = Duration.milliseconds(min(step, stepSinceLook ?? step))
            return unseen > longestStep ? "the clock was set forward by \(DurationText.rough(unseen))" : nil
        }
    }

    private func reckonedOtherwise(_ start: Date, _ boot: String) throws(StoreError) -> [Reckoning] {
        try connection.rows(
            """
            SELECT seq, id, state = 'paused', CASE boot WHEN nullif(:boot, :unknown) THEN :start - clock END,
              :start - looked_clock
            FROM announcements
            WHERE \(Schema.openStates) AND state <> 'planning'
              AND (boot IS NOT :boot OR abs(:start - clock) > \(Self.tolerance))
            """,
            ["boot": .text(boot), "start": .time(start), "unknown": .text(BootTime.unknownBoot)]
        ) { (row: borrowing Row) throws(StoreError) in
            Reckoning(
                seq: row.integer(0), id: Announcement.ID(valid: row.text(1)), isPaused: row.flag(2),
                step: row.optionalInteger(3), stepSinceLook: row.optionalInteger(4))
        }
    }

    /// Whoever lets it go on does so with the clock as it is set now: what was done to that before is no news.
    ///
    /// The times move with the clock when somebody dispatches: see ``keepTime(since:boot:uptime:token:)``.
    func rememberClock(only seq: Int64?, _ moment: BootTime, now: Date) throws(StoreError) {
        try connection.execute(
            """
            UPDATE announcements SET looked_clock = :start
            WHERE \(Schema.openStates) AND boot = :boot AND (:seq IS NULL OR seq = :seq)
            """,
            [
                "start": .time(moment.start(by: now)), "boot": .text(moment.boot),
                "seq": .integer(orNull: seq),
            ])
    }

    private func move(_ seq: Int64, by step: Int64, before: Int64) throws(StoreError) {
        let values: Parameters = [
            "seq": .integer(seq), "step": .integer(step), "before": .integer(before),
        ]
        for state in ["queued", "sending"] {
            try connection.execute(
                """
                UPDATE deliveries SET due = due + :step, expires = expires + :step,
                  next_at = next_at + CASE
                    WHEN attempts = 0 AND fault_code IS NULL AND next_at > :before THEN 0 ELSE :step END
                WHERE announcement = :seq AND state = '\(state)' AND due <= :before
                """, values)
        }
        try connection.execute(
            """
            UPDATE announcements SET deadline = deadline + :step, original_until = original_until + :step,
              due = due + CASE WHEN due <= :before THEN :step ELSE 0 END
            WHERE seq = :seq
            """, ["seq": .integer(seq), "step": .integer(step), "before": .integer(before)])
        try connection.execute(
            "UPDATE announcement_channels SET first_expiry = first_expiry + min(:step, 0) WHERE announcement = :seq",
            ["seq": .integer(seq), "step": .integer(step)])
    }
}
