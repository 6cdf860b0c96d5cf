import Broadcast
import Foundation
import TestPeers
import Testing

@Suite struct PlannerTests {
    private static let all: [ChannelFacts] = [.sms, .email, .telegram, .hook, .status]

    private static func planner(
        _ announcement: Announcement = .sample(), down: Set<ChannelName> = [],
        over channels: [ChannelFacts] = all
    ) -> Planner {
        Planner(
            announcement, over: channels.map { PlanningChannel($0, isMarkedDown: down.contains($0.name)) },
            order: ["telegram", "email"])
    }

    /// `channel`, or `channel:reason` when skipped.
    private static func words(_ deliveries: [Delivery]) -> String {
        let words = deliveries.map { delivery in
            switch delivery.plan {
            case .queued: delivery.channel.rawValue
            case .skipped(let reason): "\(delivery.channel):\(reason.rawValue)"
            }
        }
        return words.joined(separator: " ")
    }

    private static func plan(
        _ member: PlanningMember, _ announcement: Announcement = .sample(), down: Set<ChannelName> = []
    ) -> String {
        words(planner(announcement, down: down).deliveries(for: [member]))
    }

    @Test(arguments: [
        ([AddressKind.email, .phone, .telegram], "telegram email hook sms"),
        ([.phone], "telegram:no-address email:no-address hook sms"),
        ([], "telegram:no-address email:no-address hook sms:no-address"),
    ])
    func `reach every leaves one row for each direct channel, in order`(has: [AddressKind], plan: String) {
        #expect(Self.plan(PlanningMember(.sample(has: has))) == plan)
    }

    @Test(arguments: [
        (Suppression.Extent.all, Purpose.service, true), (.all, .marketing, true),
        (.marketing, .marketing, true),
        (.marketing, .service, false),
    ])
    func `an opt-out from marketing does not silence a service notice`(
        extent: Suppression.Extent, purpose: Purpose, isSkipped: Bool
    ) {
        let orders = [AddressKind.email: [Suppression.sample(.email, extent)]]
        let member = PlanningMember(.sample(consent: .all), suppressions: orders)
        let plan = Self.plan(member, .sample(purpose: purpose))
        #expect(plan == "telegram \(isSkipped ? "email:suppressed" : "email") hook sms")
    }

    @Test(arguments: [
        (Consent.none, "telegram:no-consent email:no-consent hook:no-consent sms:no-consent"),
        (.all, "telegram email hook sms"),
        (.only(["email", "phone"]), "telegram:no-consent email hook:no-consent sms"),
        (.only(["sms", "hook"]), "telegram:no-consent email:no-consent hook sms"),
    ])
    func `marketing goes only where it was allowed`(consent: Consent, plan: String) {
        #expect(Self.plan(PlanningMember(.sample(consent: consent)), .sample(purpose: .marketing)) == plan)
        #expect(Self.plan(PlanningMember(.sample(consent: consent))) == "telegram email hook sms")
    }

    @Test func `of several reasons the first in the fixed order stands`() {
        let orders = [AddressKind.email: [Suppression.sample(.email, .all)]]
        let member = PlanningMember(.sample(has: [.email, .telegram]), suppressions: orders)
        let plan = Self.plan(
            member, .sample(purpose: .marketing), down: ["email", "sms", "telegram", "hook"])
        #expect(plan == "telegram:no-consent email:suppressed hook:no-consent sms:no-address")
    }

    @Test(arguments: [(false, "telegram email:channel-down hook sms"), (true, "telegram email hook sms")])
    func `a channel that is marked down is skipped, or waited for`(waits: Bool, plan: String) {
        #expect(Self.plan(PlanningMember(.sample()), .sample(waits: waits), down: ["email"]) == plan)
    }

    private static let walks: [(prefer: String, has: [AddressKind], plan: String)] = [
        ("", [.email, .phone, .telegram], "telegram"),
        ("", [.email, .phone], "telegram:no-address email"),
        ("", [.phone], "telegram:no-address email:no-address hook"),
        ("sms gone", [.email, .phone], "sms"),
        ("sms email sms", [.telegram], "sms:no-address email:no-address telegram"),
        ("sms", [.email], "sms:no-address telegram:no-address email"),
    ]

