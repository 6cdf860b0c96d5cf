import Broadcast
import Foundation

@testable import Storage

/// The moment at which tests begin.
let start = Date(timeIntervalSince1970: 1_800_000_000)

extension Announcement {
    static func sample(
        _ id: String = "outage", purpose: Purpose = .service, priority: Priority = .normal,
        reach: Reach = .every,
        once: Once = .address, createdAt: Date = start, due: Date? = nil, expiresAfter: Duration? = nil
    ) -> Announcement {
        let content = FrozenContent(
            template: "outage", files: ["outage/message.md": "We are down."], variables: [:],
            sender: Sender(name: "Acme"))
        return Announcement(
            id: ID(valid: id), content: content, audience: "all", purpose: purpose, priority: priority,
            reach: reach, once: once, createdAt: createdAt, due: due, expiresAfter: expiresAfter)
    }
}

extension ChannelFacts {
    static func sample(
        _ name: ChannelName, _ audience: ChannelTraits.Audience, unknown: UnknownPolicy = .retry,
        within: Duration = .seconds(3600), after: AfterUnknown? = nil, mostRepeats: Int? = 2
    ) -> ChannelFacts {
        let retry = RetryPolicy(first: .seconds(1), cap: .seconds(60), within: within)
        return ChannelFacts(
            name: name, kind: "sample", company: "Acme",
            traits: ChannelTraits(
                audience: audience, form: .sms, unknown: unknown, mostRepeats: mostRepeats, retry: retry),
            afterUnknown: after)
    }

    /// E-mail and signed webhooks retry an unknown outcome, SMS leaves it.
    static let samples = [
        sample(.email, .direct(.email)), sample(.sms, .direct(.phone), unknown: .leave),
        sample(.status, .public),
    ]
}

extension ChannelName {
    static let email = ChannelName(valid: "email")
    static let sms = ChannelName(valid: "sms")
    static let status = ChannelName(valid: "status")
}

extension Fault {
    static func sample(_ scope: Scope = .recipient) -> Fault { Fault(scope, "sample-fault", "a fault") }
}

extension Delivery {
    static func sample(
        _ contact: String?, _ channel: ChannelName = .email, address: String? = nil, plan: Planned = .queued,
        due: Date = start
    ) -> Delivery {
        let kind: AddressKind = channel == .sms ? .phone : .email
        let text = address ?? contact.map { channel == .sms ? "+39\($0)" : "\($0)@example.org" }
        return Delivery(
            contact: contact.map(Contact.ID.init(valid:)), channel: channel,
            address: channel == .status ? nil : text.flatMap { Address(kind, canonical: $0) }, plan: plan,
            due: due)
    }
}

extension Store {
    /// Writes contacts down as the import would; `email` and `phone` follow the id unless given.
    func seed(_ ids: [String], email: String? = nil, consent: Consent = .none) throws {
        try connection.write { () throws(StoreError) in
            for id in ids {
                let email = email ?? "\(id)@example.org"
                try connection.execute(
                    """
                    INSERT INTO contacts(id, name, email, phone, email_key, phone_key, consent, created_at, updated_at)
                    VALUES (:id, 'Name of ' || :id, :email, '+39' || :id, :mailKey, :phoneKey, :consent, 0, 0)
                    """,
                    [
                        "id": .text(id), "email": .text(email), "consent": .text(ContactRow.text(consent)),
                        "mailKey": .blob(orNull: key(.email, email)),
                        "phoneKey": .blob(orNull: key(.phone, "+39\(id)")),
                    ])
            }
        }
    }

    /// The key under which the store keeps an address.
    func key(_ kind: AddressKind, _ text: String) -> [UInt8]? {
        Address(kind, canonical: text).map { key(of: $0) }
    }

    /// Suppresses an e-mail address .
    func suppress(email: String, _ extent: Suppression.Extent = .all, proposed: Bool = false) throws {
        try connection.execute(
            """
            INSERT INTO suppressions(kind, key, extent, reason, source, since, proposed)
            VALUES ('email', :key, :extent, 'manual', 'test', 0, :proposed)
            """,
            [
                "key": .blob(orNull: key(.email, email)), "extent": .text(extent.rawValue),
                "proposed": .flag(proposed),
            ])
    }

    func run(_ sql: String) throws { try connection.script(sql) }

