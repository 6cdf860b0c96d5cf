public import Broadcast
public import Channels
import Foundation
public import Storage
public import Wire

/// Serves one store: claims what is due, sends it over every channel's own lane, and writes down what became of it.
public struct Dispatcher: Sendable {
    /// How long a lease lasts unless it is renewed.
    static let leaseLength = Duration.seconds(15)
    /// How often the dispatcher looks up from its lanes: the latest after which a `stop` is heard.
    static let tick = Duration.milliseconds(100)
    /// How long a look at the store may hold up a thread while others write; then it is tried again later.
    static let patience = Duration.milliseconds(250)
    /// How long what is on the wire may take to finish after the first request to stop.
    static let grace = Duration.seconds(10)

    let store: Store
    let outlets: [Outlet]
    let outside: [OutsideSource]
    let order: [ChannelName]
    let transport: any Transport
    /// What its wall shows follows the machine's in ``keepTime(_:)`` only.
    let clock: Clockwork
    private let steady: SteadyClock
    let owner: String
    let listener: any DispatchListener

    /// A dispatcher over `outlets`, which reach `first` tries in `order`; `owner` says who it is, such as `tocsin 4711`.
    ///
    /// It asks `outside` for their word while it serves.
    public init(
        store: Store, outlets: [Outlet], outside: [OutsideSource] = [], order: [ChannelName],
        transport: any Transport, clock: Clockwork, owner: String, listener: any DispatchListener
    ) {
        self.store = store
        self.outlets = outlets
        self.outside = outside
        self.order = order
        self.transport = transport
        steady = SteadyClock(clock)
        self.clock = steady.clockwork
        self.owner = owner
        self.listener = listener
    }

    /// Sends until `isDone` or `stop`, or follows the dispatcher that does, and takes its place when it leaves or dies.
    ///
    /// It gives its own place to a follower that can send what it cannot itself: ``HandOver``.
    /// - Throws: the journal's failure, after which nothing more has been handed over.
    public func serveOrFollow(
        stop: StopSignal, until isDone: @Sendable (DispatchStatus) async throws(StoreError) -> Bool
    ) async throws(StoreError) {
        let handOver = HandOver(known: try await store.offers())
        try await briefly { () async throws(StoreError) in
            while stop.phase == .running, !Task.isCancelled {
                do throws(StoreError) {
                    if try await !standsAside(handOver) {
                        guard try await serveOnce(stop: stop, handOver, until: isDone) else { return }
                    }
                } catch {
                    guard isNoReasonToLeave(error), stop.phase == .running else { throw error }
                    if error.code == .leaseHeld { handOver.follows() }
                    if error.code == .leaseLost { handOver.overtaken() }
                }
                do throws(StoreError) {
                    if try await isDone(try await watched()) { return }
                    try await offer(handOver)
                } catch {
                    guard error.code == .busy else { throw error }
                }
                await stop.wait(atMost: Self.tick, clock)
            }
        }
    }

    /// Another one sends, or writes for long: there is somebody to follow, or the next try to wait for.
    private func isNoReasonToLeave(_ error: StoreError) -> Bool {
        [.leaseHeld, .leaseLost, .busy].contains(error.code)
    }

    /// Lets nothing of `work` wait long, with a thread, for others who write.
    private func briefly(_ work: () async throws(StoreError) -> Void) async throws(StoreError) {
        await store.setPatience(Self.patience)
        var failure: StoreError?
        do throws(StoreError) { try await work() } catch { failure = error }
        await store.setPatience(Store.patience)
        if let failure { throw failure }
    }

