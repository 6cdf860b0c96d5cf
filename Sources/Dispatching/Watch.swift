import Broadcast
import Foundation
import Storage

/// One dispatcher's turn at a store: runs the lanes, and does at every tick what no lane can do alone.
struct Watch {
    private let dispatcher: Dispatcher
    private let lanes: [Lane]
    private let heartbeat: Heartbeat
    private let deadline: LeaseDeadline
    private var chores: Chores

    init(_ dispatcher: Dispatcher, lease: Lease, stop: StopSignal) {
        deadline = LeaseDeadline(lease.deadline)
        let shared = LaneShared(
            store: dispatcher.store, transport: dispatcher.transport, clock: dispatcher.clock,
            token: lease.token, deadline: deadline,
            editions: Editions(store: dispatcher.store, over: dispatcher.outlets.map(\.facts)),
            listener: dispatcher.listener, stop: stop)
        self.dispatcher = dispatcher
        heartbeat = Heartbeat(dispatcher, lease: lease, deadline: deadline)
        lanes = dispatcher.outlets.map { Lane($0, shared: shared) }
        chores = Chores(dispatcher, lanes: lanes, shared: shared)
    }

    /// Runs until done or stopped, or until it hands over, and says whether it does (never, when `handOver` is nil).
    ///
    /// Returns when every lane has written down what it had in hand.
    consuming func run(
        stop: StopSignal, _ handOver: HandOver?,
        until isDone: (DispatchStatus) async throws(StoreError) -> Bool
    ) async throws(StoreError) -> Bool {
        let notes = try await dispatcher.store.healthNotes()
        for lane in lanes {
            let quota = try await dispatcher.store.dayQuota(of: lane.facts, at: dispatcher.clock.now())
            await lane.takeOver(notes.first { $0.channel == lane.facts.name.rawValue }, quota)
        }
        let heartbeat = heartbeat
        // Unstructured, so that each lane is stopped in two phases instead of being cancelled with this function,
        // and that the lease is kept until the last of them has written down what it had in hand.
        let beating = Task(executorPreference: globalConcurrentExecutor) { await heartbeat.beat() }
        let listening = Task(executorPreference: globalConcurrentExecutor) { [dispatcher] in
            await Listening(
                dispatcher.outside, store: dispatcher.store, transport: dispatcher.transport,
                clock: dispatcher.clock
            ).listen()
        }
        let running = lanes.map { lane in
            Task(executorPreference: globalConcurrentExecutor) { await lane.run() }
        }
        var failure: StoreError?
        var handsOver = false
        do throws(StoreError) {
            handsOver = try await tend(stop: stop, handOver, until: isDone)
        } catch {
            failure = error
            if error.code == .leaseLost { deadline.end() }
        }
        listening.cancel()
        for lane in lanes { await lane.close() }
        await settle(running, stop: stop, isHurried: failure != nil || Task.isCancelled)
        await listening.value
        await chores.conclude()
        beating.cancel()
        await beating.value
        if failure == nil { failure = await firstFailure }
        if let failure { throw failure }
        return handsOver
    }

    /// Why a lane stopped by itself, or the lease was not kept; nil while all work.
    private var firstFailure: StoreError? {
        get async {
            if let failure = await heartbeat.failure { return failure }
            for lane in lanes {
                if let failure = await lane.failed { return failure }
            }
            return nil
        }
    }

    /// Ticks until done, stopped, or a lane has failed, or until it hands over; says whether it does.
    private mutating func tend(
        stop: StopSignal, _ handOver: HandOver?,
        until isDone: (DispatchStatus) async throws(StoreError) -> Bool
    ) async throws(StoreError) -> Bool {
        var departure: Departure?
        while stop.phase == .running, !Task.isCancelled {
            do throws(StoreError) {
                let status = try await chores.run()
                if departure == nil { departure = try await self.departure(status, handOver, isDone) }
                if await departure?.isReady(dispatcher) == true { return departure?.handsOver == true }
            } catch {
                // Somebody else writes for long: what this tick has not done the next one does.
                guard error.code == .busy else { throw error }
            }
            if let failure = await firstFailure { throw failure }
            await stop.wait(atMost: Dispatcher.tick, dispatcher.clock)
        }
        return false
    }

    /// Whether to leave; nil while it goes on.
    private func departure(
        _ status: DispatchStatus, _ handOver: HandOver?,
        _ isDone: (DispatchStatus) async throws(StoreError) -> Bool
    ) async throws(StoreError) -> Departure? {
        let isOver = try await isDone(status)
        if !isOver {
            guard let handOver, try await chores.handsOver(handOver) else { return nil }
        }
        return Departure(handsOver: !isOver, since: dispatcher.clock.now().uptime, lanes: lanes)
    }

    /// Waits for the lanes to finish: whoever only leaves lets each exchange end by itself, or by its own time-out.
    ///
    /// Cancels what is on the wire when the grace of a request to stop is over, or a second signal came; a failure
    /// `isHurried` from the beginning.
    private func settle(_ running: [Task<Void, Never>], stop: StopSignal, isHurried: Bool) async {
        let grace = Grace(dispatcher: dispatcher, lanes: lanes, stop: stop, isHurried: isHurried)
        let impatience = Task { await grace.run() }
        await withTaskCancellationHandler {
            for task in running { await task.value }
        } onCancel: {
            if stop.phase == .running { stop.ask() }
        }
        impatience.cancel()
        // It holds the store: whoever ends here may close it, and so fold its log into the file.
        stop.bell.ring()
        await impatience.value
    }
}
