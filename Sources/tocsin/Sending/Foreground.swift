import Broadcast
import Configuration
import Curl
import Dispatching
import Foundation
import Storage
import Synchronization
import Wire

/// Sends in the foreground: serves the store, or follows the process that does, until there is nothing left to wait for.
struct Foreground: Sendable {
    let session: Session
    let store: Store
    let configured: Configured

    /// How long it waits when nothing but retries, windows and channels that are down is left.
    enum Patience: Sendable {
        case atMost(Duration)
        /// As long as anything may still leave.
        case untilExpiry
    }

    /// Sends until every delivery of `ids` is final, or waiting has lasted long enough.
    ///
    /// - Throws: `storeFailed` when the journal failed; what is on disk is safe.
    func send(_ ids: [Announcement.ID], _ patience: Patience) async throws(CommandFailure) -> Bool {
        let transport: CurlTransport
        do throws(TransportFailure) {
            transport = try CurlTransport(version: Tocsin.version)
        } catch {
            throw CommandFailure(.storeFailed, Plain.text(error.detail))
        }
        let stop = StopSignal()
        let signals = Signals { [output = session.output] in
            if stop.phase == .running {
                output.say("stopping: what is on the wire may finish; again to stop at once")
            }
            stop.ask()
        }
        let watch = ProgressWatch(ids: ids, patience: patience, session: session, store: store)
        let dispatcher = Dispatcher(
            store: store, outlets: configured.channels.map { Outlet($0) },
            order: configured.order, transport: transport, clock: session.clock,
            owner: "tocsin \(ProcessInfo.processInfo.processIdentifier)",
            listener: Announcer(output: session.output))
        var failure: StoreError?
        do throws(StoreError) {
            try await dispatcher.serveOrFollow(stop: stop) {
                (status: DispatchStatus) async throws(StoreError) in
                try await watch.isDone(status)
            }
        } catch {
            failure = error
        }
        session.output.endProgress()
        await transport.shutdown()
        withExtendedLifetime(signals) {}
        if let failure {
            throw CommandFailure(
                .storeFailed, Plain.text(failure.description, limit: 1000),
                "what is written down is safe; tocsin resume continues")
        }
        return stop.phase != .running
    }
}

/// Says what happens while sending, on standard error.
private struct Announcer: DispatchListener {
    let output: Output

    func recovered(_ recovery: Recovery) async {
        if recovery.retried > 0 {
            output.say(
                "taken over: \(recovery.retried) deliveries in doubt are sent again under the same key")
        }
        if recovery.left > 0 {
            output.say("taken over: \(recovery.left) deliveries in doubt are left unknown")
        }
    }

    func settled(_ settled: Settled, _ outcomes: [Outcome]) async {}

    func healthChanged(_ note: HealthNote) async {
        output.endProgress()
        let until = note.until.map { ", tried again at \(TimeText.text(for: $0))" } ?? ""
        let why = note.why.isEmpty ? "" : " (\(note.why))"
        output.say(Plain.text("\(note.channel) is \(note.state)\(why)\(until)", limit: 400))
    }

    func halted(_ line: String) async {
        output.endProgress()
        output.say(Plain.text(line, limit: 400))
    }
}

/// Looks at the journal between ticks: shows progress, and decides when there is nothing left to wait for.
private final class ProgressWatch: Sendable {
    private let ids: [Announcement.ID]
    private let session: Session
    private let store: Store
    private let state: Mutex<State>

    private struct State {
        let begun: Duration
        var linger: Linger
        var firstSettled: Int?
        var isToldWaiting = false
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
        var reports: [AnnouncementReport] = []
        var backlogs: [Announcement.ID: [ChannelName: Backlog]] = [:]
        for id in ids {
            backlogs[id] = try await store.backlog(of: id)
            reports.append(try await store.progress(id))
        }
        show(reports)
        let remains = Remains(of: reports, backlogs, status)
        sayWaiting(remains)
        return state.withLock { $0.linger.isOver(remains, at: status.now.uptime) }
    }

    /// A command that stays for hours says once what it stays for.
    private func sayWaiting(_ remains: Remains) {
        let isNews = state.withLock { state -> Bool in
            let isWaiting = !remains.isFinal && !remains.canLeave && remains.open > 0
            defer { state.isToldWaiting = state.isToldWaiting || isWaiting }
            return isWaiting && !state.isToldWaiting
        }
        guard isNews else { return }
        session.output.endProgress()
        session.output.say(
            "\(remains.open) deliveries wait for a retry, a channel that is down or quiet hours to end; "
                + "Ctrl-C leaves, tocsin resume continues")
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

extension Outlet {
    /// A channel as the configuration has it.
    fileprivate init(_ configured: ConfiguredChannel) {
        self.init(
            facts: configured.facts, channel: configured.channel, afterUnknown: configured.afterUnknown)
    }
}
