import Broadcast
import Configuration
import Curl
import Dispatching
import Foundation
import Storage
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
        try await saySecrets(ids)
        let stop = session.interruption?.begin() ?? StopSignal()
        let watch = ProgressWatch(ids, patience, self)
        let dispatcher = Dispatcher(
            store: store, outlets: configured.channels.map { Outlet(facts: $0.facts, channel: $0.channel) },
            outside: configured.outside, order: configured.order, transport: transport, clock: session.clock,
            owner: session.owner,
            listener: Announcer(
                output: session.output, facts: configured.channels.map(\.facts), zone: session.zone))
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
        if let failure {
            throw CommandFailure(
                .storeFailed, Plain.text(failure.description, limit: 1000),
                "what is written down is safe; tocsin resume continues")
        }
        try await sayWhatIsBeyond(besides: ids)
        return stop.phase != .running
    }

    /// What will wait however long the command runs is said before it begins.
    private func saySecrets(_ ids: [Announcement.ID]) async throws(CommandFailure) {
        let (session, store, configured) = (session, store, configured)
        for id in ids {
            let lines = try await session.translating { () async throws(StoreError) in
                let places = try await WaitingPlaces(of: id, in: store, configured, for: session)
                return places.secrets(try await store.announcement(id).reach)
            }
            for line in lines { session.output.say(line) }
        }
    }
}

/// Says what happens while sending, on standard error.
private struct Announcer: DispatchListener {
    let output: Output
    let facts: [ChannelFacts]
    let zone: TimeZone

    func recovered(_ recovery: Recovery) async {
        if recovery.retried > 0 {
            output.say(
                "taken over: sending \(CountText.deliveries(recovery.retried)) in doubt again, under the same key"
            )
        }
        if recovery.left > 0 {
            output.say("taken over: leaving \(CountText.deliveries(recovery.left)) in doubt unknown")
        }
    }

    func settled(_ settled: Settled, _ outcomes: [Outcome]) async {}

    func healthChanged(_ note: HealthNote) async {
        output.endProgress()
        guard !note.isUp else { return output.say(Plain.text("\(note.channel) is up again")) }
        let until = note.until.map { ", tried again at \(TimeText.text(for: $0, in: zone))" } ?? ""
        let kind = facts.first { $0.name.rawValue == note.channel }?.kind ?? ""
        let advice = note.fault?.code.advice(for: note.channel, kind: kind).map { "; \($0)" } ?? ""
        let why = Plain.text(note.why, limit: 300)
        output.say("\(Plain.text(note.channel)) is tripped (\(why))\(until)\(advice)")
    }

    func markChanged(_ channel: ChannelName, _ mark: Mark?) async {
        output.endProgress()
        guard let mark else { return output.say("\(channel) is no longer marked down") }
        let until = mark.until.map { " until \(TimeText.text(for: $0, in: zone))" } ?? ""
        output.say(Plain.text("\(channel) is marked down by \(mark.who)\(until): \(mark.why)", limit: 400))
    }

    func clockSet(by step: Duration) async {
        output.endProgress()
        let (way, length) = step < .zero ? ("back", .zero - step) : ("forward", step)
        output.say(
            "the clock was set \(way) by \(DurationText.rough(length)); waits stay as long as they were")
    }

    func finishing(_ channels: [ChannelName]) async {
        output.endProgress()
        let names = channels.map(\.rawValue).joined(separator: ", ")
        output.say("leaving once what is on the wire over \(names) has been answered; Ctrl-C does not wait")
    }

    func halted(_ line: String) async {
        output.endProgress()
        output.say(Plain.text(line, limit: 400))
    }
}
