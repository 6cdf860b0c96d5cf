/// The stable codes of faults: reports show them, and what is retried, suppressed or tripped follows from them.
extension Fault.Code {
    // MARK: recipient

    /// The delivery's address is missing, or of another kind than the channel takes.
    public static let addressUnsuitable: Self = "address-unsuitable"
    /// There is no such mailbox, number or chat.
    public static let addressUnknown: Self = "address-unknown"
    /// The person behind the address has shut us out.
    public static let blockedByRecipient: Self = "blocked-by-recipient"
    /// The place asks us to come back later for this address only, as greylisting does.
    public static let recipientDeferred: Self = "recipient-deferred"

    // MARK: message

    /// The mailbox has no room; the address is good.
    public static let mailboxFull: Self = "mailbox-full"
    /// The other side's policy forbids this message, as spam filters do.
    public static let policyRefused: Self = "policy-refused"
    /// The message is longer than the other side takes.
    public static let messageTooLarge: Self = "message-too-large"
    /// The other side does not understand or want this message.
    public static let messageRefused: Self = "message-refused"
    /// The endpoint does not exist (404).
    public static let endpointMissing: Self = "endpoint-missing"
    /// The endpoint asks never to be called again (410).
    public static let endpointGone: Self = "endpoint-gone"
    /// The endpoint points elsewhere, which is never followed (3xx).
    public static let redirected: Self = "redirected"
    /// A value that the request cannot do without is empty for this contact.
    public static let valueMissing: Self = "value-missing"
    /// A value cannot stand where the request puts it, such as a line break in a header.
    public static let valueUnsuitable: Self = "value-unsuitable"

    // MARK: channel

    /// The other side does not accept our login, token or signature.
    public static let credentialsRefused: Self = "credentials-refused"
    /// A proxy on the way does not take our login, or does not lead where we want to go.
    public static let proxyRefused: Self = "proxy-refused"
    /// The other side does not take our sender address.
    public static let senderRefused: Self = "sender-refused"
    /// The other side asks for fewer messages a second; no sign of ill health.
    public static let rateLimited: Self = "rate-limited"
    /// The other side failed (5xx, SMTP 4yz outside a recipient).
    public static let serviceFailed: Self = "service-failed"
    /// A gateway on the way gave up waiting (504); the message may have arrived.
    public static let gatewayTimedOut: Self = "gateway-timed-out"
    /// The reply is none of the protocol, or broke off where it would have decided.
    public static let replyInvalid: Self = "reply-invalid"
    /// The provider's certificate is not one we trust.
    public static let certificateInvalid: Self = "certificate-invalid"
    /// The TLS handshake failed, or TLS is required and not offered.
    public static let tlsFailed: Self = "tls-failed"
    /// The server offers no way of logging in that we know.
    public static let authenticationImpossible: Self = "authentication-impossible"
    /// The host resolves to an address that the channel may not connect to.
    public static let addressForbidden: Self = "address-forbidden"
    /// Time ran out before a later attempt could tell whether an earlier one had been handed over.
    public static let outcomeUnknown: Self = "outcome-unknown"
    /// The dispatcher that had it on the wire ended before the outcome was known.
    public static let dispatcherEnded: Self = "dispatcher-ended"
    /// It was cancelled, or not sent after all, in a copy of the store, and the original may have sent it since.
    public static let copyCancelled: Self = "copy-cancelled"
    /// We stopped the exchange ourselves.
    public static let cancelled: Self = "cancelled"
}

extension Fault {
    /// Whether one such fault is proof enough to take the channel down at once.
    ///
    /// Trying again changes nothing until somebody mends the configuration, and every try may cost us the account.
    public var isCertain: Bool {
        switch code {
        case .credentialsRefused, .proxyRefused, .senderRefused, .certificateInvalid, .tlsFailed,
            .authenticationImpossible, .addressForbidden:
            scope == .channel
        default: false
        }
    }

    /// Whether it says anything about the channel's health; being told to slow down, and our own stop, do not.
    public var movesHealth: Bool { scope == .channel && code != .rateLimited && code != .cancelled }
}
