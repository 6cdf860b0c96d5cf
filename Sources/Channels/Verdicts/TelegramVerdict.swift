import Broadcast
import Wire

/// The meaning of Bot API replies, which tell most things in the prose of `description`.
///
/// Sources: https://core.telegram.org/bots/api#making-requests and #responseparameters;
/// https://github.com/tdlib/telegram-bot-api `telegram-bot-api/Client.cpp` (the sentences, 2026-11).
enum TelegramVerdict {
    /// What `reply` means; a public chat is part of the configuration, so that no fault of it is a recipient's.
    static func verdict(on reply: HTTPReply, isPublic: Bool) -> Verdict {
        let tree = reply.isBodyCut ? nil : try? JSONValue(parsing: reply.body)
        let rules = ReplyRules()
        let reason = rules.text(at: description, in: tree)
        let detail = "HTTP \(reply.status)" + (reason.map { ": \($0)" } ?? "")
        switch reply.status {
        case 200...299: return .accepted(id: rules.text(at: messageID, in: tree))
        case 401, 404: return .deferred(Fault(.channel, .credentialsRefused, detail), after: nil)
        case 403 where isPublic: return .deferred(Fault(.channel, .credentialsRefused, detail), after: nil)
        case 403: return .refused(Fault(.recipient, .blockedByRecipient, detail))
        case 429:
            let wait = rules.wait(at: retryAfter, in: tree) ?? RetryAfter.duration(reply)
            return .deferred(Fault(.channel, .rateLimited, detail), after: wait)
        case 400 where isPublic: return badPublicRequest(reason ?? "", tree, detail)
        case 400: return badRequest(reason ?? "", tree, detail)
        default: return HTTPVerdict.verdict(on: reply, reason: reason)
        }
    }

    private static func badRequest(_ reason: String, _ tree: JSONValue?, _ detail: String) -> Verdict {
        if let address = newChat(in: tree) { return .moved(to: address) }
        let words = reason.lowercased()
        guard !unknownChats.contains(where: words.contains) else {
            return .refused(Fault(.recipient, .addressUnknown, detail))
        }
        let isTooLong = words.contains("too long")
        return .refused(Fault(.message, isTooLong ? .messageTooLarge : .messageRefused, detail))
    }

    /// Where a webhook's path would be wrong, a public chat's name is; rights the bot lacks are those of its login.
    private static func badPublicRequest(_ reason: String, _ tree: JSONValue?, _ detail: String) -> Verdict {
        if let address = newChat(in: tree) {
            let advice = "\(detail) (the chat is now \(address.value): say so in the configuration)"
            return .refused(Fault(.message, .endpointMissing, advice))
        }
        if reason.lowercased().contains("administrator rights") {
            return .deferred(Fault(.channel, .credentialsRefused, detail), after: nil)
        }
        let verdict = badRequest(reason, tree, detail)
        guard case .refused(let fault) = verdict, fault.scope == .recipient else { return verdict }
        return .refused(Fault(.message, .endpointMissing, detail))
    }

    private static func newChat(in tree: JSONValue?) -> Address? {
        ReplyRules().text(at: migrated, in: tree).flatMap { Int64($0) }
            .flatMap { Address(.telegram, canonical: String($0)) }
    }

    private static let unknownChats = [
        "chat not found", "user not found", "peer_id_invalid", "chat_id is empty",
    ]
    private static let description = JSONPointer("/description")
    private static let messageID = JSONPointer("/result/message_id")
    private static let retryAfter = JSONPointer("/parameters/retry_after")
    private static let migrated = JSONPointer("/parameters/migrate_to_chat_id")
}
