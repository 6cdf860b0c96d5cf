public import Broadcast
import Foundation

extension Date {
    /// Saturday 21 November 2026, 12:00:00 UTC: 13:00 in Rome, 07:00 in New York.
    static let noon = Date(timeIntervalSince1970: 1_795_262_400)
}

extension ChannelName: ExpressibleByStringLiteral {
    /// Names a channel in a test.
    public init(stringLiteral value: StaticString) { self.init(valid: value.description) }
}

extension String {
    /// The channels that the text names, separated by blanks.
    var channels: [ChannelName] { split(separator: " ").map { ChannelName(valid: String($0)) } }
}

extension RetryPolicy {
    static let sample = RetryPolicy(first: .seconds(30), cap: .seconds(3600), within: .seconds(86_400))
}

extension ChannelFacts {
    static func sample(
        _ name: ChannelName = "email", _ audience: ChannelTraits.Audience = .direct(.email),
        company: String = "Acme",
        depends: [String] = [], rate: Rate? = nil, connections: Int = 8, unknown: UnknownPolicy = .retry,
        mostRepeats: Int? = 2, failoverAfter: Duration? = nil, price: Money? = nil, quiet: QuietHours? = nil
    ) -> ChannelFacts {
        let traits = ChannelTraits(
            audience: audience, form: .email, unknown: unknown, mostRepeats: mostRepeats, retry: .sample)
        return ChannelFacts(
            name: name, kind: "smtp", company: company, depends: depends, traits: traits, rate: rate,
            connections: connections, failoverAfter: failoverAfter, price: price, quietHours: quiet)
    }

    static let email = sample()
    static let sms = sample("sms", .direct(.phone), unknown: .leave, price: Money(Decimal(5) / 100, "EUR"))
    static let telegram = sample("telegram", .direct(.telegram), company: "Telegram", unknown: .leave)
    static let hook = sample("hook", .perContact)
    static let status = sample("status", .public)
}

extension Announcement {
    static func sample(
        channels: [ChannelName]? = nil, purpose: Purpose = .service, priority: Priority = .normal,
        reach: Reach = .every, waits: Bool = false, expiresAfter: Duration? = nil, zone: String = "UTC"
    ) -> Announcement {
        let sender = Sender(name: "Acme", timezone: zone)
        return Announcement(
            id: ID(valid: "out-1"),
            content: FrozenContent(template: "outage", files: [:], variables: [:], sender: sender),
            audience: "all",
            channels: channels, purpose: purpose, priority: priority, reach: reach, waitsForMarked: waits,
            createdAt: .noon, expiresAfter: expiresAfter)
    }
}

extension Contact {
    /// A contact with an address of each kind that `has` names.
    static func sample(
        _ id: String = "C1", has kinds: [AddressKind] = AddressKind.allCases, prefer: [ChannelName] = [],
        consent: Consent = .none, zone: String? = nil
    ) -> Contact {
        let texts: [AddressKind: String] = [
            .email: "anna@acme.example", .phone: "+393331234567", .telegram: "4711",
        ]
        let addresses = kinds.compactMap { kind in
            Address(kind, canonical: texts[kind] ?? "").map { (kind, $0) }
        }
        return Contact(
            id: ID(valid: id), timezone: zone, prefer: prefer, consent: consent,
            addresses: Dictionary(uniqueKeysWithValues: addresses))
    }
}

extension Suppression {
    static func sample(_ kind: AddressKind, _ extent: Extent) -> Suppression {
        Suppression(kind: kind, extent: extent, reason: .optOut, source: "test", since: .noon)
    }
}

extension ClaimedDelivery {
    static func sample(
        _ contact: Contact? = .sample(), address: Address? = Address(.email, canonical: "anna@acme.example"),
        attempt: Int = 1, expires: Date = .noon.addingTimeInterval(86_400), doubts: Int = 0,
        afterUnknown: AfterUnknown = .stop
    ) -> ClaimedDelivery {
        ClaimedDelivery(
            id: 1, announcement: .init(valid: "out-1"), contact: contact, channel: "email", address: address,
            attempt: attempt, firstAttemptAt: .noon, due: .noon, expires: expires,
            doubts: doubts, afterUnknown: afterUnknown)
    }
}

extension OutsideWord {
    /// A word of Acme's status page, said at noon and good for ten minutes.
    static func sample(_ word: Word?, of company: String = "Acme", saidAt: Date = .noon) -> OutsideWord {
        OutsideWord(
            of: company, from: "status.acme.example", word, why: "Major outage", since: saidAt,
            saidAt: saidAt,
            until: saidAt + 600, readAt: saidAt, trouble: "")
    }
}
