import Broadcast
import Configuration
import Dispatching
import Foundation
import Storage
import Synchronization

/// Looks at the journal between ticks: shows progress, and decides when there is nothing left to wait for.
final class ProgressWatch: Sendable {
    private let ids: [Announcement.ID]
    private let session: Session
    private let store: Store
    private let configured: Configured
    private let zone: TimeZone
    private let state: Mutex<State>

    private struct State {
        var linger: Linger
        var headway = Headway()
        /// What is not due soon, and when that was counted.
        var later: (at: Duration, counts: [Announcement.ID: [ChannelName: Int]])?
        var isToldWaiting = false
        var announcements: [Announcement.ID: Announcement] = [:]
    }

    init(_ ids: [Announcement.ID], _ patience: Foreground.Patience, _ foreground: Foreground) {
        self.ids = ids
        session = foreground.session
        store = foreground.store
        configured = foreground.configured
        zone = session.zone
        let linger: Linger =
            switch patience {
            case .atMost(let limit): Linger(atMost: limit)
            case .untilExpiry: Linger(atMost: nil)
            }
        state = Mutex(State(linger: linger))
    }

    func isDone(_ status: DispatchStatus) async throws(StoreError) -> Bool {
        var parts: [Remains.Part] = []
        for id in ids {
            let backlog = try await store.backlog(of: id)
            parts.append(
                Remains.Part(try await announcement(id), try await store.progress(id), backlog))
        }
        let remains = Remains(of: parts, status)
        let next = parts.flatMap { $0.backlog.values.compactMap(\.nextAt) }.min()
        if session.output.isTerminal {
            try await show(parts, remains, status, next: next.flatMap { $0 > status.now.wall ? $0 : nil })
        }
        try await sayWaiting(remains, of: parts.map(\.report))
        return state.withLock { $0.linger.isOver(remains, at: status.now.uptime) }
    }

    /// As it was accepted; read once.
    private func announcement(_ id: Announcement.ID) async throws(StoreError) -> Announcement {
        if let known = state.withLock({ $0.announcements[id] }) { return known }
        let announcement = try await store.announcement(id)
        state.withLock { $0.announcements[id] = announcement }
        return announcement
    }

    /// A command that stays for hours says once what it stays for.
    private func sayWaiting(_ remains: Remains, of reports: [AnnouncementReport]) async throws(StoreError) {
        let isNews = state.withLock { state -> Bool in
            let isWaiting = !remains.isFinal && !remains.canLeave && remains.open > 0
            defer { state.isToldWaiting = state.isToldWaiting || isWaiting }
            return isWaiting && !state.isToldWaiting
        }
        guard isNews else { return }
        var lines: [String] = []
        for report in reports {
            let places = try await WaitingPlaces(of: report.id, in: store, configured, for: session)
            // Of a channel that is down its cause tells.
            let down = places.channels.filter { $0.health.state != .up }.map(\.facts.name)
            let others = report.order.filter { !down.contains($0) }
            lines += FaultLines(try await store.faults(report.id), in: others).lines(of: .queued)
            lines += places.causes(in: zone).map { reports.count > 1 ? "\(report.id): \($0)" : $0 }
        }
        if let date = remains.movesOnAt {
            lines.append(
                "Those on a tripped or resting channel go on to their next one at \(TimeText.text(for: date, in: zone)), "
                    + "if they have one."
            )
        }
        session.output.endProgress()
        session.output.say(
            "\(CountText.deliveries(remains.open)) left; Ctrl-C leaves, tocsin resume continues. "
                + "They wait for a retry, a channel that is down or quiet hours to end:")
        for line in lines { session.output.say(line) }
    }

    /// A line on how far it has come; how fast only while something moves, and `next` when nothing does.
    private func show(
        _ parts: [Remains.Part], _ remains: Remains, _ status: DispatchStatus, next: Date?
    ) async throws(StoreError) {
        let later = try await later(parts, status.now)
        var lanes: [ChannelName: Headway.Lane] = [:]
        for part in parts {
            for (name, counts) in part.report.channels {
                lanes[name, default: Headway.Lane()] =
                    lanes[name, default: Headway.Lane()]
                    + Headway.Lane(
                        counts, part.backlog[name], later: later[part.report.id]?[name] ?? 0,
                        isFree: status.free.contains(name))
            }
        }
        let estimate = state.withLock { $0.headway.estimate(lanes, at: status.now.uptime) }
        let settled = lanes.values.reduce(0) { $0 + $1.settled }
        let planned = lanes.values.reduce(settled) { $0 + $1.leaving + $1.waiting }
        var line = "\(CountText.grouped(settled)) of \(CountText.grouped(planned))"
        if !remains.canLeave, remains.open > 0 {
            let until = next.map { " until \(TimeText.text(for: $0, in: zone))" } ?? ""
            line += ", \(CountText.grouped(remains.open)) \(remains.open == 1 ? "waits" : "wait")\(until)"
        } else {
            line += estimate.text
        }
        session.output.progress(line)
    }

    /// How many are not due within seconds; with a million of them counting takes a while, so it is done now and then.
    private func later(
        _ parts: [Remains.Part], _ now: Moment
    ) async throws(StoreError) -> [Announcement.ID: [ChannelName: Int]] {
        if let known = state.withLock({ $0.later }), now.uptime < known.at + .seconds(2) {
            return known.counts
        }
        var counts: [Announcement.ID: [ChannelName: Int]] = [:]
        for part in parts {
            let id = part.report.id
            counts[id] = try await store.later(than: now.wall.adding(.seconds(5)), of: id)
        }
        state.withLock { $0.later = (now.uptime, counts) }
        return counts
    }
}

extension Headway.Estimate {
    /// Such as `, 8/s, 12 s left, 171 wait`; empty when there is nothing to say.
    fileprivate var text: String {
        var text = ""
        if perSecond > 0 { text += perSecond < 1 ? ", \(Int(perSecond * 60))/min" : ", \(Int(perSecond))/s" }
        if let left { text += ", \(DurationWords.text(left)) left" }
        if waiting > 0 { text += ", \(waiting) \(waiting == 1 ? "waits" : "wait")" }
        return text
    }
}
