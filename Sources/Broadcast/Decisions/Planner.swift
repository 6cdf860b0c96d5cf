public import Foundation

/// Decides who gets an announcement over which channel, and why not over the others.
///
/// Reach `every` leaves one row for each chosen direct channel, queued or skipped. Reach `first` walks the contact's
/// `prefer`, then the configured order, then the rest by name: one row for each channel that was passed over, and one
/// queued for the first that will do. Of several reasons to skip, the first of `no-address`, `suppressed`,
/// `no-consent`, `channel-down`, `quiet-hours` stands. A channel left out with `--channels` has a row
/// (`channel-not-chosen`) only where it would have reached somebody whom no chosen channel reaches: those rows say
/// what the choice costs, and a million contacts do not each carry rows that say nothing. Who hears how something ended
/// hears it only where they were told of it (``PlanningMember/toldOver``).
public struct Planner: Sendable {
    private let announcement: Announcement
    /// Direct channels in the configured order, then by name.
    private let chosen: [PlanningChannel]
    private let leftOut: [PlanningChannel]
    private let places: [PlanningChannel]

    /// Plans `announcement` over all `channels` that are configured, chosen or not.
    public init(_ announcement: Announcement, over channels: [PlanningChannel], order: [ChannelName]) {
        self.announcement = announcement
        let rank = Dictionary(order.enumerated().map { ($1, $0) }, uniquingKeysWith: min)
        let sorted = channels.sorted {
            (rank[$0.facts.name] ?? .max, $0.facts.name) < (rank[$1.facts.name] ?? .max, $1.facts.name)
        }
        let isChosen = { (channel: PlanningChannel) in
            announcement.channels?.contains(channel.facts.name) ?? true
        }
        let isPublic = { (channel: PlanningChannel) in channel.facts.traits.audience == .public }
        chosen = sorted.filter { isChosen($0) && !isPublic($0) }
        leftOut = sorted.filter { !isChosen($0) && !isPublic($0) }
        places = sorted.filter { isChosen($0) && isPublic($0) }
    }

    /// One delivery for each chosen public channel, under either reach.
    public var publicDeliveries: [Delivery] {
        var times = releaseTimes(due: announcement.due)
        return places.map { place in
            let fit = isDown(place) ? .skipped(.channelDown) : fit(zone: nil, over: place, &times)
            return delivery(of: nil, over: place, fit, due: announcement.due)
        }
    }

    /// The rows of some members of the audience, member by member.
    public func deliveries(for members: some Sequence<PlanningMember>) -> [Delivery] {
        var times = releaseTimes(due: announcement.due)
        var deliveries: [Delivery] = []
        for member in members { append(member, to: &deliveries, &times) }
        return deliveries
    }

    /// Under reach `first`, the delivery over the next channel that will do; nil when none is left, or when the
    /// announcement's own time is over.
    public func successor(
        for member: PlanningMember, after tried: Set<ChannelName>, now: Date
    ) -> Delivery? {
        if let expiry = announcement.expiry, now >= expiry { return nil }
        var times = releaseTimes(due: max(now, announcement.due))
        let rest = walk(for: member).filter { !tried.contains($0.facts.name) }
        var steps: [Delivery] = []
        appendWalk(of: member, over: rest, to: &steps, &times)
        return steps.first { $0.plan == .queued }
    }

    /// Every delivery that would do for `member` now, whatever the reach takes of them, in the order in which reach `first`
    /// tries them.
    public func ways(for member: PlanningMember) -> [Delivery] {
        var times = releaseTimes(due: announcement.due)
        return walk(for: member).filter { !$0.isMarkedDown }.compactMap { channel in
            let way = delivery(
                of: member.contact, over: channel, fit(of: member, over: channel, &times), due: times.due)
            return way.plan == .queued ? way : nil
        }
    }

    /// How one channel fits one member.
    private enum Fit {
        case queued(Date)
        case skipped(SkipReason)
    }

    private func releaseTimes(due: Date) -> ReleaseTimes {
        ReleaseTimes(due: due, senderZone: announcement.content.sender.timezone)
    }

