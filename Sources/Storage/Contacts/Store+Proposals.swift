public import Broadcast
public import Foundation

/// A suppression that a provider's replies suggest, and that holds only once a person has said yes.
public struct SuppressionProposal: Sendable, Hashable {
    /// Who has the address.
    public var contact: Contact.ID
    /// The address it would silence.
    public var address: Address
    /// What would stand against it.
    public var suppression: Suppression
}

extension Store {
    /// How many suppressions are proposed, those of addresses included that no contact has any more.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func proposalCount() throws(StoreError) -> Int {
        let count = try connection.first("SELECT count(*) FROM suppressions WHERE proposed = 1") {
            (row: borrowing Row) throws(StoreError) in row.integer(0)
        }
        return Int(count ?? 0)
    }

    /// The first proposed suppressions in the order of the contacts, at most `limit`.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func proposals(limit: Int) throws(StoreError) -> [SuppressionProposal] {
        try connection.rows(
            """
            SELECT c.id, CASE s.kind WHEN 'email' THEN c.email WHEN 'phone' THEN c.phone ELSE c.telegram END,
              s.kind, s.extent, s.reason, s.source, s.since
            FROM contacts c CROSS JOIN suppressions s
              ON s.key IN (c.email_key, c.phone_key, c.telegram_key) AND s.proposed = 1
            ORDER BY c.seq, s.kind, s.extent LIMIT :limit
            """, ["limit": .integer(Int64(limit))]
        ) { (row: borrowing Row) throws(StoreError) -> SuppressionProposal? in
            guard let kind = AddressKind(rawValue: row.text(2)),
                let address = Address(kind, canonical: row.text(1))
            else { return nil }
            return SuppressionProposal(
                contact: Contact.ID(valid: row.text(0)), address: address,
                suppression: SuppressionRow.suppression(of: kind, row, from: 3))
        }.compactMap(\.self)
    }

    /// Makes the suppressions hold that were proposed up to `moment`; what has come since waits to be seen.
    ///
    /// Returns how many proposals that were; one that stood already keeps its reason and date.
    /// - Throws: a ``StoreError``; then none was carried out.
    public func applyProposals(until moment: Date, now: Date) throws(StoreError) -> Int {
        let seen: Parameters = ["moment": .time(moment)]
        return try connection.write { () throws(StoreError) in
            try connection.execute(
                """
                INSERT INTO suppressions(kind, key, extent, reason, source, since, entered_at, proposed)
                SELECT kind, key, extent, reason, source, since, :now, 0 FROM suppressions
                WHERE proposed = 1 AND since <= :moment ON CONFLICT DO NOTHING
                """, ["moment": .time(moment), "now": .time(now)])
            return try connection.execute(
                "DELETE FROM suppressions WHERE proposed = 1 AND since <= :moment", seen)
        }
    }
}
