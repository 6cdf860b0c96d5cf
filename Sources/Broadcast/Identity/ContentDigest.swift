/// What a text, its audience and its channels are known by: equal exactly when all of them are equal.
public struct ContentDigest: Sendable, Hashable, CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    public let full: String

    /// The first 12 digits: enough to tell two contents apart by eye.
    public var short: String { String(full.prefix(12)) }

    /// The short form.
    public var description: String { short }

    /// Digests what is said, to whom, and over which channels, in whatever order they are named.
    public init(of content: FrozenContent, audience: String, channels: [ChannelName]) {
        var message = KeyedMessage("tocsin content 1", reserving: 16_384)
        message.append(content.template)
        Self.append(content.files, to: &message)
        Self.append(content.variables, to: &message)
        Self.append(content.attachments.mapValues(\.sha256), to: &message)
        let sender = content.sender
        for field in [sender.name, sender.locale, sender.timezone, sender.website, sender.page, audience] {
            message.append(field)
        }
        for channel in Set(channels).sorted() { message.append(channel.rawValue) }
        full = KeyedMessage.hex(SHA256.digest(message.bytes))
    }

    /// Whether somebody who typed `text` meant this digest: at least its first 8 digits, whatever their case.
    public func isNamed(by text: String) -> Bool {
        text.utf8.count >= 8 && full.hasPrefix(text.lowercased())
    }

    private static func append(_ fields: [String: String], to message: inout KeyedMessage) {
        message.append(String(fields.count))
        for (name, value) in fields.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            message.append(name)
            message.append(value)
        }
    }
}
