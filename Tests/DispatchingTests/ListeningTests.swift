import Broadcast
import Channels
import Configuration
import Curl
import Foundation
import Storage
import TestPeers
import Testing
import Wire

@testable import Dispatching

@Suite(.timeLimit(.minutes(5))) struct ListeningTests {
    /// When pages are asked: nothing comes due because of the time that a test takes.
    private let begin = Clockwork.system.now().wall

    private static func page(_ indicator: String) -> String {
        #"{"body": "{\"status\": {\"indicator\": \"\#(indicator)\", \"description\": \"as said\"}}"}"#
    }

    /// One channel, and a source for its company at `path`.
    private func stand(
        _ web: PeerProcess, _ people: Int = 1, timeout: String = "60s", more: String = ""
    ) async throws -> Stand {
        let port = try web.port("http")
        let company = #""company":"Acme","# + Line.soon
        return try await Stand(
            [Line.hook(port, company)], people: everybody(people),
            companies: """
                {"acme":{"status":{"url":"http://127.0.0.1:\(port)/page","private":true,"timeout":"\(timeout)"\(more)}}}
                """)
    }

    private func heard(
        _ stand: Stand, store: Store? = nil, atMost limit: Duration = .seconds(240), isDemanded: Bool = false,
        later: TimeInterval = 0, over channels: [ChannelFacts]? = nil, isServed: Bool = false
    ) async throws -> [OutsideWord] {
        let transport = try CurlTransport(version: "9.9")
        var clock = stand.clock
        let (begin, now) = (begin, clock.now)
        clock.now = { Moment(wall: begin + later, uptime: now().uptime) }
        let words = await Listening(
            stand.configured.outside, store: store ?? stand.store, transport: transport, clock: clock
        ).refreshed(
            isDemanded ? .all : .due(channels ?? stand.configured.channels.map(\.facts), isServed: isServed),
            atMost: limit)
        await transport.shutdown()
        return words
    }

    @Test func `what a page says is kept, and asked for again only when it is old`() async throws {
        let web = try await PeerProcess.http(
            #"{"/page": [\#(Self.page("critical")), \#(Self.page("none"))]}"#)
        let stand = try await stand(web)
        #expect(try await heard(stand).map(\.word) == [.down])
        #expect(try await heard(stand).map(\.word) == [.down])
        #expect(try await web.requests().count == 1)
        let kept = try #require(try await stand.store.outsideWords().first)
        #expect(kept.company == "acme" && kept.why == "as said (critical)" && kept.trouble.isEmpty)
        #expect(kept.source == "127.0.0.1:\(try web.port("http"))")
        #expect(try await heard(stand, isDemanded: true).map(\.word) == [.well])
        #expect(try await web.requests().count == 2)
    }

    @Test func `a probe that is asked once a day says down after a minute all the same`() async throws {
        let web = try await PeerProcess.http(#"{"/page": [{"status": 500}]}"#)
        let stand = try await stand(web, more: #","every":"1d","well":{}"#)
        #expect(try await heard(stand).map(\.word) == [.degraded])
        #expect(try await heard(stand, later: 60.01).map(\.word) == [.down])
        #expect(try await web.requests().count == 2)
    }

    @Test func `word of an outage that is too old to count is asked for again, however rarely it is asked`()
        async throws
    {
        let web = try await PeerProcess.http(#"{"/page": [\#(Self.page("critical"))]}"#)
        let stand = try await stand(web, more: #","every":"1d""#)
        _ = try await heard(stand)
        let later = try await heard(stand, later: 31 * 60)
        #expect(try await web.requests().count == 2)
        #expect(later.first?.standing(at: begin + 31 * 60) == .down)
    }

    @Test(arguments: [
        (#"{"close": "accept"}"#, "connection-lost"), (#"{"status": 500}"#, "HTTP 500"),
        (#"{"body": "[[[[[["}"#, "no JSON"), (#"{"endless": true}"#, "longer than 1 MiB"),
        (#"{"size": 1200000}"#, "longer than 1 MiB"), (#"{"hang": true}"#, "timed-out"),
        (#"{"raw": "nonsense\r\n\r\n"}"#, ":"),
    ])
    func `what cannot be heard says nothing, and is told`(reply: String, told: String) async throws {
        let web = try await PeerProcess.http(#"{"/page": [\#(reply)]}"#)
        let timeout = told == "timed-out" ? "100ms" : "60s"
        let word = try #require(try await heard(try await stand(web, timeout: timeout)).first)
        #expect(word.word == nil && !word.trouble.isEmpty && word.trouble.contains(told), "\(word.trouble)")
    }

    @Test func `a page with thousands of components is heard`() async throws {
        let items = (0..<1700).map { #"{\"name\": \"Part \#($0)\", \"status\": \"operational\"}"# }
        let body =
            #"{\"components\": [\#(items.joined(separator: ",")), {\"name\": \"API\", \"status\": \"major_outage\"}]}"#
        let web = try await PeerProcess.http(#"{"/page": [{"body": "\#(body)"}]}"#)
        let words = try await heard(try await stand(web, more: #","components":["API"]"#))
        #expect(words.first?.word == .down && words.first?.why == "API: major_outage")
    }

    @Test func `a page that says down is asked again soon, however seldom it is asked`() async throws {
        let web = try await PeerProcess.http(
            #"{"/page": [\#(Self.page("critical")), \#(Self.page("none"))]}"#)
        let stand = try await stand(web, more: #","every":"1h""#)
        #expect(try await heard(stand).map(\.word) == [.down])
        #expect(try await heard(stand, later: 61).map(\.word) == [.well])
        #expect(try await heard(stand, later: 3000).map(\.word) == [.well])
        #expect(try await web.requests().count == 2)
    }

    @Test func `nobody waits longer than said for a page that does not answer, nor again before it is due`()
        async throws
    {
        let web = try await PeerProcess.http(#"{"/page": [{"hang": true}, \#(Self.page("none"))]}"#)
        let stand = try await stand(web)
        let word = try #require(try await heard(stand, atMost: .milliseconds(50)).first)
        #expect(word.word == nil && word.trouble == "did not answer within 50ms")
        #expect(try await stand.store.outsideWords().map(\.trouble) == [word.trouble])
        #expect(try await heard(stand, later: 30).map(\.word) == [nil])
        #expect(try await heard(stand, later: 61).map(\.word) == [.well])
        #expect(try await stand.store.outsideWords().map(\.trouble) == [""])
    }

    @Test func `only what a chosen channel hangs on is asked, and not what a dispatcher asks`() async throws {
        let web = try await PeerProcess.http(#"{"/page": [\#(Self.page("none"))]}"#)
        let stand = try await stand(web, timeout: "10s")
        #expect(try await heard(stand, over: []).isEmpty)
        #expect(try await web.requests().isEmpty)
        // Nothing was ever heard: whoever dispatches may not know of this page.
        #expect(try await heard(stand, isServed: true).map(\.word) == [.well])
        for (later, isServed, requests) in [(61.0, true, 1), (61, false, 2), (145, true, 3)] {
            #expect(try await heard(stand, later: later, isServed: isServed).map(\.word) == [.well])
            #expect(try await web.requests().count == requests)
        }
    }

    @Test func `a store that cannot be written keeps nobody from hearing`() async throws {
        let web = try await PeerProcess.http(#"{"/page": [\#(Self.page("critical"))]}"#)
        let stand = try await stand(web)
        let reader = try Store.openReadOnly(stand.store.path)
        #expect(try await heard(stand, store: reader).map(\.word) == [.down])
        #expect(try await stand.store.outsideWords().isEmpty)
    }

    @Test func `what was heard from where nobody is asked any more holds nothing`() async throws {
        let web = try await PeerProcess.http()
        let stand = try await stand(web)
        let now = stand.clock.now().wall
        for (company, source) in [("acme", "old.example"), ("Meta", "127.0.0.1:\(try web.port("http"))")] {
            _ = try await stand.store.hear(
                OutsideReading(.down), of: company, from: source,
                OutsideRhythm(every: .seconds(60), doubts: false), now: now)
        }
        let markings = try await stand.store.markings(heeding: stand.configured.outside, at: now)
        #expect(markings.outside.isEmpty)
    }

    // MARK: While sending

    /// What another process heard.
    private func hear(_ word: OutsideWord.Word, _ stand: Stand) async throws {
        let source = try #require(stand.configured.outside.first)
        _ = try await stand.otherStore().hear(
            OutsideReading(word, why: "as said"), of: source.company, from: source.host, source.rhythm,
            now: stand.clock.now().wall)
    }

    @Test func `whoever dispatches asks, holds what is down, and lets it go when it is well again`()
        async throws
    {
        // Asked again it says nothing, so that what another process hears stands.
        let web = try await PeerProcess.http(#"{"/page": [\#(Self.page("critical")), {"hold": true}]}"#)
        let stand = try await stand(web, 20, more: #","every":"1h""#)
        try await stand.announce()
        let source = "127.0.0.1:\(try web.port("http"))"
        // Held, so that all 20 wait when the page has been read.
        try await stand.mark("hook")
        async let serving: Void = stand.finish("outage")
        try await stand.recorder.events.wait { try await !stand.store.outsideWords().isEmpty }
        _ = try await stand.store.unmark(.channel, "hook")
        await stand.recorder.events.wait { stand.recorder.marks.last == "hook down by \(source)" }
        #expect(try await stand.counts("hook").count(.queued) == 20)
        try await hear(.well, stand)
        try await serving
        #expect(try await stand.standing("hook") == "accepted 20")
        #expect(stand.recorder.marks == ["hook down by \(source)", "hook up"])
    }

    @Test func `a person's up stands above outside word of down, also while sending`() async throws {
        let web = try await PeerProcess.http(#"{"/page": [\#(Self.page("critical"))]}"#)
        let stand = try await stand(web, 5)
        try await hear(.down, stand)
        let now = stand.clock.now().wall
        try await stand.announce(waits: true)
        async let serving: Void = stand.finish("outage")
        try await stand.recorder.events.wait { try await stand.store.healthNotes().count == 1 }
        #expect(try await stand.counts("hook").count(.queued) == 5)
        try await stand.store.mark(
            Mark(.channel, "hook", .up, why: "", who: "anna", since: now, until: now + 3600))
        try await serving
        #expect(try await stand.standing("hook") == "accepted 5")
    }

    @Test func `a page that hangs delays nobody's delivery`() async throws {
        let web = try await PeerProcess.http(#"{"/page": [{"hang": true}]}"#)
        let stand = try await stand(web, 50, more: #","every":"10s""#)
        try await stand.announce()
        try await stand.finish("outage")
        #expect(try await stand.standing("hook") == "accepted 50")
        // Broken off with the end, not waited for.
        #expect(try await stand.store.outsideWords().isEmpty)
    }

    // MARK: Health

    @Test func `what somebody has mended is probed at once`() async throws {
        let web = try await PeerProcess.http(#"{"/hook": [{"status": 401}, {}]}"#)
        let slow = #""retry":{"first":"1h","cap":"1h","within":"6h"},"connections":1"#
        let stand = try await Stand([Line.hook(try web.port("http"), slow)], people: everybody(3))
        try await stand.announce()
        let store = stand.store
        // The one that was turned away waits for its own time.
        let serving = Task {
            try await stand.serve { (_) async throws(StoreError) in
                let report = try await store.progress(Announcement.ID(valid: "outage"))
                return report.channels[ChannelName(valid: "hook")]?.count(.accepted) == 2
            }
        }
        await stand.recorder.events.wait { stand.recorder.health.last?.isUp == false }
        #expect(try await stand.otherStore().hasten(ChannelName(valid: "hook")))
        try await serving.value
        #expect(try await stand.standing("hook") == "queued 1, accepted 2")
        #expect(try await store.hasten(ChannelName(valid: "hook")) == false)
    }

    @Test func `the last faults are kept by code, and outlive the dispatcher`() async throws {
        let web = try await PeerProcess.http(
            #"{"/hook": [{"status": 503}, {"status": 503}, {"status": 500}, {"close": "request"}, {}]}"#)
        let stand = try await Stand(
            [Line.hook(try web.port("http"), #""connections":1,"# + Line.soon)], people: everybody(3))
        try await stand.announce()
        try await stand.finish("outage")
        let note = try #require(try await stand.store.healthNotes().first)
        #expect(note.isUp && note.why.isEmpty)
        #expect(
            Set(note.faults.map { "\($0.count) \($0.code)" }) == ["3 service-failed", "1 connection-lost"])
        #expect(note.faults.first { $0.code == "service-failed" }?.detail == "HTTP 500")
        try await stand.announce("again")
        try await stand.finish("again")
        #expect(try await stand.store.healthNotes().first?.faults == note.faults)
    }

    @Test func `a breaker trips when it is configured to`() async throws {
        let web = try await PeerProcess.http(#"{"/hook": [{"status": 503}]}"#)
        let setting =
            #""connections":1,"breaker":{"consecutive":2},"retry":{"first":"1h","cap":"1h","within":"6h"}"#
        let stand = try await Stand([Line.hook(try web.port("http"), setting)], people: everybody(9))
        try await stand.announce()
        try await stand.serve { (status) async throws(StoreError) in status.free.isEmpty }
        #expect(try await web.requests().count == 2)
    }
}
