/// Derives what a delivery is known by outside: its Message-ID, `webhook-id` and `Idempotency-Key`.
///
/// Equal over all attempts, different for every other delivery, and unguessable without the store's secret.
public struct DeliveryKey: Sendable {
    private let hash: HMACSHA256

    /// Derives from the store's secret.
    public init(secret: [UInt8]) { hash = HMACSHA256(key: secret) }

    /// 32 lower-case hexadecimal digits; `contact` is nil for a public place.
    public func text(
        for announcement: Announcement.ID, to contact: Contact.ID?, over channel: ChannelName
    ) -> String {
        var message = KeyedMessage("tocsin delivery 1")
        message.append(announcement.rawValue)
        message.append(channel.rawValue)
        if let contact { message.append(contact.rawValue) }
        return KeyedMessage.hex(hash.code(for: message.bytes).prefix(16))
    }
}
