import Broadcast
import Configuration
import Dispatching
import Foundation
import Storage

extension Foreground {
    /// Ends a command that has sent: the report, what still waits, and the exit code that follows.
    func conclude(
        _ id: Announcement.ID, wasInterrupted: Bool
    ) async throws(CommandFailure) -> ExitCode {
        let (output, store) = (session.output, store)
        let report = try await session.showReport(of: id, in: store)
        let exit = Self.exit(of: report, wasInterrupted: wasInterrupted)
        if exit == .someWait { try await sayWhatWaits(report) }
        switch exit {
        case .someMissed, .someWait:
            if report.contacts.missed > 0 || exit == .someMissed {
                output.say("who and why: \(Paragraph.command("tocsin report \(id) --contacts missed"))")
            }
            if exit == .someWait, report.contacts.waiting > 0 {
                output.say("who waits: \(Paragraph.command("tocsin report \(id) --contacts waiting"))")
            }
        case .interrupted:
            let owner = try await session.dispatcher(of: store)
            output.say(
                "interrupted; "
                    + (owner.map { "\($0) goes on sending" }
                        ?? "\(Paragraph.command("tocsin resume \(id)")) continues"))
        default: break
        }
        return exit
    }

    /// The exit code of the design: by people, not by deliveries.
    private static func exit(of report: AnnouncementReport, wasInterrupted: Bool) -> ExitCode {
        let isOpen = ![.finished, .cancelled].contains(report.state)
        if wasInterrupted, isOpen { return .interrupted }
        if isOpen { return .someWait }
        if report.contacts.selected > 0 { return report.hasReachedEveryone ? .success : .someMissed }
        // Public places only: each of them stands for everyone.
        let isTold = report.channels.values.allSatisfy {
            $0.planned == $0.count(.accepted) + $0.count(.delivered)
        }
        return isTold ? .success : .someMissed
    }

    private func sayWhatWaits(_ report: AnnouncementReport) async throws(CommandFailure) {
        let open = report.channels.values.reduce(0) { $0 + $1.count(.queued) + $1.count(.sending) }
        let store = store
        let owner = try await session.dispatcher(of: store)
        let (session, configured) = (session, configured)
        let places = try await session.translating { () async throws(StoreError) in
            try await WaitingPlaces(of: report.id, in: store, configured, for: session)
        }
        let (waiting, now) = (places.channels, session.clock.now().wall)
        let next = waiting.compactMap(\.earliest).min()
        let zone = session.zone
        let when = next.map { ", the next at \(TimeText.text(for: max($0, now), in: zone))" } ?? ""
        let isHeld = !waiting.isEmpty && waiting.allSatisfy { $0.mark != nil }
        let lacks = waiting.allSatisfy { $0.facts.missing != nil }
        let condition =
            isHeld
            ? " when \(lacks ? "the secret is set" : "a channel is up again")"
            : waiting.isEmpty && !places.gone.isEmpty ? " once the channel is configured again" : ""
        let command = "run \(Paragraph.command("tocsin resume \(report.id)"))" + condition
        let who = owner.map { "\($0) sends them" } ?? "nobody sends them: \(command)"
        session.output.say("\(CountText.deliveries(open)) \(open == 1 ? "waits" : "wait")\(when); \(who)")
        for line in places.causes(in: zone) { session.output.say(line) }
    }
}
