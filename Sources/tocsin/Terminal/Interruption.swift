import Dispatching
import Synchronization

/// What SIGINT, SIGTERM and SIGHUP mean to a command that sends.
///
/// Before anything may leave they ask it to take everything back, from then on to stop in two phases.
final class Interruption: Sendable {
    private let output: Output
    private let stop = StopSignal()
    private let maySend = Mutex(false)

    private init(_ output: Output) { self.output = output }

    /// Does `work`, which hears of signals instead of being ended by them.
    static func heard(
        by session: Session, _ work: (Session) async throws(CommandFailure) -> ExitCode
    ) async throws(CommandFailure) -> ExitCode {
        let interruption = Interruption(session.output)
        let signals = Signals { interruption.take() }
        defer { withExtendedLifetime(signals) {} }
        var session = session
        session.interruption = interruption
        return try await work(session)
    }

    /// Whether a signal has come.
    var isAsked: Bool { stop.phase != .running }

    /// Whether a second one has come: nothing more is waited for.
    var isAskedAgain: Bool { stop.phase == .cancelling }

    /// From here on things leave; returns what stops that.
    func begin() -> StopSignal {
        maySend.withLock { $0 = true }
        return stop
    }

    private func take() {
        if !isAsked, maySend.withLock({ $0 }) {
            output.endProgress()
            output.say("stopping: what is on the wire may finish; again to stop at once")
        }
        stop.ask()
    }
}

extension Session {
    /// Ends the command when a signal has come; for what can be taken back.
    func endIfInterrupted() throws(CommandFailure) {
        if interruption?.isAsked == true { throw CommandFailure(.interrupted, "nothing was sent") }
    }
}
