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
    private var committing: [Outcome] = []
    private var throttled: [CheckedContinuation<Void, Never>] = []
    private var pending: HealthNote?
    private var beginning: [(id: Delivery.ID, worker: CheckedContinuation<Bool, Never>)] = []
    private var isClosed = false
    private let bell = Bell()
    /// The error that ended committing; what was not written is found as `sending` by the next dispatcher.
    private(set) var failure: StoreError?

    init(_ shared: LaneShared) { self.shared = shared }

    /// Takes an outcome as soon as there is room; until then its worker begins nothing new.
    func add(_ outcome: Outcome) async {
        while filling.count + committing.count >= Self.limit, failure == nil {
            await withCheckedContinuation { throttled.append($0) }
        }
        filling.append(outcome)
        bell.ring()
    }

    /// Takes what the outcome that is added next says of the channel: both are written together.
    func note(_ note: HealthNote) { pending = note }

    /// Writes down that the request of a claimed delivery is about to leave; false when it may not.
    ///
    /// What was claimed and not begun is surely not handed over, whatever happens to this process.
    func begin(_ id: Delivery.ID) async -> Bool {
        if failure != nil { return false }
        return await withCheckedContinuation { worker in
            beginning.append((id, worker))
            bell.ring()
        }
    }

    /// Takes back what was claimed and never begun, whatever the room: nothing of it can be in doubt for longer.
    func giveBack(_ returned: [Outcome]) {
        filling += returned
        bell.ring()
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
            if filling.isEmpty, beginning.isEmpty {
                if isClosed { return }
                await bell.wait()
                continue
            }
            committing = Array(filling.prefix(Self.limit / 2))
            filling.removeFirst(committing.count)
            let starting = beginning
            beginning = []
            let note = pending
            pending = nil
            var begun: Set<Delivery.ID> = []
            do throws(StoreError) {
                begun = try await settle(committing, beginning: starting.map(\.id), note)
                committing = []
            } catch {
                failure = error
                pending = pending ?? note
            }
            for (id, worker) in starting { worker.resume(returning: begun.contains(id)) }
            release()
        }
    }

    /// After a failure, tries once more to write what is known, when nothing more will come.
    ///
    /// A disk that has room again then loses nothing; if it has none, what is on disk is `sending`, and safe.
    func tryAgain() async {
        if failure == nil { return }
        do throws(StoreError) {
            _ = try await settle(committing + filling, beginning: [], pending)
            (committing, filling) = ([], [])
        } catch {
            failure = error
        }
    }

    /// Others who write for long are waited for, however long it takes, until somebody asks a second time to stop.
    private func settle(
        _ group: [Outcome], beginning ids: [Delivery.ID], _ note: HealthNote?
    ) async throws(StoreError) -> Set<Delivery.ID> {
        while true {
            do throws(StoreError) {
                let settled = try await shared.store.settle(
                    group, beginning: ids, note: note, token: shared.token, now: shared.clock.now().wall)
                if !group.isEmpty { await shared.listener.settled(settled, group) }
                return settled.begun
            } catch {
                guard error.code == .busy, shared.stop.phase < .cancelling else { throw error }
            }
            await shared.stop.wait(atMost: Dispatcher.tick, shared.clock)
        }
    }

    private func release() {
        let waiting = throttled
        throttled = []
        for waiter in waiting { waiter.resume() }
        if failure == nil { return }
        for (_, worker) in beginning { worker.resume(returning: false) }
        beginning = []
    }
}
