import Broadcast
import Foundation
import Testing

/// Who hears how something ended, and where.
struct ToldPlanningTests {
    private static func plan(
        _ told: Set<ChannelName>, _ reach: Reach = .every, chosen: [ChannelName]? = nil,
        down: Set<ChannelName> = [], prefer: [ChannelName] = [], has: [AddressKind] = AddressKind.allCases,
        surely: Set<ChannelName> = []
    ) -> String {
        var announcement = Announcement.sample(reach: reach)
        announcement.channels = chosen
        let planner = Planner(
            announcement,
            over: [ChannelFacts.sms, .email, .telegram, .hook].map {
                PlanningChannel($0, isMarkedDown: down.contains($0.name))
            }, order: ["telegram", "email"])
        var contact = Contact.sample(has: has)
        contact.prefer = prefer
        return planner.deliveries(for: [PlanningMember(contact, toldOver: told, surelyTold: surely)]).map {
            delivery in
            switch delivery.plan {
            case .queued: delivery.channel.rawValue
            case .skipped(let reason): "\(delivery.channel):\(reason.rawValue)"
            }
        }.joined(separator: " ")
    }

    @Test(
        arguments: [
            (["email"], "email"), (["sms", "telegram"], "telegram sms"), (["gone", "email"], "email"),
            (["gone"], "telegram:channel-gone"),
        ] as [(Set<ChannelName>, String)])
    func `everybody hears it on the channels where they were told`(told: Set<ChannelName>, plan: String) {
        #expect(Self.plan(told) == plan)
    }

    @Test func `what stands against a channel stands against it here`() {
        #expect(Self.plan(["email"], down: ["email"]) == "email:channel-down")
        #expect(Self.plan(["email", "sms"], has: [.phone]) == "email:no-address sms")
    }

    @Test func `reach first takes the first where the person was told, as they prefer`() {
        #expect(Self.plan(["email", "sms"], .first) == "email")
        #expect(Self.plan(["email", "sms"], .first, prefer: ["telegram", "sms"]) == "sms")
        #expect(Self.plan(["email", "sms"], .first, down: ["email"]) == "email:channel-down sms")
    }

    @Test
    func `reach first takes a channel where the person was surely told before one where they perhaps were`() {
        #expect(Self.plan(["email", "sms"], .first, surely: ["sms"]) == "sms")
        #expect(Self.plan(["email", "sms"], .first, prefer: ["email"], surely: ["sms"]) == "sms")
        #expect(
            Self.plan(["email", "sms"], .first, down: ["sms"], surely: ["sms"]) == "sms:channel-down email")
        #expect(Self.plan(["email", "sms"], .first, surely: ["sms", "email"]) == "email")
    }

    @Test func `a choice of channels narrows it, and says whom it leaves out`() {
        #expect(Self.plan(["email", "sms"], chosen: ["email"]) == "email")
        #expect(Self.plan(["sms"], chosen: ["email"]) == "sms:channel-not-chosen")
    }
}
