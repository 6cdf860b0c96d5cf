import Broadcast
import Foundation
import TestPeers
import Testing

@Suite struct OutsideWordTests {
    private static let page = OutsideRhythm(every: .seconds(60), doubts: false)
    private static let probe = OutsideRhythm(every: .seconds(60), doubts: true)
    private static let facts = ChannelFacts.sample("email", company: "Acme", depends: ["Milan"])

    /// What is known after readings, given as `seconds word`, such as `0 well, 60 down`; `-` says nothing.
    private static func heard(_ readings: String, _ rhythm: OutsideRhythm) -> OutsideWord? {
        var word: OutsideWord?
        for reading in readings.split(separator: ", ") {
            let parts = reading.split(separator: " ").map(String.init)
            let said = OutsideWord.Word(rawValue: parts[1])
            word = OutsideReading(said, why: "why", trouble: said == nil ? "timed-out" : "").heard(
                of: "Acme", from: "status.acme.example", after: word, rhythm,
                at: .noon + (Double(parts[0]) ?? 0))
        }
        return word
    }

    @Test(arguments: [
        ("0 down", "down", 0), ("0 well, 60 down", "down", 60), ("0 down, 60 down", "down", 0),
        ("0 down, 60 degraded", "degraded", 60), ("0 down, 60 well", "well", 60),
        ("0 down, 60 -", "down", 0), ("0 -", "nothing", 0), ("0 -, 60 well", "well", 60),
        ("0 down, 700 down", "down", 700),
    ])
    func `a page is believed at once, and one that says nothing leaves its word as it was`(
        readings: String, word: String, since: Double
    ) throws {
        let heard = try #require(Self.heard(readings, Self.page))
        #expect((heard.word?.rawValue ?? "nothing") == word)
        #expect(heard.since == .noon + since)
        #expect(heard.trouble.isEmpty == !readings.hasSuffix("-"))
    }

    @Test(arguments: [
        ("0 down", "degraded"), ("0 well, 60 down", "degraded"), ("0 well, 60 down, 120 down", "down"),
        // Two processes that ask within a moment have seen one blip.
        ("0 down, 1 down", "degraded"), ("0 down, 1 down, 30 down", "down"),
        ("0 down, 60 -, 120 down", "down"), ("0 down, 60 well, 120 down", "degraded"),
        ("0 down, 60 down, 120 down", "down"), ("0 down, 60 down, 120 well", "well"),
        ("0 down, 700 down", "degraded"),
    ])
    func `a probe's bad reply counts when it comes twice`(readings: String, word: String) throws {
        let heard = try #require(Self.heard(readings, Self.probe))
        #expect(heard.word?.rawValue == word)
        #expect(heard.why.contains("once so far") == (word == "degraded"))
    }

    @Test(arguments: [(10.0, 5), (60, 30), (3600, 30), (86_400, 30)])
    func `a suspicion is settled within a minute, however rarely all is asked while well`(
        every: Double, after: Int
    ) throws {
        let rhythm = OutsideRhythm(every: .seconds(every), doubts: true)
        #expect(try #require(Self.heard("0 down, \(after - 1) down", rhythm)).word == .degraded)
        let down = try #require(Self.heard("0 down, \(after) down", rhythm))
        #expect(down.word == .down && down.since == .noon)
    }

    @Test(arguments: [(60.0, 600.0), (10, 600), (300, 1500), (86_400, 1800)])
    func `a word that is not renewed loses its force`(every: Double, force: Double) throws {
        let rhythm = OutsideRhythm(every: .seconds(every), doubts: false)
        let word = try #require(Self.heard("0 down", rhythm))
        #expect(word.standing(at: .noon + force - 1) == .down)
        #expect(word.standing(at: .noon + force) == nil)
        #expect(word.mark(on: Self.facts, at: .noon + force) == nil)
        // Silence renews nothing.
        let silent = try #require(Self.heard("0 down, 100 -", rhythm))
        #expect(silent.standing(at: .noon + force) == nil && silent.readAt == .noon + 100)
    }

