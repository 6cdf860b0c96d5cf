import Broadcast
import Foundation
import TestPeers
import Testing

/// A web server that does all that web servers do, from the command to the server's own log.
///
/// Each row is a channel of its own with one contact, so that no row's pause or trip touches another.
struct WebFaultTests {
    private struct Row {
        let name: String
        /// The server's replies in turn.
        let replies: String
        let ending: Ending
        /// How many requests the server has seen whole.
        let requests: Int
        /// The least time between the first two requests.
        var wait = 0
        /// Settings in place of `soon`.
        var settings = soon
    }

    private static let soon = #""retry": {"first": "50ms", "cap": "100ms", "within": "1h"}"#
    /// Our own patience would take an hour: what is tried again in seconds waited for what the provider said.
    private static let late = #""retry": {"first": "1h", "cap": "1h", "within": "1d"}"#
    private static let unkeyed = impatient + #", "unknown": "leave""#
    /// Time enough for every reply but those that never end.
    private static let impatient = soon + #", "timeout": "10s""#

    private static let table = [
        Row(name: "well", replies: "{}", ending: Ending(.accepted, 1), requests: 1),
        Row(
            name: "too-fast-seconds", replies: #"{"status": 429, "headers": {"Retry-After": "2"}}, {}"#,
            ending: Ending(.accepted, 1), requests: 2, wait: 2000, settings: late),
        Row(
            // Dates have whole seconds: three from now are more than two.
            name: "too-fast-date", replies: #"{"status": 429, "retry_in": 3}, {}"#,
            ending: Ending(.accepted, 1), requests: 2, wait: 2000, settings: late),
        Row(
            name: "thrice-500", replies: #"{"status": 500}, {"status": 500}, {"status": 500}, {}"#,
            ending: Ending(.accepted, 4), requests: 4),
        Row(
            name: "window-503", replies: String(repeating: #"{"status": 503}, "#, count: 14) + "{}",
            ending: Ending(.accepted, 15), requests: 15),
        Row(
            name: "back-in-2", replies: #"{"status": 503, "headers": {"Retry-After": "2"}}, {}"#,
            ending: Ending(.accepted, 2), requests: 2, wait: 2000, settings: late),
        Row(
            name: "hang", replies: #"{"hang": true}, {}"#, ending: Ending(.accepted, 2), requests: 2,
            settings: impatient),
        Row(
            name: "hang-unkeyed", replies: #"{"hang": true}, {}"#, ending: Ending(.unknown, 1, "timed-out"),
            requests: 1, settings: unkeyed),
        Row(
            name: "reset-before", replies: #"{"close": "accept", "reset": true}, {}"#,
            ending: Ending(.accepted, 2), requests: 1),
        Row(
            name: "reset-after", replies: #"{"close": "request", "reset": true}, {}"#,
            ending: Ending(.accepted, 2), requests: 2),
        Row(
            name: "reset-unkeyed", replies: #"{"close": "request", "reset": true}, {}"#,
            ending: Ending(.unknown, 1, "connection-lost"), requests: 1, settings: unkeyed),
        // The head never gets done in time; where the status came, a body that drips changes nothing.
        Row(
            name: "drip", replies: #"{"drip": 1}, {}"#, ending: Ending(.accepted, 2), requests: 2,
            settings: impatient),
        Row(
            name: "drip-body", replies: #"{"drip": 0.01, "size": 4000}, {}"#, ending: Ending(.accepted, 1),
            requests: 1, settings: impatient),
        Row(name: "huge", replies: #"{"size": 5000000}"#, ending: Ending(.accepted, 1), requests: 1),
        Row(name: "endless", replies: #"{"endless": true}"#, ending: Ending(.accepted, 1), requests: 1),
        Row(name: "bomb", replies: #"{"bomb": 50000000}"#, ending: Ending(.accepted, 1), requests: 1),
        Row(
            name: "redirect", replies: #"{"status": 307, "headers": {"Location": "/well"}}, {}"#,
            ending: Ending(.refused, 1, "redirected"), requests: 1),
        Row(
            name: "gone", replies: #"{"status": 410}"#, ending: Ending(.refused, 1, "endpoint-gone"),
            requests: 1),
    ]

    private static func hook(_ row: Row, _ url: String) -> String {
        """
        "\(row.name)": {"type": "webhook", "url": "\(url)/\(row.name)", "private": true, "per": "contact",
          "secret": {"env": "HOOK_SECRET"}, \(row.settings)}
        """
    }

    @Test func `every reply has its ending and its number of attempts, as the server's log has it`()
        async throws
    {
        let stage = try await Stage(
            web: Self.table.map { "\"/\($0.name)\": [\($0.replies)]," }.joined(separator: " "))
        let url = "http://127.0.0.1:\(try stage.web.port("http"))"
        try stage.configure(Self.table.map { Self.hook($0, url) })
        try await stage.people(1)
        let outcome = try await stage.run("send", "note", "--to", "all", "--yes", "--wait", "--id", "n1")
        #expect(outcome.exit == 0, "\(outcome.errors)")

        let endings = try await stage.endings(of: "n1")
        let requests = Dictionary(grouping: try await stage.web.entries("request")) { $0["path"]?.text ?? "" }
        for row in Self.table {
            #expect(endings["p1 \(row.name)"] == row.ending, "\(row.name)")
            let seen = requests["/\(row.name)"] ?? []
            #expect(seen.count == row.requests, "\(row.name)")
            #expect(Set(seen.map { $0["body"] }).count == 1, "\(row.name): the copies differ")
            #expect(Set(seen.map(Self.key)).count == 1, "\(row.name): the copies have different keys")
            let times = seen.map { $0["at"]?.number ?? 0 }
            // A millisecond is lost to rounding on either side.
            if row.wait > 0 {
                #expect(times.last.map { $0 - times[0] >= row.wait - 2 } == true, "\(row.name)")
            }
        }
    }

    private static func key(_ request: PeerProcess.Entry) -> String? {
        request["headers"]?.list.first { $0.list.first?.text == "webhook-id" }?.list.last?.text
    }

    @Test(arguments: [
        ("https", "", "certificate-invalid"), ("wronghost", "CA", "certificate-invalid"),
        ("expired", "CA", "certificate-invalid"), ("old", "CA", "tls-failed"),
    ])
    func `a server without the right certificate gets nothing, and what waited expires with the reason`(
        port: String, authority: String, code: String
    ) async throws {
        let stage = try await Stage()
        let peer = try await PeerProcess("http_peer.py", #"{"tls": true}"#)
        let trust = authority.isEmpty ? "" : "\"ca\": \"\(try peer.text("ca"))\", "
        let row = Row(
            name: "hook", replies: "", ending: Ending(.expired, 0), requests: 0, settings: trust + Self.soon)
        try stage.configure([Self.hook(row, "https://localhost:\(try peer.port(port))")])
        try await stage.people(20)
        let outcome = try await stage.run(
            "send", "note", "--to", "all", "--yes", "--wait", "--expires", "15s", "--id", "n1")
        #expect(outcome.exit == 1, "\(outcome.errors)")
        let endings = try await stage.endings(of: "n1").values
        #expect(endings.count == 20 && endings.allSatisfy { $0.state == .expired })
        #expect(Set(endings.filter { $0.attempts > 0 }.map(\.code)) == [code])
        #expect(try await peer.entries("request").isEmpty)
    }
}
