import Broadcast
import Foundation
import Testing

@Suite struct HealthViewTests {
    private static let now = Moment(wall: .noon, uptime: .seconds(1000))
    private static let facts = ChannelFacts.sample(
        "email", .direct(.email), company: "Acme", depends: ["Milan data centre"])

    private static func mark(
        _ scope: Mark.Scope, _ name: String, by who: String = "anna", hours: Double? = nil
    ) -> Mark {
        Mark(
            scope, name, why: "works", who: who, since: .noon,
            until: hours.map { Date.noon.addingTimeInterval($0 * 3600) })
    }

    private static func tripped() -> Breaker {
        var breaker = Breaker(BreakerPolicy(.sample), connections: 8, now: now.uptime)
        breaker.record(.failed(Fault(.channel, .credentialsRefused, "535 no")), epoch: 0, at: now)
        return breaker
    }

    private static let marks: [(scope: Mark.Scope, name: String, hours: Double?, isMarked: Bool)] = [
        (.channel, "email", nil, true), (.channel, "sms", nil, false), (.channel, "Email", nil, false),
        (.company, "acme", nil, true), (.company, "Meta", nil, false),
        (.depends, "milan DATA centre", nil, true),
        (.depends, "Rome", nil, false), (.channel, "email", 1, true), (.channel, "email", 0, false),
        (.channel, "email", -1, false),
    ]

    @Test(arguments: marks)
    func `a mark holds for what it names, until its time is over`(
        scope: Mark.Scope, name: String, hours: Double?, isMarked: Bool
    ) {
        let view = HealthView.of(
            Self.facts, Markings(said: [Self.mark(scope, name, hours: hours)], at: .noon), now: Self.now)
        #expect((view.state == .marked) == isMarked)
    }

    @Test func `a person stands before outside word, and that before our own evidence`() {
        let page = OutsideWord.sample(.down)
        let breaker = Self.tripped()
        let view = { (said: [Mark], outside: [OutsideWord]) in
            HealthView.of(
                Self.facts, Markings(said: said, outside: outside, at: .noon), breaker: breaker, now: Self.now
            )
        }
        let up = Mark(.company, "acme", .up, why: "", who: "anna", since: .noon, until: nil)
        #expect(view([Self.mark(.channel, "email")], [page]).who == "anna")
        #expect(view([], [page]).who == "status.acme.example")
        #expect(view([up], [page]).state == .tripped)
        #expect(view([up, Self.mark(.depends, "Milan data centre", by: "boss")], [page]).who == "boss")
        #expect(view([], [.sample(.degraded)]).state == .tripped)
        #expect(view([], []).state == .tripped)
    }

    @Test func `of several marks the longest is shown`() {
        let marks = [1, 5, 3].map { Self.mark(.channel, "email", by: "person \($0)", hours: Double($0)) }
        #expect(HealthView.of(Self.facts, Markings(said: marks, at: .noon), now: Self.now).who == "person 5")
        let open = marks + [Self.mark(.company, "Acme", by: "boss")]
        #expect(HealthView.of(Self.facts, Markings(said: open, at: .noon), now: Self.now).until == nil)
    }

    @Test func `a rest is a word of its own, and nothing is probed before it is over`() {
        let rest = ProviderRest(since: .noon, until: .noon.addingTimeInterval(3600), why: "rate-limited: 429")
        let view = { (said: [Mark], breaker: Breaker?) in
            HealthView.of(Self.facts, Markings(said: said, at: .noon), breaker: breaker, now: Self.now)
                .resting(rest)
        }
        let resting = view([], nil)
        #expect(resting.state == .resting && resting.who == "provider")
        #expect(resting.why == "its provider asked (rate-limited: 429)")
        #expect(resting.since == .noon && resting.until == rest.until)
        let tripped = view([], Self.tripped())
        #expect(tripped.state == .tripped && tripped.why == "credentials-refused: 535 no")
        #expect(tripped.until == rest.until)
        let marked = view([Self.mark(.channel, "email", hours: 1)], Self.tripped())
        #expect(marked.state == .marked && marked.who == "anna")
    }

    @Test func `our own evidence says why, since when, and when the next probe is`() {
        var breaker = Self.tripped()
        let later = Self.now.adding(.seconds(10))
        let view = HealthView.of(Self.facts, Markings(at: .noon), breaker: breaker, now: later)
        #expect(
            view
                == HealthView.of(Self.facts, Markings(at: .noon), breaker: breaker, now: Self.now))
        #expect(view.why == "credentials-refused: 535 no")
        #expect(view.since == .noon)
        #expect(view.until == Date.noon.addingTimeInterval(30))
        #expect(breaker.beginProbe(at: .seconds(1030)) == true)
        #expect(
            HealthView.of(Self.facts, Markings(at: .noon), breaker: breaker, now: later).state == .probing)
        breaker.record(.answered, epoch: breaker.epoch, at: later)
        #expect(HealthView.of(Self.facts, Markings(at: .noon), breaker: breaker, now: later) == .up)
    }
}
