import Broadcast
import Foundation
import Testing

@Suite struct PlanSummaryTests {
    private static let channels = [
        ChannelPlan(
            .sample("email", .direct(.email), rate: Rate(perSecond: 10)), queued: 100,
            skipped: [.noAddress: 7, .suppressed: 3, .cancelled: 0]),
        ChannelPlan(.sms, queued: 40, skipped: [.noAddress: 60], segments: 80),
        ChannelPlan(
            .sample("voice", .direct(.phone), price: Money(Decimal(2) / 10, "CHF")),
            mark: Mark(.channel, "voice", why: "works", who: "anna", since: .noon, until: nil), queued: 5,
            unmade: [.tooLong: 2]),
    ]
    private static let plan = PlanSummary(
        of: .sample(),
        digest: PreviewDigest(of: .sample(), over: []),
        people: 110, reachable: 104, channels: channels,
        unmatched: [UnmatchedTerm(.tag("vpi"), nearest: .tag("vip"))])

    @Test func `files slow the estimate down to what a line of 100 Mbit/s takes`() {
        func pace(_ bytes: Int) -> (Pace, Bool) {
            var plan = ChannelPlan(.email, queued: 1_500)
            plan.fileBytes = bytes
            return (plan.pace, plan.isSlowedByFiles)
        }
        #expect(pace(0).0 == pace(1_500).0 && !pace(1_500).1)
        let slow = pace(12_500_000_000)
        #expect(slow.0.all == .seconds(1_000) && slow.0.half == .seconds(500) && slow.1)
    }

    @Test func `what files take of a disk is told before they fill it`() {
        var plan = Self.plan
        plan.channels[0].fileBytes = 100_000_000
        plan.channels[1].facts.traits.form = .sms
        // 105 mails of two blocks each, 40 others of one, and what goes along.
        #expect(plan.bytesAsFiles == 100_000_000 + 105 * 8_192 + 40 * 4_096)
        #expect(!plan.overfills(113_000_000) && plan.overfills(112_000_000))
        plan.channels[0].fileBytes = 0
        #expect(!plan.overfills(2_000_000))
    }

    @Test func `counts add up and costs stay apart by currency`() {
        #expect(Self.plan.deliveries == 145)
        #expect(Self.channels.map(\.planned) == [110, 100, 7])
        #expect(Self.plan.costs == [Money(1, "CHF"), Money(4, "EUR")])
        #expect(Self.channels.map(\.cost) == [nil, Money(4, "EUR"), Money(1, "CHF")])
    }

    private static let paces: [(streams: [(Int, Double)], times: [Double])] = [
        ([(100, 10)], [5, 9.5, 10]), ([], [0, 0, 0]), ([(0, 5), (7, 0)], [0, 0, 0]),
        // 50 at 10/s beside 150 at 10/s: 20/s for five seconds, then 10/s.
        ([(150, 10), (50, 10)], [5, 14, 15]), ([(90, 10), (10, 1)], [50 / 11.0, 95 / 11.0, 10]),
    ]

    @Test(arguments: paces)
    func `half, most and all are told by then`(streams: [(Int, Double)], times: [Double]) {
        let pace = Pace(of: streams.map { Pace.Stream(count: $0.0, perSecond: $0.1) })
        let found = [pace.half, pace.most, pace.all].compactMap { $0?.inSeconds }
        #expect(zip(found, times).allSatisfy { abs($0 - $1) < 1e-6 } && found.count == 3, "\(found)")
    }

    /// Who has which channels, by how long each is held back; and when half, most and all have heard.
    private static let hearings: [(groups: [(ways: [(ChannelName, Double)], count: Int)], times: [Double])] =
        [
            // 100 by mail and text: mail alone tells them; text takes a hundred seconds.
            ([([("email", 0), ("sms", 0)], 100)], [5, 9.5, 10]),
            // 50 of 100 texts go to people without mail.
            ([([("email", 0), ("sms", 0)], 50), ([("sms", 0)], 50)], [50 / 10.5, 90, 100]),
            // 10 of 20 texts wait an hour.
            ([([("sms", 0)], 10), ([("sms", 3600)], 10)], [10, 3609, 3610]),
            ([([("sms", 3600)], 2)], [3601, 3601.9, 3602]),
            // Who waits on one channel hears over the other.
            ([([("email", 0), ("sms", 3600)], 10)], [0.5, 0.95, 1]), ([], [0, 0, 0]),
        ]

    @Test(arguments: hearings)
    func `people are told when the first of their channels tells them`(
        groups: [(ways: [(ChannelName, Double)], count: Int)], times: [Double]
    ) {
        var plan = Self.plan
        var channels = [
            "email": ChannelPlan(.sample("email", .direct(.email), rate: Rate(perSecond: 10))),
            "sms": ChannelPlan(.sample("sms", .direct(.phone), rate: Rate(perSecond: 1))),
        ]
        for (ways, count) in groups {
            let deliveries = ways.map { name, wait in
                Delivery(
                    contact: Contact.ID(rawValue: "c"), channel: name, address: nil, plan: .queued,
                    due: .noon.addingTimeInterval(wait))
            }
            for _ in 0..<count {
                plan.hearers.add(deliveries, from: .noon)
                for delivery in deliveries {
                    let name = delivery.channel.rawValue
                    channels[name]?.queued += 1
                    guard delivery.due > .noon else { continue }
                    let held = channels[name]?.held ?? ChannelPlan.Held(from: .noon)
                    channels[name]?.held = held.adding(delivery.due)
                }
            }
        }
        plan.channels = channels.values.map(\.self)
        let found = [plan.pace.half, plan.pace.most, plan.pace.all].compactMap { $0?.inSeconds }
        #expect(zip(found, times).allSatisfy { abs($0 - $1) < 1e-5 } && found.count == 3, "\(found)")
    }

