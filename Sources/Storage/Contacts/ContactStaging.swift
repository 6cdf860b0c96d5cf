internal import Broadcast
internal import Foundation

/// Changes of contacts laid ready in temporary tables, outside every lock, to be merged in one short transaction.
///
/// Each is worked out against the contact as it stands; the merge refuses when one of them has changed since.
struct ContactStaging {
    /// What a change will do.
    enum Effect: Int64 {
        case none = 0
        case adds = 1
        case changes = 2
        /// Only a suppression is new.
        case suppresses = 3
    }

    /// What laying a change ready found out.
    struct Staged {
        var effect: Effect
        var contact: Contact
        /// Whether consent fell because its address is another now.
        var withdrewConsent: Bool
    }

    /// What came of laying a change ready.
    enum Outcome {
        case staged(Staged)
        /// The line that has the same id, and whether that one is laid ready.
        case duplicate(line: Int, isTaken: Bool)
        /// It suppresses an address that the contact does not have; nothing was laid ready.
        case noAddress(AddressKind)
    }

    /// The effect of a row that was rejected: none, and no ``Effect``, since it is not laid ready.
    private static let reserved: Int64 = -1

    private let connection: Connection
    private let keys: AddressKey
    private let channels: KnownChannels
    private let now: Date

    init(_ store: isolated Store, channels: KnownChannels, now: Date) throws(StoreError) {
        connection = store.connection
        keys = AddressKey(secret: store.secret)
        self.channels = channels
        self.now = now
        try connection.script(Self.tables)
    }

    /// Lays `change` ready as that of line `line`; suppressions without a source of their own get `source`.
    func stage(_ change: ContactChange, line: Int, source: String) throws(StoreError) -> Outcome {
        let old = try stored(change.id)
        let contact = change.applied(to: old?.contact, channels: channels)
        var effect: Effect = old == nil ? .adds : old?.contact == contact ? .none : .changes
        var orders: [(Suppression, key: [UInt8])] = []
        for order in change.suppressions {
            guard let address = contact.addresses[order.kind] else { return .noAddress(order.kind) }
            let suppression = order.suppression(source: source, now: now)
            let key = keys.bytes(for: address)
            if effect == .none, try isNew(suppression, key) { effect = .suppresses }
            orders.append((suppression, key))
        }
        guard try connection.execute(Self.insert, parameters(contact, effect, line: line, base: old)) == 1
        else {
            return try twin(of: change.id)
        }
        for (suppression, key) in orders { try stage(suppression, key) }
        let isOtherConsent = old.map { $0.contact.consent != contact.consent } ?? false
        let withdrew = isOtherConsent && change.consent == .keep
        return .staged(Staged(effect: effect, contact: contact, withdrewConsent: withdrew))
    }

    /// Keeps `id` for a row that was rejected: with another of the same id nobody knows which is meant.
    func reserve(_ id: Contact.ID, line: Int) throws(StoreError) {
        try connection.execute(
            "INSERT INTO temp.staged(line, id, effect) VALUES (:line, :id, :effect) ON CONFLICT(id) DO NOTHING",
            ["line": .integer(Int64(line)), "id": .text(id.rawValue), "effect": .integer(Self.reserved)])
    }

    private func twin(of id: Contact.ID) throws(StoreError) -> Outcome {
        let sql = "SELECT line, effect <> \(Self.reserved) FROM temp.staged WHERE id = :id"
        let twin = try connection.first(sql, ["id": .text(id.rawValue)]) {
            (row: borrowing Row) throws(StoreError) in
            Outcome.duplicate(line: Int(row.integer(0)), isTaken: row.flag(1))
        }
        return twin ?? .duplicate(line: 0, isTaken: true)
    }

    /// Merges everything, inside a write that the caller has begun; false, and nothing done, when a contact that is
    /// to change has changed since its change was laid ready.
    func merge() throws(StoreError) -> Bool {
        let stale = try connection.first(Self.stale) { (row: borrowing Row) throws(StoreError) in
            row.integer(0)
        }
        guard stale == nil else { return false }
        let time: Parameters = ["now": .time(now)]
        try connection.execute(Self.add, time)
        try connection.execute(Self.change, time)
        try connection.execute(Self.suppress, time)
        return true
    }

    /// Forgets everything that was laid ready.
    func clear() throws(StoreError) {
        try connection.script(
            "DROP TABLE IF EXISTS temp.staged; DROP TABLE IF EXISTS temp.staged_suppressions;")
    }

    // MARK: Rows

    private struct Stored {
        var seq: Int64
        var revision: Int64
        var contact: Contact
    }

    private func stored(_ id: Contact.ID) throws(StoreError) -> Stored? {
        try connection.first(Self.select, ["id": .text(id.rawValue)]) {
            (row: borrowing Row) throws(StoreError) in
            Stored(seq: row.integer(0), revision: row.integer(1), contact: ContactRow.contact(row, from: 2))
        }
    }

