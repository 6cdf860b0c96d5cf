import Foundation
import TestPeers
import Testing

/// Somebody who follows the documentation: a folder, 200 customers, and receivers for whatever is sent.
struct Newcomer {
    let program: Program
    private let receivers: PeerProcess

    private static let environment = [
        "SMS_TOKEN": "demo-sms-token", "TELEGRAM_TOKEN": "123456:demo-token",
        "HOOK_SECRET": "whsec_ZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGQ=",
    ]

    init() async throws {
        program = try Program()
        receivers = try await PeerProcess("receivers.py", program.path("received"))
    }

    /// What arrived over a channel.
    func arrived(_ channel: String) -> Int {
        let files = try? FileManager.default.contentsOfDirectory(atPath: program.path("received/\(channel)"))
        return files?.count ?? 0
    }

    /// Fills in `channels.json`, and lays down the list, as a newcomer does who has these providers.
    ///
    /// `all` keeps the one sample customer who has no address.
    func fillIn(_ place: String, all: Bool) throws {
        let (mail, http) = (try receivers.port("smtp"), try receivers.port("http"))
        try program.write("\(place)/channels.json", Self.configuration(mail: mail, http: http))
        let sample = HandbookPage.root.appending(path: "Tests/Samples/customers.csv")
        let lines = try String(contentsOf: sample, encoding: .utf8).split(whereSeparator: \.isNewline)
        let kept = lines.filter { all || !$0.hasPrefix("C0150,") }
        #expect(kept.count == (all ? 201 : 200))
        try program.write("\(place)/customers.csv", kept.joined(separator: "\n") + "\n")
    }

    /// Does what a line of a `sh` block says and expects the exit code that stands behind it (`# exit 3`), else 0.
    ///
    /// What asks before it sends is told what `typing` says, at a terminal.
    func follow(
        _ line: String, in place: String = ".", typing: String = "", of page: HandbookPage,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let wanted = line.firstMatch(of: /# exit ([0-9]+)$/).flatMap { Int32($0.1) } ?? 0
        let asks = line.contains(" send ") && !line.contains(/--(dry-run|yes)\b/)
        let outcome = try await program.shell(
            line, in: place, typing: asks ? typing : nil, environment: Self.environment)
        #expect(
            outcome.exit == wanted, "\(page): \(line)\n\(outcome.output)\(outcome.errors)",
            sourceLocation: sourceLocation)
        // Requests, JSON and lists are shown as they are, and tables are cut on a terminal only.
        guard !line.contains(/--dry-run|--json|contacts (export|list)/) else { return }
        #expect(outcome.width <= 80, "\(page): \(line)\n\(outcome.output)", sourceLocation: sourceLocation)
    }

    private static func configuration(mail: Int, http: Int) -> String {
        """
        { "sender": { "name": "Acme", "locale": "it", "timezone": "Europe/Rome",
                      "website": "https://www.acme.example" },
          "order": ["telegram", "email", "sms"],
          "channels": {
            "email": { "type": "smtp", "company": "Acme", "url": "smtp://127.0.0.1:\(mail)", "tls": "none",
                       "private": true, "from": "Acme <notices@acme.example>" },
            "sms": { "type": "sms", "company": "Example SMS", "url": "http://127.0.0.1:\(http)/sms",
                     "private": true, "authorization": { "bearer": { "env": "SMS_TOKEN" } }, "from": "ACME",
                     "body": { "json": { "to": "{{to}}", "text": "{{text}}" } }, "price": "0.045 EUR" },
            "telegram": { "type": "telegram", "api": "http://127.0.0.1:\(http)", "private": true,
                          "token": { "env": "TELEGRAM_TOKEN" }, "rate": "500/s" },
            "status": { "type": "webhook", "company": "Acme", "url": "http://127.0.0.1:\(http)/status",
                        "private": true, "secret": { "env": "HOOK_SECRET" } },
            "facebook": { "type": "webhook", "company": "Meta", "url": "http://127.0.0.1:\(http)/facebook",
                          "private": true } } }
        """
    }
}
