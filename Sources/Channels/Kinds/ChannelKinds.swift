/// Every kind of channel there is; a new one is added here and nowhere else.
public enum ChannelKinds {
    /// In the order they are listed to people.
    public static let all: [any Channel.Type] = [
        SMTPChannel.self, SMSChannel.self, TelegramChannel.self, WebhookChannel.self,
    ]

    /// The kind that `type` names; nil when there is none.
    public static func named(_ name: String) -> (any Channel.Type)? { all.first { $0.kind == name } }
}
