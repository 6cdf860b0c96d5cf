import Broadcast
import Dispatching
import Storage
import Testing

struct HeadwayTests {
    private static let email = ChannelName(valid: "email")
    private static let sms = ChannelName(valid: "sms")

    /// What the lanes have settled, may send and hold back, at two looks ten seconds apart; and what follows.
    private struct Row {
        let before: [ChannelName: Headway.Lane]
        let after: [ChannelName: Headway.Lane]
        let perSecond: Double
        let left: Int?
        var waiting = 0
    }

    private static func lane(_ settled: Int, _ leaving: Int, _ waiting: Int = 0) -> Headway.Lane {
        Headway.Lane(settled: settled, leaving: leaving, waiting: waiting)
    }

    private static let rows = [
        Row(before: [email: lane(0, 100)], after: [email: lane(20, 80)], perSecond: 2, left: 40),
        // A fast lane says nothing of a slow one.
        Row(
            before: [email: lane(0, 100), sms: lane(0, 410)],
            after: [email: lane(80, 20), sms: lane(400, 10)], perSecond: 48, left: 3),
        Row(
            before: [email: lane(0, 100), sms: lane(0, 500)],
            after: [email: lane(10, 90), sms: lane(490, 10)], perSecond: 50, left: 90),
        // One that is through does not speed up the others.
        Row(
            before: [email: lane(0, 100), sms: lane(0, 500)],
            after: [email: lane(10, 90), sms: lane(500, 0)], perSecond: 1, left: 90),
        // What waits takes no time.
        Row(
            before: [email: lane(0, 100), sms: lane(0, 0, 171)],
            after: [email: lane(50, 50), sms: lane(0, 0, 171)], perSecond: 5, left: 10, waiting: 171),
        Row(
            before: [email: lane(0, 100)], after: [email: lane(50, 40, 10)], perSecond: 5, left: 8,
            waiting: 10),
        // What was settled before this command came is nobody's rate.
        Row(before: [email: lane(900, 100)], after: [email: lane(910, 90)], perSecond: 1, left: 90),
        // One that has not moved yet may be the slowest.
        Row(
            before: [email: lane(0, 100), sms: lane(0, 5)], after: [email: lane(50, 50), sms: lane(0, 5)],
            perSecond: 5, left: nil),
        // One that was down is measured from when it is up.
        Row(
            before: [email: lane(0, 0, 100)], after: [email: lane(0, 100)], perSecond: 0, left: nil),
        Row(before: [:], after: [email: lane(0, 9)], perSecond: 0, left: nil),
        Row(before: [email: lane(0, 9)], after: [email: lane(9, 0)], perSecond: 0, left: nil),
    ]

    @Test(arguments: rows.indices) func `the slowest lane decides, by its own rate`(index: Int) {
        let row = Self.rows[index]
        var headway = Headway()
        let first = headway.estimate(row.before, at: .seconds(100))
        #expect(first.left == nil && first.perSecond == 0)
        let estimate = headway.estimate(row.after, at: .seconds(110))
        #expect(estimate.perSecond == row.perSecond)
        #expect(estimate.left.map { Int($0.inSeconds.rounded(.up)) } == row.left)
        #expect(estimate.waiting == row.waiting)
    }

    @Test func `one look after a moment says nothing yet`() {
        var headway = Headway()
        _ = headway.estimate([Self.email: Self.lane(0, 100)], at: .zero)
        #expect(headway.estimate([Self.email: Self.lane(9, 91)], at: .milliseconds(900)).left == nil)
        #expect(headway.estimate([Self.email: Self.lane(10, 90)], at: .seconds(1)).left == .seconds(9))
    }

    private static let journals:
        [(states: [DeliveryState: Int], queued: Int?, later: Int, Bool, Headway.Lane)] = [
            ([.queued: 9, .sending: 2, .accepted: 4], 9, 0, true, lane(4, 11)),
            ([.queued: 9, .sending: 2, .refused: 4], 9, 0, false, lane(4, 2, 9)),
            ([.queued: 9, .expired: 1], 9, 6, true, lane(1, 3, 6)),
            // Held, or its announcement paused.
            ([.queued: 9, .unknown: 1], nil, 0, true, lane(1, 0, 9)),
            // Read at three moments, they need not agree.
            ([.queued: 2, .accepted: 7], 9, 0, true, lane(7, 2)), ([.queued: 9], 5, 6, true, lane(0, 0, 9)),
        ]

    @Test(arguments: journals)
    func `what is queued leaves when it is due on a channel that can send`(
        states: [DeliveryState: Int], queued: Int?, later: Int, isFree: Bool, lane: Headway.Lane
    ) {
        let backlog = queued.map { Backlog(queued: $0) }
        #expect(
            Headway.Lane(
                ChannelCounts(states: states, skipped: [.noAddress: 7]), backlog, later: later, isFree: isFree
            ) == lane)
    }

    @Test func `announcements on one channel share its lane`() {
        #expect(Self.lane(1, 2, 3) + Self.lane(10, 20, 30) == Self.lane(11, 22, 33))
    }
}
