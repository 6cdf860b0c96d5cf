import Broadcast
import Dispatching
import Foundation
import Storage
import Testing

struct LingerTests {
    private static let now = Moment(wall: Date(timeIntervalSince1970: 1_800_000_000), uptime: .seconds(100))
    private let email = ChannelName(valid: "email")

    /// One look a second at what is left: `-` nothing can leave, `+` something can, `p` something became final, `f` all,
    /// `m` nothing can, but somebody will go on to the next channel.
    private func seconds(_ looks: String, atMost limit: Duration?) -> Int? {
        var linger = Linger(atMost: limit)
        var open = 100
        for (second, look) in looks.enumerated() {
            if look == "p" { open -= 1 }
            let remains = Remains(
                isFinal: look == "f", open: open, canLeave: look == "+" || look == "p",
                movesOnAt: look == "m" ? Self.now.wall : nil)
            if linger.isOver(remains, at: .seconds(second)) { return second }
        }
        return nil
    }

    @Test(
        arguments: [
            ("f", 60, 0), ("+++f", 60, 3), ("----", 0, 0), ("++--", 0, 2), ("-----", 3, 3),
            ("+++-----", 3, 6),
            // Probes and retries that get nowhere do not keep it; what becomes final does.
            ("--+--+--", 2, 4), ("--p-----", 3, 6), ("mmmm--", 0, 4), ("--mm---", 3, 6), ("p+p+p+p+", 1, nil),
            ("--+++++++", 2, nil),
        ] as [(String, Int, Int?)])
    func `a command stays while something can leave, and then for its patience`(
        looks: String, limit: Int, end: Int?
    ) {
        #expect(seconds(looks, atMost: .seconds(limit)) == end)
    }

    @Test func `without a limit it stays until all is final`() {
        #expect(seconds(String(repeating: "-", count: 10_000) + "f", atMost: nil) == 10_000)
    }

    @Test(arguments: [nil, 1, 60]) func `what only others can send keeps it two seconds at most`(limit: Int?)
    {
        var linger = Linger(atMost: limit.map { .seconds($0) })
        var remains = Remains(isFinal: false, open: 1, canLeave: false)
        remains.isBeyondUs = true
        let end = (0..<100).first { linger.isOver(remains, at: .seconds($0)) }
        #expect(end == min(limit ?? 2, 2))
    }

    private func remains(
        _ states: [DeliveryState: Int], state: AnnouncementState = .running, nextIn seconds: Double? = nil,
        free: Bool = true, leaving: [ChannelName: Leaving] = [:], reach: Reach = .every,
        channels: [ChannelName]? = nil, beyond: Set<ChannelName> = []
    ) -> Remains {
        let announcement = Announcement(
            id: Announcement.ID(valid: "outage"),
            content: FrozenContent(
                template: "outage", files: [:], variables: [:], sender: Sender(name: "Acme")),
            audience: "all", channels: channels, reach: reach, createdAt: Self.now.wall)
        let report = AnnouncementReport(
            id: Announcement.ID(valid: "outage"), template: "outage", state: state,
            createdAt: Self.now.wall, due: Self.now.wall, channels: [email: ChannelCounts(states: states)])
        let backlog = Backlog(queued: 1, nextAt: seconds.map { Self.now.wall + $0 })
        var status = DispatchStatus(free: free ? [email] : [], now: Self.now, isDispatcher: true)
        status.leaving = leaving
        status.beyond = [announcement.id: beyond]
        return Remains(of: [Remains.Part(announcement, report, [email: backlog])], status)
    }

    @Test func `who will go on to the next channel is waited for, until they have had time to`() {
        let sms = ChannelName(valid: "sms")
        let facts = ChannelFacts(
            name: email, kind: "sample", company: "Acme",
            traits: ChannelTraits(
                audience: .perContact, form: .webhook, unknown: .retry,
                retry: RetryPolicy(first: .seconds(1), cap: .seconds(60), within: .seconds(3600))))
        let at = { (seconds: Double) in
            let outage = Outage(since: Self.now.wall + seconds - 300)
            return [email: Leaving(facts, Standstill(outage: outage), for: [sms])]
        }
        let date = { (seconds: Double, reach: Reach, channels: [ChannelName]?) in
            remains(
                [.queued: 3], nextIn: -1, free: false, leaving: at(seconds), reach: reach, channels: channels
            )
            .movesOnAt
        }
        #expect(date(200, .first, nil) == Self.now.wall + 200)
        #expect(date(-4, .first, nil) == Self.now.wall - 4)
        #expect(date(-6, .first, nil) == nil, "nobody has anywhere to go")
        #expect(date(200, .every, nil) == nil)
        #expect(date(200, .first, [email]) == nil)
        #expect(date(200, .first, [email, sms]) == Self.now.wall + 200)
        #expect(remains([.accepted: 3], leaving: at(200), reach: .first).movesOnAt == nil)
    }

    @Test func `what is due can leave only over a channel that can send`() {
        #expect(remains([.queued: 3], nextIn: -1).canLeave)
        #expect(remains([.queued: 3], nextIn: 0).canLeave)
        #expect(!remains([.queued: 3], nextIn: 5).canLeave)
        #expect(!remains([.queued: 3], nextIn: -1, free: false).canLeave)
        #expect(!remains([.queued: 3]).canLeave, "held")
    }

    @Test func `what is left to another process can leave here no more than what lacks its secret`() {
        let left = remains([.queued: 3], nextIn: -1, beyond: [email])
        #expect(!left.canLeave && left.isBeyondUs)
        #expect(!remains([.queued: 3], nextIn: -1).isBeyondUs)
    }

    @Test func `what is on the wire, or on its way to the next channel, is waited for`() {
        #expect(remains([.queued: 3, .sending: 1], nextIn: 60, free: false).canLeave)
        #expect(remains([.refused: 3], free: false).canLeave)
        #expect(!remains([.queued: 1, .refused: 3], free: false).canLeave)
    }

    @Test(arguments: [
        (AnnouncementState.finished, true), (.paused, true), (.running, false),
        (.scheduled, false), (.planning, false),
    ])
    func `what a person has to let go on is not waited for`(state: AnnouncementState, isFinal: Bool) {
        #expect(remains([.queued: 3], state: state, nextIn: 5).isFinal == isFinal)
    }

    @Test func `of a cancelled announcement only what is on the wire, or not skipped yet, is waited for`() {
        #expect(remains([.skipped: 3, .accepted: 1], state: .cancelled).isFinal)
        #expect(!remains([.skipped: 3, .queued: 1], state: .cancelled).isFinal)
        let flying = remains([.skipped: 3, .sending: 1], state: .cancelled)
        #expect(!flying.isFinal && flying.canLeave)
    }
}