    @Test(arguments: walks)
    func `reach first takes the first channel that will do, and says why not the ones before`(
        prefer: String, has: [AddressKind], plan: String
    ) {
        let member = PlanningMember(.sample(has: has, prefer: prefer.channels))
        #expect(Self.plan(member, .sample(reach: .first)) == plan)
    }

    private static let everyDown =
        "telegram:channel-down email:channel-down hook:channel-down sms:channel-down"

    @Test(arguments: [
        (false, "telegram", "telegram:channel-down email"), (true, "telegram", "telegram:channel-down email"),
        (false, "telegram email hook sms", everyDown), (true, "telegram email hook sms", "telegram"),
    ])
    func `reach first waits for a marked channel only when no other will do`(
        waits: Bool, down: String, plan: String
    ) {
        let announcement = Announcement.sample(reach: .first, waits: waits)
        #expect(Self.plan(PlanningMember(.sample()), announcement, down: Set(down.channels)) == plan)
    }

    private static let choices: [(channels: String?, reach: Reach, plan: String)] = [
        (nil, .every, "telegram:no-address email hook sms:no-address"), ("email", .every, "email"),
        ("sms", .every, "sms:no-address email:channel-not-chosen hook:channel-not-chosen"),
        ("sms", .first, "sms:no-address email:channel-not-chosen hook:channel-not-chosen"),
        ("email telegram", .first, "telegram:no-address email"), ("status", .every, ""),
    ]

    @Test(arguments: choices)
    func `a channel left out has a row only where it would have reached somebody who is missed`(
        channels: String?, reach: Reach, plan: String
    ) {
        let announcement = Announcement.sample(channels: channels?.channels, reach: reach)
        #expect(Self.plan(PlanningMember(.sample(has: [.email])), announcement) == plan)
    }

    private static let places: [(channels: String?, down: String, waits: Bool, plan: String)] = [
        (nil, "", false, "status"), ("email", "", false, ""),
        ("status", "status", false, "status:channel-down"),
        (nil, "status", true, "status"),
    ]

    @Test(arguments: places, Reach.allCases)
    func `a public channel gets one delivery under either reach`(
        place: (channels: String?, down: String, waits: Bool, plan: String), reach: Reach
    ) {
        let announcement = Announcement.sample(
            channels: place.channels?.channels, reach: reach, waits: place.waits)
        let planned = Self.planner(announcement, down: Set(place.down.channels)).publicDeliveries
        #expect(Self.words(planned) == place.plan)
        #expect(planned.allSatisfy { $0.contact == nil && $0.address == nil })
    }

    @Test func `rows carry the address, the contact and the due time`() {
        let contact = Contact.sample()
        let deliveries = Self.planner().deliveries(for: [PlanningMember(contact)])
        let addresses: [String?] = ["4711", "anna@acme.example", nil, "+393331234567"]
        #expect(deliveries.map { $0.address?.value } == addresses)
        #expect(deliveries.allSatisfy { $0.contact == contact.id && $0.due == .noon })
    }

    // MARK: quiet hours

    /// 21:00 to 08:00 for the reader; the announcement is due at 12:00 UTC.
    private static let night = QuietHours(start: 21 * 60, end: 8 * 60)

    private static let nights: [(zone: String, hours: Double)] = [
        ("UTC", 0), ("Europe/Rome", 0), ("America/New_York", 1), ("Pacific/Auckland", 7), ("Nowhere/Land", 0),
        ("Asia/Kolkata", 0),
    ]

    @Test(arguments: nights)
    func `what falls into a reader's night leaves when the night ends there`(zone: String, hours: Double) {
        let sms = ChannelFacts.sample("sms", .direct(.phone), quiet: Self.night)
        let planner = Self.planner(over: [sms])
        let deliveries = planner.deliveries(for: [PlanningMember(.sample(zone: zone))])
        #expect(deliveries.map(\.plan) == [.queued])
        #expect(deliveries.map(\.due) == [Date.noon.addingTimeInterval(hours * 3600)])
    }

    @Test func `readers without a zone have the sender's, and urgent ones are woken`() {
        let sms = ChannelFacts.sample("sms", .direct(.phone), quiet: Self.night)
        let due = { (announcement: Announcement) in
            Self.planner(announcement, over: [sms]).deliveries(for: [PlanningMember(.sample())]).map(\.due)
        }
        #expect(due(.sample(zone: "America/New_York")) == [Date.noon.addingTimeInterval(3600)])
        #expect(due(.sample(priority: .urgent, zone: "America/New_York")) == [Date.noon])
    }

