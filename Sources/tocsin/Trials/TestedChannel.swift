import Broadcast
import Channels
import Templating
import Wire

/// A channel over which a test goes: readers and receivers are told that it is one.
struct TestedChannel: ChannelCover {
    static let kind = "tested"
    let channel: any Channel

    init(_ channel: any Channel) { self.channel = channel }

    /// Nil: it stands around a channel that was read, and is in no configuration.
    init?(named name: ChannelName, settings: SettingsReader) { nil }

    func prepared(_ content: RenderedContent) -> RenderedContent { channel.prepared(content).asTest }

    func request(for delivery: OutboundDelivery) throws(Fault) -> WireRequest {
        var delivery = delivery
        delivery.isTest = true
        return try channel.request(for: delivery)
    }

    /// A test changes no contact: of an address that has moved it only tells.
    func verdict(on reply: WireReply) -> Verdict {
        let verdict = channel.verdict(on: reply)
        guard case .moved(let address) = verdict else { return verdict }
        return .refused(
            Fault(
                .recipient, .addressUnsuitable,
                "the provider names \(address.value) instead, which a send takes over"))
    }
}

extension RenderedContent {
    private static let mark = "[TEST] "

    /// The same, marked as a test where its reader sees it first; a template's own JSON is left as it is.
    fileprivate var asTest: RenderedContent {
        var content = self
        let mark = Array(Self.mark.utf8)
        switch form {
        case .email: content.title = mark + title
        case .sms, .telegram: content.text = mark + text
        case .webhook:
            content.title = mark + title
            content.text = mark + text
            if !html.isEmpty { content.html = Array("<p>[TEST]</p>\n".utf8) + html }
        }
        return content
    }
}