    @Test(arguments: [
        ("0 well", 3600.0, 3599.0, false), ("0 well", 3600, 3600, true), ("0 down", 3600, 59, false),
        ("0 down", 3600, 60, true), ("0 degraded", 3600, 60, true), ("0 down", 10, 10, true),
        ("0 -", 3600, 60, false), ("0 well, 50 -", 3600, 110, false), ("0 well, 50 -", 3600, 3650, true),
        ("0 down, 50 -", 3600, 100, false), ("0 down, 50 -", 3600, 110, true),
        // It holds nothing back once nobody renews it, and is no less ill for that.
        ("0 down", 86_400, 1860, true), ("0 degraded", 86_400, 1860, true), ("0 well", 86_400, 1860, false),
        ("0 down, 1790 -", 86_400, 1849, false), ("0 down, 1790 -", 86_400, 1850, true),
    ])
    func `what is not well is asked for again within a minute`(
        readings: String, every: Double, at: Double, isOld: Bool
    ) throws {
        let rhythm = OutsideRhythm(every: .seconds(every), doubts: false)
        #expect(try #require(Self.heard(readings, rhythm)).isOld(at: .noon + at, rhythm) == isOld)
    }

    @Test func `a word that a clock set back makes one of tomorrow does not count, and is asked for again`() {
        let word = OutsideWord.sample(.down, saidAt: .noon + 3600)
        #expect(word.standing(at: .noon) == nil)
        #expect(word.isOld(at: .noon, Self.page))
    }

    @Test func `what another source said before counts for nothing`() {
        let before = OutsideWord.sample(.down)
        let heard = OutsideReading(nil, trouble: "x").heard(
            of: "Acme", from: "elsewhere.example", after: before, Self.page, at: .noon + 60)
        #expect(heard.word == nil && heard.source == "elsewhere.example")
    }

    @Test(arguments: [
        ("acme", "company"), ("Acme", "company"), ("MILAN", "depends"), ("Meta", nil),
    ])
    func `it speaks of who runs a channel and of what it depends on`(name: String, scope: String?) {
        let mark = OutsideWord.sample(.down, of: name).mark(on: Self.facts, at: .noon)
        #expect(mark?.scope.rawValue == scope)
        #expect(mark.map { $0.covers(Self.facts) && $0.isOutside } ?? true)
    }

    @Test func `degraded is told and holds nothing back`() {
        let markings = Markings(outside: [.sample(.degraded)], at: .noon)
        #expect(markings.mark(on: Self.facts) == nil)
        #expect(markings.degradation(of: Self.facts)?.word == .degraded)
        #expect(Markings(outside: [.sample(.degraded)], at: .noon + 600).degradation(of: Self.facts) == nil)
    }

    @Test func `a person's up ends with its time, and their down stands above it`() {
        let up = Mark(.channel, "email", .up, why: "", who: "anna", since: .noon, until: .noon + 100)
        let down = Mark(.company, "Acme", why: "", who: "boss", since: .noon, until: nil)
        let outside = [OutsideWord.sample(.down)]
        #expect(Markings(said: [up], outside: outside, at: .noon).mark(on: Self.facts) == nil)
        #expect(
            Markings(said: [up], outside: outside, at: .noon + 100).mark(on: Self.facts)?.isOutside == true)
        #expect(Markings(said: [up, down], outside: outside, at: .noon).mark(on: Self.facts)?.who == "boss")
    }

    @Test(arguments: [1 as UInt64, 2, 3, 20_261_121])
    func `whatever is read whenever, no word outlives its force, and a well one frees at once`(seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        for _ in 0..<300 {
            let rhythm = OutsideRhythm(
                every: .seconds(Int.random(in: 10...600, using: &random)), doubts: Bool.random(using: &random)
            )
            var word: OutsideWord?
            var now = Date.noon
            var saidAt: Date?
            for _ in 0..<30 {
                now += Double.random(in: 0...2000, using: &random)
                let said =
                    ([nil] + OutsideWord.Word.allCases.map(Optional.some)).randomElement(using: &random)
                    ?? nil
                if said != nil { saidAt = now }
                let heard = OutsideReading(said).heard(
                    of: "Acme", from: "s", after: word, rhythm, at: now)
                word = heard
                let later = now + Double.random(in: 0...4000, using: &random)
                let isFresh = saidAt.map { later < $0.adding(rhythm.force) } ?? false
                #expect((heard.standing(at: later) != nil) == isFresh, "seed \(seed)")
                if said == .well { #expect(heard.standing(at: now) == .well, "seed \(seed)") }
                if said != .down, said != nil { #expect(heard.standing(at: now) != .down, "seed \(seed)") }
                #expect(heard.since <= heard.saidAt && heard.saidAt <= heard.readAt, "seed \(seed)")
            }
        }
    }
}
