import Broadcast
@testable import Channels
import Configuration
@testable import Curl
import Wire

extension FuzzTarget {
    /// What a mail server says, and what we make of it.
    static let mailReply = FuzzTarget("mail-reply") { bytes in
        let whole = MailFindings(bytes, pieceLength: max(bytes.count, 1))
        let pieces = MailFindings(bytes, pieceLength: 1)
        // A server may cut its replies anywhere.
        guard whole.replies == pieces.replies, whole.isNonsense == pieces.isNonsense else {
            return "taken whole: \(whole); in pieces: \(pieces)"
        }
        for reply in whole.replies {
            for stage in MailReply.Stage.allCases {
                let mail = reply.mail(at: stage, redactor: .none)
                let verdict = MailVerdict.verdict(on: mail)
                if let law = verdict.brokenLaw { return law }
                if case .accepted = verdict, !(200...299).contains(mail.code) {
                    return "\(mail) was accepted"
                }
            }
        }
        return nil
    }

    /// What a web server says: a head up to the first empty line, and a body, over every kind of channel.
    static let httpReply = FuzzTarget("http-reply") { bytes in
        var collector = HTTPReplyCollector(keptBody: 65_536)
        var rest = bytes[...]
        while !collector.isHeadComplete, !rest.isEmpty {
            let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex - 1
            let goesOn = rest[...end].withUnsafeBytes { collector.take(headLine: $0) }
            rest = rest[(end + 1)...]
            if !goesOn { return nil }
        }
        let isWhole = rest.withUnsafeBytes { collector.take(body: $0) }
        guard let reply = collector.reply(brokeOff: !isWhole) else { return nil }
        for channel in WebChannels.all {
            let verdict = channel.verdict(on: .http(reply))
            if let law = verdict.brokenLaw { return law }
            if case .accepted = verdict, !(200...299).contains(reply.status) {
                return "HTTP \(reply.status) was accepted"
            }
        }
        return nil
    }

    /// `Retry-After`, beside a `Date` after the first line feed.
    static let retryAfter = FuzzTarget("retry-after") { bytes in
        let lines = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
        let names = ["Retry-After", "Date"]
        let headers = zip(names, lines).compactMap { HeaderField($0, String(decoding: $1, as: UTF8.self)) }
        guard let wait = RetryAfter.duration(HTTPReply(status: 429, headers: headers)) else { return nil }
        return wait >= .zero && wait <= ProviderRest.longest ? nil : "waits \(wait)"
    }
}

/// What the reader finds in bytes that come in pieces.
private struct MailFindings {
    private(set) var replies: [MailReplyReader.Reply] = []
    private(set) var isNonsense = false

    init(_ bytes: [UInt8], pieceLength: Int) {
        var reader = MailReplyReader()
        for start in stride(from: 0, to: bytes.count, by: pieceLength) where !isNonsense {
            bytes[start..<min(start + pieceLength, bytes.count)].withUnsafeBytes { reader.take($0) }
            read(&reader)
        }
    }

    private mutating func read(_ reader: inout MailReplyReader) {
        while true {
            switch reader.next() {
            case .reply(let reply): replies.append(reply)
            case .incomplete: return
            case .nonsense:
                isNonsense = true
                return
            }
        }
    }
}

extension Verdict {
    /// What is told of a reply is short.
    fileprivate var brokenLaw: String? {
        switch self {
        case .accepted(let id, let answer):
            max((id ?? "").utf8.count, (answer ?? "").utf8.count) > 4_096 ? "an id or answer is endless" : nil
        case .refused(let fault), .deferred(let fault, _), .unknown(let fault):
            fault.detail.utf8.count > 4_096 ? "a detail is endless" : nil
        case .moved: nil
        }
    }
}

/// A channel of every kind that speaks HTTP, as a configuration builds them.
private enum WebChannels {
    static let all = ConfigurationReader.soundChannels(
        Array(file.utf8), file: "channels.json", source: .fuzzing
    ).map(\.channel)

    private static let file = """
        { "sender": {"name": "Acme"}, "channels": {
          "telegram": {"type": "telegram", "company": "Telegram", "token": "123456:hunter2-hunter2"},
          "place": {"type": "telegram", "company": "Telegram", "token": "123456:hunter2-hunter2", "chat": "@acme"},
          "status": {"type": "webhook", "company": "Acme", "url": "https://hooks.acme.example/tocsin"},
          "sms": {"type": "sms", "company": "Example SMS", "url": "https://sms.example/v1/messages", "from": "ACME",
            "body": {"json": {"to": "{{to}}", "text": "{{text}}"}},
            "reply": {"id": "/message_id", "rules": [
              {"status": "200", "when": {"/code": "!=0"}, "verdict": "refused", "scope": "recipient",
               "reason": "/msg"}]}}
        } }
        """
}
