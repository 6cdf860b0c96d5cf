/// What somebody who approves an announcement has seen is known by: equal exactly when the same would be made of it, by
/// the same rules.
///
/// Whom the rules find in the moment, what it costs and how fast it goes are no part of it.
public struct PreviewDigest: Sendable, Hashable, CustomStringConvertible {
    /// What it covers, in the words for people; each has digits of its own.
    public enum Part: String, Sendable, CaseIterable {
        case texts, files, variables, sender, audience
        /// Whether the template or the command line says them.
        case options = "options (--reach, --priority, --expires, --wait)"
        /// Which, and their order where reach `first` goes by it.
        case channels
        /// What of the channels' settings shapes a request.
        case settings = "settings of channels"
    }

    private static let headLength = 12
    private static let partLength = 6

    /// Lower-case hexadecimal digits: 12 of the whole, then 6 of each part.
    public let full: String

    /// The first 12 digits: enough to tell two previews apart by eye.
    public var short: String { String(full.prefix(Self.headLength)) }

    /// The short form.
    public var description: String { short }

    /// Digests `announcement` over the channels of `facts`, all that it goes over, in the configured order.
    public init(of announcement: Announcement, over facts: [ChannelFacts]) {
        let parts = Part.allCases.map { SHA256.digest($0.message(of: announcement, over: facts).bytes) }
        var whole = KeyedMessage("tocsin preview 1")
        for part in parts { whole.append(KeyedMessage.hex(part)) }
        full =
            KeyedMessage.hex(SHA256.digest(whole.bytes)).prefix(Self.headLength)
            + parts.map { KeyedMessage.hex($0).prefix(Self.partLength) }.joined()
    }

    /// Whether `text` can name a digest: at least the first 12 digits, whatever their case.
    public static func isName(_ text: String) -> Bool {
        text.utf8.count >= headLength
            && text.utf8.allSatisfy { UInt32(String(UnicodeScalar($0)), radix: 16) != nil }
    }

    /// Whether somebody who typed `text` meant this digest: its first digits.
    public func isNamed(by text: String) -> Bool { Self.isName(text) && full.hasPrefix(text.lowercased()) }

    /// What is not as it was when the digest was `text`; nil when that does not say it, as its beginning does not.
    public func changes(since text: String) -> [Part]? {
        let (now, then) = (Array(full.utf8), Array(text.lowercased().utf8))
        guard then.count == now.count, then.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }),
            !then.starts(with: now.prefix(Self.headLength))
        else { return nil }
        let changed = Part.allCases.enumerated().filter { index, _ in
            let start = Self.headLength + index * Self.partLength
            return now[start..<start + Self.partLength] != then[start..<start + Self.partLength]
        }
        return changed.isEmpty ? nil : changed.map(\.element)
    }
}

extension PreviewDigest.Part {
    /// All that belongs to the part, as it is hashed.
    fileprivate func message(of announcement: Announcement, over facts: [ChannelFacts]) -> KeyedMessage {
        var message = KeyedMessage("tocsin preview part 1", reserving: self == .texts ? 16_384 : 256)
        message.append(rawValue)
        let content = announcement.content
        switch self {
        case .texts:
            message.append(content.template)
            message.append(content.files)
        case .files: message.append(content.attachments.mapValues(\.sha256))
        case .variables: message.append(content.variables)
        case .sender: message.append(content.sender)
        case .audience: message.append(announcement.closes.map { "closes:\($0)" } ?? announcement.audience)
        case .options:
            message.append(announcement.reach.rawValue)
            message.append(announcement.priority.rawValue)
            message.append(announcement.expiresAfter.map { "\($0.inSeconds)" } ?? "")
            message.append(announcement.waitsForMarked ? "waits" : "")
        case .channels:
            let names = facts.map(\.name)
            for name in announcement.reach == .first ? names : names.sorted() {
                message.append(name.rawValue)
            }
        case .settings:
            for facts in facts.sorted(by: { $0.name < $1.name }) {
                message.append(facts.name.rawValue)
                message.append(facts.shaping)
            }
        }
        return message
    }
}
