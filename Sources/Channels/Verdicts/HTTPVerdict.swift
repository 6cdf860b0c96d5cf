import Broadcast
import Wire

/// The shared meaning of HTTP status codes, where a channel knows nothing better.
///
/// Source: https://www.rfc-editor.org/rfc/rfc9110 section 15 (2026-11); 410 as Standard Webhooks 1.0.0 reads it.
enum HTTPVerdict {
    /// What `reply` means by its status alone; `id` and `reason` are what the body said, when it was understood.
    static func verdict(on reply: HTTPReply, id: String? = nil, reason: String? = nil) -> Verdict {
        let status = reply.status
        let detail = "HTTP \(status)" + (reason.map { ": \($0)" } ?? "")
        let after = RetryAfter.duration(reply)
        switch status {
        case 200...299: return .accepted(id: id)
        case 401, 403: return .deferred(Fault(.channel, .credentialsRefused, detail), after: after)
        case 407: return .deferred(Fault(.channel, .proxyRefused, detail), after: after)
        case 429: return .deferred(Fault(.channel, .rateLimited, detail), after: after)
        case 504: return .unknown(Fault(.channel, .gatewayTimedOut, detail))
        case 408, 425, 500...599: return .deferred(Fault(.channel, .serviceFailed, detail), after: after)
        case 300...499: return .refused(Fault(.message, refusal(status), detail))
        default: return .unknown(Fault(.channel, .replyInvalid, detail))
        }
    }

    private static func refusal(_ status: Int) -> Fault.Code {
        switch status {
        case 300...399: .redirected
        case 404: .endpointMissing
        case 410: .endpointGone
        case 413: .messageTooLarge
        default: .messageRefused
        }
    }
}
