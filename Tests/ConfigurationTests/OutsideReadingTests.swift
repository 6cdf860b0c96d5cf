import Broadcast
import Channels
import Configuration
import Foundation
import Testing
import Wire

/// `companies` in channels.json, and what the replies of their sources mean.
struct OutsideReadingTests {
    private static let source = SecretSource(
        environment: { "the-secret-of-\($0)" }, file: { _ in .unreadable("does not exist") },
        absolutePath: { $0 }, allowsLiterals: false)

    /// A configuration with two webhooks of Acme, one of which depends on Milan.
    private static func text(_ companies: String) -> [UInt8] {
        let hook = { (more: String) in
            #"{"type":"webhook","company":"Acme","url":"https://h.example/","secret":{"env":"A_SECRET"}\#(more)}"#
        }
        return Array(
            """
            {"sender":{"name":"A"},"companies":\(companies),
             "channels":{"a":\(hook("")),"b":\(hook(#","depends":"Milan""#))}}
            """.utf8)
    }

    private func sources(_ companies: String) throws -> [OutsideSource] {
        try ConfigurationReader.configured(Self.text(companies), file: "c.json", source: Self.source).outside
    }

    private func lines(_ companies: String) -> [String] {
        do {
            _ = try sources(companies)
            return []
        } catch let error as ConfigurationError {
            return error.lines
        } catch {
            return ["\(error)"]
        }
    }

    private func reading(_ status: String, _ reply: HTTPReply) throws -> OutsideReading {
        let source = try #require(try sources(#"{"Acme":{"status":\#(status)}}"#).first)
        return source.reading(of: .http(reply))
    }

    // MARK: Configuration

