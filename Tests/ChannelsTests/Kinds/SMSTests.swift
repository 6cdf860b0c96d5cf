import Broadcast
import Channels
import Templating
import Testing
import Wire

struct SMSTests {
    static let start =
        #""url":"https://sms.example/v1","authorization":{"bearer":{"env":"SMS_TOKEN"}},"from":"ACME""#
    static let json = #"{\#(start),"body":{"json":{"to":"{{to}}","from":"{{from}}","text":"{{text}}"}}}"#

    @Test func `a JSON gateway gets JSON`() throws {
        let sms = try channel(SMSChannel.self, Self.json)
        let content = RenderedContent.sample(.sms, text: "Ciao \"Anna\" {{to}} è")
        let request = try sms.request(for: .sample(.phone, content: content)).http
        #expect(request.text == #"{"from":"ACME","text":"Ciao \"Anna\" {{to}} è","to":"+393331234567"}"#)
        #expect(request.header("Authorization") == "Bearer secret-of-SMS_TOKEN")
        #expect(request.header("Content-Type") == "application/json")
    }

    @Test func `a form gateway gets a form`() throws {
        let text = #"""
            {"url":"https://sms.example/2010/Accounts/{{values.account}}/Messages","values":{"account":"AC 1"},
             "authorization":{"basic":{"username":"AC1","password":{"env":"P"}}},"from":"+390612345678",
             "body":{"form":{"To":"{{to}}","From":"{{from}}","Body":"{{text}}","N":7}}}
            """#
        let sms = try channel(SMSChannel.self, text)
        let content = RenderedContent.sample(.sms, text: "A&B=c d+è~")
        let request = try sms.request(for: .sample(.phone, content: content)).http
        #expect(request.url == "https://sms.example/2010/Accounts/AC%201/Messages")
        #expect(request.text == "Body=A%26B%3Dc+d%2B%C3%A8~&From=%2B390612345678&N=7&To=%2B393331234567")
        #expect(request.header("Authorization") == "Basic QUMxOnNlY3JldC1vZi1Q")
        #expect(request.header("Content-Type") == "application/x-www-form-urlencoded")
    }

    @Test func `a query gateway gets everything in its URL, a text gateway a text`() throws {
        let query = try channel(
            SMSChannel.self,
            #"""
            {"url":"https://sms.example/send?to={{to.digits}}&text={{text}}&key={{values.key}}","method":"GET",
             "values":{"key":{"env":"K"}}}
            """#)
        let content = RenderedContent.sample(.sms, text: "a b&c")
        let request = try query.request(for: .sample(.phone, content: content)).http
        #expect(request.url == "https://sms.example/send?to=393331234567&text=a%20b%26c&key=secret-of-K")
        #expect(request.body.isEmpty)
        let plain = try channel(
            SMSChannel.self,
            #"{"url":"https://sms.example/","headers":{"X-To":"{{to}}"},"body":{"text":"{{text}}"}}"#)
        #expect(try plain.request(for: .sample(.phone, content: content)).http.text == "a b&c")
    }

    @Test(arguments: [("Ciao è €", "text"), ("Ciao 👋", "unicode"), ("È", "unicode")])
    func `a gateway is told the encoding in its own words`(text: String, word: String) throws {
        let sms = try channel(
            SMSChannel.self,
            #"""
            {"url":"https://s.example/","encoding":{"gsm7":"text","ucs2":"unicode"},
             "body":{"form":{"type":"{{encoding}}","to":"{{to}}","x":"{{text}}"}}}
            """#)
        let request = try sms.request(for: .sample(.phone, content: .sample(.sms, text: text))).http
        #expect(request.text.hasPrefix("to=%2B393331234567&type=\(word)&x="))
    }

    static let rules = #"""
        {\#(start),"body":{"json":{"to":"{{to}}","x":"{{text}}"}},
         "reply":{"id":"/messages/0/id","reason":"/error/text","retryAfter":"/wait","rules":[
           {"status":"200","when":{"/code":"7"},"verdict":"refused","scope":"recipient","reason":"/msg"},
           {"status":"2xx","when":{"/code":"8"},"verdict":"deferred","retryAfter":"/seconds"},
           {"status":"200","when":{"/code":"!=0"},"verdict":"refused"},
           {"status":"200","when":{"":"^=ERR"},"verdict":"refused","scope":"message","code":"gateway-error"},
           {"status":"201","when":{"/id":"absent"},"verdict":"unknown"},
           {"status":"409","verdict":"accepted","id":"/old"},
           {"status":402,"verdict":"deferred","scope":"channel","code":"credentials-refused"}]}}
        """#

    @Test(arguments: [
        (200, #"{"code":0,"messages":[{"id":"m-1"}]}"#, "accepted m-1"),
        (200, #"{"code":7,"msg":"no such number"}"#, "refused recipient address-unknown"),
        (202, #"{"code":8,"seconds":30}"#, "deferred channel service-failed 30.0 seconds"),
        (200, #"{"code":99}"#, "refused message message-refused"),
        (200, "ERR: 105 quota", "refused message gateway-error"), (200, "OK 12", "accepted"),
        (200, "", "accepted"),
        (201, "{}", "unknown channel reply-invalid"), (201, #"{"id":"x"}"#, "accepted"),
        (409, #"{"old":"m-0"}"#, "accepted m-0"), (402, "", "deferred channel credentials-refused"),
        (429, #"{"wait":"12"}"#, "deferred channel rate-limited 12.0 seconds"),
        (500, "<html>", "deferred channel service-failed"),
        (200, String(repeating: "[", count: 5000), "unknown channel reply-invalid"),
        (500, String(repeating: "[", count: 5000), "deferred channel service-failed"),
    ])
    func `rules come first, then the shared table`(status: Int, body: String, meaning: String) throws {
        let sms = try channel(SMSChannel.self, Self.rules)
        #expect(words(sms.verdict(on: .http(HTTPReply(status: status, body: Array(body.utf8))))) == meaning)
    }

    @Test func `a body that broke off decides nothing where a rule needs it`() throws {
        let sms = try channel(SMSChannel.self, Self.rules)
        let cut = { HTTPReply(status: $0, body: Array(#"{"code":0"#.utf8), isBodyCut: true) }
        #expect(words(sms.verdict(on: .http(cut(200)))) == "unknown channel reply-invalid")
        #expect(words(sms.verdict(on: .http(cut(409)))) == "accepted")
        #expect(words(sms.verdict(on: .http(cut(503)))) == "deferred channel service-failed")
    }

    private static let errorRule = #"""
        {\#(start),"body":{"json":{"to":"{{to}}","x":"{{text}}"}},
         "reply":{"id":"/id","rules":[{"status":"409","verdict":"accepted"},
           {"when":{"":"^=OK"},"verdict":"accepted","id":""},
           {"when":{"/error":"present"},"verdict":"refused","reason":"/error"}]}}
        """#

    /// How the text of a body is put into bytes.
    enum Encoding {
        case utf8, latin1, utf16, utf16Little

        func bytes(_ text: String) -> [UInt8] {
            switch self {
            case .utf8: Array(text.utf8)
            case .latin1: text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
            case .utf16: text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
            case .utf16Little: text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
            }
        }
    }

    @Test(
        arguments: [
            (200, #"{"error":"non è valido"}"#, .utf8, "refused message message-refused"),
            (200, #"{"error":"non è valido"}"#, .latin1, "refused message message-refused"),
            (200, #"{"error":"non è valido"}"#, .utf16, "refused message message-refused"),
            (200, #"{"error":"non è valido"}"#, .utf16Little, "refused message message-refused"),
            // Behind a byte order mark; the second is that of UTF-8.
            (200, "\u{FEFF}{\"error\":\"è\"}", .utf16Little, "refused message message-refused"),
            (200, "ï»¿{\"error\":\"è\"}", .latin1, "refused message message-refused"),
            (200, "\u{FEFF}OK è", .utf16, "accepted OK è"), (200, "OK è", .latin1, "accepted OK è"),
            (200, "ÿ", .latin1, "accepted"), (200, "\0", .utf8, "accepted"),
            (200, #""error"#, .utf8, "accepted"), (200, "<html>{", .utf8, "accepted"),
            // Half a character is no reason to know nothing of the rest.
            (200, #"{"error":"\ud800"}"#, .utf8, "refused message message-refused"),
            (200, #"{"id":"m-1","text":"😀 \uD83D","x":"\udc00\ud83d\ude00"}"#, .utf8, "accepted m-1"),
            (
                200, #"{"error":"\\ud800\ud83d\\\udc00\ud800\u0041"}"#, .utf16,
                "refused message message-refused"
            ),
            (200, #"{"error":"\ud8"#, .utf8, "unknown channel reply-invalid"),
            (200, #"{"error":"\u+800"}"#, .utf8, "unknown channel reply-invalid"),
            // What is meant for JSON and cannot be read may say anything.
            (200, #"{"error":"x","error":"y"}"#, .utf8, "unknown channel reply-invalid"),
            (200, #"{"n":1e400,"error":"x"}"#, .utf8, "unknown channel reply-invalid"),
            (200, #"{"error":"x",}"#, .latin1, "unknown channel reply-invalid"),
            (200, #"{"id":"m-1""#, .utf8, "unknown channel reply-invalid"),
            (200, " \r\n[,", .utf8, "unknown channel reply-invalid"),
            (200, "{,", .utf16Little, "unknown channel reply-invalid"),
            // Nobody was reached, whatever it says: the channel's trouble stays the channel's.
            (401, "{'error': 'bad'}", .utf8, "deferred channel credentials-refused"),
            (403, "{,", .latin1, "deferred channel credentials-refused"),
            (407, "[,", .utf8, "deferred channel proxy-refused"),
            (408, "{,", .utf8, "deferred channel service-failed"),
            (429, "{'error': 'slow down'}", .utf16, "deferred channel rate-limited"),
            (503, "{'error': 'maintenance'}", .utf8, "deferred channel service-failed"),
            (504, "{,", .utf8, "unknown channel reply-invalid"),
            (400, "{,", .utf8, "unknown channel reply-invalid"),
            // A rule that comes before, and need not look into it, decides.
            (409, "{,", .utf8, "accepted"), (200, "OK {", .utf8, "accepted OK {"),
        ] as [(Int, String, Encoding, String)])
    func `a rule reads older encodings, and passes over no JSON that it cannot read`(
        status: Int, text: String, encoding: Encoding, meaning: String
    ) throws {
        let sms = try channel(SMSChannel.self, Self.errorRule)
        let reply = HTTPReply(status: status, body: encoding.bytes(text))
        #expect(words(sms.verdict(on: .http(reply))) == meaning)
    }

    @Test(arguments: [
        ("{'error': 'maintenance'}", false, "HTTP 503 whose body is no JSON"),
        (#"{"trace":""#, true, "HTTP 503 whose body broke off"),
    ])
    func `a gateway that is away is waited for as it asks, however it says so`(
        body: String, isCut: Bool, detail: String
    ) throws {
        let sms = try channel(SMSChannel.self, Self.errorRule)
        let wait = try #require(HeaderField("Retry-After", "2"))
        let reply = HTTPReply(status: 503, headers: [wait], body: Array(body.utf8), isBodyCut: isCut)
        guard case .deferred(let fault, .seconds(2)) = sms.verdict(on: .http(reply)) else {
            Issue.record("not deferred")
            return
        }
        #expect(fault.code == .serviceFailed && fault.detail.hasPrefix(detail), "\(fault.detail)")
    }

    @Test(arguments: [
        (#"\ud83d cut"#, "\u{FFFD} cut"), (#"cut \uDE00"#, "cut \u{FFFD}"), (#"\ud83d\ude00"#, "😀"),
        (#"\ud83d\ud83d\ude00"#, "\u{FFFD}😀"), (#"\\ud83d"#, #"\ud83d"#), (#"\ud83d\u0041"#, "\u{FFFD}A"),
    ])
    func `half a character in a reason is shown as one that is lost`(reason: String, shown: String) throws {
        let sms = try channel(SMSChannel.self, Self.errorRule)
        let body = Array(#"{"error":"\#(reason)"}"#.utf8)
        guard case .refused(let fault) = sms.verdict(on: .http(HTTPReply(status: 200, body: body))) else {
            Issue.record("not refused")
            return
        }
        #expect(fault.detail == "HTTP 200: \(shown)")
    }

    @Test func `a reply's reason stands in the fault, without controls and secrets`() throws {
        let sms = try channel(SMSChannel.self, Self.rules)
        let body = #"{"error":{"text":"bad \u001b[31m token secret-of-SMS_TOKEN"}}"#
        guard
            case .refused(let fault) = sms.verdict(on: .http(HTTPReply(status: 422, body: Array(body.utf8))))
        else {
            Issue.record("not refused")
            return
        }
        #expect(fault.detail == "HTTP 422: bad  [31m token [secret]")
    }

    @Test(arguments: [
        "ACME", "Acme Srl", "+390612345678", "43210", "A1&B", "ABCDEFGHIJK", "3Alarm", "Acme_24-7.x",
    ])
    func `senders that networks take are taken`(from: String) throws {
        let text = #"{"url":"https://s.example/","from":"\#(from)","body":{"text":"{{to}} {{text}}"}}"#
        #expect(try problems(SMSChannel.self, text) == [])
    }

    @Test(arguments: [
        "ABCDEFGHIJKL", "+39", "12", "Città", "-", "123456789", "", "+0123456789", "ACME ", " ACME",
        "12345678901", "A€", "+1234567890123456",
    ])
    func `senders that networks refuse are refused`(from: String) throws {
        let text = #"{"url":"https://s.example/","from":"\#(from)","body":{"text":"{{to}} {{text}}"}}"#
        #expect(try problems(SMSChannel.self, text).count == 1)
    }

    @Test(arguments: [
        #""body":{"json":{"text":"{{text}}"}}"#, #""body":{"json":{"to":"{{to}}","x":"{{text}} {{from}}"}}"#,
        #""body":{"json":{"to":"{{to}}"}}"#, #""body":{"json":{"to":"{{to}}","{{text}}":"{{text}}"}}"#,
        #""body":{"json":[{"to":"{{to}}"},{"x":{"a{{text}}":["{{text}}"]}}]}"#,
        #""body":{"form":{"to":"{{to}}","{{text}}":"{{text}}"}}"#,
        #""body":{"text":"{{to}} {{text}}"},"headers":{"TE":"trailers"}"#,
        #""body":{"text":"{{to}} {{text}}"},"headers":{"Upgrade":"h2c"}"#,
        #""body":{"text":"{{to}} {{text}}"},"headers":{"Trailer":"x"}"#,
        #""body":{"text":"{{to}} {{text}}"},"authorization":{"header":{"name":"Host","value":{"env":"K"}}}"#,
        #""body":{"text":"{{to}} {{text}}"},"authorization":{"header":{"name":"content-length","value":{"env":"K"}}}"#,
        #""body":{"text":"{{to}} {{text}}"},"headers":{"authorization":"Bearer LITERAL"}"#,
        #""body":{"text":"{{to}} {{text}}"},"headers":{"X-Api-Key":"{{from}}"},"from":"ACME""#,
        #""body":{"text":"{{to}} {{text}}"},"reply":{"id":"message_id"}"#,
        #""body":{"text":"{{to}} {{text}}"},"reply":{"rules":[{"status":"20x","verdict":"refused"}]}"#,
        #""body":{"text":"{{to}} {{text}}"},"reply":{"rules":[{"status":"200"}]}"#,
        #""body":{"text":"{{to}} {{text}}"},"reply":{"rules":[{"verdict":"refuse"}]}"#,
        #""body":{"text":"{{to}} {{text}}"},"reply":{"rules":[{"verdict":"refused","when":{"code":"1"}}]}"#,
        #""body":{"text":"{{to}} {{text}}"},"reply":{"rules":["refused"]}"#,
        #""body":{"text":"{{to}} {{text}}"},"authorization":{}"#,
        #""body":{"text":"{{to}} {{text}}"},"authorization":{"basic":{"username":"a:b","password":{"env":"P"}}}"#,
        #""body":{"text":"{{to}} {{text}}"},"maxSegments":0"#,
        #""body":{"text":"{{to}} {{text}} {{encoding}}"}"#,
        #""body":{"text":"{{to}} {{text}}"},"encoding":{"gsm7":"text"}"#,
    ])
    func `what cannot work is refused once`(rest: String) throws {
        let found = try problems(SMSChannel.self, #"{"url":"https://s.example/",\#(rest)}"#)
        #expect(found.count == 1 && !found[0].contains("LITERAL"), "\(found)")
    }

    @Test func `a header may hold a login of a kind that authorization has no word for`() throws {
        let sms = try channel(
            SMSChannel.self,
            #"""
            {"url":"https://s.example/","values":{"key":{"env":"K"}},"body":{"text":"{{to}} {{text}}"},
             "headers":{"Authorization":"Token {{values.key}}"}}
            """#)
        let request = try sms.request(for: .sample(.phone, content: .sample(.sms))).http
        #expect(request.header("Authorization") == "Token secret-of-K")
    }
}
