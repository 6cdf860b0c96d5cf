public import Broadcast
import Foundation
public import Storage
public import Wire

/// Serves one store: claims what is due, sends it over every channel's own lane, and writes down what became of it.
public struct Dispatcher: Sendable {
    /// How long a lease lasts unless it is renewed.
    static let leaseLength = Duration.seconds(15)
    /// How often the dispatcher looks up from its lanes: the latest after which a `stop` is heard.
    static let tick = Duration.milliseconds(100)
    /// How long what is on the wire may take to finish after the first request to stop.
    static let grace = Duration.seconds(10)

    let store: Store
    let outlets: [Outlet]
    let order: [ChannelName]
    let transport: any Transport
    let clock: Clockwork
    let owner: String
    let listener: any DispatchListener

    /// A dispatcher over `outlets`, which reach `first` tries in `order`; `owner` says who it is, such as `tocsin 4711`.
    public init(
        store: Store, outlets: [Outlet], order: [ChannelName], transport: any Transport, clock: Clockwork,
        owner: String, listener: any DispatchListener
    ) {
        self.store = store
        self.outlets = outlets
        self.order = order
        self.transport = transport
        self.clock = clock
        self.owner = owner
        self.listener = listener
    }

    /// Sends until `isDone` or `stop`, or follows the dispatcher that does, and takes its place when it leaves or dies.
    ///
    /// - Throws: the journal's failure, after which nothing more has been handed over.
    public func serveOrFollow(
        stop: StopSignal, until isDone: @Sendable (DispatchStatus) async throws(StoreError) -> Bool
    ) async throws(StoreError) {
        while stop.phase == .running, !Task.isCancelled {
            do throws(StoreError) {
                return try await serve(stop: stop, until: isDone)
            } catch {
                guard error.code == .leaseHeld || error.code == .leaseLost else { throw error }
            }
            if try await isDone(try await watched()) { return }
            await stop.wait(atMost: Self.tick, clock)
        }
    }

    /// What another process' dispatcher is doing, as far as the store tells.
    private func watched() async throws(StoreError) -> DispatchStatus {
        let now = clock.now()
        let marks = try await store.marks(at: now.wall)
        let facts = outlets.map(\.facts)
        let notes = try await store.healthNotes().filter { !$0.isUp }
        let outages = facts.compactMap { facts in
            notes.first { $0.channel == facts.name.rawValue }.map { (facts, Outage(since: $0.since)) }
        }
        let free = facts.filter { facts in
            !outages.contains { $0.0.name == facts.name } && !marks.contains { $0.covers(facts) }
        }
        var status = DispatchStatus(free: Set(free.map(\.name)), now: now, isDispatcher: false)
        status.leaving = Leaving.of(outages, to: facts, free: status.free)
        return status
    }

    /// Sends until `isDone`, asked every tenth of a second, or until `stop` is given; then finishes what is on the wire.
    ///
    /// Cancelling the task is a first request to stop.
    /// - Throws: ``StoreError/Code/leaseHeld`` when another dispatcher lives; else the journal's failure, after which
    ///   nothing more has been handed over.
    public func serve(
        stop: StopSignal, until isDone: @Sendable (DispatchStatus) async throws(StoreError) -> Bool
    ) async throws(StoreError) {
        let lease = try await store.acquireLease(as: owner, at: bootTime, for: Self.leaseLength)
        var failure: StoreError?
        do throws(StoreError) {
            let recovery = try await store.recover(token: lease.token, now: clock.now().wall)
            await listener.recovered(recovery)
            try await withTaskExecutorPreference(globalConcurrentExecutor) { () async throws(StoreError) in
                try await Watch(self, lease: lease).run(stop: stop, until: isDone)
            }
        } catch {
            failure = error
        }
        do throws(StoreError) { try await store.release(lease) } catch { failure = failure ?? error }
        if let failure { throw failure }
    }

    var bootTime: BootTime { BootTime(boot: clock.boot, uptime: clock.now().uptime) }
}

/// What is going on at a store at the moment.
public struct DispatchStatus: Sendable, Hashable {
    /// The channels that can send: not marked, tripped or probing, nor told by their provider to pause.
    ///
    /// One that only an earlier dispatcher saw down is among them until its first probe has ended.
    public var free: Set<ChannelName>
    /// The tripped channels that people under reach `first` will leave.
    public var leaving: [ChannelName: Leaving] = [:]
    /// When this was so.
    public var now: Moment
    /// Whether this process is the one that sends.
    public var isDispatcher: Bool

    /// A status.
    public init(free: Set<ChannelName>, now: Moment, isDispatcher: Bool) {
        self.free = free
        self.now = now
        self.isDispatcher = isDispatcher
    }
}
