import Broadcast
import Foundation
import Storage

/// What a dispatcher does between its lanes: marks, expiry, failing over, waking lanes, telling health.
///
/// Every tick does a bounded piece of work, so that a stop, a pause or a mark is heard soon whatever there is to do.
/// A channel marked down while an announcement is under way keeps what is queued on it: planning skips (`channel-down`),
/// a later mark holds until it is lifted or the delivery expires. Only reach `first` goes on over other channels.
struct Chores {
    /// How often what no event announces is looked for, such as contacts removed while they waited for a channel.
    private static let sweep = Duration.seconds(10)

    /// How often the counts of faults are written down while nothing else changes.
    private static let counting = Duration.seconds(1)

    let dispatcher: Dispatcher
    let lanes: [Lane]
    private let shared: LaneShared
    private var failover: Failover
    private var noted: [ChannelName: (note: HealthNote, at: Duration)] = [:]
    /// By channel, what held it for down at the last look; nil before the first.
    private var marked: [ChannelName: Mark]?
    /// Set when what was written of the channels may differ from what was noted last.
    private var mustNote = false
    private var nextSweep = Duration.zero
    /// What was written down last of what this process cannot send.
    private(set) var lacks: Set<Lack> = []

    init(_ dispatcher: Dispatcher, lanes: [Lane], shared: LaneShared) {
        self.dispatcher = dispatcher
        self.lanes = lanes
        self.shared = shared
        failover = Failover(dispatcher, shared)
    }

    var store: Store { shared.store }
    var editions: Editions { shared.editions }
    private var token: Int64 { shared.token }

    /// Does what is due and wakes the lanes that have work; says which channels are free to send.
    ///
    /// While others write for long it does what can be done without writing; the next tick makes up for the rest.
    mutating func run() async throws(StoreError) -> DispatchStatus {
        try await store.requireLease(token)
        do throws(StoreError) {
            try await keepTime()
            try await write(dispatcher.clock.now())
        } catch {
            guard error.code == .busy else { throw error }
        }
        return try await wake(dispatcher.clock.now())
    }

    private func keepTime() async throws(StoreError) {
        let (step, moved) = try await dispatcher.keepTime(token)
        // The two clocks are not read at one moment: less than a second is no setting.
        if abs(step.inSeconds) > 1 {
            for lane in lanes { await lane.clockSet(by: step) }
        }
        // Paused, or read anew: since when it has been due is told by that clock.
        for announcement in moved { await drop(announcement.id) }
        await dispatcher.tell(moved)
    }

    private mutating func write(_ now: Moment) async throws(StoreError) {
        let standings = try await readMarks(now)
        try await hasten()
        try await forgetErased()
        try await readAnnouncements()
        try await expire(now)
        try await failover.run(standings, now)
        try await noteHealth(now)
        try await noteLacks()
        try await halt()
    }

    private mutating func expire(_ now: Moment) async throws(StoreError) {
        let isDue = try await store.nextExpiry().map { $0 <= now.wall } ?? false
        guard isDue || now.uptime >= nextSweep else { return }
        let ended = try await store.expire(token: token, now: now.wall)
        nextSweep = ended > 0 ? now.uptime : now.uptime + Self.sweep
    }

    // MARK: Health

    private mutating func readMarks(_ now: Moment) async throws(StoreError) -> [Failover.Standing] {
        let markings = try await store.markings(heeding: dispatcher.outside, at: now.wall)
        var standings: [Failover.Standing] = []
        var marked: [ChannelName: Mark] = [:]
        for lane in lanes {
            let mark = markings.saidMark(on: lane.facts)
            marked[lane.facts.name] = mark
            let lacks = lane.facts.missing != nil
            await lane.setMarked(mark != nil || lacks)
            standings.append(
                Failover.Standing(
                    facts: lane.facts, isMarked: mark != nil,
                    standstill: lacks ? Standstill() : await lane.standstill(at: now)))
        }
        await tell(marked)
        return standings
    }

    /// Tells which channels people or outside word have taken down, or let go, since the last look.
    private mutating func tell(_ marked: [ChannelName: Mark]) async {
        defer { self.marked = marked }
        // What held already was told with the plan.
        guard let before = self.marked else { return }
        for lane in lanes {
            let (old, new) = (before[lane.facts.name], marked[lane.facts.name])
            // Outside word is renewed all the time.
            guard old?.who != new?.who || old?.scope != new?.scope || old?.since != new?.since else {
                continue
            }
            await dispatcher.listener.markChanged(lane.facts.name, new)
        }
    }

    /// Lets channels that somebody has mended be probed at once.
    private func hasten() async throws(StoreError) {
        for hastened in try await store.takeHastened(token: token) {
            for lane in lanes where lane.facts.name.rawValue == hastened.channel {
                await lane.hasten(endingRest: hastened.endsRest)
            }
        }
    }

    /// What was said of a person who has been erased meanwhile is not written down again.
    private mutating func forgetErased() async throws(StoreError) {
        let names = try await store.takeErased(token: token)
        if names.isEmpty { return }
        for lane in lanes where names.contains(lane.facts.name.rawValue) { await lane.forgetDetails() }
        mustNote = true
    }

