import Broadcast
import Channels
import Wire

extension ConfiguredChannel {
    /// Reads one member of `channels`; nil after what is wrong has been reported.
    init?(_ name: ChannelName, _ settings: SettingsReader) {
        let policy = ChannelPolicy(settings)
        let kinds = ChannelKinds.all.map { $0.kind }
        let expected = kinds.map { "\"\($0)\"" }.joined(separator: " or ")
        guard let type = settings.requiredText("type", expected) else {
            settings.ignoreTheRest()
            return nil
        }
        guard let kind = ChannelKinds.named(type) else {
            let nearest = NearestName.of(type, in: kinds)
            settings.report(
                "type", expected: expected, found: .string(type), nearest: nearest, code: .invalid)
            settings.ignoreTheRest()
            return nil
        }
        guard let channel = Self.built(kind, name, settings) else { return nil }
        let company = policy.company ?? (type == TelegramChannel.kind ? "Telegram" : name.rawValue)
        var facts = ChannelFacts(
            name: name, kind: type, company: company, depends: policy.depends, traits: channel.traits,
            rate: policy.rate, connections: channel.route.connections,
            retry: policy.retry(channel.traits.retry), unknown: policy.unknown,
            afterUnknown: policy.afterUnknown, failoverAfter: policy.failoverAfter, price: policy.price,
            quietHours: policy.quietHours(channel.traits.form),
            breaker: policy.breaker(policy.retry(channel.traits.retry)))
        facts.perDay = policy.perDay
        facts.settings = SHA256Stream.hex(of: settings.outline.compact)
        facts.shaping = SHA256Stream.hex(of: settings.outline(without: Self.manner).compact)
        let missing = settings.secretsMissing
        if !missing.isEmpty { facts.missing = missing.joined(separator: ", ") }
        facts.hasFlawedSecret = settings.areSecretsFlawed
        self.init(facts: facts, channel: channel)
    }

    /// The keys that say how and when a request travels, what a reply to it means and what it costs, and leave it as it is.
    private static let manner: Set<String> = [
        "company", "depends", "rate", "perDay", "connections", "timeout", "connectTimeout", "retry",
        "breaker",
        "unknown", "afterUnknown", "failoverAfter", "quietHours", "price", "private", "ca", "proxy", "tls",
        "greeting", "username", "authorization", "health", "reply",
    ]

    private static func built(
        _ kind: any Channel.Type, _ name: ChannelName, _ settings: SettingsReader
    ) -> (any Channel)? {
        kind.init(named: name, settings: settings)
    }
}

/// What the owner chooses for a channel of any kind.
struct ChannelPolicy {
    let company: String?
    let depends: [String]
    let rate: Rate?
    let perDay: Int?
    let unknown: UnknownPolicy?
    let afterUnknown: AfterUnknown?
    let failoverAfter: Duration?
    let price: Money?
    private let retrySettings: RetrySettings?
    private let breakerSettings: BreakerSettings?
    private let quiet: QuietChoice

    /// What `quietHours` said.
    private enum QuietChoice {
        case byDefault, none, hours(QuietHours)
    }

    init(_ settings: SettingsReader) {
        company = settings.text("company")
        depends = settings.texts("depends") ?? []
        rate = settings.rate("rate")
        perDay = settings.integer("perDay", in: 1...100_000_000)
        unknown = settings.choice("unknown")
        afterUnknown = settings.choice("afterUnknown")
        failoverAfter = settings.duration("failoverAfter")
        price = settings.money("price")
        retrySettings = settings.settings("retry").map(RetrySettings.init)
        breakerSettings = settings.settings("breaker").map(BreakerSettings.init)
        quiet = Self.quietChoice(settings)
    }

    /// The policy of the kind with the owner's changes.
    func retry(_ standard: RetryPolicy) -> RetryPolicy { retrySettings?.applied(to: standard) ?? standard }

    /// When the channel trips, as the owner wants it; nil when nothing is said, for the standard.
    func breaker(_ retry: RetryPolicy) -> BreakerPolicy? {
        breakerSettings?.applied(to: BreakerPolicy(retry))
    }

    /// Text messages and chats wake people up, so they rest at night unless the owner says otherwise.
    func quietHours(_ form: ContentForm) -> QuietHours? {
        switch quiet {
        case .none: nil
        case .hours(let hours): hours
        case .byDefault: form == .sms || form == .telegram ? QuietHours(start: 21 * 60, end: 8 * 60) : nil
        }
    }

    private static func quietChoice(_ settings: SettingsReader) -> QuietChoice {
        guard let value = settings.value("quietHours") else { return .byDefault }
        guard value != .string("none") else { return .none }
        if case .string(let text) = value,
            let match = text.wholeMatch(
                of: /([01][0-9]|2[0-3]):([0-5][0-9])[-–]([01][0-9]|2[0-3]):([0-5][0-9])/),
            let start = minutes(match.1, match.2), let end = minutes(match.3, match.4), start != end
        {
            return .hours(QuietHours(start: start, end: end))
        }
        settings.report("quietHours", expected: "\"21:00-08:00\" or \"none\"", found: value, code: .invalid)
        return .byDefault
    }

    private static func minutes(_ hours: Substring, _ minutes: Substring) -> Int? {
        guard let hours = Int(hours), let minutes = Int(minutes) else { return nil }
        return hours * 60 + minutes
    }
}

/// What `retry` says.
private struct RetrySettings {
    let first: Duration?
    let factor: Double?
    let cap: Duration?
    let within: Duration?

    init(_ settings: SettingsReader) {
        first = settings.duration("first")
        factor = settings.number("factor", atLeast: 1)
        cap = settings.duration("cap")
        within = settings.duration("within")
        if let first, let cap, cap < first {
            settings.report("cap", .conflict, "is shorter than \"first\"")
        }
    }

    func applied(to standard: RetryPolicy) -> RetryPolicy {
        let first = first ?? min(standard.first, cap ?? standard.first)
        return RetryPolicy(
            first: first, factor: factor ?? standard.factor, cap: max(cap ?? standard.cap, first),
            within: within ?? standard.within)
    }
}

/// What `breaker` says.
private struct BreakerSettings {
    let ratio: Double?
    let window: Duration?
    let minimum: Int?
    let consecutive: Int?

    init(_ settings: SettingsReader) {
        ratio = settings.number("ratio", in: 0.05...1)
        window = settings.duration("window", in: .seconds(1) ... .seconds(86_400))
        minimum = settings.integer("minimum", in: 1...1000)
        consecutive = settings.integer("consecutive", in: 1...1000)
    }

    func applied(to standard: BreakerPolicy) -> BreakerPolicy {
        var policy = standard
        policy.ratio = ratio ?? standard.ratio
        policy.window = window ?? standard.window
        policy.minimumFaults = minimum ?? standard.minimumFaults
        policy.consecutive = consecutive ?? standard.consecutive
        return policy
    }
}