    private func isNew(_ suppression: Suppression, _ key: [UInt8]) throws(StoreError) -> Bool {
        let sql = """
            SELECT 1 FROM suppressions WHERE key = :key AND kind = :kind AND proposed = 0 AND extent = :extent
            """
        let parameters: Parameters = [
            "key": .blob(key), "kind": .text(suppression.kind.rawValue),
            "extent": .text(suppression.extent.rawValue),
        ]
        return try connection.first(sql, parameters) { (row: borrowing Row) throws(StoreError) in true }
            == nil
    }

    private func stage(_ suppression: Suppression, _ key: [UInt8]) throws(StoreError) {
        try connection.execute(
            """
            INSERT INTO temp.staged_suppressions VALUES (:kind, :key, :extent, :reason, :source, :since)
            ON CONFLICT DO NOTHING
            """, SuppressionRow.parameters(suppression, key))
    }

    private func parameters(_ contact: Contact, _ effect: Effect, line: Int, base: Stored?) -> Parameters {
        var parameters: Parameters = [
            "line": .integer(Int64(line)), "id": .text(contact.id.rawValue),
            "effect": .integer(effect.rawValue),
            "base_seq": .integer(orNull: base?.seq), "base_revision": .integer(orNull: base?.revision),
            "name": .text(contact.name), "locale": .text(orNull: contact.locale),
            "timezone": .text(orNull: contact.timezone), "tags": .text(ContactRow.text(contact.tags)),
            "attributes": .text(ContactRow.text(contact.attributes)),
            "prefer": .text(ContactRow.text(contact.prefer.map(\.rawValue))),
            "consent": .text(ContactRow.text(contact.consent)),
            "consent_source": .text(contact.consentSource),
            "consent_date": .text(contact.consentDate),
        ]
        for kind in AddressKind.allCases {
            let address = contact.addresses[kind]
            parameters.append(kind.rawValue, .text(orNull: address?.value))
            parameters.append(kind.rawValue + "_key", .blob(orNull: address.map(keys.bytes(for:))))
        }
        return parameters
    }

    // MARK: Statements

    private static let facts =
        ContactRow.columnNames.dropFirst() + AddressKind.allCases.map { $0.rawValue + "_key" }
    private static let listed = facts.joined(separator: ", ")

    private static let tables = """
        DROP TABLE IF EXISTS temp.staged;
        DROP TABLE IF EXISTS temp.staged_suppressions;
        CREATE TEMP TABLE staged(
          line INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, effect INTEGER NOT NULL,
          base_seq INTEGER, base_revision INTEGER, \(listed));
        CREATE TEMP TABLE staged_suppressions(
          kind, key, extent, reason, source, since, PRIMARY KEY(key, kind, extent)) WITHOUT ROWID;
        """

    private static let insert = """
        INSERT INTO temp.staged(line, id, effect, base_seq, base_revision, \(listed))
        VALUES (:line, :id, :effect, :base_seq, :base_revision, \(facts.map { ":" + $0 }.joined(separator: ", ")))
        ON CONFLICT(id) DO NOTHING
        """

    private static let select = """
        SELECT c.seq, c.revision, \(ContactRow.columns(of: "c")) FROM contacts c WHERE c.id = :id
        """

    private static let stale = """
        SELECT 1 FROM temp.staged s LEFT JOIN contacts c ON c.id = s.id
        WHERE s.effect IN (1, 2) AND (c.seq IS NOT s.base_seq OR c.revision IS NOT s.base_revision) LIMIT 1
        """

    private static let add = """
        INSERT INTO contacts(id, created_at, updated_at, \(listed))
        SELECT id, :now, :now, \(listed) FROM temp.staged WHERE effect = 1 ORDER BY line
        """

    private static let change = """
        UPDATE contacts SET revision = contacts.revision + 1, updated_at = :now,
        \(facts.map { "\($0) = s.\($0)" }.joined(separator: ", "))
        FROM temp.staged s WHERE s.effect = 2 AND contacts.seq = s.base_seq
        """

    private static let suppress = """
        INSERT INTO suppressions(kind, key, extent, reason, source, since, entered_at, proposed)
        SELECT kind, key, extent, reason, source, since, :now, 0 FROM temp.staged_suppressions WHERE true
        ON CONFLICT DO NOTHING
        """
}

/// How a suppression stands in a row.
enum SuppressionRow {
    /// Reads extent, reason, source and since, which begin at `first`.
    static func suppression(of kind: AddressKind, _ row: borrowing Row, from first: Int32) -> Suppression {
        // A word of a later version stands for the strictest we know.
        Suppression(
            kind: kind, extent: Suppression.Extent(rawValue: row.text(first)) ?? .all,
            reason: Suppression.Reason(rawValue: row.text(first + 1)) ?? .manual, source: row.text(first + 2),
            since: row.time(first + 3))
    }

    /// Every column but `proposed`.
    static func parameters(_ suppression: Suppression, _ key: [UInt8]) -> Parameters {
        [
            "kind": .text(suppression.kind.rawValue), "key": .blob(key),
            "extent": .text(suppression.extent.rawValue),
            "reason": .text(suppression.reason.rawValue), "source": .text(suppression.source),
            "since": .time(suppression.since),
        ]
    }
}
