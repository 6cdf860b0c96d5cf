import Broadcast
import Dispatching
import Foundation
import Storage
import Synchronization

/// Looks at the journal between ticks: shows progress, and decides when there is nothing left to wait for.
final class ProgressWatch: Sendable {
    private let ids: [Announcement.ID]
    private let session: Session
    private let store: Store
    private let zone: TimeZone
    private let state: Mutex<State>

    private struct State {
        let begun: Duration
        var linger: Linger
        var firstSettled: Int?
        var isToldWaiting = false
        var announcements: [Announcement.ID: Announcement] = [:]
    }

    init(ids: [Announcement.ID], patience: Foreground.Patience, session: Session, store: Store) {
        self.ids = ids
        self.session = session
        self.store = store
        zone = session.zone
        let linger: Linger =
            switch patience {
            case .atMost(let limit): Linger(atMost: limit)
            case .untilExpiry: Linger(atMost: nil)
            }
        state = Mutex(State(begun: session.clock.now().uptime, linger: linger))
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
        show(parts.map(\.report), remains, next: next.flatMap { $0 > status.now.wall ? $0 : nil })
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
            lines += FaultLines(try await store.faults(report.id), in: report.order).lines(of: .queued)
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
    private func show(_ reports: [AnnouncementReport], _ remains: Remains, next: Date?) {
        var counts = (planned: 0, settled: 0)
        for channel in reports.flatMap(\.channels.values) {
            let meant = channel.planned - channel.count(.skipped)
            counts.planned += meant
            counts.settled += meant - channel.count(.queued) - channel.count(.sending)
        }
        let now = session.clock.now().uptime
        let (begun, first) = state.withLock { state -> (Duration, Int) in
            let first = state.firstSettled ?? counts.settled
            state.firstSettled = first
            return (state.begun, first)
        }
        let done = counts.settled - first
        let rate = Double(done) / max(0.1, (now - begun).inSeconds)
        var line = "\(counts.settled) of \(counts.planned)"
        if !remains.canLeave, remains.open > 0 {
            let until = next.map { " until \(TimeText.text(for: $0, in: zone))" } ?? ""
            line += ", \(remains.open) \(remains.open == 1 ? "waits" : "wait")\(until)"
        } else if done > 0, counts.settled < counts.planned {
            let left = Duration.seconds(Double(counts.planned - counts.settled) / rate)
            line += ", \(Int(rate))/s, \(DurationWords.text(left)) left"
        }
        session.output.progress(line)
    }
}
