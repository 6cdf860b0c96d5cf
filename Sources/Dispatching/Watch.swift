import Broadcast
import Foundation
import Storage

/// One dispatcher's turn at a store: runs the lanes, and does at every tick what no lane can do alone.
struct Watch {
    private let dispatcher: Dispatcher
    private let lanes: [Lane]
    private let deadline: LeaseDeadline
    private var lease: Lease
    private var chores: Chores

    init(_ dispatcher: Dispatcher, lease: Lease) {
        let deadline = LeaseDeadline(lease.deadline)
        let shared = LaneShared(
            store: dispatcher.store, transport: dispatcher.transport, clock: dispatcher.clock,
            token: lease.token,
            deadline: deadline, editions: Editions(store: dispatcher.store), listener: dispatcher.listener)
        self.dispatcher = dispatcher
        self.lease = lease
        self.deadline = deadline
        lanes = dispatcher.outlets.map { Lane($0, shared: shared) }
        chores = Chores(dispatcher, lanes: lanes, editions: shared.editions)
    }

    /// Runs until done or stopped; returns when every lane has written down what it had in hand.
    consuming func run(
        stop: StopSignal, until isDone: (DispatchStatus) async throws(StoreError) -> Bool
    ) async throws(StoreError) {
        // Unstructured, so that each lane is stopped in two phases instead of being cancelled with this function.
        let running = lanes.map { lane in Task { await lane.run() } }
        var failure: StoreError?
        do throws(StoreError) {
            try await tend(stop: stop, until: isDone)
        } catch {
            failure = error
        }
        for lane in lanes { await lane.close() }
        await settle(running, stop: stop)
        if failure == nil { failure = await firstFailure }
        if let failure { throw failure }
    }

    /// Why a lane stopped by itself; nil while all work.
    private var firstFailure: StoreError? {
        get async {
            for lane in lanes {
                if let failure = await lane.failed { return failure }
            }
            return nil
        }
    }

    /// Ticks until done, stopped, or a lane has failed.
    private mutating func tend(
        stop: StopSignal, until isDone: (DispatchStatus) async throws(StoreError) -> Bool
    ) async throws(StoreError) {
        while stop.phase == .running {
            try await renew()
            let status = try await chores.run()
            if let failure = await firstFailure { throw failure }
            if try await isDone(status) { return }
            await stop.wait(atMost: Dispatcher.tick, dispatcher.clock)
        }
    }

    private mutating func renew() async throws(StoreError) {
        let now = dispatcher.bootTime
        guard lease.deadline - now.uptime < Dispatcher.leaseLength * 2 / 3 else { return }
        lease = try await dispatcher.store.renew(lease, at: now, for: Dispatcher.leaseLength)
        deadline.extend(to: lease.deadline)
    }

    /// Waits for the lanes to finish; cancels what is on the wire when the grace is over or a second signal came.
    private func settle(_ running: [Task<Void, Never>], stop: StopSignal) async {
        let clock = dispatcher.clock
        let lanes = lanes
        let impatience = Task {
            let end = clock.now().uptime + Dispatcher.grace
            while stop.phase < .cancelling, clock.now().uptime < end, !Task.isCancelled {
                await stop.wait(atMost: Dispatcher.tick, clock)
            }
            if Task.isCancelled { return }
            for lane in lanes { await lane.cancel() }
        }
        for task in running { await task.value }
        impatience.cancel()
    }
}
