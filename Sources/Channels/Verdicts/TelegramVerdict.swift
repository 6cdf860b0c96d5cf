import Broadcast
import Wire

/// The meaning of Bot API replies, which tell most things in the prose of `description`.
///
/// Sources: https://core.telegram.org/bots/api#making-requests and #responseparameters;
/// https://github.com/tdlib/telegram-bot-api `telegram-bot-api/Client.cpp` (the sentences, 2026-11).
enum TelegramVerdict {
    /// What `reply` means.
    static func verdict(on reply: HTTPReply) -> Verdict {
        let tree = reply.isBodyCut ? nil : try? JSONValue(parsing: reply.body)
        let rules = ReplyRules()
        let reason = rules.text(at: description, in: tree)
        let detail = "HTTP \(reply.status)" + (reason.map { ": \($0)" } ?? "")
        switch reply.status {
        case 200...299: return .accepted(id: rules.text(at: messageID, in: tree))
        case 401, 404: return .deferred(Fault(.channel, .credentialsRefused, detail), after: nil)
        case 403: return .refused(Fault(.recipient, .blockedByRecipient, detail))
        case 429:
            let wait = rules.wait(at: retryAfter, in: tree) ?? RetryAfter.duration(reply)
            return .deferred(Fault(.channel, .rateLimited, detail), after: wait)
        case 400: return badRequest(reason ?? "", tree, detail)
        default: return HTTPVerdict.verdict(on: reply, reason: reason)
        }
    }

    private static func badRequest(_ reason: String, _ tree: JSONValue?, _ detail: String) -> Verdict {
        if let id = ReplyRules().text(at: migrated, in: tree).flatMap({ Int64($0) }),
            let address = Address(.telegram, canonical: String(id))
        {
            return .moved(to: address)
        }
        let words = reason.lowercased()
        guard !unknownChats.contains(where: words.contains) else {
            return .refused(Fault(.recipient, .addressUnknown, detail))
        }
        let isTooLong = words.contains("too long")
        return .refused(Fault(.message, isTooLong ? .messageTooLarge : .messageRefused, detail))
    }

    private static let unknownChats = [
        "chat not found", "user not found", "peer_id_invalid", "chat_id is empty",
    ]
    private static let description = JSONPointer("/description")
    private static let messageID = JSONPointer("/result/message_id")
    private static let retryAfter = JSONPointer("/parameters/retry_after")
    private static let migrated = JSONPointer("/parameters/migrate_to_chat_id")
}
