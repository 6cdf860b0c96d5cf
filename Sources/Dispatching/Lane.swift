import Broadcast
import Channels
import Foundation
import Storage
import Wire

// journal ──claim──► ready ──worker──► wire ──verdict──► outcomes ──settle──► journal
//    ▲       feed                                                   commit       │
//    └──────────────── freed connections, new work, timers ◄─────────────────────┘

/// One channel's way from the journal to the wire and back; a slow or dead channel holds up nobody else's lane.
///
/// Workers run on the transport's own thread, so that rendering, exchange and verdict follow each other without a thread
/// hop; only claims and settlements cross over, in groups. The tasks that make those prefer the common threads: without a
/// preference they would go on wherever the lane last ran, and the journal would make the network wait for the disk.
actor Lane {
    nonisolated let facts: ChannelFacts
    /// Rung when there may be something to claim, or when stopping.
    nonisolated let bell = Bell()
    private let channel: any Channel
    let shared: LaneShared
    private let outcomes: OutcomeBuffer
    private let keys: DeliveryKey
    private(set) var governor: Governor
    private var ready = Queue<InHand>()
    private var idle: [CheckedContinuation<InHand?, Never>] = []
    private var inFlight = 0
    /// By worker, since when it has something on the wire; nil while it has not.
    private(set) var busySince: [Duration?]
    /// When the last exchange ended; nil before the first.
    private(set) var lastEnd: Duration?
    /// How far the wall clock has been set forward since the lane began.
    private var forward = Duration.zero
    private var isClosing = false
    private var failure: StoreError?
    private var workers: Task<Void, Never>?

    /// A claimed delivery, what it is part of, and how breaker and clock stood when it was claimed.
    private struct InHand {
        let delivery: ClaimedDelivery
        let edition: Edition
        let epoch: Int
        let forward: Duration
        /// The uptime since which it waits for a worker.
        let since: Duration
    }

    /// What was claimed ahead and has not begun after so long is left to whatever is most urgent by then.
    private static let longestAhead = Duration.seconds(1)

    init(_ outlet: Outlet, shared: LaneShared) {
        facts = outlet.facts
        channel = outlet.channel
        self.shared = shared
        keys = DeliveryKey(secret: shared.store.secret)
        governor = Governor(outlet.facts, at: shared.clock.now().uptime)
        busySince = Array(repeating: nil, count: outlet.facts.connections)
        outcomes = OutcomeBuffer(shared)
    }

    /// Delivers until ``close()``, or until the journal fails; returns when all that was claimed is written down.
    func run() async {
        // Unstructured, so that ``cancel()`` reaches the exchanges but not the writing of their outcomes.
        let workers = Task { await employ() }
        self.workers = workers
        let committing = Task(executorPreference: globalConcurrentExecutor) { await self.commit() }
        await feed()
        await giveBack { _ in true }
        await workers.value
        await outcomes.close()
        await committing.value
        await outcomes.tryAgain()
    }

    private nonisolated func employ() async {
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<facts.connections {
                group.addTask(executorPreference: shared.transport.executor) { await self.work(worker) }
            }
        }
    }

    private func commit() async {
        await outcomes.commit()
        // What cannot be written down must not be sent.
        if await outcomes.failure != nil { close() }
    }

    // MARK: Told by the dispatcher

    /// Goes on from what an earlier dispatcher saw, and the provider has taken; asked before ``run()``.
    func takeOver(_ note: HealthNote?, _ quota: DayQuota?) {
        governor.takeOver(note, quota, at: shared.clock.now(), shared.clock.boot)
    }

    /// Claims nothing more; ``run()`` gives back what was claimed and not begun.
    func close() {
        isClosing = true
        bell.ring()
        let waiting = idle
        idle = []
        for worker in waiting { worker.resume(returning: nil) }
    }

    /// Whether something is on the wire.
    var isBusy: Bool { inFlight > 0 }

    /// Ends what is on the wire; what may have been handed over becomes `unknown`.
    func cancel() { workers?.cancel() }

    /// Returns what was claimed ahead for announcements that may not leave any more.
    func giveBack(_ announcements: Set<Announcement.ID>) async {
        await giveBack { announcements.contains($0.delivery.announcement) }
    }

    /// Returns what was claimed ahead and keeps something more urgent waiting, or has waited long itself.
    ///
    /// The channel has grown slow when that happens; `newest` is the most urgent of what has just come in, if anything.
    func makeWay(for newest: Priority?) async {
        let overdue = shared.clock.now().uptime - Self.longestAhead
        let isSlow = ready.first.map { $0.since < overdue } ?? false
        if isSlow { governor.slowed() }
        await giveBack { held in
            isSlow || newest.map { $0 < held.edition.announcement.priority } ?? false
        }
    }

    private func giveBack(where isUnwanted: (InHand) -> Bool) async {
        let removed = ready.remove(where: isUnwanted)
        if removed.isEmpty { return }
        let now = shared.clock.now()
        for held in removed {
            held.edition.release(1)
            governor.returned(held.epoch, at: now.uptime)
        }
        await outcomes.giveBack(removed.map { Outcome($0.delivery.id, .returned(nextAt: now.wall, nil)) })
    }

    /// Takes a person's or outside word into account.
    func setMarked(_ isMarked: Bool) async {
        guard governor.isMarkedDown != isMarked else { return }
        governor.isMarkedDown = isMarked
        bell.ring()
        if isMarked { await giveBack { _ in true } }
    }

    /// Somebody has mended the channel: it is probed at once, and its provider's rest ends if they will not wait for it.
    func hasten(endingRest: Bool) {
        governor.hasten(at: shared.clock.now().uptime, endingRest: endingRest)
        bell.ring()
    }

    /// Somebody was erased of whom what was said of the channel may tell.
    func forgetDetails() { governor.forgetDetails() }

    /// The wall clock was set: since when the channel is down is told by it, and when what is in hand expires.
    ///
    /// Set back, what is in hand expires too late rather than too early.
    func clockSet(by step: Duration) {
        governor.clockSet(by: step)
        forward += max(step, .zero)
    }

    /// Why the lane stopped by itself; nil while it works.
    var failed: StoreError? {
        get async {
            if let failure { return failure }
            return await outcomes.failure
        }
    }

    // MARK: Claiming

    private func feed() async {
        while !isClosing {
            let now = shared.clock.now()
            // The lease could not be renewed in time; claimed now, nothing could leave before it is.
            guard shared.deadline.allows(now) else {
                await bell.wait(until: now.uptime + Dispatcher.tick, shared.clock)
                continue
            }
            switch governor.permit(holding: inFlight + ready.count, at: now.uptime) {
            case .wait(let until?): await bell.wait(until: until, shared.clock)
            case .wait(nil): await bell.wait()
            case .claim(let limit): await claim(limit)
            case .probe: await claim(1)
            }
        }
    }

    private func claim(_ limit: Int) async {
        let reservation = shared.editions.reserve(limit, over: facts.name)
        let epoch = governor.breaker.epoch
        var claimed: [ClaimedDelivery] = []
        var isBusy = false
        do throws(StoreError) {
            claimed = try await shared.store.claim(
                facts.name, limit: limit, caps: reservation.caps, token: shared.token,
                now: shared.clock.now().wall)
        } catch {
            isBusy = error.code == .busy
            if !isBusy { fail(error) }
        }
        reservation.release(but: claimed)
        let now = shared.clock.now().uptime
        governor.claimed(claimed.count, of: limit, at: now)
        ready.append(
            contentsOf: claimed.compactMap { delivery in
                reservation.edition(of: delivery).map {
                    InHand(delivery: delivery, edition: $0, epoch: epoch, forward: forward, since: now)
                }
            })
        await handOut()
        if isBusy {
            // Somebody else writes for long, and no bell may say when that is over.
            await bell.wait(until: shared.clock.now().uptime + Dispatcher.tick, shared.clock)
        } else if claimed.isEmpty, !isClosing {
            await bell.wait()
        } else {
            await restWhileFull()
        }
    }

    private func fail(_ error: StoreError) {
        failure = error
        if error.code == .leaseLost { shared.deadline.end() }
        close()
    }

    private func handOut() async {
        // The journal was asked meanwhile: the lane may have been closed, or the channel have gone down.
        if isClosing { return }
        await giveBackStale()
        while !isClosing, !idle.isEmpty, let held = ready.popFirst() {
            inFlight += 1
            idle.removeLast().resume(returning: held)
        }
    }

    /// What was claimed ahead of a trip, or of a pause, is not sent into it.
    private func giveBackStale() async {
        let now = shared.clock.now().uptime
        if !governor.isFree(at: now) { await giveBack { !governor.admits($0.epoch, at: now) } }
    }

    /// Waits until claiming again makes sense: connections freed, or half of what is ahead gone.
    private func restWhileFull() async {
        while !isClosing, !governor.wantsMore(holding: inFlight + ready.count) { await bell.wait() }
    }

    // MARK: Working

    private func work(_ worker: Int) async {
        while let held = await next() {
            busySince[worker] = shared.clock.now().uptime
            let outcome = await deliver(held)
            busySince[worker] = nil
            lastEnd = shared.clock.now().uptime
            inFlight -= 1
            held.edition.release(1)
            governor.finished()
            await giveBackStale()
            if governor.wantsMore(holding: inFlight + ready.count) { bell.ring() }
            await outcomes.add(outcome)
        }
    }

    /// The next delivery for a worker; nil when the lane closes.
    private func next() async -> InHand? {
        if isClosing { return nil }
        if let held = ready.popFirst() {
            inFlight += 1
            return held
        }
        return await withCheckedContinuation { idle.append($0) }
    }

    private func deliver(_ held: InHand) async -> Outcome {
        let (delivery, edition) = (held.delivery, held.edition)
        let settlement = Settlement(over: facts, terms: .init(of: edition.announcement))
        if let withheld = await withheld(held, settlement) {
            governor.returned(held.epoch, at: shared.clock.now().uptime)
            return withheld
        }
        let start = shared.clock.now()
        let ending: Settlement.Ending
        do throws(Fault) {
            let key = keys.text(for: delivery.announcement, to: delivery.contact?.id, over: facts.name)
            let request = try edition.request(for: delivery, over: channel, key: key, at: start.wall)
            let reply = await shared.exchange(
                request, of: edition, over: facts.name, by: channel.route)
            ending = settlement.ending(
                of: standing(held), on: channel.verdict(on: reply), now: shared.clock.now().wall,
                unit: shared.clock.unit())
        } catch {
            ending = settlement.ending(of: delivery, without: error)
        }
        governor.record(ending, epoch: held.epoch, at: shared.clock.now())
        if ending.pause != nil { await outcomes.note(healthNote(at: shared.clock.now())) }
        return edition.passing(ending.outcome, over: facts.name)
    }

    /// What becomes of a delivery that may not leave now; nil when it may.
    private func withheld(_ held: InHand, _ settlement: Settlement) async -> Outcome? {
        let now = shared.clock.now()
        let returned = Outcome(held.delivery.id, .returned(nextAt: now.wall, nil))
        guard mayLeave(held, now) else { return returned }
        if let later = settlement.postponement(of: standing(held), now: now.wall) { return later }
        // Where a second copy has no key of the first, what was claimed and not begun must not count as perhaps sent.
        if held.delivery.isBegun { return nil }
        guard await outcomes.begin(held.delivery.id), mayLeave(held, shared.clock.now()) else {
            return returned
        }
        return nil
    }

    /// The delivery, with its expiry by the clock as it is set now.
    private func standing(_ held: InHand) -> ClaimedDelivery {
        if held.forward == forward { return held.delivery }
        var delivery = held.delivery
        delivery.expires = delivery.expires.adding(forward - held.forward)
        return delivery
    }

    /// The last look before the wire.
    private func mayLeave(_ held: InHand, _ now: Moment) -> Bool {
        !isClosing && !Task.isCancelled && shared.deadline.allows(now)
            && governor.admits(held.epoch, at: now.uptime)
            && held.edition.mayLeave(over: facts.name)
    }
}
