import Synchronization

/// A number that several tasks raise.
final class Count: Sendable {
    private let number = Mutex(0)
    private let events = Events()

    var value: Int { number.withLock { $0 } }

    func add() {
        number.withLock { $0 += 1 }
        events.raise()
    }

    /// Returns once it is `least` or more, or when the task is cancelled.
    func wait(for least: Int) async { await events.wait { value >= least } }
}
