public import Broadcast
import Foundation
public import Templating
public import Wire

/// Any HTTP endpoint, signed as Standard Webhooks: one request per announcement, or one per contact.
public struct WebhookChannel: Channel {
    /// `webhook`.
    public static let kind = "webhook"

    /// Public unless `"per": "contact"`; sent again when nobody knows, since `webhook-id` stays the same.
    public let traits: ChannelTraits
    /// The endpoint.
    public let route: Route
    /// Asks the endpoint's own `health` URL; nil when none is configured.
    public let probe: HealthCheck?
    private let recipe: Recipe
    private let signer: WebhookSigner?
    /// Whether the endpoint gets what ``defaultBody(_:)`` says.
    private let hasOwnBody: Bool

    /// What `per` may say.
    private enum Per: String, CaseIterable {
        case announcement, contact
    }

    /// Reads `per`, `secret`, `maxCharacters`, `maxBytes`, `overflow`, `health` and the recipe.
    public init?(named name: ChannelName, settings: SettingsReader) {
        let travel = RouteSettings(settings)
        let per: Per = settings.choice("per") ?? .announcement
        let audience: ChannelTraits.Audience = per == .contact ? .perContact : .public
        let secrets = settings.secretList("secret", flaw: WebhookSigner.flaw)
        let health = settings.health(allowsPlain: travel.allowsPrivate)
        let frame = RecipeFrame(
            audience: audience, allowsPlain: travel.allowsPrivate, body: Self.defaultBody(per))
        let recipe = Recipe(settings, frame: frame)
        var limits = ContentLimits(
            characters: settings.integer("maxCharacters", in: 100...1_000_000),
            bytes: settings.integer("maxBytes", in: 500...100_000_000),
            overflow: settings.choice("overflow") ?? .refuse)
        // Who says what the receiver takes knows better than advice.
        if limits.bytes == nil { limits.advisedBytes = ContentLimits.advisedBody }
        signer = secrets.flatMap { WebhookSigner(secrets: $0) }
        hasOwnBody = settings.value("body") != nil
        if settings.value("secret") == nil {
            settings.warn(
                "secret", .missing, "is missing: the endpoint cannot tell our requests from anybody's")
        }
        guard let recipe else { return nil }
        self.recipe = recipe
        probe = health.map { HealthCheck(request: recipe.probe($0.url), well: $0.well) }
        route = travel.route(name, redactor: Redactor(settings.secretsRead))
        traits = ChannelTraits(
            audience: audience, form: .webhook, limits: limits, unknown: .retry, mostRepeats: nil,
            retry: RetryPolicy(first: .seconds(5), cap: .seconds(3600), within: .seconds(86_400)))
    }

    /// `content` as it is, and whether the configured body says its text.
    public func prepared(_ content: RenderedContent) -> RenderedContent {
        var content = content
        content.isTextLeft = !recipe.holds(.text, .html)
        return content
    }

    /// The recipe's request; a template's own JSON stands above the recipe's body.
    public func request(for delivery: OutboundDelivery) throws(Fault) -> WireRequest {
        if traits.audience == .perContact, delivery.contact == nil {
            throw Fault(
                .recipient, .addressUnsuitable, "the webhook is called once per contact, and there is none")
        }
        var request = try recipe.request(for: delivery, body: delivery.content.json?.compact)
        if !hasOwnBody, delivery.content.json == nil { name(delivery.content.enclosures.files, in: &request) }
        if delivery.isTest { mark(&request, isOurBody: !hasOwnBody && delivery.content.json == nil) }
        let id = "msg_\(delivery.key)"
        let timestamp = String(Int64(delivery.attemptAt.timeIntervalSince1970.rounded(.down)))
        var fields = [("webhook-id", id)]
        if let signer {
            let signature = signer.signature(id: id, timestamp: timestamp, body: request.body)
            fields += [("webhook-timestamp", timestamp), ("webhook-signature", signature)]
        }
        request.headers += fields.compactMap { HeaderField($0, $1) }
        return .http(request)
    }

    /// The meaning of the reply by the recipe's rules.
    public func verdict(on reply: WireReply) -> Verdict {
        recipe.verdict(on: reply, redactor: route.redactor)
    }

    /// Names the files, with their digests and, where there are any, links: their content does not go to machines.
    private func name(_ files: [Attachment], in request: inout HTTPRequest) {
        guard !files.isEmpty, let body = try? JSONValue(parsing: request.body, maxBytes: .max),
            case .object(var members) = body
        else { return }
        members["attachments"] = .array(
            files.map { attachment in
                .object([
                    "name": .string(attachment.name), "type": .string(attachment.file.type),
                    "bytes": .number(String(attachment.file.size)),
                    "sha256": .string(attachment.file.sha256),
                    "url": attachment.url.map(JSONValue.string) ?? .null,
                ])
            })
        request.body = JSONValue.object(members).compact
    }

    /// Lets the endpoint tell a test: by a header, and by a member of the body where that is ours.
    private func mark(_ request: inout HTTPRequest, isOurBody: Bool) {
        request.headers += [HeaderField("Tocsin-Test", "true")].compactMap(\.self)
        guard isOurBody, let body = try? JSONValue(parsing: request.body, maxBytes: .max),
            case .object(var members) = body
        else { return }
        members["test"] = .bool(true)
        request.body = JSONValue.object(members).compact
    }

    /// What an endpoint gets that asks for nothing else.
    private static func defaultBody(_ per: Per) -> JSONValue {
        let names = FillingName.AnnouncementField.allCases.map(\.rawValue)
        let announcement = names.map { ($0, JSONValue.string("{{announcement.\($0)}}")) }
        var body: [String: JSONValue] = [
            "announcement": .object(Dictionary(uniqueKeysWithValues: announcement))
        ]
        for name in ["title", "text", "html", "locale"] { body[name] = .string("{{\(name)}}") }
        if per == .contact {
            body["contact"] = .object(["id": .string("{{contact.id}}"), "name": .string("{{contact.name}}")])
        }
        return .object(body)
    }
}
