public import Broadcast
public import Foundation

extension Store {
    /// What a change of one contact did.
    public struct ContactOutcome: Sendable, Hashable {
        /// The contact as it is now.
        public var contact: Contact
        /// Whether anything is different from before.
        public var isChanged: Bool
        /// Whether its consent fell because the address it was given for is another now.
        public var withdrewConsent: Bool
    }

    /// Whether a change may make a contact, or must find one.
    public enum Presence: Sendable {
        case new, existing
    }

    /// Adds a contact or changes one, as a row of a list would.
    ///
    /// - Parameters:
    ///   - change: what becomes of it.
    ///   - presence: whether the contact must be new or must exist.
    ///   - channels: what names of channels mean in its consent.
    ///   - now: when; also the start of suppressions that name no other.
    /// - Returns: the contact as it is then, and what was different.
    /// - Throws: a ``StoreError`` of code ``StoreError/Code/notFound`` or ``StoreError/Code/wrongState`` when it is not
    ///   as `presence` says, or when an address is to be suppressed that the contact does not have.
    public func apply(
        _ change: ContactChange, to presence: Presence, channels: KnownChannels, now: Date
    ) throws(StoreError) -> ContactOutcome {
        let staging = try ContactStaging(self, channels: channels, now: now)
        let outcome = try connection.write { () throws(StoreError) in
            let exists = try member(change.id) != nil
            guard exists == (presence == .existing) else { throw absence(of: change.id, exists: exists) }
            let staged = try staging.stage(change, line: 1, source: "contacts set")
            guard case .staged(let result) = staged, try staging.merge() else {
                throw StoreError(
                    .wrongState, path: path,
                    "\(change.id) has no such address to suppress; give the address too")
            }
            return result
        }
        try staging.clear()
        return ContactOutcome(
            contact: outcome.contact, isChanged: outcome.effect != .none,
            withdrewConsent: outcome.withdrewConsent)
    }

    private func absence(of id: Contact.ID, exists: Bool) -> StoreError {
        exists
            ? StoreError(
                .wrongState, path: path, "there is a contact \(id) already; change it with contacts set")
            : noContact(id.rawValue)
    }

    func noContact(_ text: String) -> StoreError {
        StoreError(.notFound, path: path, "there is no contact \(Excerpt.of(text))")
    }

    // MARK: Finding

    /// The contact of this id; nil when there is none.
    public func member(_ id: Contact.ID) throws(StoreError) -> Member? {
        let sql = "SELECT \(MemberRow.columns) FROM contacts c WHERE c.id = :id"
        return try members(sql, ["id": .text(id.rawValue)]).first
    }

    /// The contacts a person means by `text`: the one with this id, else all with this e-mail address, phone number
    /// or chat id; at most 100.
    ///
    /// - Parameters:
    ///   - text: an id or an address.
    ///   - region: whose national phone numbers are understood.
    /// - Returns: none when nobody is meant.
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func find(_ text: String, region: PhoneRegion? = nil) throws(StoreError) -> [Member] {
        if let id = Contact.ID(parsing: text), let member = try member(id) { return [member] }
        for kind in AddressKind.allCases {
            guard let address = try? Address(kind, parsing: text, region: region) else { continue }
            let found = try members(with: address)
            if !found.isEmpty { return found }
        }
        return []
    }

    private func members(with address: Address) throws(StoreError) -> [Member] {
        let sql = """
            SELECT \(MemberRow.columns) FROM contacts c
            WHERE \(AddressLookup.condition(address.kind)) ORDER BY c.seq LIMIT 100
            """
        return try members(sql, ["address": .text(address.value)])
    }

    /// What stands for an address where the address itself is not kept.
    func key(of address: Address) -> [UInt8] { AddressKey(secret: secret).bytes(for: address) }

    // MARK: Removing

    /// Takes the contact out of the address book; its deliveries stay in the history under its id, and what is still
    /// queued for it is not sent.
    ///
    /// - Throws: a ``StoreError`` of code ``StoreError/Code/notFound`` when there is no such contact.
    public func remove(_ id: Contact.ID, now: Date) throws(StoreError) {
        try connection.write { () throws(StoreError) in
            guard let seq = try member(id)?.seq else { throw noContact(id.rawValue) }
            try connection.execute(
                "INSERT INTO removed_contacts(seq, id, removed_at) VALUES (:seq, :id, :now)",
                ["seq": .integer(seq), "id": .text(id.rawValue), "now": .time(now)])
            try connection.execute("DELETE FROM contacts WHERE seq = :seq", ["seq": .integer(seq)])
            try connection.execute(
                "DELETE FROM contact_revisions WHERE contact = :seq", ["seq": .integer(seq)])
        }
    }
}

/// How contacts are found by an address.
enum AddressLookup {
    /// Whether the contact `c` has the address bound to `:address`, in any spelling that ``Address/folded`` takes for
    /// the same; the index on e-mail is made for that.
    static func condition(_ kind: AddressKind) -> String {
        "c.\(kind.rawValue) = :address" + (kind == .email ? " COLLATE NOCASE" : "")
    }
}
