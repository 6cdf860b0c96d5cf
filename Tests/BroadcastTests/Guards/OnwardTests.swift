import Broadcast
import Foundation
import Testing

/// Who goes on from slow and still channels, by numbers: how many, for how much, and who cannot.
struct OnwardTests {
    private static func delivery(over channel: ChannelName) -> Delivery {
        Delivery(contact: Contact.ID(valid: "c"), channel: channel, address: nil, plan: .queued, due: .noon)
    }

    /// A channel that takes five a second within ten seconds, or as it is said.
    private static func channel(
        _ name: ChannelName, queued: Int = 0, rate: Rate? = Rate(perSecond: 5),
        within: Duration = .seconds(10),
        perDay: Int? = nil
    ) -> ChannelPlan {
        var plan = ChannelPlan(.sample(name, .perContact, rate: rate), queued: queued)
        plan.facts.retry.within = within
        plan.within = within
        plan.day = perDay.map { DayPlan(DayQuota($0), ahead: 0) }
        return plan
    }

    private static let quick = channel("b", rate: nil, within: .seconds(3_600))

    /// 200 people on `first`, of whom each can go on over `ways` in turn: every second one for the first price, the others
    /// for the second.
    private func plan(
        _ first: ChannelPlan, _ others: [ChannelPlan] = [quick], costs: [(Money?, Money?)], bound: Money?,
        expires: Duration? = nil
    ) -> PlanSummary {
        var announcement = Announcement.sample(reach: .first, expiresAfter: expires)
        announcement.createdAt = .noon
        announcement.due = .noon
        announcement.maxCost = bound
        var plan = PlanSummary(
            of: announcement, digest: PreviewDigest(of: announcement, over: []), people: first.queued,
            reachable: first.queued, channels: [first] + others)
        var onward = Onward()
        for number in 0..<first.queued {
            let next = zip(others, costs).map { other, cost in
                (delivery: Self.delivery(over: other.facts.name), cost: number % 2 == 0 ? cost.0 : cost.1)
            }
            onward.add(Self.delivery(over: first.facts.name), from: .noon, next: next, at: .noon)
        }
        plan.lead(onward, of: announcement)
        return plan
    }

    private static func euros(_ cents: Int) -> Money { Money(Decimal(cents) / 100, "EUR") }

