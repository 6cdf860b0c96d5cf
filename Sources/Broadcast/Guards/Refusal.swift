/// Why a send is not begun; nothing has left.
public struct Refusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// What forbids it; stable, for scripts and tests.
    public enum Code: String, Sendable, CaseIterable {
        case marketingUrgent = "marketing-urgent"
        case noWayOut = "no-way-out"
        case nobodySelected = "nobody-selected"
        case nobodyReachable = "nobody-reachable"
        case everyChannelDown = "every-channel-down"
        case messageUnmade = "message-unmade"
        case valueMissing = "value-missing"
        case unknownContacts = "unknown-contacts"
        case otherContent = "other-content"
        case otherPeople = "other-people"
        case tooExpensive = "too-expensive"
        case costUnbounded = "cost-unbounded"
        case secretMissing = "secret-missing"
        case unadopted
        case configuration
        case needsYes = "needs-yes"
    }

    /// What forbids it.
    public let code: Code
    /// One line: what happened, what was expected, what to do.
    public let message: String

    /// A refusal.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The exit code of the command: 64 usage and copies, 65 bad data, 69 channels are down, 78 configuration and secrets.
    public var exit: Int32 {
        switch code {
        case .needsYes, .unadopted: 64
        case .everyChannelDown: 69
        case .secretMissing, .configuration: 78
        default: 65
        }
    }

    /// The message.
    public var description: String { message }
}

extension Refusal: Encodable {
    private enum Key: String, CodingKey { case code, message, exit }

    /// Writes the code, the message and the exit code that a send would end with.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(code.rawValue, forKey: .code)
        try container.encode(message, forKey: .message)
        try container.encode(exit, forKey: .exit)
    }
}