    private mutating func noteHealth(_ now: Moment) async throws(StoreError) {
        for lane in lanes {
            let note = await lane.healthNote(at: now)
            let last = noted[lane.facts.name]
            // While faults come fast, their count is written now and then.
            let isDue =
                last.map { note.faults != $0.note.faults && now.uptime >= $0.at + Self.counting } ?? true
            guard mustNote || isDue || last.map({ note.isNews(since: $0.note) }) ?? true else { continue }
            try await store.note(note, token: token)
            noted[lane.facts.name] = (note, now.uptime)
            if note.isWorthTelling(after: last?.note) { await dispatcher.listener.healthChanged(note) }
        }
        mustNote = false
    }

    /// Lets others see what this process cannot send.
    private mutating func noteLacks() async throws(StoreError) {
        let lacks = await lacking
        if lacks == self.lacks { return }
        try await store.lack(lacks, token: token)
        self.lacks = lacks
    }

    /// Writes down what the lanes saw last; only people miss it when it cannot be written.
    mutating func conclude() async {
        for name in noted.keys { noted[name]?.at = .zero }
        do throws(StoreError) { try await noteHealth(dispatcher.clock.now()) } catch { return }
    }

    // MARK: Announcements

    /// Makes ready what runs, and takes back what was claimed ahead for what has been paused or cancelled meanwhile.
    private func readAnnouncements() async throws(StoreError) {
        let running = Set(try await store.running())
        let known = Set(editions.all.map(\.announcement.id))
        for problem in try await editions.prepare(running) {
            try await stop(problem.announcement, why: "cannot be sent: \(problem.why)")
        }
        let news = running.subtracting(known).compactMap { editions[$0]?.announcement.priority }
        for lane in lanes { await lane.makeWay(for: news.min()) }
        let gone = editions.withdraw(allBut: running)
        if gone.isEmpty { return }
        for lane in lanes { await lane.giveBack(gone) }
    }

    /// Holds what its guard rails have halted.
    private func halt() async throws(StoreError) {
        for edition in editions.all {
            let id = edition.announcement.id
            for (channel, fault) in edition.channelHalts {
                let why =
                    "the first \(MessageHalt.sample) were all refused (\(fault.code.rawValue): \(fault.detail))"
                try await store.hold(id, channel, why: why, token: token)
                for lane in lanes where lane.facts.name == channel { await lane.giveBack([id]) }
                edition.handOverHalt(of: channel)
                await dispatcher.listener.halted(
                    "\(id) is held on \(channel): \(why); tocsin resume \(id) goes on")
            }
            if let why = edition.halt { try await stop(id, why: why) }
        }
    }

    /// Pauses an announcement that only a person can let go on.
    private func stop(_ id: Announcement.ID, why: String) async throws(StoreError) {
        do throws(StoreError) {
            try await store.pause(id, why: why, token: token)
        } catch {
            // It is over, or gone: then nothing of it is sent any more either.
            guard error.code == .wrongState || error.code == .notFound else { throw error }
        }
        await drop(id)
        await dispatcher.tellPause(of: id, why: why)
    }

    /// Takes back what was claimed ahead for an announcement that has been paused.
    private func drop(_ id: Announcement.ID) async {
        editions.withdraw(id)
        for lane in lanes { await lane.giveBack([id]) }
    }

    // MARK: Lanes

    private func wake(_ now: Moment) async throws(StoreError) -> DispatchStatus {
        let backlog = try await store.backlog()
        var standstills: [(ChannelFacts, Standstill)] = []
        var status = DispatchStatus(free: [], now: now, isDispatcher: true)
        for lane in lanes {
            // Asked together: what has just tripped is not free any more, but its people will leave.
            let governor = await lane.governor
            if lane.facts.missing == nil { standstills.append((lane.facts, governor.standstill(at: now))) }
            if governor.isPromising(at: now.uptime) { status.free.insert(lane.facts.name) }
            if let next = backlog[lane.facts.name]?.nextAt, next <= now.wall { lane.bell.ring() }
        }
        status.unusable = Set(lanes.map(\.facts).filter { $0.missing != nil }.map(\.name))
        status.beyond = editions.beyond
        status.leaving = Leaving.of(standstills, to: lanes.map(\.facts), free: status.free)
        return status
    }
}

extension HealthNote {
    /// Whether it says something that `last` did not; dates are reckoned anew each time, so they differ a little.
    fileprivate func isNews(since last: HealthNote) -> Bool {
        let differ = { (one: Date?, other: Date?) in
            abs((one ?? .distantPast).timeIntervalSince(other ?? .distantPast)) > 1
        }
        return state != last.state || why != last.why || differ(until, last.until)
            || differ(pause?.rest.until, last.pause?.rest.until) || pause?.rest.why != last.pause?.rest.why
            || pause?.rest.origin != last.pause?.rest.origin
    }

    /// Whether people want to hear of it: down, up again, or down for another reason; not of each probe in between.
    fileprivate func isWorthTelling(after last: HealthNote?) -> Bool {
        guard let last else { return !isUp }
        return isUp != last.isUp || fault?.code != last.fault?.code
    }
}
