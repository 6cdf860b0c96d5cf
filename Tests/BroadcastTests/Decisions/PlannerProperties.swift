import Broadcast
import Foundation
import TestPeers
import Testing

/// Whoever is planned for, over whatever channels: everybody has a row that says how, or why not, and only one of each.
@Suite struct PlannerProperties {
    private static let facts: [ChannelFacts] = [.sms, .email, .telegram, .hook]

    /// Who, over what, and what stands against it, drawn at random.
    private struct Draw {
        let announcement: Announcement
        let channels: [PlanningChannel]
        let member: PlanningMember

        init(_ random: inout SeededNumbers) {
            let flip = { (random: inout SeededNumbers) in Bool.random(using: &random) }
            let chosen = facts.map(\.name).filter { _ in Int.random(in: 0..<4, using: &random) > 0 }
            announcement = .sample(
                channels: flip(&random) ? nil : chosen, purpose: flip(&random) ? .service : .marketing,
                reach: flip(&random) ? .first : .every, waits: flip(&random))
            channels = facts.map {
                PlanningChannel($0, isMarkedDown: Int.random(in: 0..<4, using: &random) == 0)
            }.shuffled(using: &random)
            let kinds = AddressKind.allCases.filter { _ in Int.random(in: 0..<3, using: &random) > 0 }
            let consents: [Consent] = [.none, .all, .only(["email", "phone"]), .only(["hook"])]
            let prefer = facts.map(\.name).filter { _ in Bool.random(using: &random) }.shuffled(
                using: &random)
            var member = PlanningMember(
                .sample(
                    has: kinds, prefer: prefer, consent: consents.randomElement(using: &random) ?? .none))
            for kind in kinds where Int.random(in: 0..<4, using: &random) == 0 {
                member.suppressions[kind] = [.sample(kind, flip(&random) ? .all : .marketing)]
            }
            self.member = member
        }

        var planner: Planner { Planner(announcement, over: channels, order: ["telegram", "email"]) }

        var chosen: [PlanningChannel] {
            channels.filter { announcement.channels?.contains($0.facts.name) ?? true }
        }

        /// Whether nothing that the person has said, and nothing missing, stands against a channel.
        func mayUse(_ channel: PlanningChannel) -> Bool {
            let kind = channel.facts.traits.audience.addressKind
            if announcement.purpose == .marketing,
                !member.contact.consent.allows(channel.facts.name, kind: kind)
            {
                return false
            }
            guard let kind else { return true }
            let orders = member.suppressions[kind] ?? []
            return member.contact.addresses[kind] != nil
                && !orders.contains { $0.blocks(announcement.purpose) }
        }
    }

    @Test(arguments: [1 as UInt64, 2, 3, 20_261_121])
    func
        `everybody has one row for each channel that was looked at, and nobody is written to against their word`(
            seed: UInt64
        )
    {
        var random = SeededNumbers(seed: seed)
        var queuedRows = 0
        for turn in 0..<2000 {
            let draw = Draw(&random)
            let rows = draw.planner.deliveries(for: [draw.member])
            let queued = rows.filter { $0.plan == .queued }
            queuedRows += queued.count
            #expect(Set(rows.map(\.channel)).count == rows.count, "seed \(seed), \(turn)")
            let allowed = draw.chosen.filter(draw.mayUse)
            #expect(
                Set(queued.map(\.channel)).isSubset(of: allowed.map(\.facts.name)), "seed \(seed), \(turn)")
            let open = allowed.filter { !$0.isMarkedDown || draw.announcement.waitsForMarked }
            switch draw.announcement.reach {
            case .every: #expect(queued.count == open.count, "seed \(seed), \(turn)")
            case .first: #expect(queued.count == min(1, open.count), "seed \(seed), \(turn)")
            }
            // Who is passed over everywhere is told why for each chosen channel.
            if queued.isEmpty {
                #expect(
                    Set(rows.map(\.channel)).isSuperset(of: draw.chosen.map(\.facts.name)),
                    "seed \(seed), \(turn)")
            }
        }
        #expect(queuedRows > 500, "seed \(seed) says little")
    }

    @Test(arguments: [1 as UInt64, 2, 3, 20_261_121])
    func `led on from failure to failure, a person gets every channel that will do once`(seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        for turn in 0..<2000 {
            let draw = Draw(&random)
            guard draw.announcement.reach == .first else { continue }
            var (tried, turns): (Set<ChannelName>, [ChannelName]) = ([], [])
            while let next = draw.planner.successor(for: draw.member, after: tried, now: .noon) {
                turns.append(next.channel)
                #expect(tried.insert(next.channel).inserted, "seed \(seed), \(turn): \(turns)")
                if turns.count > draw.channels.count { break }
            }
            let open = draw.chosen.filter { channel in
                draw.mayUse(channel) && (!channel.isMarkedDown || draw.announcement.waitsForMarked)
            }
            #expect(Set(turns) == Set(open.map(\.facts.name)), "seed \(seed), \(turn): \(turns)")
        }
    }
}
