import Broadcast
import Channels
import Configuration
import Testing

/// A secret that is missing, wherever it may stand, takes its own channel or status page away and nothing else.
struct LackingSecretTests {
    /// Channels with a secret in each place that takes one; `S` stands for it.
    private static let places = [
        #""type":"smtp","url":"smtp://m.example","from":"a@m.example","username":"u","password":S"#,
        #""type":"smtp","url":"smtp://m.example","from":"a@m.example","proxy":S"#,
        #""type":"telegram","token":S"#,
        #""type":"telegram","token":S,"api":"https://bots.example","chat":"@acme_status""#,
        #""type":"telegram","token":{"env":"TOKEN"},"proxy":S"#,
        #""type":"webhook","url":"https://h.example/","secret":S"#,
        #""type":"webhook","url":"https://h.example/","secret":[{"env":"KEY"},S]"#,
        #""type":"webhook","url":"https://h.example/","secret":{"env":"KEY"},"proxy":S"#,
        #""type":"webhook","url":"https://h.example/","authorization":{"bearer":S}"#,
        #""type":"webhook","url":"https://h.example/","health":"https://h.example/up","proxy":S"#,
        #""authorization":{"basic":{"username":"u","password":S}},"url":"https://s.example/""#,
        #""authorization":{"header":{"name":"X-Key","value":S}},"url":"https://s.example/""#,
        #""values":{"k":S},"url":"https://s.example/{{values.k}}/x?a={{values.k}}""#,
        #""values":{"k":S},"url":"https://s.example/","headers":{"X-Api-Key":"{{values.k}}"}"#,
        #""values":{"k":S},"url":"https://s.example/","method":"GET""#,
    ]

