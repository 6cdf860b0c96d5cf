internal import Broadcast
public import Foundation

/// What people said in a store after a backup was made that takes its place, as far as it can be told.
///
/// Suppression, removal and withdrawn consent win over a backup that is older than they are. Who was erased cannot be
/// told: nothing of them is left, and whoever is missing may as well have come later, or have been lost.
public struct OptOuts: Sendable, Hashable {
    /// Standing orders not to send that the backup does not hold.
    public var suppressions = 0
    /// People who have withdrawn consent to marketing, all of it or in part.
    public var consents = 0
    /// People who were taken out of the address book.
    public var removed = 0
    /// Whether the store is damaged, so that only suppressions could be taken over.
    public var isPartial = false
    /// Whether that is all: the store was the original itself, or a copy that knows what the original did.
    public var isComplete = true
    /// When the store and that of the backup parted, as one of them is an adopted copy; nil when they are one.
    public var partedAt: Date?

    /// Whether nothing was taken over.
    public var isEmpty: Bool { suppressions + consents + removed == 0 }

    /// Takes over into `copy`, a restored store that nobody has open, what was said in `present` alone.
    ///
    /// That is what came into it after the two had parted. It counts as said in the restored store `now`, so that it is
    /// taken over in turn when a fresher backup comes.
    /// - Returns: nil when `present` is another store, or cannot be read; then nothing was taken over.
    /// - Throws: a ``StoreError`` when `copy` cannot be written.
    static func carried(
        from present: Connection, into copy: Connection, now: Date
    ) throws(StoreError) -> OptOuts? {
        guard let transfer = try Transfer(from: present, into: copy, now: now) else { return nil }
        do throws(StoreError) {
            try copy.script("PRAGMA secure_delete = ON")
            let found = try copy.write { () throws(StoreError) in try transfer.run() }
            // What was deleted may stand in the gaps between rows.
            if found.removed > 0 { try copy.vacuum() }
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
    /// What was said by then both hold, and the copy knows whether it was taken back.
    private let since: Date
    private let partedAt: Date?
    /// The date of what is taken over: later than the copy itself, whatever the clock says.
    private let moment: Date
    /// Whether what is missing in the store that stands is missing because somebody wanted it so.
    private let isWhole: Bool

    /// Nil when their hashes cannot be compared: they are different stores.
    init?(from present: Connection, into copy: Connection, now: Date) throws(StoreError) {
        let sql = "SELECT value FROM meta WHERE name = 'secret'"
        let theirs: [UInt8]?
        let damage: String?
        let lineage: Lineage
        do throws(StoreError) {
            theirs = try present.first(sql) { (row: borrowing Row) throws(StoreError) in row.blob(0) }
            damage = try present.damage(.quick)
            lineage = try Lineage(of: present)
        } catch {
            return nil
        }
        let own = try copy.first(sql) { (row: borrowing Row) throws(StoreError) in row.blob(0) }
        guard theirs != nil, theirs == own else { return nil }
        self.present = present
        self.copy = copy
        let restored = try Lineage(of: copy)
        partedAt = restored.parting(from: lineage)
        let copiedAt = restored.copiedAt ?? now
        since = min(copiedAt, lineage.copiedAt ?? copiedAt, partedAt ?? copiedAt)
        moment = max(now, copiedAt) + 0.001
        isWhole = damage == nil
    }

    func run() throws(StoreError) -> OptOuts {
        var found = OptOuts(partedAt: partedAt)
        found.suppressions = try suppress()
        if isWhole { found.suppressions += try suppressFormer() }
        try settleProposals()
        guard isWhole else {
            found.isPartial = true
            found.isComplete = false
            return found
        }
        try layPeopleReady()
        found.consents = try withdrawConsents()
        found.removed = try remove()
        let isKnown = try StoreCopy(found: present)?.knowsOptOuts ?? true
        found.isComplete = isKnown && partedAt == nil
        if found.isComplete { try copy.execute("INSERT INTO meta VALUES ('opt_outs', 1)") }
        try copy.script("DROP TABLE temp.people; DROP TABLE temp.gone")
        return found
    }

    // MARK: Suppressions

    /// What is proposed only comes along, and does not count.
    private func suppress() throws(StoreError) -> Int {
        var count = 0
        try present.each(
            """
            SELECT key, kind, proposed, extent, reason, source, since FROM suppressions
            WHERE coalesce(entered_at, since) > :moment
            """, ["moment": .time(since)]
        ) { (row: borrowing Row) throws(StoreError) in
            let isNew = try copy.execute(
                """
                INSERT INTO suppressions(key, kind, proposed, extent, reason, source, since, entered_at)
                VALUES (:key, :kind, :proposed, :extent, :reason, :source, :since, :entered)
                ON CONFLICT DO NOTHING
                """,
                [
                    "key": .blob(row.blob(0)), "kind": .text(row.text(1)),
                    "proposed": .integer(row.integer(2)),
                    "extent": .text(row.text(3)), "reason": .text(row.text(4)), "source": .text(row.text(5)),
                    "since": .integer(row.integer(6)), "entered": .time(moment),
                ])
            if !row.flag(2) { count += isNew }
        }
        return count
    }

    /// Whoever changed an address and opted out with the new one has done so with that of the backup.
    ///
    /// Only a bounce says nothing of another address.
    private func suppressFormer() throws(StoreError) -> Int {
        var count = 0
        for kind in AddressKind.allCases {
            let key = "\(kind.rawValue)_key"
            try present.each(
                """
                SELECT c.id, s.extent, s.reason, s.source, s.since FROM contacts c
                JOIN suppressions s ON s.key = c.\(key) AND s.kind = '\(kind.rawValue)'
                WHERE s.proposed = 0 AND s.reason <> 'bounce' AND coalesce(s.entered_at, s.since) > :moment
                """, ["moment": .time(since)]
            ) { (row: borrowing Row) throws(StoreError) in
                count += try copy.execute(
                    """
                    INSERT INTO suppressions(key, kind, extent, reason, source, since, entered_at)
                    SELECT \(key), '\(kind.rawValue)', :extent, :reason, :source, :since, :entered
                    FROM contacts WHERE id = :id AND \(key) IS NOT NULL
                    ON CONFLICT DO NOTHING
                    """,
                    [
                        "id": .text(row.text(0)), "extent": .text(row.text(1)), "reason": .text(row.text(2)),
                        "source": .text(row.text(3)), "since": .integer(row.integer(4)),
                        "entered": .time(moment),
                    ])
            }
        }
        return count
    }

    /// Drops what was proposed where somebody has said yes to it since.
    private func settleProposals() throws(StoreError) {
        try copy.execute(
            """
            DELETE FROM suppressions WHERE proposed = 1 AND EXISTS (
              SELECT 1 FROM suppressions s WHERE s.key = suppressions.key AND s.kind = suppressions.kind
                AND s.proposed = 0 AND s.extent = suppressions.extent)
            """)
    }

    // MARK: People

    private func layPeopleReady() throws(StoreError) {
        try copy.script(
            """
            CREATE TEMP TABLE people(id TEXT PRIMARY KEY, consent, source, date, updated_at);
            CREATE TEMP TABLE gone(seq INTEGER PRIMARY KEY, id TEXT NOT NULL);
            """)
        try present.each("SELECT id, consent, consent_source, consent_date, updated_at FROM contacts") {
            (row: borrowing Row) throws(StoreError) in
            try copy.execute(
                "INSERT INTO temp.people VALUES (:id, :consent, :source, :date, :at)",
                [
                    "id": .text(row.text(0)), "consent": .text(row.text(1)), "source": .text(row.text(2)),
                    "date": .text(row.text(3)), "at": .integer(row.integer(4)),
                ])
        }
        try present.each(
            "SELECT seq, id FROM removed_contacts WHERE removed_at > :moment",
            ["moment": .time(since)]
        ) { (row: borrowing Row) throws(StoreError) in
            try copy.execute(
                "INSERT INTO temp.gone VALUES (:seq, :id)",
                ["seq": .integer(row.integer(0)), "id": .text(row.text(1))])
        }
    }

    /// Leaves of a consent what both stores know; what was given since the backup is not in it.
    private func withdrawConsents() throws(StoreError) -> Int {
        let differing = try copy.rows(
            """
            SELECT c.seq, c.consent, p.consent, p.source, p.date
            FROM contacts c JOIN temp.people p ON p.id = c.id
            WHERE c.consent <> '' AND c.consent <> p.consent AND p.updated_at > :moment
            """, ["moment": .time(since)]
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
                  updated_at = :at
                WHERE seq = :seq
                """,
                [
                    "consent": .text(ContactRow.text(left)), "source": .text(one.source),
                    "date": .text(one.date), "at": .time(moment), "seq": .integer(one.seq),
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
            """
            INSERT INTO removed_contacts(seq, id, removed_at)
            SELECT seq, id, :at FROM temp.gone WHERE seq IN (\(removed))
            """, ["at": .time(moment)])
        try copy.execute("DELETE FROM contact_revisions WHERE contact IN (\(removed))")
        return try copy.execute("DELETE FROM contacts WHERE seq IN (\(removed))")
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
