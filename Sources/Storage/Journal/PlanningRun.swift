public import Broadcast
internal import Foundation

/// One pass of planning: what it is for, and what it has counted so far.
public struct PlanningRun: Sendable {
    /// What is planned.
    public let announcement: Announcement.ID
    /// Whether nothing is written to the store.
    public let isDry: Bool
    /// By channel, as the report will show them.
    public private(set) var channels: [ChannelName: ChannelCounts]
    /// The people the audience named; batches must keep the deliveries of one contact together.
    public private(set) var selected = 0
    /// Those with something queued, or with an address that somebody else's copy goes to.
    public private(set) var reachable = 0

    /// What its deliveries cost, in the currency of the announcement's bound.
    private(set) var cost: Decimal = 0
    /// The channels over which another contact's copy stands for a contact, in the last batch that was planned.
    public private(set) var duplicates: [Contact.ID: Set<ChannelName>] = [:]

    let number: Int64
    let seq: Int64
    let pass: Int64
    /// The announcement that this one ends, by its number.
    let closes: Int64?
    let once: Once
    let reach: Reach
    let within: [ChannelName: Int64]
    private(set) var firstExpiry: [ChannelName: Int64] = [:]
    private var lastContact: Contact.ID?
    private var lastIsReachable = false
    private var earlier: [Contact.ID: PlannedEarlier] = [:]

    init(
        _ announcement: Announcement, at place: Place?, number: Int64, over facts: [PlannedChannel],
        closing closes: Int64?
    ) {
        self.announcement = announcement.id
        seq = place?.seq ?? 0
        pass = place?.pass ?? 0
        self.number = number
        self.closes = closes
        once = announcement.once
        reach = announcement.reach
        isDry = place == nil
        channels = Dictionary(facts.map { ($0.name, ChannelCounts(company: $0.company)) }) { first, _ in first
        }
        within = Dictionary(facts.map { ($0.name, $0.within) }) { first, _ in first }
    }

    /// Where in the journal a pass writes.
    struct Place {
        var seq: Int64
        var pass: Int64
    }

    /// The same, whose deliveries cost so much; nil when they are free.
    public func costing(_ cost: Money?) -> PlanningRun {
        var run = self
        run.cost = cost?.amount ?? 0
        return run
    }

    /// The same, before it plans for those in `told`; whom it has planned for already it does not count again.
    public func meeting(_ told: NewlyTold) -> PlanningRun {
        var run = self
        run.earlier = told.earlier
        run.lastContact = nil
        return run
    }

    /// Whether something goes to the contact from before they were met again.
    public func wasReachable(_ contact: Contact.ID) -> Bool { earlier[contact]?.isReachable ?? false }

    /// Whether the contact is met again.
    func knows(_ contact: Contact.ID) -> Bool { earlier[contact] != nil }

    /// The same, as if these had been planned too, however many share an address.
    public func counting(_ deliveries: [Delivery]) -> PlanningRun {
        var run = self
        for delivery in deliveries { run.count(delivery, as: delivery.plan, expires: .max) }
        return run
    }

    /// A new batch begins.
    mutating func beginBatch() { duplicates = [:] }

    /// Counts a delivery as it was written.
    mutating func count(_ delivery: Delivery, as plan: Delivery.Planned, expires: Int64) {
        let isSent = plan == .queued || plan == .skipped(.duplicateAddress)
        countContact(delivery.contact, isReachable: isSent)
        switch plan {
        case .queued:
            channels[delivery.channel, default: ChannelCounts()].add(1, .queued, nil)
            firstExpiry[delivery.channel] = min(firstExpiry[delivery.channel] ?? expires, expires)
        case .skipped(let reason):
            if reason == .duplicateAddress, let contact = delivery.contact {
                duplicates[contact, default: []].insert(delivery.channel)
            }
            channels[delivery.channel, default: ChannelCounts()].add(1, .skipped, reason)
        }
    }

    /// Counts no longer the row that stood for channels that are gone.
    mutating func uncountPlaceholder(on channel: ChannelName) {
        channels[channel, default: ChannelCounts()].add(-1, .skipped, .channelGone)
    }

    private mutating func countContact(_ contact: Contact.ID?, isReachable: Bool) {
        guard let contact else { return }
        if contact != lastContact {
            lastContact = contact
            lastIsReachable = wasReachable(contact)
            if !knows(contact) { selected += 1 }
        }
        if isReachable, !lastIsReachable {
            lastIsReachable = true
            reachable += 1
        }
    }
}

/// A channel as an announcement is planned for it.
struct PlannedChannel: Sendable {
    var name: ChannelName
    var company: String
    /// Milliseconds after its due time in which a delivery may leave.
    var within: Int64
}
