import Broadcast
import Dispatching
import Storage
import Synchronization

/// Looks at the journal between ticks: shows progress, and decides when there is nothing left to wait for.
final class ProgressWatch: Sendable {
    private let ids: [Announcement.ID]
    private let session: Session
    private let store: Store
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
        show(parts.map(\.report))
        let remains = Remains(of: parts, status)
        try await sayWaiting(remains)
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
    private func sayWaiting(_ remains: Remains) async throws(StoreError) {
        let isNews = state.withLock { state -> Bool in
            let isWaiting = !remains.isFinal && !remains.canLeave && remains.open > 0
            defer { state.isToldWaiting = state.isToldWaiting || isWaiting }
            return isWaiting && !state.isToldWaiting
        }
        guard isNews else { return }
        var lines: [String] = []
        for id in ids { lines += FaultLines(try await store.faults(id)).lines(of: .queued) }
        let next = remains.movesOnAt.map { date in
            [
                "Those on a tripped channel go on to their next one at \(TimeText.text(for: date)), if they have one."
            ]
        }
        session.output.endProgress()
        session.output.say(
            ([
                "\(CountText.deliveries(remains.open)) left; Ctrl-C leaves, tocsin resume continues. They wait for a retry,",
                "a channel that is down or quiet hours to end:",
            ] + lines + (next ?? [])).joined(separator: "\n"))
    }

    private func show(_ reports: [AnnouncementReport]) {
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
        if done > 0, counts.settled < counts.planned {
            let left = Duration.seconds(Double(counts.planned - counts.settled) / rate)
            line += ", \(Int(rate))/s, \(DurationWords.text(left)) left"
        }
        session.output.progress(line)
    }
}