    /// How a secret may be missing, and what names it.
    private static let lacks = [
        (#"{"env":"UNSET"}"#, "export UNSET"), (#"{"env":"EMPTY"}"#, "export EMPTY"),
        (#"{"env":"LINES"}"#, "LINES"), (#"{"file":"none"}"#, "none does not exist"),
        (#"{"file":"empty"}"#, "empty"), (#"{"file":"blank"}"#, "blank"), (#"{"file":"lines"}"#, "lines"),
        (#"{"file":"binary"}"#, "binary"),
    ]

    /// Places that ask for more than one line of text, which secrets of another form may stand in.
    private static let forms = [
        (#""type":"telegram","token":S"#, "is no bot token"),
        (#""type":"webhook","url":"https://h.example/","secret":S"#, "is too short to sign with"),
        (
            #""type":"webhook","url":"https://h.example/","secret":[{"env":"KEY"},S]"#,
            "is too short to sign with"
        ),
        (#""type":"smtp","url":"smtp://m.example","from":"a@m.example","proxy":S"#, "is no proxy"),
    ]

    private static let source: SecretSource = {
        var source = SecretSource(
            environment: { name in
                ["EMPTY": "", "ILL": "oops", "LINES": "a\nb", "TOKEN": "1:a", "KEY": "a-long-enough-secret"][
                    name]
            },
            file: { path in
                switch path {
                case "empty": .contents([], isOpenToOthers: false)
                case "blank": .contents(Array("\n\r\n".utf8), isOpenToOthers: false)
                case "ill": .contents(Array("oops\n".utf8), isOpenToOthers: false)
                case "lines": .contents(Array("a\nb\n".utf8), isOpenToOthers: false)
                case "binary": .contents([0xFF, 0xFE], isOpenToOthers: false)
                case "ended": .contents(Array("a-long-enough-secret\r\n\n".utf8), isOpenToOthers: false)
                default: .unreadable("does not exist")
                }
            },
            absolutePath: { "/etc/tocsin/\($0)" }, allowsLiterals: false)
        source.toleratesMissing = true
        return source
    }()

    /// A configuration of channel `x`, another that lacks nothing, and what is said of its company.
    private func read(
        _ channel: String, status: String = "{}", _ source: SecretSource = source
    ) -> (configured: Configured?, lines: [String]) {
        let sms = #""type":"sms","body":{"json":{"to":"{{to}}","text":"{{text}}"}},"#
        let text = """
            {\(ConfigurationReaderTests.sender),"companies":{"Acme":\(status)},"channels":{
            "x":{"company":"Acme",\(channel.contains("\"type\"") ? "" : sms)\(channel)},
            "y":{"type":"webhook","url":"https://y.example/","secret":{"env":"KEY"}}}}
            """
        do throws(ConfigurationError) {
            return (
                try ConfigurationReader.configured(Array(text.utf8), file: "channels.json", source: source),
                []
            )
        } catch {
            return (nil, error.lines)
        }
    }

    @Test(arguments: places, lacks)
    func `it stops its own channel only, which says how to come by it`(
        place: String, lack: (secret: String, remedy: String)
    ) throws {
        let (configured, lines) = read(place.replacing("S", with: lack.secret, maxReplacements: 1))
        #expect(lines == [])
        let found = try #require(configured)
        let missing = found.channel(ChannelName(valid: "x"))?.facts.missing
        #expect(missing?.contains(lack.remedy) == true, "\(missing ?? "nothing")")
        #expect(found.channel(ChannelName(valid: "y"))?.facts.missing == nil)
    }

    @Test(
        arguments: forms,
        [
            (#"{"env":"ILL"}"#, "the environment variable ILL"), (#"{"file":"ill"}"#, "the secret file ill"),
            (#""o@ps""#, "the secret"),
        ])
    func `one of ill form is as good as none`(
        place: (settings: String, flaw: String), given: (secret: String, title: String)
    ) throws {
        let channel = place.settings.replacing("S", with: given.secret, maxReplacements: 1)
        var source = Self.source
        source.allowsLiterals = true
        let (configured, lines) = read(channel, source)
        #expect(lines == [])
        let found = try #require(configured)
        let missing = found.channel(ChannelName(valid: "x"))?.facts.missing ?? ""
        #expect(missing.hasPrefix("\(given.title) \(place.flaw)"), "\(missing)")
        #expect(found.channel(ChannelName(valid: "x"))?.facts.lack == "secret unusable")
        #expect(found.channel(ChannelName(valid: "y"))?.facts.missing == nil)

        source.toleratesMissing = false
        let whole = read(channel, source).lines
        #expect(whole.count == 1 && whole[0].contains(": \(given.title) \(place.flaw)"), "\(whole)")
        #expect(whole[0].hasSuffix(": mend it, or take channels.x (and its place in order) out"), "\(whole)")
    }

    @Test(arguments: [
        (#"{"env":"KEY"},{"env":"UNSET"}"#, "secret missing"),
        (#"{"env":"LINES"},{"env":"UNSET"}"#, "secret missing"),
        (#"{"env":"KEY"},{"env":"LINES"}"#, "secret unusable"), (#"{"file":"empty"}"#, "secret missing"),
        (#"{"file":"binary"}"#, "secret unusable"),
    ])
    func `one that is not there is missing, whatever else is wrong`(secrets: String, lack: String) throws {
        let found = read(#""type":"webhook","url":"https://h.example/","secret":[\#(secrets)]"#).configured
        #expect(found?.channel(ChannelName(valid: "x"))?.facts.lack == lack)
    }

    @Test(arguments: [#""proxy":S"#, #""authorization":{"bearer":S}"#], lacks)
    func `it keeps a status page from being asked, and nothing else`(
        login: String, lack: (secret: String, remedy: String)
    ) throws {
        let status =
            #"{"status":{"url":"https://status.example/",\#(login.replacing("S", with: lack.secret))}}"#
        let (configured, lines) = read(
            #""type":"webhook","url":"https://h.example/","secret":{"env":"KEY"}"#, status: status)
        #expect(lines == [])
        let found = try #require(configured)
        #expect(found.outside.map(\.canBeAsked) == [false])
        #expect(found.outside.first?.lack.contains(lack.remedy) == true)
        #expect(found.channels.allSatisfy { $0.facts.missing == nil })
    }

    @Test(arguments: [#"{"file":"lines"}"#, #"{"file":"empty"}"#, #"{"env":"LINES"}"#, #"{"env":"UNSET"}"#])
    func `where all has to be right it is one problem`(secret: String) {
        var source = Self.source
        source.toleratesMissing = false
        let (_, lines) = read(#""type":"webhook","url":"https://h.example/","secret":\#(secret)"#, source)
        #expect(lines.count == 1 && lines[0].contains("channels.x.secret"), "\(lines)")
    }

    @Test func `line ends at the end of a secret's file are none of it`() throws {
        let channel = #""type":"webhook","url":"https://h.example/","secret":{"file":"ended"}"#
        let (configured, lines) = read(channel)
        #expect(lines == [] && configured?.channel(ChannelName(valid: "x"))?.facts.missing == nil)
    }
}
