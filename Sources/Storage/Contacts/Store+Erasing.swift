public import Broadcast
internal import Foundation

extension Store {
    /// Erases a person: afterwards nothing of them is left in the bytes of the store but the keyed hashes of suppressed
    /// addresses, and deliveries that say nothing of whom they were for.
    ///
    /// Works for a contact that was removed before, too. Takes a moment longer when freed pages still hold a trace.
    ///
    /// - Returns: whether anybody has or had this id.
    /// - Throws: a ``StoreError``, such as one of code ``StoreError/Code/busy`` when another process kept reading: the
    ///   contact is gone then, traces may not be; erasing again, whomever, or a purge wipes them.
    @discardableResult
    public func erase(_ id: Contact.ID) throws(StoreError) -> Bool {
        var traces = [id.rawValue]
        var isHidden = try isLoose()
        let isKnown = try connection.write { () throws(StoreError) in
            let people = try people(called: id)
            for seq in people {
                let known = try self.traces(of: seq)
                // What a contact was called that was removed before, nobody knows any more: it cannot be looked for.
                isHidden = isHidden || known.isEmpty
                traces += known
                try Erasure.forget(seq, in: connection)
            }
            if !people.isEmpty { try setLoose() }
            let mentions = try Erasure.forgetMentions(of: id, in: connection)
            return !people.isEmpty || mentions > 0
        }
        try flushLog()
        // Balancing a page can leave a copy of a row in the gap between rows, where nothing overwrites it.
        let leavesTraces = isHidden ? true : try Traces(traces).stand(in: path)
        if leavesTraces {
            try connection.vacuum()
            try flushLog()
        }
        if leavesTraces || isKnown { try setTight() }
        return isKnown
    }

    /// Whether there is anything to erase: somebody has or had this id, or an audience names it.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func remembers(_ id: Contact.ID) throws(StoreError) -> Bool {
        if try !people(called: id).isEmpty { return true }
        let mention = try connection.first(
            "SELECT 1 FROM announcements WHERE \(Erasure.mentions) LIMIT 1",
            ["term": .text(Audience.id(id).description)]
        ) { (row: borrowing Row) throws(StoreError) in row.integer(0) }
        return mention != nil
    }

    /// What the store knows of a contact, now and in revisions.
    private func traces(of seq: Int64) throws(StoreError) -> [String] {
        let columns = ["id", "name", "email", "phone", "telegram"].joined(separator: ", ")
        let sql = """
            SELECT \(columns) FROM contacts WHERE seq = :seq
            UNION ALL SELECT \(columns) FROM contact_revisions WHERE contact = :seq
            """
        return try connection.rows(sql, ["seq": .integer(seq)]) { (row: borrowing Row) throws(StoreError) in
            (0..<5).compactMap { row.optionalText($0) }
        }.flatMap(\.self)
    }

    /// Empties the write-ahead log, which holds earlier versions of pages.
    private func flushLog() throws(StoreError) {
        let isBusy = try connection.first("PRAGMA wal_checkpoint(TRUNCATE)") {
            (row: borrowing Row) throws(StoreError) in row.flag(0)
        }
        if isBusy == true {
            throw StoreError(
                .busy, path: path,
                "the contact is gone, but another process still reads old pages; erase it again")
        }
    }
}

/// What erasing a person does to the tables.
enum Erasure {
    /// Takes out all that says who the contact numbered `seq` is, but the hashes of suppressed addresses.
    static func forget(_ seq: Int64, in connection: Connection) throws(StoreError) {
        for statement in [
            """
            UPDATE suppressions SET source = 'erased' WHERE key IN (
              SELECT email_key FROM contacts WHERE seq = :seq UNION SELECT phone_key FROM contacts WHERE seq = :seq
              UNION SELECT telegram_key FROM contacts WHERE seq = :seq
              UNION SELECT email_key FROM contact_revisions WHERE contact = :seq
              UNION SELECT phone_key FROM contact_revisions WHERE contact = :seq
              UNION SELECT telegram_key FROM contact_revisions WHERE contact = :seq)
            """,
            "DELETE FROM contacts WHERE seq = :seq",
            "DELETE FROM contact_revisions WHERE contact = :seq",
            "DELETE FROM removed_contacts WHERE seq = :seq",
        ] {
            try connection.execute(statement, ["seq": .integer(seq)])
        }
        try connection.execute(
            """
            UPDATE deliveries SET fault_detail = NULL, provider_id = NULL, answer = NULL, moved_to = NULL, revision = 0
            FROM announcements a WHERE a.seq = deliveries.announcement AND deliveries.contact = :seq
            """, ["seq": .integer(seq)])
        // What a provider says of a message, or a whole channel, may name somebody too; the codes tell enough.
        try connection.execute(
            """
            UPDATE announcement_channels SET hold = 'its first messages were all refused'
            WHERE hold IS NOT NULL AND announcement IN (SELECT announcement FROM deliveries WHERE contact = :seq)
            """, ["seq": .integer(seq)])
        try connection.execute(
            """
            UPDATE health SET detail = iif(code IS NULL, NULL, ''), rest_why = iif(rest IS NULL, NULL, ''),
              faults = '[]', erased = 1
            """)
    }

    // MARK: Audiences that name a person

    /// The announcements whose audience names `:term`.
    static let mentions = {
        let words = { (text: String) in "' ' || replace(replace(\(text), '(', ' '), ')', ' ') || ' '" }
        let audience = words("json_extract(body, '$.audience')")
        return "state <> 'planning' AND instr(\(audience), \(words(":term"))) > 0"
    }()

    /// Takes a person out of audiences that name them; returns how many announcements that were.
    static func forgetMentions(of id: Contact.ID, in connection: Connection) throws(StoreError) -> Int {
        try connection.execute(
            """
            UPDATE announcements SET body = json_set(body, '$.audience', '(named somebody who was erased)')
            WHERE \(Self.mentions)
            """, ["term": .text(Audience.id(id).description)])
    }
}

/// Texts that must not stand in a file.
struct Traces {
    private let needles: [[UInt8]]

    /// Texts shorter than five bytes are let go: they stand in every file by chance.
    init(_ texts: [String]) { needles = Set(texts).map { Array($0.utf8) }.filter { $0.count >= 5 } }

    /// Whether any of them stands in the file at `path`.
    func stand(in path: String) throws(StoreError) -> Bool {
        guard let longest = needles.map(\.count).max(), let handle = FileHandle(forReadingAtPath: path) else {
            return false
        }
        var window = Data()
        while true {
            let chunk: Data
            do {
                chunk = try handle.read(upToCount: 1 << 20) ?? Data()
            } catch {
                throw StoreError(.ioFailed, path: path, "cannot be read; check the disk")
            }
            if chunk.isEmpty { return false }
            window = window.suffix(longest - 1) + chunk
            if needles.contains(where: { window.range(of: Data($0)) != nil }) { return true }
        }
    }
}
