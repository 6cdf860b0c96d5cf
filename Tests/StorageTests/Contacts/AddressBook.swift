import Broadcast
import Foundation
import TestPeers

@testable import Storage

/// A store of a test's own, in a file, filled from lists written as text.
struct AddressBook {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)
    static let channels = KnownChannels([
        ChannelName(valid: "email"): .email, ChannelName(valid: "sms"): .phone,
        ChannelName(valid: "crm"): nil,
    ])

    let scratch: ScratchDirectory
    let store: Store

    init() throws {
        scratch = try ScratchDirectory()
        store = try Store.open(scratch.file("tocsin.db"), now: Self.now)
    }

    /// Imports `list` as `customers.csv`.
    @discardableResult
    func take(
        _ list: String, map: [String: String] = [:], country: String? = nil, skipsInvalid: Bool = false,
        isDryRun: Bool = false
    ) async throws -> ImportReport {
        let path = scratch.file("customers.csv")
        try Data(list.utf8).write(to: URL(fileURLWithPath: path))
        let order = ContactImport(
            path: path, map: map, region: try country.map { try PhoneRegion($0) }, channels: Self.channels,
            skipsInvalid: skipsInvalid, isDryRun: isDryRun)
        return try await store.importContacts(order, now: Self.now)
    }

    func selection(_ audience: String, lists: [String: [Contact.ID]] = [:]) async throws -> AudienceSelection
    {
        try await store.selection(Audience(parsing: audience, channels: Self.channels), lists: lists)
    }

    /// The ids an audience selects, in the order in which they came.
    func ids(_ audience: String, lists: [String: [Contact.ID]] = [:]) async throws -> [String] {
        try await members(audience, lists: lists).map(\.contact.id.rawValue)
    }

    func members(_ audience: String, lists: [String: [Contact.ID]] = [:]) async throws -> [Member] {
        try await store.members(selection(audience, lists: lists), limit: 100_000)
    }

    func member(_ id: String) async throws -> Member? { try await store.member(Contact.ID(valid: id)) }

    func contact(_ id: String) async throws -> Contact? { try await member(id)?.contact }

    /// Everything the book holds, as a list.
    func export(_ audience: String = "all") async throws -> String {
        let selection = try await selection(audience)
        let writer = ContactListWriter(attributes: try await store.attributeNames(selection))
        var bytes = writer.header
        for try await page in store.pages(selection, size: 100) { bytes += writer.lines(page) }
        return String(decoding: bytes, as: UTF8.self)
    }

    @discardableResult
    func set(_ id: String, _ assignments: String..., presence: Store.Presence = .existing) async throws
        -> Store.ContactOutcome
    {
        let change = try ContactAssignments.change(
            of: Contact.ID(valid: id), assignments, channels: Self.channels)
        return try await store.apply(change, to: presence, channels: Self.channels, now: Self.now)
    }
}

extension Store {
    /// Brings deliveries of `announcement` over e-mail into the state that `results` names per contact; nil leaves
    /// them queued.
    func journal(_ announcement: String, _ results: [(contact: String, result: Broadcast.Outcome.Result?)])
        throws
    {
        let name = ChannelName(valid: "email")
        let retry = RetryPolicy(first: .seconds(1), cap: .seconds(60), within: .seconds(3600))
        let traits = ChannelTraits(audience: .direct(.email), form: .email, unknown: .leave, retry: retry)
        let facts = ChannelFacts(name: name, kind: "smtp", company: "Acme", traits: traits)
        let content = FrozenContent(
            template: "outage", files: [:], variables: [:], sender: Sender(name: "Acme"))
        let id = Announcement.ID(valid: announcement)
        let said = Announcement(
            id: id, content: content, audience: "id:" + (results.first?.contact ?? "x"),
            createdAt: AddressBook.now)
        _ = try accept(said, digest: announcement, over: [facts], named: .chosen)
        let deliveries = try results.map { contact, _ in
            let member = try member(Contact.ID(valid: contact))
            return Delivery(
                contact: Contact.ID(valid: contact), channel: name,
                address: member?.contact.addresses[.email],
                plan: .queued, due: AddressBook.now)
        }
        let run = try plan(deliveries, in: try beginPlanning(id))
        _ = try finishPlanning(run, as: .running, now: AddressBook.now)
        let lease = try acquireLease(as: "test", at: BootTime(boot: "b", uptime: .zero), for: .seconds(30))
        let claimed = try claim(name, limit: 1000, token: lease.token, now: AddressBook.now)
        let outcomes = claimed.compactMap { delivery in
            let result = results.first { $0.contact == delivery.contact?.id.rawValue }?.result
            return Broadcast.Outcome(
                delivery.id,
                result ?? .deferred(Fault(.channel, "busy", "try later"), nextAt: AddressBook.now + 60))
        }
        _ = try settle(outcomes, token: lease.token, now: AddressBook.now)
        try release(lease)
    }
}
