/// What a text, its audience and its channels are known by: equal exactly when all of them are equal.
///
/// By it the journal knows that the same was accepted before, whatever was mended meanwhile in the channels' settings.
public struct ContentDigest: Sendable, Hashable {
    /// 64 lower-case hexadecimal digits.
    public let full: String

    /// Digests what is said, to whom, and over which channels, in whatever order they are named.
    public init(of content: FrozenContent, audience: String, channels: [ChannelName]) {
        var message = KeyedMessage("tocsin content 1", reserving: 16_384)
        message.append(content.template)
        message.append(content.files)
        message.append(content.variables)
        message.append(content.attachments.mapValues(\.sha256))
        message.append(content.sender)
        message.append(audience)
        for channel in Set(channels).sorted() { message.append(channel.rawValue) }
        full = KeyedMessage.hex(SHA256.digest(message.bytes))
    }
}

extension KeyedMessage {
    /// Appends named fields, in the order of their names.
    mutating func append(_ fields: [String: String]) {
        append(String(fields.count))
        for (name, value) in fields.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            append(name)
            append(value)
        }
    }

    /// Appends who speaks.
    mutating func append(_ sender: Sender) {
        for field in [sender.name, sender.locale, sender.timezone, sender.website, sender.page] {
            append(field)
        }
    }
}
