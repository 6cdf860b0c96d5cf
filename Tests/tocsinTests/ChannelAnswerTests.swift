import Broadcast
import Foundation
import TestPeers
import Testing

/// What a channel's own answers say of it: whether a greeting means well, and what bad credentials come to.
@Suite(.timeLimit(.minutes(5))) struct ChannelAnswerTests {
    @Test(arguments: [
        (#"{"body": "{\"ok\": true}"}"#, "{}", true, "HTTP 200"),
        (
            #"{"body": "<html>log in to our network</html>"}"#, "{}", false,
            #"HTTP 200 without the "ok": true"#
        ),
        (
            #"{"status": 401, "body": "{\"ok\": false, \"description\": \"Unauthorized\"}"}"#, "{}", false,
            "check \"token\""
        ),
        (#"{"body": "{\"state\": \"up\"}"}"#, #"{"when": {"/state": "up"}}"#, true, "HTTP 200"),
        (
            #"{"body": "{\"state\": \"ill\"}"}"#, #"{"when": {"/state": "up"}}"#, false,
            #"with "ill" at "/state""#
        ),
        (#"{"status": 401}"#, "{}", false, "credentials-refused: HTTP 401"),
    ])
    func `a greeting is well only when the reply is the one that means well`(
        reply: String, well: String, isWell: Bool, told: String
    ) async throws {
        let isBot = reply.contains("ok") || reply.contains("log in")
        let channel = isBot ? "telegram" : "push"
        let stage = try await Stage(
            [channel], web: "\"/bot123456:bot-secret-token/getMe\": [\(reply)], \"/health\": [\(reply)],")
        if !isBot {
            let url = "http://127.0.0.1:\(try stage.web.port("http"))/health"
            try stage.configure(
                [channel], mailPort: 9, more: [channel: #""health": {"url": "\#(url)", "well": \#(well)}"#])
        }
        let outcome = try await stage.run("channels", "probe")
        #expect(outcome.exit == (isWell ? 0 : 69), "\(outcome.output)")
        #expect(outcome.unfolded.contains(isWell ? "well: \(told)" : told), "\(outcome.output)")
        #expect(try await stage.posted().count == 1 && !outcome.output.contains("bot-secret"))
    }

    @Test(arguments: [
        (#"{"status": 407}"#, "proxy-refused: HTTP 407", "check \"proxy\" of channels.push: its login"),
        ("nobody", "proxy-failed: 127.0.0.1:9: no way", "check host and port in \"proxy\" of channels.push"),
        (nil, "proxy-unknown: ", "check the host in \"proxy\" of channels.push"),
    ])
    func `what a proxy refuses is not blamed on whom it leads to`(
        reply: String?, fault: String, advice: String
    ) async throws {
        let stage = try await Stage(["push"])
        let proxy = try await PeerProcess(
            "http_peer.py", #"{"script": {"*": [\#(reply?.first == "{" ? reply ?? "" : "{}")]}}"#)
        let place =
            switch reply {
            case nil: "nobody.invalid:3128"
            case "nobody": "127.0.0.1:1"
            default: "127.0.0.1:\(try proxy.port("http"))"
            }
        try stage.configure(
            ["push"], mailPort: 9,
            more: ["push": #""proxy": "http://\#(place)", "health": "http://127.0.0.1:9/health""#])
        let told = try await stage.run("channels", "probe").unfolded
        #expect(told.contains(fault) && told.contains(advice), "\(told)")
    }

    @Test func `however much a server says of a login, what to mend stands behind it`() async throws {
        let words = String(repeating: "see our policy ", count: 40)
        let stage = try await Stage(
            ["email"], mail: #"{"EHLO": "250-peer\n250 AUTH PLAIN", "AUTH": "535 5.7.8 \#(words)"}"#,
            mailScript: "smtp_script.py", more: ["email": #""username": "u", "password": "pw-secret""#])
        let advice = #"check "username" and "password" of channels.email"#
        let probe = try await stage.run("channels", "probe")
        #expect(probe.unfolded.contains("…; \(advice)"), "\(probe.output)")
        try await stage.people(1)
        let sent = try await stage.run("send", "note", "--to", "all", "--yes", "--linger", "0s")
        #expect(sent.told.contains("email is tripped ("), "\(sent.told)")
        let end = try #require(sent.told.ranges(of: "1 on email, tripped: ").last)
        for part in [sent.told[..<end.lowerBound], sent.told[end.upperBound...]] {
            #expect(part.contains("; \(advice)"), "\(sent.told)")
        }
    }

    private static let refusals = [
        ("email", #"{"users": {"u": "another"}}"#, "", #"check "username" and "password" of channels.email"#),
        ("sms", "{}", #""/sms": [{"status": 401}],"#, #"check "authorization" and "values" of channels.sms"#),
        (
            "push", "{}", #""/push": [{"status": 403}],"#,
            #"check "secret" and "authorization" of channels.push"#
        ),
        (
            "telegram", "{}",
            #""/bot123456:bot-secret-token/sendMessage": [{"status": 401, "body": "{\"ok\": false, \"description\": \"Unauthorized\"}"}],"#,
            #"check "token" of channels.telegram"#
        ),
    ]

    @Test(arguments: refusals)
    func `bad credentials trip at once, spend nobody, and what to mend is said`(
        channel: String, mail: String, web: String, told: String
    ) async throws {
        let more = channel == "email" ? ["email": #""username": "u", "password": "pw-secret""#] : [:]
        let stage = try await Stage([channel], mail: mail, web: web, more: more)
        try await stage.people(40)
        let outcome = try await stage.run("send", "note", "--to", "all", "--yes", "--linger", "0s")
        #expect(outcome.exit == 3, "\(outcome.errors)")
        #expect(outcome.told.contains("\(channel) is tripped (credentials-refused"), "\(outcome.told)")
        #expect(outcome.told.contains(told), "\(outcome.told)")
        #expect(!outcome.errors.contains("secret-token") && !outcome.errors.contains("pw-secret"))
        let report = try await stage.report()["channels"][channel]
        #expect(report["queued"].text == "40" && report["refused"].text != "40")
        // What was under way at once, and a probe now and then.
        #expect(try await stage.posted().count < 40)
        let standing = try await stage.run("channels", "--json").json()["channels"][channel]
        #expect(standing["state"].text == "tripped")
        #expect(standing["faults"]["0"]["code"].text == "credentials-refused")
        let table = try await stage.run("channels")
        #expect(
            table.unfolded.contains("mend: \(told)") && table.unfolded.contains("\(channel): last faults"))
        #expect(table.width <= 80 && table.isPlain)
        let up = try await stage.run("channels", "up", channel)
        #expect(up.exit == 0 && up.errors.contains("\(channel) is tripped: whoever sends next probes it"))
    }
}
