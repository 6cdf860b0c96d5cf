/// What one channel sends in one language.
public struct LocalePlan: Sendable, Hashable, Encodable {
    /// Messages that will be tried.
    public var messages: Int

    /// So many messages.
    public init(messages: Int = 0) { self.messages = messages }
}
