/// What readers see of a channel itself on its messages.
public struct ChannelFace: Sendable, Hashable {
    /// Whom they come from, such as `Acme <notices@acme.example>`; nil where the provider decides.
    public var sender: String?
    /// Where answers go unless the announcement says otherwise; nil where that is ``sender``, or nowhere.
    public var replyTo: String?
    /// Where marketing says that one can unsubscribe; nil where only its text does.
    public var unsubscribe: String?

    /// A face.
    public init(sender: String? = nil, replyTo: String? = nil, unsubscribe: String? = nil) {
        self.sender = sender
        self.replyTo = replyTo
        self.unsubscribe = unsubscribe
    }
}
