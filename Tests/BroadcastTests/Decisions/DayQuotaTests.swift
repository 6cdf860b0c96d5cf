import Broadcast
import TestPeers
import Testing

struct DayQuotaTests {
    private static let day = DayQuota.day

    private func quota(_ limit: Int, _ uses: [(Int, Duration)]) -> DayQuota {
        var quota = DayQuota(limit)
        for (count, uptime) in uses { quota.take(count, at: uptime) }
        return quota
    }

    private static let rooms: [(uses: [(Int, Duration)], at: Duration, room: Int, end: Duration?)] = [
        ([], .zero, 5, nil),
        ([(3, .zero)], .seconds(10), 2, nil),
        ([(5, .zero)], .seconds(10), 0, day),
        // Within a minute they count, and leave, as one: none too early.
        ([(2, .zero), (3, .seconds(59))], .seconds(100), 0, day + .seconds(59)),
        ([(2, .zero), (3, .seconds(60))], .seconds(100), 0, day),
        ([(2, .zero), (3, .seconds(60))], day, 2, nil),
        ([(2, .zero), (3, .seconds(60))], day + .seconds(60), 5, nil),
        // More than it takes now, since the limit was lowered: enough of them have to leave first.
        ([(4, .zero), (4, .seconds(600))], .seconds(700), 0, day),
        ([(1, .zero), (9, .seconds(600))], .seconds(700), 0, day + .seconds(600)),
        // Before the clock's beginning, as the journal of another process has it.
        ([(5, .seconds(-80_000))], .zero, 0, day - .seconds(80_000)),
        ([(5, .seconds(-90_000))], .zero, 5, nil),
    ]

    @Test(arguments: rooms)
    func `what was taken in the last 24 hours leaves no room`(
        uses: [(Int, Duration)], at uptime: Duration, room: Int, end: Duration?
    ) {
        let quota = quota(5, uses)
        #expect(quota.room(at: uptime) == room)
        #expect(quota.rest(at: uptime)?.end == end)
        #expect(quota.rest(at: uptime).map { $0.since == uses.last?.1 } ?? true)
    }

    private static let leavings: [(uses: [(Int, Duration)], count: Int, half: Duration, all: Duration)] = [
        ([], 3, .seconds(1.5), .seconds(3)), ([], 5, .seconds(2.5), .seconds(5)),
        ([], 12, day + .seconds(1), day * 2 + .seconds(2)),
        ([(4, .seconds(-3_600))], 8, day - .seconds(3_597), day * 2 - .seconds(3_598)),
        ([(8, .seconds(-3_600))], 6, day - .seconds(3_597), day * 2 - .seconds(3_599)),
        ([], 0, .zero, .zero),
    ]

    @Test(arguments: leavings)
    func `what does not fit today leaves on later days`(
        uses: [(Int, Duration)], count: Int, half: Duration, all: Duration
    ) {
        var plan = ChannelPlan(.sample(rate: Rate(perSecond: 1)), queued: count)
        plan.within = Self.day * 9
        plan.day = DayPlan(quota(5, uses), ahead: 0)
        #expect(plan.pace.half == half && plan.pace.all == all, "\(plan.pace)")
    }

    @Test func `a day never sees more than the limit, whenever it is asked`() {
        var numbers = SeededNumbers(seed: 250)
        var quota = DayQuota(20)
        var taken: [Duration] = []
        var now = Duration.zero
        for _ in 0..<5_000 {
            now += .seconds(Int.random(in: 0...900, using: &numbers))
            guard quota.room(at: now) > 0 else { continue }
            quota.take(at: now)
            taken.append(now)
            #expect(taken.count { $0 > now - Self.day } <= 20)
        }
        #expect(taken.count > 400)
    }

    @Test func `an estimate counts the days, what waits before, and what expires`() {
        var facts = ChannelFacts.sample(rate: Rate(perSecond: 10))
        facts.perDay = 250
        var plan = ChannelPlan(facts, queued: 1_200)
        plan.day = DayPlan(DayQuota(250), ahead: 0)
        plan.within = Self.day * 5
        #expect(plan.pace.half == Self.day * 2 + .seconds(10))
        #expect(plan.pace.all == Self.day * 4 + .seconds(20))
        #expect(plan.expiring == 0)
        plan.day = DayPlan(quota(250, [(100, .seconds(-3_600))]), ahead: 50)
        plan.within = .seconds(80_000)
        #expect(plan.expiring == 1_100)
        plan.queued = 100
        #expect(plan.expiring == 0 && plan.pace.all == .seconds(15))
    }
}