    /// What another process' dispatcher is doing, as far as the store tells.
    private func watched() async throws(StoreError) -> DispatchStatus {
        let now = clock.now()
        let markings = try await store.markings(heeding: outside, at: now.wall)
        let facts = outlets.map(\.facts)
        let notes = try await store.healthNotes(at: now, boot: clock.boot).filter {
            !$0.isUp || $0.rest != nil
        }
        let standstills = facts.compactMap { facts in
            notes.first { $0.channel == facts.name.rawValue }.map { (facts, $0.standstill(of: facts)) }
                .flatMap { $0.1 == Standstill() ? nil : $0 }
        }
        let free = facts.filter { facts in
            !standstills.contains { $0.0.name == facts.name } && markings.mark(on: facts) == nil
        }
        var status = DispatchStatus(free: Set(free.map(\.name)), now: now, isDispatcher: false)
        status.leaving = Leaving.of(standstills, to: facts, free: status.free)
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
        try await briefly { () async throws(StoreError) in
            _ = try await serveOnce(stop: stop, nil, until: isDone)
        }
    }

    /// Says whether it left to hand over.
    private func serveOnce(
        stop: StopSignal, _ handOver: HandOver?,
        until isDone: @Sendable (DispatchStatus) async throws(StoreError) -> Bool
    ) async throws(StoreError) -> Bool {
        let lease = try await store.acquireLease(as: owner, at: clock.bootTime, for: Self.leaseLength)
        handOver?.serves()
        var handsOver = false
        var failure: StoreError?
        do throws(StoreError) {
            if let recovery = try await recover(lease, stop) {
                await listener.recovered(recovery)
                handsOver = try await withTaskExecutorPreference(globalConcurrentExecutor) {
                    () async throws(StoreError) in
                    try await Watch(self, lease: lease, stop: stop).run(
                        stop: stop, handOver, until: isDone)
                }
            }
        } catch {
            failure = error
        }
        // One that cannot be given back for others who write is free with its lock, or runs out.
        do throws(StoreError) {
            try await store.release(lease)
        } catch {
            if error.code != .busy { failure = failure ?? error }
        }
        if let failure { throw failure }
        return handsOver
    }

    /// Takes over what the last one left, as soon as nobody else writes; nil when asked to stop before.
    private func recover(_ lease: Lease, _ stop: StopSignal) async throws(StoreError) -> Recovery? {
        while stop.phase == .running, !Task.isCancelled {
            do throws(StoreError) {
                await tell(try await keepTime(lease.token).moved)
                return try await store.recover(token: lease.token, now: clock.now().wall)
            } catch {
                guard error.code == .busy else { throw error }
            }
            await stop.wait(atMost: Self.tick, clock)
        }
        return nil
    }

    /// Moves the times of what is open with the wall clock, when somebody has set it; says how far, and whose moved.
    ///
    /// What has to wait for a person since is paused by that; the caller tells.
    ///
    /// What waits must not seem to be over in between, so a clock set back is followed first, one set forward last.
    func keepTime(_ token: Int64) async throws(StoreError) -> (step: Duration, moved: [ClockStep]) {
        let present = steady.present
        let step = steady.step(to: present.start)
        if step < .zero { steady.follow(present.start) }
        let moved = try await store.keepTime(
            since: present.start, boot: clock.boot, uptime: present.uptime, token: token)
        steady.follow(present.start)
        return (step, moved)
    }

    /// Tells that the clock was set, and what waits for a person since.
    func tell(_ moved: [ClockStep]) async {
        guard let first = moved.first else { return }
        await listener.clockSet(by: first.step)
        for announcement in moved {
            if let why = announcement.pauseReason { await tellPause(of: announcement.id, why: why) }
        }
    }

    /// Tells that something waits for a person.
    func tellPause(of id: Announcement.ID, why: String) async {
        await listener.halted("\(id) is paused: \(why); tocsin resume \(id) goes on")
    }
}

/// What is going on at a store at the moment.
public struct DispatchStatus: Sendable, Hashable {
    /// The channels that can send: not marked, tripped or probing, nor told by their provider to pause.
    ///
    /// One that only an earlier dispatcher saw down is among them until its first probe has ended.
    public var free: Set<ChannelName>
    /// The channels, tripped or resting for long, that people under reach `first` will leave.
    public var leaving: [ChannelName: Leaving] = [:]
    /// The channels over which nothing can leave from this process, since their secrets are missing.
    public var unusable: Set<ChannelName> = []
    /// By announcement, the channels over which this process, which sends, leaves what leaves to another.
    public var beyond: [Announcement.ID: Set<ChannelName>] = [:]
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
