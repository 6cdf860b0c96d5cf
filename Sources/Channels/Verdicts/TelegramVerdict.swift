import Broadcast
import Wire

/// The meaning of Bot API replies, which tell most things in the prose of `description`.
///
/// Only the API's own JSON says anything about a recipient or a message: what a proxy or a firewall on the way answers
/// is the channel's trouble, whatever its status.
///
/// Sources: https://core.telegram.org/bots/api#making-requests and #responseparameters;
/// https://github.com/tdlib/telegram-bot-api `telegram-bot-api/Client.cpp` (the sentences, 2026-11).
enum TelegramVerdict {
    /// What `reply` means, without any secret in it; a public chat is part of the configuration, so that no fault of it
    /// is a recipient's.
    static func verdict(on reply: HTTPReply, isPublic: Bool, _ redactor: Redactor) -> Verdict {
        let body = ReplyBody(reply.isBodyCut ? nil : try? reply.tree(), redactor: redactor)
        guard (200...299).contains(reply.status) else {
            return judged(reply, body, status: reply.status, isPublic: isPublic)
        }
        // A complete status decides where the body broke off; a whole body has to agree with it.
        if reply.isBodyCut { return .accepted(id: nil) }
        if isWell(body) == true { return .accepted(id: body.line(at: messageID)) }
        if isWell(body) == false, let status = body.number(at: errorCode).flatMap({ Int(exactly: $0) }),
            (400...599).contains(status)
        {
            return judged(reply, body, status: status, isPublic: isPublic)
        }
        let detail = "HTTP \(reply.status) without the \"ok\": true of the Bot API"
        return .unknown(Fault(.channel, .replyInvalid, detail))
    }

    /// What the API says of the request as a whole; nil when this is no reply of the API.
    private static func isWell(_ body: ReplyBody) -> Bool? {
        if case .object(let members)? = body.tree, case .bool(let isWell)? = members["ok"] {
            isWell
        } else {
            nil
        }
    }

    private static func judged(
        _ reply: HTTPReply, _ body: ReplyBody, status: Int, isPublic: Bool
    ) -> Verdict {
        let reason = body.line(at: description)
        let detail = "HTTP \(status)" + (reason.map { ": \($0)" } ?? "")
        let isOwn = reason != nil && isWell(body) == false
        switch status {
        case 401, 404: return .deferred(Fault(.channel, .credentialsRefused, detail), after: nil)
        case 429:
            let wait = body.wait(at: retryAfter) ?? RetryAfter.duration(reply)
            return .deferred(Fault(.channel, .rateLimited, detail), after: wait)
        case 400 where !isOwn, 403 where !isOwn || reason?.hasPrefix("Forbidden:") != true:
            return .deferred(Fault(.channel, .serviceFailed, detail), after: RetryAfter.duration(reply))
        case 403 where isPublic: return .deferred(Fault(.channel, .credentialsRefused, detail), after: nil)
        case 403: return .refused(Fault(.recipient, .blockedByRecipient, detail))
        case 400 where isPublic: return badPublicRequest(reason ?? "", body, detail)
        case 400: return badRequest(reason ?? "", body, detail)
        default:
            var reply = reply
            reply.status = status
            return HTTPVerdict.verdict(on: reply, reason: reason)
        }
    }

    private static func badRequest(_ reason: String, _ body: ReplyBody, _ detail: String) -> Verdict {
        if let address = newChat(in: body) { return .moved(to: address) }
        let words = reason.lowercased()
        guard !unknownChats.contains(where: words.contains) else {
            return .refused(Fault(.recipient, .addressUnknown, detail))
        }
        let isTooLong = words.contains("too long")
        return .refused(Fault(.message, isTooLong ? .messageTooLarge : .messageRefused, detail))
    }

    /// Where a webhook's path would be wrong, a public chat's name is; rights the bot lacks are those of its login.
    private static func badPublicRequest(_ reason: String, _ body: ReplyBody, _ detail: String) -> Verdict {
        if let address = newChat(in: body) {
            let advice = "\(detail) (the chat is now \(address.value): say so in the configuration)"
            return .refused(Fault(.message, .endpointMissing, advice))
        }
        if reason.lowercased().contains("administrator rights") {
            return .deferred(Fault(.channel, .credentialsRefused, detail), after: nil)
        }
        let verdict = badRequest(reason, body, detail)
        guard case .refused(let fault) = verdict, fault.scope == .recipient else { return verdict }
        return .refused(Fault(.message, .endpointMissing, detail))
    }

    private static func newChat(in body: ReplyBody) -> Address? {
        body.number(at: migrated).flatMap { Address(.telegram, canonical: String($0)) }
    }

    private static let unknownChats = [
        "chat not found", "user not found", "peer_id_invalid", "chat_id is empty",
    ]
    private static let errorCode = JSONPointer("/error_code")
    private static let description = JSONPointer("/description")
    private static let messageID = JSONPointer("/result/message_id")
    private static let retryAfter = JSONPointer("/parameters/retry_after")
    private static let migrated = JSONPointer("/parameters/migrate_to_chat_id")
}
