import Broadcast
import Channels
import Configuration
import Foundation
import Testing

struct ConfigurationReaderTests {
    static let sender = #""sender":{"name":"Acme"}"#
    static let hook =
        #""hook":{"type":"webhook","url":"https://h.example/","secret":{"env":"A_LONG_SECRET"}}"#

    private static let source = SecretSource(
        environment: { $0 == "UNSET" ? nil : $0 == "TELEGRAM_TOKEN" ? "1:a" : "the-secret-of-\($0)" },
        file: { _ in .unreadable("does not exist") }, absolutePath: { "/etc/tocsin/\($0)" },
        allowsLiterals: false)

    private func configured(_ text: String) throws -> Configured {
        try ConfigurationReader.configured(Array(text.utf8), file: "channels.json", source: Self.source)
    }

    /// All lines that a configuration is refused with.
    private func lines(_ text: String) -> [String] {
        do throws(ConfigurationError) {
            _ = try ConfigurationReader.configured(
                Array(text.utf8), file: "channels.json", source: Self.source)
            return []
        } catch {
            return error.lines
        }
    }

    private func facts(_ settings: String) throws -> ChannelFacts {
        let configured = try configured("{\(Self.sender),\"channels\":{\"x\":{\(settings)}}}")
        return try #require(configured.channels.first).facts
    }

    @Test(arguments: [("postgres://ops:hush@db/x", "only SQLite files are known"), ("", "not empty")])
    func `a store that is no file is refused`(store: String, told: String) {
        let lines = lines("{\(Self.sender),\"store\":\"\(store)\",\"channels\":{\(Self.hook)}}")
        #expect(lines.count == 1 && lines[0].contains(told) && !lines[0].contains("hush"), "\(lines)")
    }

