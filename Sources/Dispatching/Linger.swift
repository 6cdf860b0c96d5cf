public import Broadcast
import Foundation
public import Storage

/// What is left of some announcements at one moment.
public struct Remains: Sendable, Hashable {
    /// Whether nothing of them will leave any more unless a person says so.
    public var isFinal: Bool
    /// Deliveries that are not final.
    public var open: Int
    /// Whether one of those is on the wire, or due on a channel that can send now.
    public var canLeave: Bool

    /// What is left, as counted.
    public init(isFinal: Bool, open: Int, canLeave: Bool) {
        self.isFinal = isFinal
        self.open = open
        self.canLeave = canLeave
    }

    /// What `reports` say is left; `backlogs` are the backlogs of each, `status` says what the dispatcher is doing.
    public init(
        of reports: [AnnouncementReport], _ backlogs: [Announcement.ID: [ChannelName: Backlog]],
        _ status: DispatchStatus
    ) {
        let count = { (report: AnnouncementReport, state: DeliveryState) in
            report.channels.values.reduce(0) { $0 + $1.count(state) }
        }
        // Of a cancelled one, what is on the wire is still settled.
        let live = reports.filter { report in
            [.planning, .scheduled, .running].contains(report.state)
                || report.state == .cancelled && count(report, .queued) + count(report, .sending) > 0
        }
        self.init(
            isFinal: live.isEmpty, open: live.reduce(0) { $0 + count($1, .queued) + count($1, .sending) },
            canLeave: live.contains { report in
                let isDue = (backlogs[report.id] ?? [:]).contains { channel, backlog in
                    status.free.contains(channel) && backlog.nextAt.map { $0 <= status.now.wall } ?? false
                }
                // Running with nothing open: somebody is just being led to the next channel.
                let isMovingOn = report.state == .running && count(report, .queued) == 0
                return isDue || count(report, .sending) > 0 || isMovingOn
            })
    }
}

/// Decides how long a sending command stays when all that is left waits: for a retry, a channel that is down, a window.
///
/// Only time in which nothing can leave counts, and it begins anew whenever a delivery becomes final; so neither the
/// probes of a dead channel nor retries that get nowhere keep anybody for ever.
public struct Linger: Sendable {
    private let limit: Duration?
    private var idle = Duration.zero
    /// When nothing could leave, at the last look; nil when something could.
    private var idleAt: Duration?
    private var open = Int.max

    /// Stays for at most `limit` of waiting; nil is as long as anything may still leave.
    public init(atMost limit: Duration?) { self.limit = limit }

    /// Whether the command may leave, seeing what is left at `uptime`.
    public mutating func isOver(_ remains: Remains, at uptime: Duration) -> Bool {
        if remains.isFinal { return true }
        if remains.open < open { (idle, idleAt) = (.zero, nil) }
        open = remains.open
        if remains.canLeave {
            idleAt = nil
            return false
        }
        if let idleAt { idle += uptime - idleAt }
        idleAt = uptime
        return limit.map { idle >= $0 } ?? false
    }
}
