import Broadcast
import Wire

/// The meaning of SMTP replies: whose fault it is follows from the stage, the code and the enhanced code.
///
/// Sources: https://www.rfc-editor.org/rfc/rfc5321 section 4.2, https://www.rfc-editor.org/rfc/rfc3463,
/// https://www.rfc-editor.org/rfc/rfc4954 section 6, https://www.rfc-editor.org/rfc/rfc7505 section 3, and
/// https://www.iana.org/assignments/smtp-enhanced-status-codes (2026-11).
enum MailVerdict {
    /// What `reply` means for the one recipient of the mail.
    static func verdict(on reply: MailReply) -> Verdict {
        let detail = detail(of: reply)
        switch reply.code {
        case 200...299: return .accepted(id: queueID(in: reply.text), answer: words(of: reply))
        case 400...499: return .deferred(deferral(of: reply, detail), after: nil)
        case 500...599: return permanent(reply, detail)
        default:
            let fault = Fault(.channel, .replyInvalid, detail)
            return reply.stage == .message ? .unknown(fault) : .deferred(fault, after: nil)
        }
    }

    /// A recipient put off, as greylisting does, says nothing about the relay; the rest of 4yz does.
    private static func deferral(of reply: MailReply, _ detail: String) -> Fault {
        let subject = EnhancedCode(reply.enhanced)?.subject
        let isLate = reply.stage == .data || reply.stage == .message
        switch reply.stage {
        case _ where reply.code == 421: return Fault(.channel, .serviceFailed, detail)
        case .recipient: return Fault(.recipient, .recipientDeferred, detail)
        case _ where isLate && (reply.code == 450 || [1, 2, 6, 7].contains(subject)):
            return Fault(.recipient, .recipientDeferred, detail)
        default: return Fault(.channel, .serviceFailed, detail)
        }
    }

    private static func permanent(_ reply: MailReply, _ detail: String) -> Verdict {
        let enhanced = EnhancedCode(reply.enhanced)
        if isAboutLogin(reply, enhanced) {
            return .deferred(Fault(.channel, .credentialsRefused, detail), after: nil)
        }
        switch reply.stage {
        case .greeting, .authentication: return .deferred(Fault(.channel, .serviceFailed, detail), after: nil)
        case .sender: return atSender(reply, enhanced, detail)
        case .recipient, .data, .message:
            if enhanced?.isAboutSender == true {
                return .deferred(Fault(.channel, .senderRefused, detail), after: nil)
            }
            let fault = enhanced?.fault ?? plain(reply)
            return .refused(Fault(fault.scope, fault.code, detail))
        }
    }

    /// RFC 4954, section 6: 530 login required, 534 mechanism too weak, 535 credentials invalid, 538 needs encryption.
    private static func isAboutLogin(_ reply: MailReply, _ enhanced: EnhancedCode?) -> Bool {
        switch reply.code {
        case 530, 534, 535, 538: true
        // Later on X.7.8 and its like are what a filter says of one mail.
        default: reply.stage == .authentication || reply.stage == .greeting && enhanced?.isAboutLogin == true
        }
    }

    /// What is said of MAIL FROM is said of every mail of this channel, but for the size it announces.
    private static func atSender(_ reply: MailReply, _ enhanced: EnhancedCode?, _ detail: String) -> Verdict {
        if reply.code == 552 || enhanced?.fault?.code == .messageTooLarge {
            return .refused(Fault(.message, .messageTooLarge, detail))
        }
        let isProtocol = (500...504).contains(reply.code)
        return .deferred(Fault(.channel, isProtocol ? .serviceFailed : .senderRefused, detail), after: nil)
    }

    /// RFC 5321, section 4.2.3, for servers without enhanced codes; 556 is RFC 7504.
    private static func plain(_ reply: MailReply) -> (scope: Fault.Scope, code: Fault.Code) {
        switch (reply.stage, reply.code) {
        case (.recipient, 550), (.recipient, 551), (.recipient, 553), (.recipient, 556):
            (.recipient, .addressUnknown)
        case (_, 552): (.message, .mailboxFull)
        case (_, 550), (_, 554): (.message, .policyRefused)
        default: (.message, .messageRefused)
        }
    }

    private static func detail(of reply: MailReply) -> String {
        "\(reply.stage.rawValue): \(words(of: reply))"
    }

    /// What the server said, as it said it.
    private static func words(of reply: MailReply) -> String {
        [String(reply.code), reply.enhanced ?? "", reply.text].filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// The name under which the server queued the mail: Postfix says `queued as X`, Exim `id=X`; nil for others.
    static func queueID(in text: String) -> String? {
        let bytes = Array(text.utf8)
        for mark in marks {
            guard let start = position(after: mark, in: bytes) else { continue }
            let id = bytes[start...].prefix { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ")") }.prefix(100)
            if !id.isEmpty { return String(decoding: id, as: UTF8.self) }
        }
        return nil
    }

    private static let marks = [Array("queued as ".utf8), Array("id=".utf8)]

    private static func position(after mark: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count > mark.count else { return nil }
        for start in 0..<(bytes.count - mark.count) where bytes[start] == mark[0] {
            if bytes[start..<(start + mark.count)].elementsEqual(mark) { return start + mark.count }
        }
        return nil
    }
}

/// The subject and detail of an RFC 3463 code such as `5.1.1`.
struct EnhancedCode: Sendable, Hashable {
    let subject: Int
    let detail: Int

    /// Nil when `text` is no such code.
    init?(_ text: String?) {
        let parts = text?.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) } ?? []
        guard parts.count == 3, let subject = parts[1], let detail = parts[2] else { return nil }
        self.subject = subject
        self.detail = detail
    }

    /// X.7.8 credentials invalid, X.7.9 mechanism too weak, X.7.11 encryption needed.
    var isAboutLogin: Bool { subject == 7 && [8, 9, 11].contains(detail) }

    /// X.1.7 and X.1.8: the sender's mailbox or its domain.
    var isAboutSender: Bool { subject == 1 && (detail == 7 || detail == 8) }

    /// What a permanent code says of the recipient or of the message; nil when it does not say.
    var fault: (scope: Fault.Scope, code: Fault.Code)? {
        switch (subject, detail) {
        // Bad mailbox, system or syntax; mailbox moved; null MX; ambiguous is not among them.
        case (1, 1), (1, 2), (1, 3), (1, 6), (1, 10): (.recipient, .addressUnknown)
        // Mailbox disabled.
        case (2, 1): (.recipient, .addressUnknown)
        case (2, 2): (.message, .mailboxFull)
        case (2, 3), (3, 4): (.message, .messageTooLarge)
        case (7, _): (.message, .policyRefused)
        case (0, _): nil
        default: (.message, .messageRefused)
        }
    }
}