    func number(_ sql: String) throws -> Int64 {
        try connection.first(sql, [:]) { (row: borrowing Row) throws(StoreError) in row.integer(0) } ?? -1
    }

    func lines(_ sql: String) throws -> [String] {
        try connection.rows(sql) { (row: borrowing Row) throws(StoreError) in row.text(0) }
    }

    /// Accepts and plans the announcement `outage`, running.
    func planned(_ deliveries: [Delivery]) throws { try planned(.sample(), deliveries) }

    /// Accepts and plans `announcement`, running.
    func planned(
        _ announcement: Announcement, _ deliveries: [Delivery],
        over facts: [ChannelFacts] = ChannelFacts.samples
    ) throws {
        _ = try accept(announcement, digest: announcement.id.rawValue, over: facts, named: .chosen)
        let run = try plan(deliveries, in: try beginPlanning(announcement.id))
        let state: AnnouncementState = announcement.due > start ? .scheduled : .running
        _ = try finishPlanning(run, as: state, now: start)
    }

    /// The present dispatcher's.
    private func token() throws(StoreError) -> Int64 {
        try connection.first("SELECT token FROM lease") { (row: borrowing Row) throws(StoreError) in
            row.integer(0)
        } ?? 0
    }

    // What a person lets go on.

    func resume(_ id: Announcement.ID, now: Date) throws(StoreError) -> AnnouncementState {
        try resume(id, at: BootTime(boot: "b", uptime: .zero), now: now)
    }

    func resumeAll(now: Date) throws(StoreError) -> [Announcement.ID] {
        try resumeAll(at: BootTime(boot: "b", uptime: .zero), now: now)
    }

    // What the present dispatcher does.

    func expire(now: Date) throws(StoreError) -> Int { try expire(token: token(), now: now) }

    @discardableResult
    func moveOn(_ decisions: [Succession], now: Date) throws(StoreError) -> Int {
        try moveOn(decisions, token: token(), now: now)
    }

    func hold(_ id: Announcement.ID, _ channel: ChannelName, why: String) throws(StoreError) {
        try hold(id, channel, why: why, token: token())
    }

    func note(_ note: HealthNote) throws(StoreError) { try self.note(note, token: token()) }

    /// Claims, and marks what was claimed as begun: its request may have left.
    func send(
        _ channel: ChannelName, limit: Int, token: Int64, now: Date
    ) throws(StoreError) -> [ClaimedDelivery] {
        let claimed = try claim(channel, limit: limit, token: token, now: now)
        _ = try settle([], beginning: claimed.map(\.id), token: token, now: now)
        return claimed
    }

    /// Lets one transaction end at most so many rows.
    func setBatch(_ count: Int) { batch = count }

    /// Becomes the dispatcher.
    func lead(_ owner: String = "test") throws -> Int64 {
        try acquireLease(as: owner, at: BootTime(boot: "b", uptime: .zero), for: .seconds(30)).token
    }

    /// `state reason` of each delivery, by contact and channel.
    func states(_ announcement: String = "outage") throws -> [String] {
        try lines(
            """
            SELECT coalesce(c.id, '-') || ' ' || d.channel || ' ' || d.state || iif(d.reason = '', '', ' ' || d.reason)
            FROM deliveries d JOIN announcements a ON a.seq = d.announcement LEFT JOIN contacts c ON c.seq = d.contact
            WHERE a.id = '\(announcement)' ORDER BY d.contact, d.channel
            """)
    }

    /// Differences between the kept counts and those of the rows; empty when they agree.
    func miscounts() throws -> [String] {
        try lines(
            """
            WITH rows AS (
              SELECT d.announcement AS announcement, channel, d.state AS state, reason, count(*) AS count
              FROM deliveries d JOIN announcements a ON a.seq = d.announcement AND a.state <> 'planning'
              GROUP BY 1, 2, 3, 4),
            kept AS (SELECT announcement, channel, state, reason, count FROM tallies WHERE count <> 0)
            SELECT 'rows ' || announcement || channel || state || reason || count FROM (
              SELECT * FROM rows EXCEPT SELECT * FROM kept)
            UNION ALL
            SELECT 'kept ' || announcement || channel || state || reason || count FROM (
              SELECT * FROM kept EXCEPT SELECT * FROM rows)
            """)
    }
}
