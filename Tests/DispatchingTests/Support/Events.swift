import Synchronization

/// Lets tests wait for what other tasks do, without asking again and again.
final class Events: Sendable {
    private struct State {
        var count = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Something has happened.
    func raise() {
        let waiting = state.withLock { state in
            state.count += 1
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiter in waiting { waiter.resume() }
    }

    /// Returns once `isSo`, asked after each event, or when the task is cancelled.
    func wait(until isSo: () async throws -> Bool) async rethrows {
        while !Task.isCancelled {
            let seen = state.withLock { $0.count }
            if try await isSo() { return }
            await next(after: seen)
        }
    }

    private func next(after seen: Int) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isLate = state.withLock { state in
                    if state.count == seen, !Task.isCancelled { state.waiting.append(waiter) }
                    return state.count != seen || Task.isCancelled
                }
                if isLate { waiter.resume() }
            }
        } onCancel: {
            raise()
        }
    }
}