    @Test(arguments: [
        (nil, 5, 5, 150, 750, 0), (750, 5, 5, 150, 750, 0), (749, 5, 5, 149, 745, 1),
        (100, 5, 5, 20, 100, 130),
        (0, 5, 5, 0, 0, 150), (104, 5, 5, 20, 100, 130), (0, 0, 0, 150, 0, 0),
        // Every second one costs twice as much: of both kinds as many go on.
        (nil, 5, 10, 150, 1_125, 0), (1_125, 5, 10, 150, 1_125, 0), (600, 5, 10, 80, 600, 70),
        // What is left is too little for the dear ones, and is spent on the others.
        (8, 5, 10, 1, 5, 149),
    ])
    func `the bound covers whom it covers, to the last`(
        bound: Int?, cheap: Int, dear: Int, moving: Int, spent: Int, lost: Int
    ) {
        let plan = plan(
            Self.channel("a", queued: 200), costs: [(Self.euros(cheap), Self.euros(dear))],
            bound: bound.map(Self.euros))
        let moves = plan.channels[0].moves
        #expect(abs(moves.count - moving) <= (cheap == dear ? 0 : 1), "\(moves)")
        #expect(moves.count + moves.lost == 150 && plan.overLimit == moves.lost)
        #expect((moves.costs.first?.amount ?? 0) <= Self.euros(bound ?? 9_999).amount)
        if cheap == dear || lost == 0 { #expect((moves.costs.first ?? Self.euros(0)) == Self.euros(spent)) }
        // They are not told in time, and have a channel all the same, as under reach `every`.
        #expect(plan.reachable == 200 && plan.pace.late == 150)
        #expect(plan.channels[1].skipped[.overLimit] ?? 0 == moves.lost)
        #expect((plan.boundWarning != nil) == (lost > 0))
    }

    @Test(arguments: [
        // A free channel takes whom the bound leaves; in another currency nobody is covered.
        ([Money(5, "EUR"), nil], 100, 150, 0, [130, 0]),
        ([Money(5, "CHF"), Money(0.05, "EUR")], 1, 20, 130, [150, 130]),
        ([Money(5, "CHF"), nil], 100, 150, 0, [150, 0]),
        ([Money(5, "CHF"), Money(5, "USD")], 100, 0, 150, [150, 150]),
    ])
    func `whom the bound does not cover on one channel goes on to the next`(
        costs: [Money?], bound: Int, moving: Int, lost: Int, overLimit: [Int]
    ) {
        let others = zip(["b", "c"] as [ChannelName], costs).map { name, _ in
            Self.channel(name, rate: nil, within: .seconds(3_600))
        }
        let plan = plan(
            Self.channel("a", queued: 200), others, costs: costs.map { ($0, $0) },
            bound: Money(Decimal(bound), "EUR"))
        #expect(plan.movingOn == moving && plan.overLimit == lost)
        #expect(plan.channels.dropFirst().map { $0.skipped[.overLimit] ?? 0 } == overLimit)
        let told = plan.boundWarning?.message
        #expect((told != nil) == (lost > 0))
        let enough = costs[1]?.currency == "USD" ? "about 750.00CHF covers" : "about 7.50EUR covers"
        if let told { #expect(told.contains(enough), "\(told)") }
    }

    @Test func `whose copy somebody else carries goes on alone when it does not come`() {
        var announcement = Announcement.sample(reach: .first)
        (announcement.createdAt, announcement.due) = (.noon, .noon)
        announcement.maxCost = Self.euros(100)
        var plan = PlanSummary(
            of: announcement, digest: PreviewDigest(of: announcement, over: []), people: 400, reachable: 400,
            channels: [Self.channel("a", queued: 200), Self.quick])
        var onward = Onward()
        for _ in 0..<400 {
            onward.add(
                Self.delivery(over: "a"), from: .noon,
                next: [(delivery: Self.delivery(over: "b"), cost: Self.euros(5))], at: .noon)
        }
        plan.lead(onward, of: announcement)
        #expect(plan.movingOn == 20 && plan.overLimit == 280 && plan.reachable == 400)
        #expect(plan.boundWarning?.message.contains("about 15.00EUR covers") == true)
    }

    @Test func `who expires again goes on again, each for its price`() {
        // 50 of 200 are told; 150 go on, 50 of them are told there; 100 go on to the third.
        let costs = [(Self.euros(5), Self.euros(5)), (Self.euros(10), Self.euros(10))] as [(Money?, Money?)]
        let others = [Self.channel("b"), Self.channel("c", rate: nil, within: .seconds(3_600))]
        let free = plan(Self.channel("a", queued: 200), others, costs: costs, bound: nil)
        #expect(free.moreCosts == [Self.euros(750 + 1_000)] && free.movingOn == 150)
        let bound = plan(Self.channel("a", queued: 200), others, costs: costs, bound: Self.euros(1_000))
        #expect(bound.overLimit == 75 && bound.channels[2].skipped[.overLimit] == 75)
        #expect(bound.boundWarning?.message.contains("about 17.50EUR") == true)
        let two = plan(Self.channel("a", queued: 200), [Self.channel("b")], costs: costs, bound: nil)
        #expect(two.channels[0].moves.late == 100 && two.overLimit == 0)
        // Once the announcement's own time is over nobody goes on.
        let over = plan(
            Self.channel("a", queued: 200), others, costs: costs, bound: nil, expires: .seconds(20))
        #expect(over.moreCosts == [Self.euros(750)] && over.channels[0].moves.late == 100)
        let short = plan(
            Self.channel("a", queued: 200), others, costs: costs, bound: Self.euros(0), expires: .seconds(10))
        #expect(short.movingOn == 0 && short.overLimit == 0 && short.boundWarning == nil)
    }

    @Test(arguments: [(20, 30), (15, 15), (30, 50), (3_600, 50)])
    func `the announcement's own end cuts short what another channel's time would be`(
        expires: Int, told: Int
    ) {
        // 150 go on after ten seconds, to one that takes three a second; a third one would take all.
        let cost = [(Self.euros(5), Self.euros(5))] as [(Money?, Money?)]
        let slow = Self.channel("b", rate: Rate(perSecond: 3), within: .seconds(50.0 / 3))
        let plan = plan(
            Self.channel("a", queued: 200), [slow], costs: cost, bound: nil, expires: .seconds(expires))
        #expect(plan.movingOn == 150 && plan.movingOnLate == 150 - told)
        let third = Self.channel("c", rate: nil, within: .seconds(3_600))
        let more = self.plan(
            Self.channel("a", queued: 200), [slow, third], costs: cost + [(nil, nil)], bound: nil,
            expires: .seconds(expires))
        // Who leaves when all is over has nowhere to go.
        #expect(more.movingOnLate == (told < 50 ? 150 - told : 0))
    }

    @Test func `whom a daily limit leaves goes on when the wait is over, or stays for the next day`() {
        let cost = [(Self.euros(5), Self.euros(5))] as [(Money?, Money?)]
        let twoDays = Self.channel("a", queued: 200, within: DayQuota.day * 2, perDay: 50)
        let free = plan(twoDays, costs: cost, bound: nil)
        #expect(free.movingOn == 150 && free.moreCosts == [Self.euros(750)])
        // 20 go on, 50 are told the day after; only the other 80 are told nothing.
        let bound = plan(twoDays, costs: cost, bound: Self.euros(100))
        #expect(bound.movingOn == 20 && bound.overLimit == 80 && bound.channels[0].moves.stayed == 50)
        // Who is too late for the rate, and not for the day, waits until that is over.
        let slow = Self.channel("a", queued: 200, perDay: 100)
        #expect(plan(slow, costs: cost, bound: nil, expires: .seconds(10)).movingOn == 0)
        let early = Self.channel("a", queued: 200, within: .seconds(60), perDay: 20)
        #expect(plan(early, costs: cost, bound: nil, expires: .seconds(60)).movingOn == 180)
    }

    @Test(arguments: [
        // 30 are told on the first, 20 on the second; the bound covers 40 of the rest on the third.
        (nil, 30, 2, 150, 0, 0), (200, 30, 2, 40, 110, 0), (200, 172_800, 2, 40, 90, 20),
        // Nobody waits there beyond half of what time is left, but for a rest that is over by then.
        (nil, 30, 86_500, 150, 0, 0), (nil, 200_000, 172_000, 0, 0, 0),
    ])
    func `who goes on to a channel that rests for the day leaves that too`(
        bound: Int?, expires: Int, patience: Int, paid: Int, lost: Int, stayed: Int
    ) {
        var first = Self.channel("a", queued: 200, within: .seconds(expires), perDay: 30)
        first.facts.failoverAfter = .seconds(2)
        var second = Self.channel("b", rate: nil, within: .seconds(expires), perDay: 20)
        second.facts.failoverAfter = .seconds(patience)
        let third = Self.channel("c", rate: nil, within: .seconds(3_600))
        let plan = plan(
            first, [second, third], costs: [(nil, nil), (Self.euros(5), Self.euros(5))],
            bound: bound.map(Self.euros), expires: .seconds(expires))
        #expect(plan.movingOn == 170)
        #expect(plan.moreCosts == (paid > 0 ? [Self.euros(paid * 5)] : []), "\(plan.moreCosts)")
        #expect(
            plan.overLimit == lost && plan.channels[0].moves.stayed == stayed, "\(plan.channels[0].moves)")
        #expect((plan.boundWarning != nil) == (lost > 0))
    }

    @Test func `who leaves a channel that stands still is bounded too, and not lost when it comes back`() {
        var still = Self.channel("a", queued: 100, within: .seconds(3_600))
        let outage = Outage(since: .noon, knownSince: .noon)
        var announcement = Announcement.sample(reach: .first)
        (announcement.createdAt, announcement.due) = (.noon, .noon)
        still.wait = ChannelPlan.Wait(
            Standstill(outage: outage), until: nil, of: still.facts, for: announcement)
        let cost = [(Self.euros(5), Self.euros(5))] as [(Money?, Money?)]
        let free = plan(still, costs: cost, bound: nil)
        #expect(free.moreCosts == [Self.euros(500)] && free.boundWarning == nil)
        let bound = plan(still, costs: cost, bound: Self.euros(100))
        #expect(bound.moreCosts == [Self.euros(100)] && bound.reachable == 100 && bound.overLimit == 0)
        let told = bound.boundWarning?.message ?? ""
        #expect(
            told.contains("about 80 will wait where nothing leaves now") && told.contains("5.00EUR"),
            "\(told)")
    }

    @Test func `many at once are admitted as one after the other`() {
        for (limit, spent, cost) in [
            (100, 0, 3), (100, 1, 3), (0, 0, 3), (10, 50, 1), (99, 0, 33), (7, 0, 0),
        ] {
            for count in [0, 1, 2, 3, 33, 34, 500] {
                var (one, all) = (CostBound(Self.euros(limit)), CostBound(Self.euros(limit)))
                if spent > 0 {
                    one = CostBound(Self.euros(limit), spent: Self.euros(spent).amount)
                    all = one
                }
                var admitted = 0
                for _ in 0..<count where one.admits(Self.euros(cost)) { admitted += 1 }
                let together = all.admits(count, of: Self.euros(cost))
                #expect(together == admitted && one == all, "\(limit) \(spent) \(cost) \(count)")
            }
        }
        var other = CostBound(Self.euros(100))
        let admitted = other.admits(5, of: Money(1, "CHF"))
        #expect(admitted == 0)
    }
}