    @Test func `how long announcements are kept is read, two years unless it says else`() throws {
        let keep = { (member: String) in
            try configured("{\(Self.sender),\(member)\"channels\":{\(Self.hook)}}").keep.description
        }
        #expect(try keep("") == "24 months")
        #expect(try keep("\"keep\":\"90d\",") == "90 days")
        let lines = lines("{\(Self.sender),\"keep\":\"2 yers\",\"channels\":{\(Self.hook)}}")
        #expect(
            lines.count == 1 && lines[0].contains("keep") && lines[0].contains("did you mean 2 year"),
            "\(lines)")
    }

    @Test func `a value that is not there is one problem, not two`() {
        let lines = lines(
            """
            {\(Self.sender),"channels":{"x":{"type":"sms","url":"https://h.example/{{values.key}}",
            "values":{"key":{"env":"UNSET"}},"body":{"json":{"to":"{{to}}","text":"{{text}}"}}}}}
            """)
        #expect(lines.count == 1 && lines[0].contains("UNSET is not set"), "\(lines)")
    }

    @Test(arguments: ["host", "server", "port"])
    func `where a mail server is belongs into its url`(key: String) {
        let lines = lines(
            """
            {\(Self.sender),"channels":{"email":{"type":"smtp","url":"smtp://m.example","from":"a@m.example",
            "\(key)":"587"}}}
            """)
        #expect(
            lines.count == 1 && lines[0].contains("channels.email.\(key): ")
                && lines[0].contains("it belongs into \"url\", such as"), "\(lines)")
    }

    @Test func `a comma that is missing is asked for`() {
        let lines = lines("{\n\"a\": 1\n\"b\": 2}")
        #expect(lines.count == 1 && lines[0].contains("line 3, column 1"), "\(lines)")
        #expect(lines[0].contains("missing before it"), "\(lines)")
    }

    @Test func `the least there can be has the defaults of the design`() throws {
        let configured = try configured("{\(Self.sender),\"channels\":{\(Self.hook)}}")
        #expect(configured.sender == Sender(name: "Acme", locale: "en", timezone: "UTC", website: ""))
        #expect(configured.owner == nil)
        #expect(configured.store == "/etc/tocsin/tocsin.db")
        #expect(configured.templates == nil)
        #expect(configured.order.map(\.rawValue) == ["hook"])
        let facts = try #require(configured.channels.first).facts
        #expect(facts.company == "hook")
        #expect(facts.connections == 8)
        #expect(facts.unknown == .retry)
        #expect(facts.rate == nil)
        #expect(facts.quietHours == nil)
    }

    @Test func `a channel takes what its owner chose`() throws {
        let facts = try facts(
            #"""
            "type":"webhook","url":"https://h.example/","secret":{"env":"A_LONG_SECRET"},"company":"Acme",
            "depends":["relay","Milan"],"rate":"30/m","connections":2,"unknown":"leave","failoverAfter":"90s",
            "price":"0.01 EUR","quietHours":"22:30-07:00","retry":{"first":"2s","factor":3,"cap":"1m","within":"1h"}
            """#)
        #expect(facts.company == "Acme")
        #expect(facts.depends == ["relay", "Milan"])
        #expect(facts.rate == Rate(perSecond: 0.5))
        #expect(facts.connections == 2)
        #expect(facts.unknown == .leave)
        #expect(facts.failoverAfter == .seconds(90))
        #expect(facts.price?.description == "0.01 EUR")
        #expect(facts.quietHours == QuietHours(start: 22 * 60 + 30, end: 7 * 60))
        #expect(
            facts.retry
                == RetryPolicy(first: .seconds(2), factor: 3, cap: .seconds(60), within: .seconds(3600)))
    }

    @Test(arguments: [
        (#""type":"webhook","secret":"the-other-secret-of-a-hook","url":"https://h.example/""#, true),
        (#""url":"https://h.example/","type":"webhook","secret":"a-long-secret-of-a-hook""#, true),
        (#""type":"webhook","secret":"a-long-secret-of-a-hook","url":"https://g.example/""#, false),
        (#""type":"webhook","secret":{"env":"A_LONG_SECRET"},"url":"https://h.example/""#, false),
        (
            #""type":"webhook","secret":"a-long-secret-of-a-hook","url":"https://h.example/","retry":{"cap":"1h"}"#,
            false
        ),
    ])
    func `settings are the same whatever their order and their secrets say`(settings: String, isSame: Bool)
        throws
    {
        var source = Self.source
        source.allowsLiterals = true
        let known = #""type":"webhook","secret":"a-long-secret-of-a-hook","url":"https://h.example/""#
        let digests = try [known, settings].map { settings in
            let text = "{\(Self.sender),\"channels\":{\"x\":{\(settings)}}}"
            return try ConfigurationReader.configured(Array(text.utf8), file: "x", source: source)
                .channels[0].facts.settings
        }
        #expect((digests[0] == digests[1]) == isSame)
    }

    @Test func `telegram rests at night, and has its own company and rate`() throws {
        let facts = try facts(#""type":"telegram","token":{"env":"TELEGRAM_TOKEN"}"#)
        #expect(facts.quietHours == QuietHours(start: 1260, end: 480))
        #expect(facts.company == "Telegram")
        #expect(facts.rate == Rate(perSecond: 25))
        #expect(facts.unknown == .leave)
        #expect(
            try self.facts(#""type":"telegram","token":{"env":"TELEGRAM_TOKEN"},"quietHours":"none""#)
                .quietHours == nil)
    }

    @Test func `channels not ordered come after the others, by name`() throws {
        let more = ["c", "a", "b"].map { Self.hook.replacing("\"hook\"", with: "\"\($0)\"") }.joined(
            separator: ",")
        let configured = try configured("{\(Self.sender),\"order\":[\"b\"],\"channels\":{\(more)}}")
        #expect(configured.order.map(\.rawValue) == ["b", "a", "c"])
        #expect(configured.channels.map(\.facts.name.rawValue) == ["a", "b", "c"])
    }

    @Test func `all problems are told at once, each in one line`() {
        let found = lines(
            #"""
            {"sendr":{},"sender":{"name":"","locale":"xx-YY","timezone":"Europe/Roma","website":"acme"},
             "owner":{"email":"nobody"},"order":["emial","email","email"],
             "channels":{"email":{"type":"smtp","url":"smtp://m.example","tls":"maybe","from":"a@m.example"},
                         "sms":{"type":"smms"},"x y":{"type":"webhook"},"n":null,
                         "hook":{"type":"webhook","url":"https://h.example/","secret":{"env":"UNSET"}}}}
            """#)
        let starts = [
            "channels.json: sender.name: ", "channels.json: sender.locale: \"xx-YY\" names a language",
            "channels.json: sender.timezone: \"Europe/Roma\" is no time zone",
            "channels.json: sender.website: ",
            "channels.json: owner.email: \"nobody\" has no @",
            #"channels.json: channels.email.tls: expected "required" or "none", found "maybe""#,
            "channels.json: channels.hook.secret: the environment variable UNSET is not set",
            "channels.json: channels.n: ", #"(did you mean "sms"?)"#,
            "channels.json: channels.x y: is no channel name",
            #"channels.json: order: there is no channel "emial" (did you mean "email"?)"#,
            #"channels.json: order: names "email" twice"#,
            #"channels.json: sendr: is no known key (did you mean "sender"?)"#,
        ]
        for start in starts { #expect(found.contains { $0.contains(start) }, "\(start) not in \(found)") }
        #expect(found.count == starts.count, "\(found)")
        #expect(found.allSatisfy { !$0.contains("\n") })
    }

    @Test(arguments: [
        ("", "is no JSON"), ("[]", "expected an object"), ("{", "is no JSON"), ("{}", "channels: is missing"),
        ("{\"a\": 1,\n \"a\": 2}", "line 2, column 2: names a twice"),
        (#"{"sender":{"name":"A"},"channels":{}}"#, "channels: is empty"),
        (#"{"sender":{"name":"A"},"channels":[]}"#, "channels: expected an object, found an array"),
        (String(repeating: "[", count: 100), "nested deeper than 64"),
        (#"{"sender":{"name":"A"},"channels":{"x":{"type":"telegram","token":"1:literal"}}}"#, "chmod 600"),
        (
            #"{"sender":{"name":"A"},"channels":{"x":{"type":"telegram","token":{"env":"TELEGRAM_TOKEN"},"quietHours":"9-5"}}}"#,
            "quietHours: expected"
        ),
        (
            #"{"sender":{"name":"A"},"channels":{"x":{"type":"telegram","token":{"env":"TELEGRAM_TOKEN"},"retry":{"first":"1h","cap":"1m"}}}}"#,
            "retry.cap: is shorter"
        ),
    ])
    func `what is no configuration says why`(text: String, message: String) {
        let found = lines(text)
        #expect(found.contains { $0.contains(message) }, "\(found)")
        #expect(!found.joined().contains("1:literal"))
    }

    @Test func `channels of one company are known to fall together`() throws {
        let two = ["a", "b", "c"].map { name in
            Self.hook.replacing("\"hook\"", with: "\"\(name)\"")
                .replacing("\"type\"", with: "\"company\":\"\(name == "c" ? "Other" : "Acme")\",\"type\"")
        }
        let configured = try configured("{\(Self.sender),\"channels\":{\(two.joined(separator: ","))}}")
        let companies = Dictionary(grouping: configured.channels, by: \.facts.company)
        #expect(
            companies.mapValues { $0.map(\.facts.name.rawValue) } == ["Acme": ["a", "b"], "Other": ["c"]])
    }
}
