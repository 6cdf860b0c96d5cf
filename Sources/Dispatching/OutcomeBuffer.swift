import Broadcast
import Storage

/// What has ended on one lane and is not yet in the journal: at most 256 deliveries, filling plus committing.
///
/// A kill leaves at most these, plus what was on the wire, in doubt.
actor OutcomeBuffer {
    /// The most that may be uncommitted.
    static let limit = 256

    private let shared: LaneShared
    private var filling: [Outcome] = []
    private var committing = 0
    private var throttled: [CheckedContinuation<Void, Never>] = []
    private var isClosed = false
    private let bell = Bell()
    /// The error that ended committing; what was not written is found as `sending` by the next dispatcher.
    private(set) var failure: StoreError?

    init(_ shared: LaneShared) { self.shared = shared }

    /// Takes an outcome; waits while too many are uncommitted.
    func add(_ outcome: Outcome) async {
        filling.append(outcome)
        bell.ring()
        while filling.count + committing >= Self.limit, failure == nil {
            await withCheckedContinuation { throttled.append($0) }
        }
    }

    /// No more outcomes will come; ``commit()`` returns when the last is written.
    func close() {
        isClosed = true
        bell.ring()
    }

    /// Writes outcomes in groups until closed and empty, or until the journal fails.
    ///
    /// It runs in a task that nobody cancels: an outcome that happened must be written.
    func commit() async {
        while failure == nil {
            if filling.isEmpty {
                if isClosed { return }
                await bell.wait()
                continue
            }
            let group = Array(filling.prefix(Self.limit / 2))
            filling.removeFirst(group.count)
            committing = group.count
            do throws(StoreError) {
                let settled = try await shared.store.settle(
                    group, token: shared.token, now: shared.clock.now().wall)
                await shared.listener.settled(settled, group)
            } catch {
                failure = error
            }
            committing = 0
            release()
        }
    }

    private func release() {
        let waiting = throttled
        throttled = []
        for waiter in waiting { waiter.resume() }
    }
}
