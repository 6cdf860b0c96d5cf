import Broadcast
import Foundation
import Storage
import Synchronization
import Testing
import Wire

@testable import Dispatching

/// Holds every group that is being committed until it is opened.
private final class Gate: DispatchListener {
    private let bell = Bell()
    private let groups = Mutex<[Int]>([])
    private let isOpen = Mutex(false)

    var sizes: [Int] { groups.withLock { $0 } }

    func open() {
        isOpen.withLock { $0 = true }
        bell.ring()
    }

    func recovered(_ recovery: Recovery) async {}
    func healthChanged(_ note: HealthNote) async {}
    func markChanged(_ channel: ChannelName, _ mark: Mark?) async {}
    func clockSet(by step: Duration) async {}
    func finishing(_ channels: [ChannelName]) async {}
    func halted(_ line: String) async {}

    func settled(_ settled: Settled, _ outcomes: [Outcome]) async {
        groups.withLock { $0.append(outcomes.count) }
        if !isOpen.withLock({ $0 }) { await bell.wait() }
    }
}

/// A way out that nothing takes.
private struct SilentTransport: Transport {
    var executor: (any TaskExecutor)? { nil }

    func exchange(
        _ request: WireRequest, over route: Route, while mayLeave: @escaping @Sendable () -> Bool
    ) async -> WireReply { await greet(route) }
    func greet(_ route: Route) async -> WireReply {
        .failure(TransportFailure(.cancelled, handedOver: .no, "nobody is there"))
    }
    func shutdown() async {}
}

@Suite(.timeLimit(.minutes(5)))
struct OutcomeBufferTests {
    private func buffer(_ gate: Gate, _ store: Store) -> OutcomeBuffer {
        OutcomeBuffer(
            LaneShared(
                store: store, transport: SilentTransport(),
                clock: .system, token: 1,
                deadline: LeaseDeadline(.seconds(1_000_000_000)), editions: Editions(store: store),
                listener: gate, stop: StopSignal()))
    }

    @Test func `no more than 256 outcomes are uncommitted, and all are written in the end`() async throws {
        let gate = Gate()
        let buffer = buffer(gate, try Store.inMemory(now: Clockwork.system.now().wall))
        let added = Count()
        let adding = Task {
            await withTaskGroup(of: Void.self) { group in
                for id in 1...600 {
                    group.addTask {
                        await buffer.add(Outcome(Int64(id), .accepted(providerID: nil)))
                        added.add()
                    }
                }
            }
        }
        await added.wait(for: OutcomeBuffer.limit)
        for _ in 0..<1000 { await Task.yield() }
        #expect(added.value == OutcomeBuffer.limit)
        let committing = Task { await buffer.commit() }
        gate.open()
        await adding.value
        await buffer.close()
        await committing.value
        #expect(gate.sizes.reduce(0, +) == 600)
        #expect(gate.sizes.allSatisfy { $0 <= OutcomeBuffer.limit / 2 })
    }

    @Test func `what is given back never waits for room`() async throws {
        let gate = Gate()
        let buffer = buffer(gate, try Store.inMemory(now: Clockwork.system.now().wall))
        let returned = (1...1000).map { Outcome($0, .returned(nextAt: .distantPast, nil)) }
        await buffer.giveBack(returned)
        await buffer.close()
        gate.open()
        await buffer.commit()
        #expect(gate.sizes.reduce(0, +) == 1000)
    }
}

struct QueueTests {
    @Test func `it hands out in order, though it never runs empty`() {
        var queue = Queue<Int>()
        queue.append(contentsOf: 0..<10)
        for next in 10..<10_000 {
            #expect(queue.popFirst() == next - 10)
            queue.append(contentsOf: [next])
        }
        #expect(queue.count == 10)
    }

    @Test func `what is unwanted is taken out, the rest keeps its order`() {
        var queue = Queue<Int>()
        queue.append(contentsOf: 0..<10)
        _ = queue.popFirst()
        #expect(queue.remove { $0 % 2 == 0 } == [2, 4, 6, 8])
        #expect(queue.remove { $0 > 100 } == [])
        var rest: [Int] = []
        while let next = queue.popFirst() { rest.append(next) }
        #expect(rest == [1, 3, 5, 7, 9] && queue.isEmpty)
    }
}

@Suite(.timeLimit(.minutes(5)))
struct BellTests {
    @Test func `a ring while nobody waits is kept, once`() async {
        let bell = Bell()
        bell.ring()
        bell.ring()
        await bell.wait()
        // Nobody rings any more: only the time ends this one.
        await bell.wait(until: Clockwork.system.now().uptime, .system)
    }

    @Test func `several may wait, and no ring is lost among many threads`() async {
        let bell = Bell()
        let woken = Count()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    await bell.wait()
                    woken.add()
                }
            }
            group.addTask {
                while woken.value < 50 {
                    bell.ring()
                    await Task.yield()
                }
            }
        }
        #expect(woken.value == 50)
    }
}