    @Test(arguments: [
        (#"{"Acmee":{}}"#, #"no channel is run by it or depends on it (did you mean "Acme"?)"#),
        (#"{"Acme":{},"acme":{}}"#, #"is the same company as "Acme""#),
        (#"{"Acme":{"staus":"https://s.example/"}}"#, #"did you mean "status"?"#),
        (#"{"Acme":null}"#, "expected an object"), (#"{"Acme":"https://s.example/"}"#, "expected an object"),
        (#"{"Acme":{"status":"http://s.example/"}}"#, "plain http is only allowed"),
        (#"{"Acme":{"status":7}}"#, "expected an object"),
        (#"{"Acme":{"status":{}}}"#, "companies.Acme.status.url: is missing"),
        (#"{"Acme":{"status":{"url":"https://s.example/","every":"5s"}}}"#, "from 10s to 1d, found \"5s\""),
        (#"{"Acme":{"status":{"url":"https://s.example/","timeout":"2m"}}}"#, "from 100ms to 1m"),
        (#"{"Acme":{"status":{"url":"https://s.example/","components":[]}}}"#, "is empty"),
        (
            #"{"Acme":{"status":{"url":"https://s.example/","components":["A"],"well":{}}}}"#,
            "does not go with"
        ),
        (#"{"Acme":{"status":{"url":"https://s.example/","well":{"status":"9xx"}}}}"#, "expected a status"),
        (#"{"Acme":{"status":{"url":"https://s.example/","well":{"when":{"a":"b"}}}}}"#, "JSON Pointer"),
        (#"{"Acme":{"status":{"url":"https://s.example/","well":{"kee":1}}}}"#, "is no known key"),
        (#"{"Acme":{"status":{"url":"https://u:p@s.example/"}}}"#, "neither a login nor a fragment"),
    ])
    func `what is wrong is told in one line, with its place`(companies: String, told: String) {
        let lines = lines(companies)
        #expect(
            lines.count == 1 && lines[0].contains("c.json: companies") && lines[0].contains(told), "\(lines)")
    }

    @Test func `a company may be one that channels depend on, and its status may be left out`() throws {
        let sources = try sources(#"{"milan":{"status":"https://s.example:8443/x"},"Acme":{}}"#)
        #expect(sources.map(\.company) == ["milan"] && sources.map(\.host) == ["s.example:8443"])
        #expect(sources[0].rhythm == OutsideRhythm(every: .seconds(60), doubts: false))
    }

    @Test func `a login is sent and shown nowhere`() throws {
        let status = """
            {"url":"https://s.example/","well":{},"authorization":{"bearer":{"env":"STATUS_TOKEN"}}}
            """
        let source = try #require(try sources(#"{"Acme":{"status":\#(status)}}"#).first)
        #expect(source.request.headers.map(\.value) == ["Bearer the-secret-of-STATUS_TOKEN"])
        let failure = TransportFailure(.timedOut, handedOver: .maybe, "x the-secret-of-STATUS_TOKEN y")
        #expect(source.reading(of: .failure(failure)).trouble == "timed-out: x [secret] y")
        #expect(source.canBeAsked && source.rhythm.doubts)
        var withheld = Self.source
        withheld.withholdsSecrets = true
        let outline = try ConfigurationReader.configured(
            Self.text(#"{"Acme":{"status":\#(status)}}"#), file: "c.json", source: withheld)
        #expect(outline.outside.first?.canBeAsked == false)
    }

    /// Where a page, or the reply of a probe, may say something: settings, headers and body, with `@` for what it says.
    private static let places = [
        ("", "", #"{"status":{"indicator":"critical","description":"@"}}"#),
        ("", "", #"{"status":{"indicator":"@"}}"#), ("", "", #"{"@":1,"@":2}"#),
        (#""components":["API"],"#, "", #"{"components":[{"name":"api","status":"@"}]}"#),
        (#""components":["@API"],"#, "", #"{"components":[{"name":"@","status":"operational"}]}"#),
        (#""well":{"when":{"/state":"ok"}},"#, "", #"{"state":"@"}"#),
        (#""well":{"when":{"":"ok"}},"#, "", "@"), ("", "https://new.example/@", ""),
    ]

    @Test(arguments: places)
    func `no part of a secret is left where what a page says is cut and more follows`(
        settings: String, location: String, body: String
    ) throws {
        let secret = "the-secret-of-STATUS_TOKEN"
        for lead in Array(0...65) + Array(170...205) {
            let said = { (text: String, secret: String) in
                text.replacing("@", with: String(repeating: "y", count: lead) + secret)
            }
            let status =
                #"{"url":"https://s.example/",\#(said(settings, ""))"authorization":{"bearer":{"env":"STATUS_TOKEN"}}}"#
            let headers = [HeaderField("Location", said(location, secret))].compactMap { $0 }
            let reading = try reading(
                status,
                HTTPReply(
                    status: location.isEmpty ? 200 : 302, headers: headers,
                    body: Array(said(body, secret).utf8)))
            let seen = reading.why + reading.trouble
            #expect(!seen.isEmpty && !seen.contains("the-"), "\(lead): \(seen)")
        }
    }

    // MARK: Pages

    private static let page = #""https://s.example/""#

    @Test(arguments: [
        ("none", "well"), ("minor", "degraded"), ("major", "degraded"), ("maintenance", "degraded"),
        ("critical", "down"), ("banana", "degraded"),
    ])
    func `the indicator of a page`(indicator: String, word: String) throws {
        let body = #"{"status":{"indicator":"\#(indicator)","description":"So \u001b[2J"},"components":[]}"#
        let reading = try reading(Self.page, HTTPReply(status: 200, body: Array(body.utf8)))
        #expect(reading.word?.rawValue == word && reading.trouble.isEmpty)
        #expect(reading.why == "So  [2J (\(indicator))")
    }

    @Test(arguments: [
        (["API"], "well", "API: operational", ""), (["api"], "well", "API: operational", ""),
        (["Slow"], "degraded", "Slow: degraded_performance", ""),
        (["Part"], "degraded", "Part: partial_outage", ""),
        (["Works"], "degraded", "Works: under_maintenance", ""),
        (["Gone"], "down", "Gone: major_outage", ""), (["API", "Gone"], "down", "Gone: major_outage", ""),
        (["API", "Slow"], "degraded", "Slow: degraded_performance", ""),
        // Two groups have one of that name.
        (["Twice"], "down", "Twice: major_outage", ""),
        (
            ["API", "Gome"], "well", "API: operational",
            #"the page has no component "Gome" (did you mean "Gone"?)"#
        ),
        (["Nothing"], "nothing", "", #"the page has no component "Nothing""#),
    ])
    func `the components that are named`(names: [String], word: String, why: String, trouble: String) throws {
        let all = [
            ("API", "operational"), ("Slow", "degraded_performance"), ("Part", "partial_outage"),
            ("Works", "under_maintenance"), ("Gone", "major_outage"), ("Twice", "operational"),
            ("Twice", "major_outage"),
        ]
        let list = all.map { #"{"name":"\#($0)","status":"\#($1)"}"# }.joined(separator: ",")
        let body = #"{"status":{"indicator":"critical"},"components":[\#(list),{"name":7},null]}"#
        let named = names.map { "\"\($0)\"" }.joined(separator: ",")
        let reading = try reading(
            #"{"url":"https://s.example/","components":[\#(named)]}"#,
            HTTPReply(status: 200, body: Array(body.utf8)))
        #expect((reading.word?.rawValue ?? "nothing") == word)
        #expect(reading.why == why && reading.trouble == trouble)
    }

    @Test(arguments: [
        (200, "", "the status page is no JSON"), (200, "{}", "no status page: nothing at /status/indicator"),
        (200, "<html>", "the status page is no JSON"),
        (200, #"{"status":{"indicator":["critical"]}}"#, "no status page"),
        (200, String(repeating: "[", count: 100), "nested deeper than 64 levels"),
        (200, "[" + String(repeating: #"{"a":0},"#, count: 26_000) + "0]", "holds more than 50000 values"),
        (503, #"{"status":{"indicator":"critical"}}"#, "HTTP 503 instead of a status page"),
        (301, "", "HTTP 301 points elsewhere to https://new.example/\\u{9}"), (429, "", "HTTP 429"),
    ])
    func `what is no page says nothing`(status: Int, body: String, told: String) throws {
        let headers = [HeaderField("Location", "https://new.example/\t")].compactMap { $0 }
        let reading = try reading(
            Self.page, HTTPReply(status: status, headers: headers, body: Array(body.utf8)))
        #expect(reading.word == nil && reading.trouble.contains(told), "\(reading)")
    }

    @Test func `a page that broke off says nothing`() throws {
        let body = Array(#"{"status":{"indicator":"critical"}}"#.utf8)
        let reading = try reading(Self.page, HTTPReply(status: 200, body: body, isBodyCut: true))
        #expect(reading.word == nil && reading.trouble.contains("longer than 1 MiB"))
    }

    // MARK: Probes

    @Test(arguments: [
        ("{}", 204, "", "well"), ("{}", 503, "", "down"), ("{}", 302, "", "nothing"),
        ("{}", 407, "", "nothing"),
        (#"{"status":"404"}"#, 404, "", "well"), (#"{"status":"404"}"#, 200, "", "down"),
        (#"{"when":{"/state":"ok"}}"#, 200, #"{"state":"ok"}"#, "well"),
        (#"{"when":{"/state":"ok"}}"#, 200, #"{"state":"ill"}"#, "down"),
        (#"{"when":{"/state":"ok"}}"#, 200, "<html>", "down"),
        (#"{"when":{"":"^=pong"}}"#, 200, "pong 7", "well"),
        (#"{"when":{"/errors":"absent"}}"#, 200, #"{"errors":["x"]}"#, "down"),
    ])
    func `the reply that means well, and every other`(well: String, status: Int, body: String, word: String)
        throws
    {
        let reading = try reading(
            #"{"url":"https://s.example/","well":\#(well)}"#,
            HTTPReply(status: status, body: Array(body.utf8)))
        #expect((reading.word?.rawValue ?? "nothing") == word, "\(reading)")
    }

    @Test(arguments: [
        (#"{"state":"ok","place":"Forlì"}"#, "well", ""),
        (#"{"state":"ok","state":"ill"}"#, "nothing", "names a member twice"),
        (#"{"state":"ok",}"#, "nothing", "a comma before a closing bracket"),
        (#"{"state":1e400}"#, "nothing", "a number that is out of range"),
        ("[", "nothing", "is no JSON"), ("ok", "down", ""), ("", "down", ""),
        // Each value costs a hundred times the memory of its text.
        (
            "[" + String(repeating: #"{"a":0},"#, count: 26_000) + "0]", "nothing",
            "holds more than 50000 values"
        ),
    ])
    func `a probe's JSON that cannot be read says nothing`(body: String, word: String, trouble: String)
        throws
    {
        let reading = try reading(
            #"{"url":"https://s.example/","well":{"when":{"/state":"ok"}}}"#,
            // Older servers answer in Latin-1.
            HTTPReply(status: 200, body: body.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }))
        #expect((reading.word?.rawValue ?? "nothing") == word, "\(reading)")
        #expect(trouble.isEmpty ? reading.trouble.isEmpty : reading.trouble.contains(trouble), "\(reading)")
    }

    // MARK: Breaker

    @Test(arguments: [
        (#""breaker":{"ratio":0}"#, "a number from 0.05 to 1.0"), (#""breaker":{"ratio":2}"#, "0.05 to 1.0"),
        (#""breaker":{"window":"10ms"}"#, "a duration from 1s to 1d"),
        (#""breaker":{"minimum":0}"#, "1 to 1000"), (#""breaker":{"consecutive":0}"#, "1 to 1000"),
        (#""breaker":{"consecutiv":3}"#, #"did you mean "consecutive"?"#), (#""breaker":7"#, "an object"),
    ])
    func `a breaker out of bounds is told`(setting: String, told: String) {
        let text =
            #"{"sender":{"name":"A"},"channels":{"t":{"type":"telegram","token":{"env":"1:A"},\#(setting)}}}"#
        do throws(ConfigurationError) {
            var source = Self.source
            source.environment = { _ in "1:secret" }
            _ = try ConfigurationReader.configured(Array(text.utf8), file: "c.json", source: source)
            Issue.record("taken")
        } catch {
            #expect(error.lines.count == 1 && error.lines[0].contains("channels.t.breaker"), "\(error)")
            #expect(error.lines[0].contains(told), "\(error)")
        }
    }

    @Test func `what a breaker leaves out is as by default`() throws {
        let text = #"""
            {"sender":{"name":"A"},"channels":{"t":{"type":"telegram","token":{"env":"A"},
              "retry":{"first":"9s"},"breaker":{"ratio":0.2,"window":"5m","minimum":4,"consecutive":6}},
              "u":{"type":"telegram","token":{"env":"A"},"breaker":{"consecutive":3}}}}
            """#
        var source = Self.source
        source.environment = { _ in "1:secret" }
        let configured = try ConfigurationReader.configured(
            Array(text.utf8), file: "c.json", source: source)
        let policies = configured.channels.map(\.facts.breaker)
        let facts = configured.channels.map(\.facts)
        #expect(
            policies[0]
                == BreakerPolicy(
                    facts[0].retry, minimumFaults: 4, ratio: 0.2, window: .seconds(300), consecutive: 6))
        #expect(policies[0]?.first == .seconds(9))
        #expect(policies[1] == BreakerPolicy(facts[1].retry, consecutive: 3))
    }
}
