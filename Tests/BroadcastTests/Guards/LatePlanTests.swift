import Broadcast
import Foundation
import Testing

/// What of a plan expires before its turn: exactly, and in a table.
struct LatePlanTests {
    private static let day = DayQuota.day

    /// A channel's plan in a row of a table.
    struct Case: Sendable {
        var queued: Int
        /// How many of them are held back for how many seconds.
        var held: [(count: Int, seconds: Double)] = []
        var rate: Rate? = Rate(perSecond: 5)
        var perDay: Int?
        var ahead = 0
        var within = Duration.seconds(10)
        var fileBytes = 0
        /// How many have their turn in time.
        var leaving: Int
        /// When half, 95 %, all and the last of those that leave are out, in seconds.
        var times: [Double?]

        var plan: ChannelPlan {
            var plan = ChannelPlan(.sample("sms", .direct(.phone), rate: rate), queued: queued)
            var waits = ChannelPlan.Held(from: .noon)
            for (count, seconds) in held {
                for _ in 0..<count { waits.add(.noon.addingTimeInterval(seconds)) }
            }
            if !held.isEmpty { plan.held = waits }
            plan.day = perDay.map { DayPlan(DayQuota($0), ahead: ahead) }
            plan.within = within
            plan.fileBytes = fileBytes
            return plan
        }
    }

    private static let cases: [Case] = [
        Case(queued: 200, leaving: 50, times: [nil, nil, nil, 10]),
        Case(queued: 50, leaving: 50, times: [5, 9.5, 10, 10]),
        Case(queued: 51, leaving: 50, times: [5.1, 9.69, nil, 10]),
        Case(queued: 100, leaving: 50, times: [10, nil, nil, 10]),
        // The first leaves at once, and one at each seventh of a minute.
        Case(
            queued: 8, rate: Rate(perSecond: 7 / 60.0), within: .seconds(60), leaving: 7,
            times: [4 * 60 / 7.0, nil, nil, 60]),
        Case(
            queued: 2, rate: Rate(perSecond: 1 / 60.0), within: .seconds(30), leaving: 1,
            times: [60, nil, nil, 60]),
        // Without a rate its connections say how fast it is; with large files the line does.
        Case(queued: 500, rate: nil, leaving: 400, times: [6.25, nil, nil, 10]),
        Case(queued: 500, rate: nil, fileBytes: 12_500_000 * 250, leaving: 20, times: [nil, nil, nil, 10]),
        // Each is due when its quiet hours end, and what has expired till then is in nobody's way.
        Case(
            queued: 300, held: [(100, 3_600)], leaving: 100, times: [nil, nil, nil, 3_610]),
        Case(
            queued: 100, held: [(40, 8), (30, 9)], leaving: 85, times: [12, nil, nil, 19]),
        // A day's number is not taken twice within a day, whenever it was used.
        Case(queued: 1_200, perDay: 250, within: day, leaving: 250, times: [nil, nil, nil, 50]),
        Case(queued: 1_200, perDay: 250, within: day * 2, leaving: 500, times: [nil, nil, nil, 86_450]),
        Case(
            queued: 500, held: [(500, 28_800)], perDay: 250, within: day, leaving: 250,
            times: [28_850, nil, nil, 28_850]),
        Case(
            queued: 500, held: [(250, 28_800)], perDay: 250, within: day, leaving: 500,
            times: [50, 86_445, 86_450, 86_450]),
        // The rate lets fewer leave than the day would.
        Case(queued: 1_200, perDay: 250, leaving: 50, times: [nil, nil, nil, 10]),
        Case(queued: 100, perDay: 60, ahead: 20, leaving: 30, times: [nil, nil, nil, 10]),
        Case(queued: 100, perDay: 60, ahead: 80, leaving: 0, times: [nil, nil, nil, 0]),
        Case(queued: 0, leaving: 0, times: [0, 0, 0, 0]),
    ]

    @Test(arguments: cases)
    func `what has its turn only after it expires is counted, and never as told`(item: Case) {
        let plan = item.plan
        #expect(plan.leaving == item.leaving && plan.expiring == item.queued - item.leaving)
        let pace = plan.pace
        let found = [pace.half, pace.most, pace.all, pace.last].map { $0?.inSeconds }
        #expect(
            zip(found, item.times).allSatisfy {
                ($0 == nil) == ($1 == nil) && abs(($0 ?? 0) - ($1 ?? 0)) < 1e-5
            },
            "\(found)")
        #expect(pace.told == item.leaving && pace.late == plan.expiring)
    }

    @Test
    func `an announcement's own expiry shortens what its channels' retries allow, and lengthens nothing`() {
        let facts = ChannelFacts.email
        let within = facts.retry.within
        #expect(Announcement.sample().within(over: facts) == within)
        #expect(Announcement.sample(expiresAfter: .seconds(10)).within(over: facts) == .seconds(10))
        #expect(Announcement.sample(expiresAfter: within * 2).within(over: facts) == within)
    }

    /// The plan of 200 people on a channel that tells 50 of them in time; `more` are those of another one.
    private func plan(reach: Reach, followed: Int = 0, more: [ChannelPlan] = []) -> PlanSummary {
        var slow = ChannelPlan(
            .sample("sms", .direct(.phone), rate: Rate(perSecond: 5), price: Money(1, "EUR")), queued: 200)
        slow.within = .seconds(10)
        slow.followed = followed
        slow.followedCosts = [Money(Decimal(followed) / 10, "CHF")]
        var plan = PlanSummary(
            of: .sample(reach: reach), digest: PreviewDigest(of: .sample(), over: []), people: 200,
            reachable: 200, channels: [slow] + more)
        let channels = ["sms"] + (reach == .every ? more.map(\.facts.name) : [])
        let deliveries = channels.map {
            Delivery(contact: Contact.ID(valid: "c"), channel: $0, address: nil, plan: .queued, due: .noon)
        }
        for _ in 0..<200 { plan.hearers.add(deliveries, from: .noon) }
        return plan
    }

    @Test func `whom a quicker channel tells too is not late`() {
        let alone = plan(reach: .every)
        #expect(alone.pace.late == 150 && alone.pace.all == nil && alone.pace.last == .seconds(10))
        let both = plan(reach: .every, more: [ChannelPlan(.email, queued: 200)])
        #expect(both.pace.late == 0 && both.pace.all == .seconds(5))
    }

    @Test(arguments: [(0, 0), (200, 150), (100, 75)])
    func `who goes on to another channel is not told in time, and counted`(followed: Int, moving: Int) {
        let plan = plan(reach: .first, followed: followed)
        #expect(plan.pace.late == 150 && plan.movingOn == moving)
        #expect(plan.moreCosts == (moving > 0 ? [Money(Decimal(moving) / 10, "CHF")] : []))
    }

    @Test func `what expires costs nothing, and what it may cost at most holds to the bound`() throws {
        let plan = plan(reach: .every)
        #expect(plan.timelyCosts == [Money(50, "EUR")] && plan.costs == [Money(200, "EUR")])
        var segments = plan.channels[0]
        segments.segments = 500
        #expect(segments.timelyCost == Money(125, "EUR") && segments.cost == Money(500, "EUR"))
        let text = String(decoding: try JSONEncoder().encode(plan), as: UTF8.self)
        for member in [
            #""late":150"#, #""half":null"#, #""all":null"#, #""expiring":150"#,
            #""costsAtMost":[{"#, #""costAtMost":{"#,
        ] { #expect(text.contains(member), "\(text)") }
    }
}
