internal import Broadcast
internal import Foundation

/// What people said in a store after a backup was made that takes its place, as far as it can be told.
///
/// Suppression, removal and withdrawn consent win over everything, an older backup too.
public struct OptOuts: Sendable, Hashable {
    /// Standing orders not to send that the backup does not hold.
    public var suppressions = 0
    /// People who have withdrawn consent to marketing, all of it or in part.
    public var consents = 0
    /// People who were taken out of the address book.
    public var removed = 0
    /// People who were erased.
    public var erased = 0
    /// Whether that is all: the store was the original itself, or a copy that knows what the original did.
    public var isComplete = true

    /// Whether there is nothing.
    public var isEmpty: Bool { suppressions + consents + removed + erased == 0 }

    /// Takes over into `copy`, a restored store that nobody has open, what was said in `present`.
    ///
    /// - Returns: nil when `present` is another store, or cannot be read; then nothing was taken over.
    /// - Throws: a ``StoreError`` when `copy` cannot be written.
    static func carried(
        from present: Connection, into copy: Connection, now: Date
    ) throws(StoreError) -> OptOuts? {
        guard let transfer = try Transfer(from: present, into: copy) else { return nil }
        do throws(StoreError) {
            try copy.script("PRAGMA secure_delete = ON")
            let found = try copy.write { () throws(StoreError) in try transfer.run(now: now) }
            // What was deleted may stand in the gaps between rows.
            if found.removed + found.erased > 0 { try copy.execute("VACUUM") }
            return found
        } catch {
            guard error.path == present.path else { throw error }
            return nil
        }
    }
}

/// One store's opt-outs on their way into another.
private struct Transfer {
    private let present: Connection
    private let copy: Connection

    /// Nil when their hashes cannot be compared: they are different stores.
    init?(from present: Connection, into copy: Connection) throws(StoreError) {
        let sql = "SELECT value FROM meta WHERE name = 'secret'"
        let theirs: [UInt8]?
        do throws(StoreError) {
            theirs = try present.first(sql) { (row: borrowing Row) throws(StoreError) in row.blob(0) }
        } catch {
            return nil
        }
        let own = try copy.first(sql) { (row: borrowing Row) throws(StoreError) in row.blob(0) }
        guard theirs != nil, theirs == own else { return nil }
        self.present = present
        self.copy = copy
    }

    func run(now: Date) throws(StoreError) -> OptOuts {
        var found = OptOuts()
        found.suppressions = try suppress()
        try layPeopleReady()
        found.consents = try withdrawConsents(now: now)
        found.removed = try remove()
        found.erased = try erase()
        found.isComplete = try StoreCopy(found: present)?.knowsOptOuts ?? true
        if found.isComplete { try copy.execute("INSERT INTO meta VALUES ('opt_outs', 1)") }
        try copy.script("DROP TABLE temp.people; DROP TABLE temp.gone")
        return found
    }

    // MARK: Suppressions

    /// What is proposed only comes along, and does not count.
    private func suppress() throws(StoreError) -> Int {
        var count = 0
        try present.each("SELECT key, kind, proposed, extent, reason, source, since FROM suppressions") {
            (row: borrowing Row) throws(StoreError) in
            let isNew = try copy.execute(
                """
                INSERT INTO suppressions(key, kind, proposed, extent, reason, source, since)
                VALUES (:key, :kind, :proposed, :extent, :reason, :source, :since) ON CONFLICT DO NOTHING
                """,
                [
                    "key": .blob(row.blob(0)), "kind": .text(row.text(1)),
                    "proposed": .integer(row.integer(2)),
                    "extent": .text(row.text(3)), "reason": .text(row.text(4)), "source": .text(row.text(5)),
                    "since": .integer(row.integer(6)),
                ])
            if !row.flag(2) { count += isNew }
        }
        // Somebody has said yes to it since.
        try copy.execute(
            """
            DELETE FROM suppressions WHERE proposed = 1 AND EXISTS (
              SELECT 1 FROM suppressions s WHERE s.key = suppressions.key AND s.kind = suppressions.kind
                AND s.proposed = 0 AND s.extent = suppressions.extent)
            """)
        return count
    }

    // MARK: People

