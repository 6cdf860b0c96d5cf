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

    /// What keeps 200 waiting, what of them is met first, and what has to be longer.
    @Test(
        arguments: [
            (5.0, nil, 10.0, nil, [.speed], [.channel]), (5, 100, 10, nil, [.speed, .day], [.channel]),
            (5, 30, 10, nil, [.day, .speed], [.channel]), (100, 30, 10, nil, [.day], [.channel]),
            (5, 500, 10, nil, [.speed], [.channel]),
            (5, 30, 10, 10, [.day, .speed], [.announcement, .channel]),
            (5, nil, 10, 10, [.speed], [.announcement, .channel]),
            (5, nil, 60, 10, [.speed], [.announcement]),
            (5, nil, 10, 60, [.speed], [.channel]), (5, nil, 20, 10, [.speed], [.announcement, .channel]),
            (5, nil, 60, nil, [], []), (5, 150, 172_800, nil, [.day], []),
        ] as [(Double, Int?, Double, Double?, [ChannelPlan.Hindrance], [ChannelPlan.Deadline])])
    func `what is met first, and all that would have to be longer, is told`(
        rate: Double, perDay: Int?, within: Double, expires: Double?, hindrances: [ChannelPlan.Hindrance],
        deadlines: [ChannelPlan.Deadline]
    ) {
        var plan = ChannelPlan(.sample("sms", .direct(.phone), rate: Rate(perSecond: rate)), queued: 200)
        plan.facts.retry.within = .seconds(within)
        plan.expires = expires.map { .seconds($0) }
        plan.within = .seconds(min(within, expires ?? within))
        plan.day = perDay.map { DayPlan(DayQuota($0), ahead: 0) }
        #expect(plan.hindrances == hindrances && plan.deadlines == deadlines)
    }

    @Test
    func `an announcement's own expiry shortens what its channels' retries allow, and lengthens nothing`() {
        let facts = ChannelFacts.email
        let within = facts.retry.within
        #expect(Announcement.sample().within(over: facts) == within)
        #expect(Announcement.sample(expiresAfter: .seconds(10)).within(over: facts) == .seconds(10))
        #expect(Announcement.sample(expiresAfter: within * 2).within(over: facts) == within)
    }

    /// The plan of 200 people on a channel that tells 50 of them in time; `more` are those of another one, and the first
    /// `followed` can go on to a third for 0.1 CHF each.
    private func plan(reach: Reach, followed: Int = 0, more: [ChannelPlan] = []) -> PlanSummary {
        var slow = ChannelPlan(
            .sample("sms", .direct(.phone), rate: Rate(perSecond: 5), price: Money(1, "EUR")), queued: 200)
        slow.within = .seconds(10)
        var plan = PlanSummary(
            of: .sample(reach: reach), digest: PreviewDigest(of: .sample(), over: []), people: 200,
            reachable: 200, channels: [slow] + more)
        let deliveries = (["sms"] + (reach == .every ? more.map(\.facts.name) : [])).map(Self.delivery(over:))
        var onward = Onward()
        for number in 0..<200 {
            plan.hearers.add(deliveries, from: .noon)
            let next = number < followed ? [(Self.delivery(over: "voice"), Money(0.1, "CHF") as Money?)] : []
            onward.add(deliveries[0], from: .noon, next: next, at: .noon)
        }
        plan.lead(onward, of: .sample(reach: reach))
        return plan
    }

    private static func delivery(over channel: ChannelName) -> Delivery {
        Delivery(contact: Contact.ID(valid: "c"), channel: channel, address: nil, plan: .queued, due: .noon)
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
        #expect(segments.timelySegments == 125)
        let text = String(decoding: try JSONEncoder().encode(plan), as: UTF8.self)
        for member in [
            #""late":150"#, #""half":null"#, #""all":null"#, #""expiring":150"#,
            #""costsAtMost":[{"#, #""costAtMost":{"#,
        ] { #expect(text.contains(member), "\(text)") }
    }
}
