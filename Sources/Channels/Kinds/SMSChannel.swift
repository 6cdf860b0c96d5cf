public import Broadcast
public import Wire

/// Text messages through any HTTP gateway, described by a recipe.
public struct SMSChannel: Channel {
    /// `sms`.
    public static let kind = "sms"
    /// Direct to phone numbers; left alone when nobody knows, since gateways have no key against doubles.
    public let traits: ChannelTraits
    /// The gateway.
    public let route: Route
    /// Asks the gateway's own `health` URL; nil when none is configured.
    public let probe: HealthCheck?
    /// What `from` says.
    public let face: ChannelFace
    private let recipe: Recipe

    /// Reads `from`, `encoding`, `maxSegments`, `transliterate`, `overflow`, `health` and the recipe.
    public init?(named name: ChannelName, settings: SettingsReader) {
        let travel = RouteSettings(settings)
        let from = settings.smsSender("from")
        let encodings = settings.encodings("encoding")
        let limits = ContentLimits(
            segments: settings.integer("maxSegments", in: 1...ContentLimits.mostSegments)
                ?? ContentLimits.usualSegments,
            overflow: settings.choice("overflow") ?? .refuse,
            transliterates: settings.flag("transliterate", absent: true))
        let health = settings.health(allowsPlain: travel.allowsPrivate)
        let frame = RecipeFrame(
            audience: .direct(.phone), allowsPlain: travel.allowsPrivate, body: nil, from: from,
            names: encodings.map { ["encoding": $0] } ?? [:])
        let recipe = Recipe(settings, frame: frame)
        if recipe?.holds(.to, .toDigits) == false {
            settings.report(
                "body", .invalid, "nothing names {{to}} or {{to.digits}}: no one would be reached")
        }
        if recipe?.holds(.text) == false {
            settings.report("body", .invalid, "nothing names {{text}}: messages would say nothing")
        }
        guard let recipe else { return nil }
        self.recipe = recipe
        face = ChannelFace(sender: from)
        probe = health.map { HealthCheck(request: recipe.probe($0.url), well: $0.well) }
        route = travel.route(name, redactor: Redactor(settings.secretsRead))
        traits = ChannelTraits(
            audience: .direct(.phone), form: .sms, limits: limits, unknown: .leave,
            retry: RetryPolicy(first: .seconds(5), cap: .seconds(600), within: .seconds(6 * 3600)))
    }

    /// The recipe's request to the delivery's number.
    public func request(for delivery: OutboundDelivery) throws(Fault) -> WireRequest {
        _ = try address(.phone, of: delivery)
        return .http(try recipe.request(for: delivery))
    }

    /// The meaning of the reply by the recipe's rules.
    public func verdict(on reply: WireReply) -> Verdict {
        recipe.verdict(on: reply, redactor: route.redactor)
    }
}

extension SettingsReader {
    /// What `{{encoding}}` stands for: `{"gsm7": "text", "ucs2": "unicode"}`; nil when absent.
    fileprivate func encodings(_ key: String) -> FillingName? {
        guard let settings = settings(key) else { return nil }
        let gsm7 = settings.requiredText("gsm7", "the gateway's word for GSM 7-bit")
        let ucs2 = settings.requiredText("ucs2", "the gateway's word for UCS-2")
        guard let gsm7, let ucs2 else { return nil }
        return .encoding(gsm7: gsm7, ucs2: ucs2)
    }

    /// Whom a text message comes from: an E.164 number, a short code, or 1 to 11 letters, digits and blanks.
    ///
    /// Source: GSM 03.40 section 9.1.2.5 (11 septet characters); https://www.agcom.it/node/1149 (2026-11).
    fileprivate func smsSender(_ key: String) -> String? {
        guard let text = text(key) else { return nil }
        let isNumber = text.wholeMatch(of: /\+[1-9][0-9]{6,14}|[0-9]{3,8}/) != nil
        let isName =
            text.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9 &._\-]{0,10}/) != nil && text.contains(/[A-Za-z]/)
            && text.last != " "
        guard isNumber || isName else {
            report(
                key, .invalid,
                "expected a number such as +390612345678, a short code, or a name of at most 11 characters, found "
                    + "\"\(Excerpt.of(text))\"")
            return nil
        }
        return text
    }
}
