import Broadcast
import Channels
import Testing
import Wire

struct SettingsReaderTests {
    @Test(arguments: [
        ("200ms", Duration.milliseconds(200)), ("30s", .seconds(30)), ("5m", .seconds(300)),
        ("2h", .seconds(7200)), ("3d", .seconds(259_200)),
    ])
    func `durations are read`(text: String, duration: Duration) throws {
        let (reader, log) = try settings(#"{"x":"\#(text)"}"#)
        #expect(reader.duration("x") == duration)
        #expect(log.problems.isEmpty)
    }

    @Test(arguments: [("100/s", 100.0), ("30/m", 0.5), ("3600/h", 1), ("0.5/s", 0.5)])
    func `rates are read`(text: String, perSecond: Double) throws {
        let (reader, _) = try settings(#"{"x":"\#(text)"}"#)
        #expect(reader.rate("x")?.perSecond == perSecond)
    }

    @Test(arguments: [#"30"#, #""30""#, #""0s""#, #""-1s""#, #""1 s""#, #""1w""#, "true", "[]"])
    func `what is no duration is one problem that says what would be`(value: String) throws {
        let (reader, log) = try settings(#"{"x":\#(value)}"#)
        #expect(reader.duration("x") == nil)
        #expect(log.problems.count == 1)
        #expect(log.problems.first?.message.hasPrefix("expected a duration such as") == true)
    }

    @Test(arguments: [#""100""#, #""0/s""#, #""x/s""#, "100", #""100/d""#, #""-1/s""#])
    func `what is no rate is a problem`(value: String) throws {
        let (reader, log) = try settings(#"{"x":\#(value)}"#)
        #expect(reader.rate("x") == nil)
        #expect(log.problems.count == 1)
    }

    @Test func `texts, flags, numbers and amounts are typed`() throws {
        let (reader, log) = try settings(
            #"{"t":5,"e":"","l":"a\nb","f":"yes","i":1.5,"j":11,"n":-1,"m":"5 euro","a":"0.045 EUR","s":["a",1]}"#
        )
        #expect(reader.text("t") == nil && reader.text("e") == nil && reader.text("l") == nil)
        #expect(!reader.flag("f"))
        #expect(reader.integer("i", in: 1...10) == nil && reader.integer("j", in: 1...10) == nil)
        #expect(reader.number("n", atLeast: 0) == nil)
        #expect(reader.money("m") == nil)
        #expect(reader.money("a")?.description == "0.045 EUR")
        #expect(reader.texts("s") == nil)
        #expect(
            log.problems.map(\.path)
                == ["t", "e", "l", "f", "i", "j", "n", "m", "s"].map { "channels.test.\($0)" })
    }

    @Test func `unknown keys are told with the nearest known one, in objects inside too`() throws {
        let (reader, log) = try settings(#"{"timout":"1s","retry":{"frist":"1s"},"null":null}"#)
        _ = reader.duration("timeout")
        _ = reader.value("null")
        _ = reader.settings("retry")?.duration("first")
        reader.finish()
        #expect(
            log.problems.map(\.description) == [
                #"channels.test.timout: is no known key (did you mean "timeout"?); known here: null, retry, timeout"#,
                #"channels.test.retry.frist: is no known key (did you mean "first"?); known here: first"#,
            ])
    }

    @Test(arguments: [
        (#"{"env":"X"}"#, "secret-of-X"), (#"{"file":"good"}"#, "from-file"),
        (#"{"file":"open"}"#, "from-file"),
    ])
    func `secrets come from environment and files`(value: String, secret: String) throws {
        let (reader, log) = try settings(#"{"x":\#(value)}"#)
        #expect(reader.secret("x")?.reveal() == secret)
        #expect(log.problems.isEmpty)
        #expect(log.warnings.count == (value.contains("open") ? 1 : 0))
        #expect(reader.secretsRead == [Secret(secret)])
    }

    @Test(arguments: [
        #""literal""#, #"{"env":"UNSET"}"#, #"{"env":"EMPTY"}"#, #"{"env":"LINES"}"#, #"{"env":5}"#,
        #"{"file":"none"}"#, #"{"file":"empty"}"#, #"{"file":"lines"}"#, #"{"file":"binary"}"#,
        #"{"env":"X","file":"good"}"#, "{}", "5", #"{"vault":"x"}"#,
    ])
    func `a secret that cannot be had is one problem`(value: String) throws {
        let (reader, log) = try settings(#"{"x":\#(value)}"#)
        #expect(reader.secret("x") == nil)
        #expect(log.problems.count == 1)
        #expect(!"\(log.problems)".contains("literal"))
    }

    @Test func `a literal secret is taken where nobody else can read it`() throws {
        var source = SecretSource.sample
        source.allowsLiterals = true
        let (reader, log) = try settings(#"{"x":"literal"}"#, source: source)
        #expect(reader.secret("x")?.reveal() == "literal")
        #expect(log.problems.isEmpty)
    }

    @Test func `every channel has the settings of its route`() throws {
        let hook = try channel(
            WebhookChannel.self,
            #"""
            {"url":"http://127.0.0.1/","private":true,"connections":3,"timeout":"7s","connectTimeout":"2s","ca":"ca.pem",
             "secret":{"env":"HOOK"},"health":"http://127.0.0.1/health"}
            """#)
        #expect(hook.route.name == "test")
        #expect(hook.route.connections == 3)
        #expect(hook.route.timeout == .seconds(7))
        #expect(hook.route.connectTimeout == .seconds(2))
        #expect(hook.route.caFile == "/etc/tocsin/ca.pem")
        #expect(hook.route.allowsPrivate)
        #expect(hook.probe?.request.url == "http://127.0.0.1/health")
    }

    @Test(arguments: [
        ("gone", "the file gone does not exist"), ("good", "the file good holds no certificate"),
        ("empty", "holds no certificate"), ("binary", "holds no certificate"),
    ])
    func `a CA file that would trust nobody is a problem`(file: String, expected: String) throws {
        let text = #"{"url":"https://x.example/","secret":{"env":"HOOK"},"ca":"\#(file)"}"#
        let found = try problems(WebhookChannel.self, text)
        #expect(found.count == 1 && found[0].hasPrefix("channels.test.ca: "), "\(found)")
        #expect(found[0].contains(expected), "\(found)")
    }

    @Test(arguments: [
        #""http://proxy.example:8080""#, #""socks5h://10.0.0.1/""#, #""https://[::1]:3128""#,
    ])
    func `a proxy is a URL with a host`(proxy: String) throws {
        let hook = try channel(
            WebhookChannel.self, #"{"url":"https://x.example/","secret":{"env":"HOOK"},"proxy":\#(proxy)}"#)
        #expect(hook.route.proxy.map { "\"\($0)\"" } == proxy)
    }

    @Test(arguments: [
        #""ht!tp://::x""#, #""proxy.example:8080""#, #""ftp://proxy.example""#, #""http://""#, "5",
        #""http://proxy.example/path""#, #""http://proxy.example:99999""#, #"{"env":"X"}"#,
        #""http://user:hunter2@proxy.example""#,
    ])
    func `what is no proxy is a problem, and a login in it is no plain text`(proxy: String) throws {
        let found = try problems(
            WebhookChannel.self, #"{"url":"https://x.example/","secret":{"env":"HOOK"},"proxy":\#(proxy)}"#)
        #expect(found.count == 1 && found[0].hasPrefix("channels.test.proxy: "), "\(found)")
        #expect(!found[0].contains("hunter2") && !found[0].contains("secret-of-X"))
    }

    @Test func `a proxy with a login is a secret, and so is its password alone`() throws {
        var source = SecretSource.sample
        source.environment = { _ in "http://user:hunt%20er2@proxy.example:8080" }
        let (reader, log) = try settings(
            #"{"url":"https://x.example/","secret":{"env":"HOOK"},"proxy":{"env":"PROXY"}}"#, source: source)
        let hook = try #require(WebhookChannel(named: ChannelName(valid: "test"), settings: reader))
        #expect(log.problems == [])
        #expect(hook.route.proxy == "http://user:hunt%20er2@proxy.example:8080")
        let said = "via http://user:hunt%20er2@proxy.example:8080, hunt er2 is wrong"
        #expect(hook.route.redactor.redacted(said) == "via [secret], [secret] is wrong")
    }
}
