import Synchronization

/// Wakes all who wait, once per ring; a ring while nobody waits is kept for the next one.
final class Bell: Sendable {
    private struct State {
        var isRung = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Wakes those who wait, or the next one to come.
    func ring() {
        let waiting = state.withLock { state in
            let waiting = state.waiting
            state.waiting = []
            state.isRung = waiting.isEmpty
            return waiting
        }
        for waiter in waiting { waiter.resume() }
    }

    /// Returns at the next ring, or at once when it rang since the last wait.
    func wait() async {
        await withCheckedContinuation { continuation in
            let wasRung = state.withLock { state in
                if !state.isRung { state.waiting.append(continuation) }
                defer { state.isRung = false }
                return state.isRung
            }
            if wasRung { continuation.resume() }
        }
    }

    /// Returns at the next ring, or at `uptime`; others who wait may be woken by it too early.
    func wait(until uptime: Duration, _ clock: Clockwork) async {
        // A timer of its own, because whoever rings first ends the wait.
        let timer = Task { [self] in
            do { try await clock.sleep(uptime) } catch { return }
            ring()
        }
        await wait()
        timer.cancel()
    }
}