    @Test func `what is held back and limited by the day leaves when both let it`() {
        var plan = ChannelPlan(.sample("sms", .direct(.phone), rate: Rate(perSecond: 1)), queued: 30)
        var held = ChannelPlan.Held(from: .noon)
        for _ in 0..<10 { held = held.adding(.noon.addingTimeInterval(3600)) }
        plan.held = held
        #expect(plan.pace.all == .seconds(3610) && plan.pace.half == .seconds(15))
        plan.day = DayPlan(DayQuota(25), ahead: 0)
        plan.within = .seconds(90_000)
        #expect(plan.pace.all == .seconds(86_405) && plan.pace.half == .seconds(15))
    }

    @Test func `what is marked down or stands still has no part in the estimate`() {
        var plan = Self.plan
        var still = ChannelPlan(.sms, queued: 3)
        still.wait = ChannelPlan.Wait(
            Standstill(outage: Outage(since: .noon)), until: nil, of: .sms, for: .sample())
        plan.channels = [still]
        #expect(plan.pace.all == .zero)
        plan.channels = [ChannelPlan(.email, mark: Self.channels[2].mark, queued: 4000)]
        #expect(plan.pace.all == .zero && plan.deliveries == 4000)
        plan.channels.append(Self.channels[0])
        #expect(plan.pace == Self.channels[0].pace)
    }

    private static let rates: [(rate: Rate?, connections: Int, perSecond: Double)] = [
        (nil, 8, 40), (Rate(perSecond: 25), 8, 25), (Rate(perSecond: 100), 4, 20),
        (Rate(perSecond: 0), 8, 0.001),
        (nil, 0, 5),
    ]

    @Test(arguments: rates)
    func `a channel is as fast as its rate and its connections let it`(
        rate: Rate?, connections: Int, perSecond: Double
    ) {
        #expect(ChannelFacts.sample(rate: rate, connections: connections).expectedPerSecond == perSecond)
    }

    @Test func `the JSON has stable keys and reasons that occur`() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        var plan = Self.plan
        var losses = LossCount(over: [.sample("email", .direct(.email))])
        losses.add(planned: ["email"], open: ["email", "sms"])
        plan.losses = losses.losses
        plan.missing = [
            MissingValue("contact.x", file: "a.md", line: 3, reason: "missing", people: 2, message: "m")
        ]
        plan.channels[0].locales = ["it": LocalePlan(of: [nil, nil])]
        plan.channels[1].locales = ["it": LocalePlan(of: [2, 1]), "en": LocalePlan(of: [3])]
        let text = String(decoding: try encoder.encode(plan), as: UTF8.self)
        let expected = """
            {"channels":{"email":{"company":"Acme","expiring":0,"locales":{"it":{"messages":2}},"planned":110,"queued":100,\
            "seconds":{"all":10,"half":5,"most":10},"skipped":{"no-address":7,"suppressed":3},"unmade":{}},\
            "sms":{"company":"Acme","cost":{"amount":4,"currency":"EUR"},"costPerMessage":{"max":0.15,"min":0.05},"expiring":0,\
            "locales":{"en":{"messages":1,"segments":3,"segmentsPerMessage":{"max":3,"min":3}},\
            "it":{"messages":2,"segments":3,"segmentsPerMessage":{"max":2,"min":1}}},"planned":100,"queued":40,\
            "seconds":{"all":1,"half":1,"most":1},"segments":80,"segmentsPerMessage":{"max":3,"min":1},\
            "skipped":{"no-address":60},"unmade":{}},\
            "voice":{"company":"Acme","cost":{"amount":1,"currency":"CHF"},"costPerMessage":{"max":0.2,"min":0.2},"expiring":0,\
            "locales":{},\
            "mark":{"name":"voice","scope":"channel","since":"2026-11-21T12:00:00Z","who":"anna","why":"works","word":"down"},\
            "planned":7,"queued":5,"seconds":{"all":1,"half":1,"most":1},"skipped":{},"unmade":{"message-too-large":2}}},\
            "costs":[{"amount":1,"currency":"CHF"},{"amount":4,"currency":"EUR"}],"deliveries":145,\
            "digest":"\(Self.plan.digest.full)","id":"out-1",\
            "ifDown":[{"channels":["email"],"elsewhere":1,"missed":0,"name":"Acme","places":[],"scope":"company"}],"late":0,\
            "missing":[{"file":"a.md","line":3,"message":"m","name":"contact.x","people":2,"reason":"missing"}],\
            "oldMarks":[],"people":110,"priority":"normal",\
            "purpose":"service","reach":"every","reachable":104,"seconds":{"all":10,"half":3,"most":10},\
            "strangers":{"count":0,"first":[]},"template":"outage","unmatched":[{"nearest":"tag:vip","term":"tag:vpi"}],"unreachable":6,"warnings":[]}
            """
        #expect(text == expected)
    }
}

extension ChannelPlan.Held {
    fileprivate func adding(_ due: Date) -> ChannelPlan.Held {
        var held = self
        held.add(due)
        return held
    }
}