    private func append(
        _ member: PlanningMember, to deliveries: inout [Delivery], _ times: inout ReleaseTimes
    ) {
        let start = deliveries.count
        switch announcement.reach {
        case .every:
            for channel in chosen where member.hears(over: channel) {
                let fit = fit(of: member, over: channel, &times)
                deliveries.append(delivery(of: member.contact, over: channel, fit, due: times.due))
            }
        case .first: appendWalk(of: member, over: walk(for: member), to: &deliveries, &times)
        }
        let isQueued = deliveries[start...].contains { $0.plan == .queued }
        guard !isQueued, !chosen.isEmpty else { return }
        for channel in leftOut where member.hears(over: channel) {
            guard case .queued = fit(of: member, over: channel, &times) else { continue }
            deliveries.append(
                delivery(of: member.contact, over: channel, .skipped(.channelNotChosen), due: times.due))
        }
        // Whoever was told only where nothing goes any more must not be missing from the counts.
        guard deliveries.count == start, member.toldOver != nil else { return }
        deliveries.append(
            delivery(of: member.contact, over: chosen[0], .skipped(.channelGone), due: times.due))
    }

    /// Where somebody was surely told of what is closed comes before where they perhaps were: one copy has to do.
    private func walk(for member: PlanningMember) -> [PlanningChannel] {
        let walk = preferred(by: member)
        if member.surelyTold.isEmpty { return walk }
        let isSure = { (channel: PlanningChannel) in member.surelyTold.contains(channel.facts.name) }
        return walk.filter(isSure) + walk.filter { !isSure($0) }
    }

    private func preferred(by member: PlanningMember) -> [PlanningChannel] {
        let prefer = member.contact.prefer
        let open = member.toldOver == nil ? chosen : chosen.filter(member.hears)
        if prefer.isEmpty { return open }
        var walk: [PlanningChannel] = []
        for name in prefer where !walk.contains(where: { $0.facts.name == name }) {
            if let channel = open.first(where: { $0.facts.name == name }) { walk.append(channel) }
        }
        return walk + open.filter { !prefer.contains($0.facts.name) }
    }

    private func appendWalk(
        of member: PlanningMember, over walk: [PlanningChannel], to deliveries: inout [Delivery],
        _ times: inout ReleaseTimes
    ) {
        let start = deliveries.count
        for channel in walk {
            // Even with `--wait`, a channel that works now comes before one that is awaited.
            var fit = fit(of: member, over: channel, &times)
            if case .queued = fit, channel.isMarkedDown { fit = .skipped(.channelDown) }
            let delivery = delivery(of: member.contact, over: channel, fit, due: times.due)
            deliveries.append(delivery)
            if delivery.plan == .queued { return }
        }
        guard announcement.waitsForMarked else { return }
        let awaited = deliveries[start...].firstIndex { $0.plan == .skipped(.channelDown) }
        guard let awaited else { return }
        let fit = fit(of: member, over: walk[awaited - start], &times)
        deliveries[awaited] = delivery(of: member.contact, over: walk[awaited - start], fit, due: times.due)
        deliveries.removeSubrange((awaited + 1)...)
    }

    private func fit(
        of member: PlanningMember, over channel: PlanningChannel, _ times: inout ReleaseTimes
    ) -> Fit {
        let contact = member.contact
        let kind = channel.facts.traits.audience.addressKind
        if let kind {
            guard contact.addresses[kind] != nil else { return .skipped(.noAddress) }
            let orders = member.suppressions[kind] ?? []
            if orders.contains(where: { $0.blocks(announcement.purpose) }) { return .skipped(.suppressed) }
        }
        if announcement.purpose == .marketing, !contact.consent.allows(channel.facts.name, kind: kind) {
            return .skipped(.noConsent)
        }
        if isDown(channel) { return .skipped(.channelDown) }
        return fit(zone: contact.timezone, over: channel, &times)
    }

    private func isDown(_ channel: PlanningChannel) -> Bool {
        channel.isMarkedDown && !announcement.waitsForMarked
    }

    /// Skipped when silence lasts until the announcement's own time is over.
    private func fit(zone: String?, over channel: PlanningChannel, _ times: inout ReleaseTimes) -> Fit {
        let hours = announcement.priority == .urgent ? nil : channel.facts.quietHours
        let date = times.release(in: zone, keeping: hours)
        if let expiry = announcement.expiry, date > times.due, date >= expiry { return .skipped(.quietHours) }
        return .queued(date)
    }

    private func delivery(of contact: Contact?, over channel: PlanningChannel, _ fit: Fit, due: Date)
        -> Delivery
    {
        let address = channel.facts.traits.audience.addressKind.flatMap { contact?.addresses[$0] }
        let (plan, date): (Delivery.Planned, Date) =
            switch fit {
            case .queued(let date): (.queued, date)
            case .skipped(let reason): (.skipped(reason), due)
            }
        return Delivery(
            contact: contact?.id, channel: channel.facts.name, address: address, plan: plan, due: date)
    }
}