    private static let stale: [(expiresAfter: Duration?, reach: Reach, plan: String)] = [
        (nil, .every, "sms email"), (.seconds(3601), .every, "sms email"),
        (.seconds(3600), .every, "sms:quiet-hours email"), (.seconds(3600), .first, "sms:quiet-hours email"),
    ]

    @Test(arguments: stale)
    func `what would be stale when the night ends is skipped`(
        expiresAfter: Duration?, reach: Reach, plan: String
    ) {
        let sms = ChannelFacts.sample("sms", .direct(.phone), quiet: Self.night)
        let announcement = Announcement.sample(
            reach: reach, expiresAfter: expiresAfter, zone: "America/New_York")
        let planner = Planner(
            announcement, over: [PlanningChannel(sms), PlanningChannel(.email)], order: ["sms"])
        #expect(Self.words(planner.deliveries(for: [PlanningMember(.sample())])) == plan)
    }

    // MARK: succession

    private static let successions: [(tried: String, down: String, next: ChannelName?)] = [
        ("telegram", "", "email"), ("telegram", "email", "hook"), ("telegram email hook", "", "sms"),
        ("telegram email hook sms", "", nil), ("telegram", "email hook sms", nil), ("", "", "telegram"),
    ]

    @Test(arguments: successions)
    func `the successor is the next channel that will do`(tried: String, down: String, next: ChannelName?) {
        let later = Date.noon.addingTimeInterval(600)
        let planner = Self.planner(.sample(reach: .first), down: Set(down.channels))
        let successor = planner.successor(
            for: PlanningMember(.sample()), after: Set(tried.channels), now: later)
        #expect(successor?.channel == next)
        #expect(successor?.due == next.map { _ in later })
    }

    @Test(arguments: [(Reach.first, false), (.every, true)])
    func `the ways of somebody are all that would do now, in the order in which they are tried`(
        reach: Reach, waits: Bool
    ) {
        let planner = Self.planner(.sample(reach: reach, waits: waits), down: ["email"])
        let member = PlanningMember(.sample(has: [.email, .telegram], prefer: ["hook", "email"]))
        #expect(Self.words(planner.ways(for: member)) == "hook telegram")
        #expect(Self.words(planner.ways(for: PlanningMember(.sample()))) == "telegram hook sms")
    }

    @Test(arguments: [(599.0, true), (600, false)])
    func `there is no successor once the announcement's time is over`(later: Double, isThere: Bool) {
        let planner = Self.planner(.sample(reach: .first, expiresAfter: .seconds(600)))
        let now = Date.noon.addingTimeInterval(later)
        #expect((planner.successor(for: PlanningMember(.sample()), after: [], now: now) != nil) == isThere)
    }

    @Test(arguments: [1 as UInt64, 2, 3, 20_261_121])
    func `whatever the member, rows are one a channel, and reach first queues at most one`(seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        for _ in 0..<500 {
            let names: [ChannelName] = ["email", "sms", "telegram", "hook"]
            let some = { (random: inout SeededNumbers) in names.filter { _ in Bool.random(using: &random) }
            }
            let kinds = AddressKind.allCases.filter { _ in Bool.random(using: &random) }
            let reach: Reach = Bool.random(using: &random) ? .first : .every
            let announcement = Announcement.sample(
                channels: Bool.random(using: &random) ? nil : some(&random),
                purpose: Bool.random(using: &random) ? .service : .marketing, reach: reach,
                waits: Bool.random(using: &random))
            let consent = Consent.only(Set(some(&random).map(\.rawValue)))
            let member = PlanningMember(
                .sample(has: kinds, prefer: some(&random).shuffled(using: &random), consent: consent))
            let planner = Self.planner(announcement, down: Set(some(&random)))
            let rows = planner.deliveries(for: [member])
            #expect(Set(rows.map(\.channel)).count == rows.count, "seed \(seed)")
            let queued = rows.filter { $0.plan == .queued }
            if reach == .first { #expect(queued.count <= 1, "seed \(seed)") }
            let next = planner.successor(for: member, after: [], now: .noon)
            if reach == .first { #expect(next?.channel == queued.first?.channel, "seed \(seed)") }
        }
    }
}
