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
/// hop; only claims and settlements cross over, in groups.
actor Lane {
    nonisolated let facts: ChannelFacts
    /// Rung when there may be something to claim, or when stopping.
    nonisolated let bell = Bell()
    let channel: any Channel
    let shared: LaneShared
    let outcomes: OutcomeBuffer
    let keys: DeliveryKey
    var governor: Governor
    /// Whether the first deliveries of an announcement were all refused for what it says.
    private var openings: [Announcement.ID: MessageHalt] = [:]
    private var halts: [Announcement.ID: Fault] = [:]
    private var ready = Queue<InHand>()
    private var idle: [CheckedContinuation<InHand?, Never>] = []
    private var inFlight = 0
    private var isClosing = false
    private var failure: StoreError?
    private var workers: Task<Void, Never>?

    /// A claimed delivery, and the epoch of the breaker in which it was claimed.
    struct InHand {
        let delivery: ClaimedDelivery
        let epoch: Int
    }

    init(_ outlet: Outlet, shared: LaneShared) {
        facts = outlet.facts
        channel = outlet.channel
        self.shared = shared
        keys = DeliveryKey(secret: shared.store.secret)
        governor = Governor(outlet.facts, at: shared.clock.now().uptime)
        outcomes = OutcomeBuffer(shared)
    }

    /// Delivers until ``close()``; returns when everything that was on the wire is written down.
    func run() async {
        // Unstructured, so that ``cancel()`` reaches the exchanges but not the writing of their outcomes.
        let workers = Task { await employ() }
        self.workers = workers
        let committing = Task { await outcomes.commit() }
        await feed()
        await workers.value
        await outcomes.close()
        await committing.value
    }

    private nonisolated func employ() async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<facts.connections {
                group.addTask(executorPreference: shared.transport.executor) { await self.work() }
            }
        }
    }

    // MARK: Told by the dispatcher

    /// Claims nothing more; what was claimed and not begun goes back.
    func close() async {
        isClosing = true
        bell.ring()
        let waiting = idle
        idle = []
        for worker in waiting { worker.resume(returning: nil) }
        await giveBack { _ in true }
    }

    /// Ends what is on the wire; what may have been handed over becomes `unknown`.
    func cancel() { workers?.cancel() }

    /// Returns what was claimed ahead for announcements that may not leave any more.
    func giveBack(_ announcements: Set<Announcement.ID>) async {
        await giveBack { announcements.contains($0.announcement) }
    }

    private func giveBack(where isUnwanted: (ClaimedDelivery) -> Bool) async {
        let now = shared.clock.now().wall
        let removed = ready.remove(where: { isUnwanted($0.delivery) })
        if !removed.isEmpty { governor.returned(at: shared.clock.now().uptime) }
        for held in removed {
            shared.editions[held.delivery.announcement]?.release(1)
            await outcomes.add(Outcome(held.delivery.id, .returned(nextAt: now, nil)))
        }
    }

    /// Takes a person's or outside word into account.
    func setMarked(_ isMarked: Bool) async {
        guard governor.isMarkedDown != isMarked else { return }
        governor.isMarkedDown = isMarked
        bell.ring()
        if isMarked { await giveBack { _ in true } }
    }

    /// Hands over the announcements to be held on this channel.
    func takeHalts() -> [Announcement.ID: Fault] {
        defer { halts = [:] }
        return halts
    }

    // MARK: Asked by the dispatcher

    /// Deliveries claimed and not yet settled.
    var inHand: Int { inFlight + ready.count }

    /// Whether nothing is claimed because of the channel's health.
    var isBlocked: Bool { governor.isBlocked }

    /// Since when the channel has been down by our own evidence; nil while it is not.
    var trippedSince: Date? { governor.breaker.phase == .up ? nil : governor.breaker.since }

    /// Why the lane stopped by itself; nil while it works.
    var failed: StoreError? {
        get async {
            if let failure { return failure }
            return await outcomes.failure
        }
    }

    // MARK: Claiming

    private func feed() async {
        while !isClosing, await failed == nil {
            switch governor.permit(holding: inFlight + ready.count, at: shared.clock.now().uptime) {
            case .wait(let until): await rest(until: until)
            case .claim(let limit): await claim(limit)
            case .probe: await claim(1)
            }
        }
    }

    private func claim(_ limit: Int) async {
        let caps = shared.editions.reserve(limit)
        do throws(StoreError) {
            let claimed = try await shared.store.claim(
                facts.name, limit: limit, caps: caps, token: shared.token, now: shared.clock.now().wall)
            shared.editions.release(caps, but: claimed)
            governor.claimed(claimed.count, of: limit, at: shared.clock.now().uptime)
            try await shared.editions.prepare(Set(claimed.map(\.announcement)))
            handOut(claimed)
            if claimed.isEmpty { await bell.wait() } else { await restWhileFull() }
        } catch {
            failure = error
            await close()
        }
    }

    private func handOut(_ claimed: [ClaimedDelivery]) {
        let epoch = governor.breaker.epoch
        ready.append(contentsOf: claimed.map { InHand(delivery: $0, epoch: epoch) })
        if isClosing { return }
        while !idle.isEmpty, let held = ready.popFirst() {
            inFlight += 1
            idle.removeLast().resume(returning: held)
        }
    }

    /// Waits until claiming again makes sense: connections freed, or the buffer half empty.
    private func restWhileFull() async {
        while !isClosing, failure == nil, !governor.wantsMore(holding: inFlight + ready.count) {
            await bell.wait()
        }
    }

    /// Waits for the bell, or until `uptime`.
    private func rest(until uptime: Duration?) async {
        guard let uptime else { return await bell.wait() }
        let clock = shared.clock
        let bell = bell
        // A timer of its own, because whoever rings first ends the wait.
        let timer = Task {
            do { try await clock.sleep(uptime) } catch { return }
            bell.ring()
        }
        await bell.wait()
        timer.cancel()
    }

    // MARK: Working

    private func work() async {
        while let held = await next() {
            let outcome = await deliver(held)
            inFlight -= 1
            // What was claimed ahead of a trip is not sent into it.
            if governor.isBlocked { await giveBack { _ in true } }
            shared.editions[held.delivery.announcement]?.release(1)
            if governor.wantsMore(holding: inFlight + ready.count) { bell.ring() }
            await outcomes.add(outcome)
        }
    }

    /// The next delivery for a worker; nil when the lane closes.
    private func next() async -> InHand? {
        if let held = ready.popFirst() {
            inFlight += 1
            return held
        }
        if isClosing { return nil }
        return await withCheckedContinuation { idle.append($0) }
    }

    private func deliver(_ held: InHand) async -> Outcome {
        let delivery = held.delivery
        let start = shared.clock.now()
        guard let edition = shared.editions[delivery.announcement], shared.deadline.allows(start),
            !Task.isCancelled
        else {
            governor.returned(at: start.uptime)
            return Outcome(delivery.id, .returned(nextAt: start.wall, nil))
        }
        let settlement = Settlement(over: facts, terms: Settlement.Terms(of: edition.announcement))
        if let later = settlement.postponement(of: delivery, now: start.wall) {
            governor.returned(at: start.uptime)
            return later
        }
        let ending: Settlement.Ending
        do throws(Fault) {
            let key = keys.text(for: delivery.announcement, to: delivery.contact?.id, over: facts.name)
            let request = try edition.request(for: delivery, over: channel, key: key, at: start.wall)
            let reply = await shared.transport.exchange(request, over: channel.route)
            ending = settlement.ending(
                of: delivery, on: channel.verdict(on: reply), now: shared.clock.now().wall,
                unit: shared.clock.unit())
        } catch {
            ending = settlement.ending(of: delivery, without: error)
        }
        governor.record(ending, epoch: held.epoch, at: shared.clock.now())
        if governor.isBlocked { bell.ring() }
        let outcome = edition.passing(ending.outcome)
        halts[delivery.announcement] =
            openings[delivery.announcement, default: MessageHalt()].record(outcome.result)
            ?? halts[delivery.announcement]
        return outcome
    }
}
