public import Broadcast
import Foundation
import Templating
public import Wire

/// The Telegram Bot API: personal chats, or one public chat.
public struct TelegramChannel: Channel {
    /// `telegram`.
    public static let kind = "telegram"

    /// Left alone when nobody knows, since `sendMessage` has no key against doubles.
    ///
    /// Source: https://core.telegram.org/bots/faq (about 30 messages a second over all chats; 25 keeps clear of it), 2026-11.
    public let traits: ChannelTraits
    /// The API's server.
    public let route: Route
    /// `getMe`, which any good token answers.
    public let probe: HealthCheck?
    private let sendURL: String
    private let photoURL: String
    private let headers: [HeaderField]
    private let chat: [UInt8]?

    /// Reads `token`, `api`, `chat` and `overflow`.
    public init?(named name: ChannelName, settings: SettingsReader) {
        let travel = RouteSettings(settings)
        let token = settings.requiredSecret("token", flaw: Self.flaw)?.reveal()
        let api = settings.url("api", allowsPlain: travel.allowsPrivate)
        let chat = settings.publicChat("chat")
        let limits = ContentLimits(
            characters: ContentLimits.telegramText, overflow: settings.choice("overflow") ?? .refuse)
        guard let token else { return nil }
        var base = "\(api ?? "https://api.telegram.org")"[...]
        while base.last == "/" { base.removeLast() }
        sendURL = "\(base)/bot\(token)/sendMessage"
        photoURL = "\(base)/bot\(token)/sendPhoto"
        headers = [HeaderField("Content-Type", "application/json")].compactMap { $0 }
        self.chat = chat
        // What answers in the API's place, such as a login page on the way, says 200 too.
        let isOwn = JSONPointer("/ok").map { [ReplyCondition($0, "true")] } ?? []
        probe = HealthCheck(
            request: HTTPRequest(method: "GET", url: "\(base)/bot\(token)/getMe"),
            well: WellReply(conditions: isOwn))
        route = travel.route(name, redactor: Redactor(settings.secretsRead))
        traits = ChannelTraits(
            audience: chat == nil ? .direct(.telegram) : .public, form: .telegram, limits: limits,
            defaultRate: Rate(perSecond: 25), unknown: .leave,
            retry: RetryPolicy(first: .seconds(3), cap: .seconds(300), within: .seconds(86_400)))
    }

    /// `sendMessage` in Telegram's HTML, without link previews; `sendPhoto` where a picture goes along.
    public func request(for delivery: OutboundDelivery) throws(Fault) -> WireRequest {
        let place: [UInt8]
        if let chat {
            place = chat
        } else {
            // Canonical addresses are the decimal text of an Int64, which is JSON as it stands.
            place = Array(try address(.telegram, of: delivery).value.utf8)
        }
        if let photo = try photo(for: delivery, to: place) { return .http(photo) }
        var body = Array("{\"chat_id\":".utf8)
        body += place
        body += Self.middle
        JSONValue.appendString(delivery.content.text, to: &body)
        body.append(UInt8(ascii: "}"))
        return .http(HTTPRequest(method: "POST", url: sendURL, headers: headers, body: body))
    }

    private func photo(for delivery: OutboundDelivery, to place: [UInt8]) throws(Fault) -> HTTPRequest? {
        let content = delivery.content
        guard let image = content.enclosures.image,
            TelegramPhoto.refusal(of: image.file, below: content.text) == nil
        else { return nil }
        try Enclosures(image: image).requireContent()
        // A field of a form has no quotes around it, as JSON has.
        let chat = place.filter { $0 != UInt8(ascii: "\"") }
        let form = TelegramPhoto.body(to: chat, image, caption: content.text, key: delivery.key)
        var request = HTTPRequest(method: "POST", url: photoURL, body: form.body)
        request.headers = [HeaderField("Content-Type", form.type)].compactMap(\.self)
        request.tail = form.tail
        return request
    }

    /// The meaning of the reply by Telegram's own words.
    public func verdict(on reply: WireReply) -> Verdict {
        switch reply {
        case .http(let reply):
            TelegramVerdict.verdict(on: reply, isPublic: chat != nil, route.redactor)
                .quoting(reply, route.redactor)
        case .failure(let failure): Verdict(failure, redactor: route.redactor)
        case .mail: .unknown(Fault(.channel, .replyInvalid, "an SMTP reply to an HTTP request"))
        }
    }

    /// The bot's token stands in a URL: `123456:ABC-…`.
    private static func flaw(in token: String) -> String? {
        token.wholeMatch(of: /[0-9]+:[A-Za-z0-9_\-]+/) == nil
            ? "is no bot token: expected digits, a colon, then letters, digits, _ and -" : nil
    }

    private static let middle = Array(
        ",\"link_preview_options\":{\"is_disabled\":true},\"parse_mode\":\"HTML\",\"text\":".utf8)
}

extension SettingsReader {
    /// A public place as JSON: `@channel`, or a chat id as text or number; nil when absent.
    fileprivate func publicChat(_ key: String) -> [UInt8]? {
        guard let value = value(key) else { return nil }
        if let text = value.scalarText {
            if let id = Int64(text), id != 0 { return Array(String(id).utf8) }
            if text.wholeMatch(of: /@[A-Za-z][A-Za-z0-9_]{3,31}/) != nil {
                return JSONValue.string(text).compact
            }
        }
        report(key, expected: "\"@channel\" or a numeric chat id", found: value, code: .invalid)
        return nil
    }
}
