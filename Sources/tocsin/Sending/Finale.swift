import Broadcast
import Dispatching
import Foundation
import Storage

extension Session {
    /// Ends a command that has sent: the report, what still waits, and the exit code that follows.
    func conclude(
        _ id: Announcement.ID, of store: Store, wasInterrupted: Bool
    ) async throws(CommandFailure) -> ExitCode {
        let report = try await translating { () async throws(StoreError) in try await store.report(id) }
        show(report)
        let exit = Self.exit(of: report, wasInterrupted: wasInterrupted)
        switch exit {
        case .someWait: try await sayWhatWaits(report, store)
        case .someMissed: output.say("who and why: tocsin report \(id) --contacts missed")
        case .interrupted:
            let owner = try await translating { () async throws(StoreError) in try await store.leaseOwner() }
            output.say(
                "interrupted; " + (owner.map { "\($0) goes on sending" } ?? "tocsin resume \(id) continues"))
        default: break
        }
        return exit
    }

    /// The exit code of the design: by people, not by deliveries.
    static func exit(of report: AnnouncementReport, wasInterrupted: Bool) -> ExitCode {
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

    private func sayWhatWaits(
        _ report: AnnouncementReport, _ store: Store
    ) async throws(CommandFailure) {
        let open = report.channels.values.reduce(0) { $0 + $1.count(.queued) + $1.count(.sending) }
        let (backlog, owner) = try await translating { () async throws(StoreError) in
            (try await store.backlog(of: report.id), try await store.leaseOwner())
        }
        let next = report.channels.keys.compactMap { backlog[$0]?.nextAt }.min()
        let when = next.map { ", the next at \(TimeText.text(for: max($0, clock.now().wall)))" } ?? ""
        let who = owner.map { "\($0) sends them" } ?? "nobody sends them: run tocsin resume \(report.id)"
        output.say("\(CountText.deliveries(open)) \(open == 1 ? "waits" : "wait")\(when); \(who)")
    }
}
