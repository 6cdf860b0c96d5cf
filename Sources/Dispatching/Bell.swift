import Synchronization

/// Wakes whoever waits, once per ring; a ring while nobody waits is kept for the next one.
///
/// One waiter at a time, which is what a loop needs.
final class Bell: Sendable {
    private enum State {
        case quiet
        case rung
        case waiting(CheckedContinuation<Void, Never>)
    }

    private let state = Mutex(State.quiet)

    /// Wakes the waiter, or the next one.
    func ring() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if case .waiting(let continuation) = state {
                state = .quiet
                return continuation
            }
            state = .rung
            return nil
        }
        waiter?.resume()
    }

    /// Returns at the next ring, or at once when it rang since the last wait.
    func wait() async {
        await withCheckedContinuation { continuation in
            let wasRung = state.withLock { state -> Bool in
                if case .rung = state {
                    state = .quiet
                    return true
                }
                state = .waiting(continuation)
                return false
            }
            if wasRung { continuation.resume() }
        }
    }
}