    private func layPeopleReady() throws(StoreError) {
        try copy.script(
            """
            CREATE TEMP TABLE people(seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, consent, source, date);
            CREATE TEMP TABLE gone(seq INTEGER PRIMARY KEY, id TEXT NOT NULL, removed_at);
            """)
        try present.each("SELECT seq, id, consent, consent_source, consent_date FROM contacts") {
            (row: borrowing Row) throws(StoreError) in
            try copy.execute(
                "INSERT INTO temp.people VALUES (:seq, :id, :consent, :source, :date)",
                [
                    "seq": .integer(row.integer(0)), "id": .text(row.text(1)), "consent": .text(row.text(2)),
                    "source": .text(row.text(3)), "date": .text(row.text(4)),
                ])
        }
        try present.each("SELECT seq, id, removed_at FROM removed_contacts") {
            (row: borrowing Row) throws(StoreError) in
            try copy.execute(
                "INSERT INTO temp.gone VALUES (:seq, :id, :at)",
                [
                    "seq": .integer(row.integer(0)), "id": .text(row.text(1)), "at": .integer(row.integer(2)),
                ])
        }
    }

    /// Leaves of a consent what both stores know; what was given since the backup is not in it.
    private func withdrawConsents(now: Date) throws(StoreError) -> Int {
        let differing = try copy.rows(
            """
            SELECT c.seq, c.consent, p.consent, p.source, p.date FROM contacts c JOIN temp.people p ON p.id = c.id
            WHERE c.consent <> '' AND c.consent <> p.consent
            """
        ) { (row: borrowing Row) throws(StoreError) in
            (
                seq: row.integer(0), old: ContactRow.consent(row.text(1)),
                present: ContactRow.consent(row.text(2)), source: row.text(3), date: row.text(4)
            )
        }
        var count = 0
        for one in differing {
            let left = one.old.shared(with: one.present)
            if left == one.old { continue }
            count += try copy.execute(
                """
                UPDATE contacts SET consent = :consent, consent_source = :source, consent_date = :date,
                  updated_at = :now
                WHERE seq = :seq
                """,
                [
                    "consent": .text(ContactRow.text(left)), "source": .text(one.source),
                    "date": .text(one.date), "now": .time(now), "seq": .integer(one.seq),
                ])
        }
        return count
    }

    private func remove() throws(StoreError) -> Int {
        let removed = """
            SELECT c.seq FROM contacts c JOIN temp.gone g ON g.seq = c.seq AND g.id = c.id
            WHERE c.id NOT IN (SELECT id FROM temp.people)
            """
        try copy.execute(
            "INSERT INTO removed_contacts(seq, id, removed_at) SELECT seq, id, removed_at FROM temp.gone WHERE seq IN (\(removed))"
        )
        try copy.execute("DELETE FROM contact_revisions WHERE contact IN (\(removed))")
        return try copy.execute("DELETE FROM contacts WHERE seq IN (\(removed))")
    }

    /// Erases whom the store knew that stood there, and nothing of whom is left in it; returns how many of them were in
    /// the address book.
    ///
    /// Numbers are never given twice: one that it has given out, and that nobody has, was somebody's who was erased. Not
    /// when it went its own way before the backup, which shows where it gave a number to somebody else.
    private func erase() throws(StoreError) -> Int {
        let given =
            try present.first("SELECT seq FROM sqlite_sequence WHERE name = 'contacts'") {
                (row: borrowing Row) throws(StoreError) in row.integer(0)
            } ?? 0
        let strangers = try copy.first(
            """
            SELECT 1 FROM (SELECT seq, id FROM contacts UNION ALL SELECT seq, id FROM removed_contacts) c
              JOIN (SELECT seq, id FROM temp.people UNION ALL SELECT seq, id FROM temp.gone) p ON p.seq = c.seq
            WHERE p.id <> c.id LIMIT 1
            """
        ) { (row: borrowing Row) throws(StoreError) in row.integer(0) }
        guard strangers == nil else { return 0 }
        let erased = try copy.rows(
            """
            SELECT seq, id, known FROM (
              SELECT seq, id, 1 AS known FROM contacts UNION ALL SELECT seq, id, 0 FROM removed_contacts)
            WHERE seq <= :given AND seq NOT IN (SELECT seq FROM temp.people)
              AND seq NOT IN (SELECT seq FROM temp.gone) AND id NOT IN (SELECT id FROM temp.people)
            """, ["given": .integer(given)]
        ) { (row: borrowing Row) throws(StoreError) in
            (seq: row.integer(0), id: Contact.ID(valid: row.text(1)), isKnown: row.flag(2))
        }
        for one in erased {
            try Erasure.forget(one.seq, in: copy)
            _ = try Erasure.forgetMentions(of: one.id, in: copy)
        }
        return erased.count { $0.isKnown }
    }
}

extension Consent {
    /// What is allowed by both.
    fileprivate func shared(with other: Consent) -> Consent {
        switch (self, other) {
        case (.none, _), (_, .none): .none
        case (.all, let rest), (let rest, .all): rest
        case (.only(let own), .only(let theirs)):
            own.isDisjoint(with: theirs) ? .none : .only(own.intersection(theirs))
        }
    }
}
