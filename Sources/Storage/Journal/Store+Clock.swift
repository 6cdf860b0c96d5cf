public import Broadcast
public import Foundation

/// By how much the clock on the wall has been set since an announcement's times were reckoned.
public struct ClockStep: Sendable, Hashable {
    /// The announcement whose times have been moved with it.
    public var id: Announcement.ID
    /// Below zero when it was set back.
    public var step: Duration
}

extension Store {
    /// A wall clock that is off by less has not been set: waiting to the second is not what it decides.
    private static let tolerance: Int64 = 2_000

    /// Keeps the waits of everything open as long as they were when somebody sets the clock on the wall.
    ///
    /// Times are stored by that clock, so they move with it: what had become due, when it is tried again, and when it
    /// expires. What is to leave at an hour that has not come yet, such as the end of quiet hours, stays at that hour.
    /// Across a start of the machine nothing is known, and nothing moves.
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
                    steps.append(ClockStep(id: reckoning.id, step: .milliseconds(step)))
                }
                try connection.execute(
                    "UPDATE announcements SET boot = :boot, clock = :clock WHERE seq = :seq",
                    ["boot": .text(boot), "clock": .time(start), "seq": .integer(reckoning.seq)])
            }
            return steps
        }
    }

    /// The clock by which an announcement's times were reckoned.
    private struct Reckoning {
        var seq: Int64
        var id: Announcement.ID
        /// Milliseconds by which it has been set since; nil when that is not known.
        var step: Int64?
    }

    private func reckonedOtherwise(_ start: Date, _ boot: String) throws(StoreError) -> [Reckoning] {
        try connection.rows(
            """
            SELECT seq, id, CASE boot WHEN :boot THEN :start - clock END FROM announcements
            WHERE \(Schema.openStates) AND state <> 'planning'
              AND (boot IS NOT :boot OR abs(:start - clock) > \(Self.tolerance))
            """, ["boot": .text(boot), "start": .time(start)]
        ) { (row: borrowing Row) throws(StoreError) in
            Reckoning(
                seq: row.integer(0), id: Announcement.ID(valid: row.text(1)), step: row.optionalInteger(2))
        }
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
            UPDATE announcements SET deadline = deadline + :step,
              due = due + CASE WHEN due <= :before THEN :step ELSE 0 END
            WHERE seq = :seq
            """, ["seq": .integer(seq), "step": .integer(step), "before": .integer(before)])
        try connection.execute(
            "UPDATE announcement_channels SET first_expiry = first_expiry + min(:step, 0) WHERE announcement = :seq",
            ["seq": .integer(seq), "step": .integer(step)])
    }
}
