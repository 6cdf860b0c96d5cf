import Broadcast
import Foundation
import Testing

@Suite struct LossTests {
    private static let channels: [ChannelFacts] = [
        .sample("email", .direct(.email), company: "Acme", depends: ["Milan"]),
        .sample("sms", .direct(.phone), company: "Gateway", depends: ["acme", "Milan"]),
        .sample("messenger", .perContact, company: "Meta"), .sample("whatsapp", .perContact, company: "meta"),
        .sample("news", .public, company: "Meta"),
    ]

    private static let expected: [(scope: Mark.Scope, name: String, channels: [ChannelName])] = [
        (.company, "Acme", ["email", "sms"]), (.company, "Gateway", ["sms"]),
        (.company, "Meta", ["messenger", "whatsapp", "news"]), (.depends, "Milan", ["email", "sms"]),
    ]

    @Test func `what falls with a name is what it runs and what depends on it, whatever the capitals`() {
        let losses = LossCount(over: Self.channels).losses
        #expect(losses.map(\.scope) == Self.expected.map(\.scope))
        #expect(losses.map(\.name) == Self.expected.map(\.name))
        #expect(losses.map(\.channels) == Self.expected.map(\.channels))
    }

    /// One person: what is planned, what is open, and whom each name's fall leaves with nothing (-1) or elsewhere (1).
    private static let people: [(planned: [ChannelName], open: [ChannelName], falls: [Int])] = [
        (["email"], ["email"], [-1, 0, 0, -1]),
        (["email", "messenger"], ["email", "messenger"], [1, 0, 1, 1]),
        (["messenger", "whatsapp"], ["messenger", "whatsapp"], [0, 0, -1, 0]),
        // Reach first: one is planned, others would do.
        (["email"], ["email", "sms"], [-1, 0, 0, -1]), (["email"], ["email", "whatsapp"], [1, 0, 0, 1]),
        // What is marked down and awaited is planned, and nobody else's way out.
        (["email", "sms"], ["sms"], [-1, -1, 0, -1]), (["sms"], [], [-1, -1, 0, -1]),
        // Nobody misses what was never theirs.
        ([], [], [0, 0, 0, 0]),
    ]

    @Test(arguments: people)
    func `who has no channel left hears nothing, who has one hears elsewhere`(
        planned: [ChannelName], open: [ChannelName], falls: [Int]
    ) {
        var count = LossCount(over: Self.channels)
        count.add(planned: planned, open: open)
        count.add(planned: planned, open: open)
        #expect(count.losses.map { $0.elsewhere - $0.missed } == falls.map { $0 * 2 })
        #expect(count.losses.allSatisfy { $0.places.isEmpty })
    }

    @Test func `whoever goes on pays the first channel that stands`() throws {
        let prices = ["sms": Money(Decimal(5) / 100, "EUR"), "voice": Money(1, "CHF")]
        var count = LossCount(over: [
            .sample("email", .direct(.email), company: "Acme"),
            .sample("sms", .direct(.phone), company: "Gateway"),
        ])
        for segments in [2, 1] {
            count.add(planned: ["email"], open: ["email", "sms", "voice"]) { name in
                prices[name.rawValue].map { (segments, $0) }
            }
        }
        count.add(planned: ["sms"], open: ["sms", "voice"]) { name in prices[name.rawValue].map { (1, $0) } }
        count.add(planned: ["email"], open: ["email"]) { _ in (9, Money(9, "EUR")) }
        #expect(count.losses.map(\.costs) == [[Money(Decimal(15) / 100, "EUR")], [Money(1, "CHF")]])
        #expect(count.losses.map(\.missed) == [1, 0])
    }

    @Test func `a public place that falls is named`() {
        var count = LossCount(over: Self.channels)
        count.add(place: "news")
        #expect(count.losses.map(\.places) == [[], [], ["news"], []])
        #expect(count.losses.allSatisfy { $0.missed == 0 && $0.elsewhere == 0 })
    }

    private static let prices: [(segments: [Int?], queued: Int, costs: Spread<Decimal>?)] = [
        ([2, 1, 3, 2], 9, Spread(Decimal(5) / 100, Decimal(15) / 100)),
        ([nil, nil], 9, Spread(Decimal(5) / 100)), ([], 9, Spread(Decimal(5) / 100)), ([2], 0, nil),
    ]

    @Test(arguments: prices)
    func `a message costs its segments`(segments: [Int?], queued: Int, costs: Spread<Decimal>?) {
        let facts = ChannelFacts.sample("sms", .direct(.phone), price: Money(Decimal(5) / 100, "EUR"))
        var plan = ChannelPlan(facts, queued: queued)
        plan.locales = ["it": LocalePlan(of: segments.dropLast()), "en": LocalePlan(of: segments.suffix(1))]
        #expect(plan.costPerMessage == costs)
        #expect(ChannelPlan(.email, queued: 4).costPerMessage == nil)
    }

    @Test func `a spread holds all that was taken in`() throws {
        var spread = Spread(4)
        for value in [7, 2, 5] { spread.add(value) }
        #expect(spread == Spread(2, 7))
        #expect(
            String(decoding: try JSONEncoder().encode(["a": spread]), as: UTF8.self).contains(#""min":2"#))
    }
}

extension LocalePlan {
    /// Messages of so many segments each.
    init(of segments: some Sequence<Int?>) {
        self.init()
        for count in segments { add(segments: count) }
    }
}
