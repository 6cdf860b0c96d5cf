import Broadcast
import Foundation
import Storage

/// What a dispatcher does between its lanes: marks, expiry, failing over, waking lanes, telling health.
struct Chores {
    /// How many people are moved to their next channel in one transaction.
    private static let page = 500

    private let dispatcher: Dispatcher
    private let lanes: [Lane]
    private let editions: Editions
    private var noted: [ChannelName: HealthNote] = [:]
    private var marked: Set<ChannelName> = []
    private var nextSweep = Duration.zero

    init(_ dispatcher: Dispatcher, lanes: [Lane], editions: Editions) {
        self.dispatcher = dispatcher
        self.lanes = lanes
        self.editions = editions
    }

    private var store: Store { dispatcher.store }

    /// Does what is due and wakes the lanes that have work; says what is left.
    mutating func run() async throws(StoreError) -> DispatchStatus {
        let now = dispatcher.clock.now()
        try await readMarks(now)
        try await readAnnouncements()
        if let expiry = try await store.nextExpiry(), expiry <= now.wall {
            _ = try await store.expire(now: now.wall)
        }
        try await moveStrandedOn(now)
        if now.uptime >= nextSweep {
            nextSweep = now.uptime + .seconds(1)
            try await moveWaitingOn(now)
        }
        try await noteHealth(now)
        try await halt()
        return try await wake(now)
    }

    // MARK: Health

    private mutating func readMarks(_ now: Moment) async throws(StoreError) {
        let marks = try await store.marks(at: now.wall)
        marked = Set(lanes.map(\.facts).filter { facts in marks.contains { $0.covers(facts) } }.map(\.name))
        for lane in lanes { await lane.setMarked(marked.contains(lane.facts.name)) }
    }

    private mutating func noteHealth(_ now: Moment) async throws(StoreError) {
        for lane in lanes {
            let note = await lane.healthNote(at: now)
            let last = noted[lane.facts.name]
            guard last?.state != note.state || last?.why != note.why else { continue }
            try await store.note(note)
            noted[lane.facts.name] = note
            if last != nil || note.state != "up" { await dispatcher.listener.healthChanged(note) }
        }
    }

    /// Holds a channel for an announcement whose first deliveries were all refused for what they say.
    private func halt() async throws(StoreError) {
        for lane in lanes {
            for (announcement, fault) in await lane.takeHalts() {
                let why =
                    "the first \(MessageHalt.sample) were all refused (\(fault.code.rawValue): \(fault.detail))"
                try await store.hold(announcement, lane.facts.name, why: why)
                await lane.giveBack([announcement])
                await dispatcher.listener.halted("\(announcement) is held on \(lane.facts.name): \(why)")
            }
        }
        for edition in editions.all {
            guard let why = edition.takeHalt() else { continue }
            let id = edition.announcement.id
            try await store.pause(id, why: why)
            for lane in lanes { await lane.giveBack([id]) }
            await dispatcher.listener.halted("\(id) is paused: \(why); tocsin resume \(id) goes on")
        }
    }

    // MARK: Failing over

    /// People whose channel refused, or let them down: the next one, at once.
    private func moveStrandedOn(_ now: Moment) async throws(StoreError) {
        while true {
            let stragglers = try await store.stranded(limit: Self.page)
            if stragglers.isEmpty { return }
            try await moveOn(stragglers, now)
        }
    }

    /// People who wait on a channel that is down: at once when a person said so, after a while on our own evidence.
    private func moveWaitingOn(_ now: Moment) async throws(StoreError) {
        for lane in lanes {
            let isMarked = marked.contains(lane.facts.name)
            let since = await lane.trippedSince
            guard isMarked || since != nil else { continue }
            for urgent in [true, false] {
                let patience = lane.facts.failoverAfter ?? (urgent ? .seconds(30) : .seconds(300))
                if !isMarked, let since, now.wall < since.adding(patience) { continue }
                try await moveOn(from: lane, urgent: urgent, now)
            }
        }
    }

    private func moveOn(from lane: Lane, urgent: Bool, _ now: Moment) async throws(StoreError) {
        var last: Delivery.ID = 0
        while true {
            let found = try await store.waiting(
                on: lane.facts.name, since: now.wall, after: last, limit: Self.page)
            guard let end = found.last?.delivery else { return }
            last = end
            try await editions.prepare(Set(found.map(\.announcement)))
            let wanted = found.filter {
                (editions[$0.announcement]?.announcement.priority == .urgent) == urgent
            }
            try await moveOn(wanted, now)
        }
    }

    private func moveOn(_ stragglers: [Straggler], _ now: Moment) async throws(StoreError) {
        try await editions.prepare(Set(stragglers.map(\.announcement)))
        let decisions = stragglers.map { straggler in
            Succession(straggler.delivery, to: successor(of: straggler, now))
        }
        try await store.moveOn(decisions, now: now.wall)
    }

    private func successor(of straggler: Straggler, _ now: Moment) -> Delivery? {
        guard let announcement = editions[straggler.announcement]?.announcement else { return nil }
        let channels = dispatcher.outlets.map(\.facts).map {
            PlanningChannel($0, isMarkedDown: marked.contains($0.name))
        }
        let member = PlanningMember(straggler.contact, suppressions: straggler.suppressions)
        return Planner(announcement, over: channels, order: dispatcher.order)
            .successor(for: member, after: straggler.tried, now: now.wall)
    }

    // MARK: Lanes

    /// Makes ready what runs, and takes back what was claimed ahead for what has been paused or cancelled meanwhile.
    private func readAnnouncements() async throws(StoreError) {
        let running = Set(try await store.running())
        try await editions.prepare(running)
        let held = Set(editions.all.map(\.announcement.id)).subtracting(running)
        if held.isEmpty { return }
        for lane in lanes { await lane.giveBack(held) }
    }

    private func wake(_ now: Moment) async throws(StoreError) -> DispatchStatus {
        let backlog = try await store.backlog()
        var status = DispatchStatus(busy: [], backlog: backlog, isDispatcher: true)
        for lane in lanes {
            let isDue = backlog[lane.facts.name]?.nextAt.map { $0 <= now.wall } ?? false
            let isFree = await !lane.isBlocked
            let inHand = await lane.inHand
            if inHand > 0 || isDue && isFree { status.busy.insert(lane.facts.name) }
            if isDue { lane.bell.ring() }
        }
        return status
    }
}
