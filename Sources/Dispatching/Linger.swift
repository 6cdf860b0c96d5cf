public import Broadcast
public import Foundation
public import Storage

/// What is left of some announcements at one moment.
public struct Remains: Sendable, Hashable {
    /// Whether nothing of them will leave any more unless a person says so.
    public var isFinal: Bool
    /// Deliveries that are not final.
    public var open: Int
    /// Whether one of those is on the wire, or due on a channel that can send now.
    public var canLeave: Bool
    /// When some who wait on a tripped or resting channel go on to their next one; nil when nobody will.
    public var movesOnAt: Date?
    /// Whether all of them wait for what this process, which sends, has not got: it only keeps others from it.
    public var isBeyondUs = false

    /// How long after their time the first of those people may still be on their way.
    private static let margin = Duration.seconds(5)

    /// What is left, as counted.
    public init(isFinal: Bool, open: Int, canLeave: Bool, movesOnAt: Date? = nil) {
        self.isFinal = isFinal
        self.open = open
        self.canLeave = canLeave
        self.movesOnAt = movesOnAt
    }

    /// One announcement as it stands.
    public struct Part: Sendable {
        /// What was accepted.
        public var announcement: Announcement
        /// How far it is.
        public var report: AnnouncementReport
        /// What of it waits.
        public var backlog: [ChannelName: Backlog]

        /// What `report` and `backlog` say of `announcement`.
        public init(
            _ announcement: Announcement, _ report: AnnouncementReport, _ backlog: [ChannelName: Backlog]
        ) {
            self.announcement = announcement
            self.report = report
            self.backlog = backlog
        }
    }

    /// What is left of `parts`; `status` says what the dispatcher is doing.
    public init(of parts: [Part], _ status: DispatchStatus) {
        // The journal keeps whole milliseconds: what is due now may seem to be due a little later.
        let soon = status.now.wall.adding(.milliseconds(1))
        let count = { (report: AnnouncementReport, state: DeliveryState) in
            report.channels.values.reduce(0) { $0 + $1.count(state) }
        }
        // Of a cancelled one, what is on the wire is still settled.
        let live = parts.filter { part in
            [.planning, .scheduled, .running].contains(part.report.state)
                || part.report.state == .cancelled
                    && count(part.report, .queued) + count(part.report, .sending) > 0
        }
        self.init(
            isFinal: live.isEmpty,
            open: live.reduce(0) { $0 + count($1.report, .queued) + count($1.report, .sending) },
            canLeave: live.contains { part in
                let report = part.report
                let beyond = status.beyond[part.announcement.id] ?? []
                let isDue = part.backlog.contains { channel, backlog in
                    status.free.contains(channel) && !beyond.contains(channel)
                        && backlog.nextAt.map { $0 <= soon } ?? false
                }
                // Running with nothing open: somebody is just being led to the next channel.
                let isMovingOn =
                    report.state == .running && count(report, .queued) == 0 && beyond.isEmpty
                return isDue || count(report, .sending) > 0 || isMovingOn
            }, movesOnAt: live.compactMap { Self.movesOnAt($0, status) }.min())
        isBeyondUs =
            status.isDispatcher && !canLeave
            && live.allSatisfy { part in
                let waiting = part.backlog.filter { $0.value.queued > 0 }.keys
                let beyond = status.unusable.union(status.beyond[part.announcement.id] ?? [])
                return !waiting.isEmpty && waiting.allSatisfy(beyond.contains)
            }
    }

    private static func movesOnAt(_ part: Part, _ status: DispatchStatus) -> Date? {
        guard part.announcement.reach == .first, part.report.state != .planning else { return nil }
        let expiry = part.announcement.expiresAfter.map(part.report.due.adding)
        return status.leaving.compactMap { channel, leaving -> Date? in
            let isChosen = { (name: ChannelName) in part.announcement.channels?.contains(name) ?? true }
            guard let counts = part.report.channels[channel], counts.count(.queued) > 0,
                leaving.others.contains(where: isChosen),
                let date = leaving.date(part.announcement.priority, since: part.report.due, expiry: expiry),
                status.now.wall < date.adding(margin)
            else { return nil }
            return date
        }.min()
    }
}

/// Decides how long a sending command stays when all that is left waits: for a retry, a channel that is down, a window.
///
/// Only time in which nothing can leave counts, and it begins anew whenever a delivery becomes final; so neither the
/// probes of a dead channel nor retries that get nowhere keep anybody for ever. Those who will go on to their next
/// channel are waited for: nobody else would lead them there.
public struct Linger: Sendable {
    /// How long what only others can send is looked at: those whom a mark leads to another channel have left by then.
    private static let farewell = Duration.seconds(2)

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
        if remains.canLeave || remains.movesOnAt != nil {
            idleAt = nil
            return false
        }
        if let idleAt { idle += uptime - idleAt }
        idleAt = uptime
        let limit = remains.isBeyondUs ? min(limit ?? Self.farewell, Self.farewell) : limit
        return limit.map { idle >= $0 } ?? false
    }
}
