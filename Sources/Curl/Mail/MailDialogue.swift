import Wire

/// One mail's way through a server, step by step; pure, so that a pipelined one can take its place.
///
///     sender ─► recipient ─► data ─► message ─► answered, connection kept
///        └──────────┴─────────┴─► answered with the refusal ─► resetting ─► connection kept
struct MailDialogue {
    /// Which command waits for its reply.
    enum Step {
        case sender, recipient, data, message
        /// The only command of a greeting: anybody there, or mail from this sender?
        case greeting, asking
        case resetting
    }

    /// What a reply leads to.
    enum Move {
        case say([UInt8])
        /// The text and the final dot.
        case sayMessage
        /// The exchange is decided.
        case answer(MailReply.Stage, then: Next)
        /// The connection can serve the next mail.
        case free
        /// The reply makes no sense here; the connection is of no further use.
        case hangUp
    }

    /// What becomes of the connection after the answer.
    enum Next: Equatable {
        case keep
        case reset
        case close
    }

    private(set) var step: Step
    private let recipient: String

    /// A mail's dialogue and its first command.
    static func mail(from sender: String, to recipient: String) -> (MailDialogue, [UInt8]) {
        (MailDialogue(step: .sender, recipient: recipient), Array("MAIL FROM:<\(sender)>\r\n".utf8))
    }

    /// A greeting's dialogue and its only command.
    ///
    /// A server that demands a login greets everybody well, and only says so at MAIL (RFC 4954, section 6).
    static func greeting(from sender: String?) -> (MailDialogue, [UInt8]) {
        guard let sender else {
            return (MailDialogue(step: .greeting, recipient: ""), Array("NOOP\r\n".utf8))
        }
        return (MailDialogue(step: .asking, recipient: ""), Array("MAIL FROM:<\(sender)>\r\n".utf8))
    }

    /// What to say after ``Next/reset``.
    static let reset = Array("RSET\r\n".utf8)

    /// Says what the reply to the current command leads to.
    mutating func move(on code: Int) -> Move {
        guard code != 421 || step == .resetting else { return .answer(stage, then: .close) }
        switch (step, code / 100) {
        case (.sender, 2):
            step = .recipient
            return .say(Array("RCPT TO:<\(recipient)>\r\n".utf8))
        case (.recipient, 2):
            step = .data
            return .say(Array("DATA\r\n".utf8))
        case (.data, 3):
            step = .message
            return .sayMessage
        case (.message, 2), (.message, 4...5), (.greeting, 2), (.greeting, 4...5):
            return .answer(stage, then: .keep)
        case (.sender, 4...5), (.recipient, 4...5), (.data, 4...5), (.asking, 2), (.asking, 4...5):
            let decided = stage
            step = .resetting
            return .answer(decided, then: .reset)
        case (.resetting, 2): return .free
        default: return .hangUp
        }
    }

    private var stage: MailReply.Stage {
        switch step {
        case .sender, .asking: .sender
        case .recipient: .recipient
        case .data: .data
        case .message: .message
        case .greeting, .resetting: .greeting
        }
    }
}
