public import Broadcast
public import Foundation

/// How an announcement's id came about, which decides when an earlier one is continued instead.
public enum Naming: Sendable, Hashable {
    /// The owner chose it with `--id`.
    case chosen
    /// It was made up; the same digest within 24 hours is the same announcement.
    case made
    /// It was made up, and the owner said `--again`.
    case madeAgain
}

/// What became of an announcement that was offered to the journal.
public enum Acceptance: Sendable, Hashable {
    /// It is written down, in the state `planning`.
    case accepted
    /// The same was accepted before under this id; it goes on where it stands.
    case continues(Announcement.ID, AnnouncementState)
    /// The id is taken by one that says something else.
    case conflict(Announcement.ID)
}

/// One announcement in a list.
public struct AnnouncementSummary: Sendable, Hashable {
    /// Its id.
    public var id: Announcement.ID
    /// The template's name.
    public var template: String
    /// Where it stands.
    public var state: AnnouncementState
    /// Why it is paused; empty when it is not.
    public var pauseReason: String
    /// Whose deliveries are claimed first.
    public var priority: Priority
    /// When it was accepted.
    public var createdAt: Date
    /// When the first delivery may leave.
    public var due: Date
    /// When the last delivery became final.
    public var finishedAt: Date?
}

extension Store {
    /// Writes an announcement down, together with the channels it is planned for as they are configured now.
    ///
    /// - Throws: a ``StoreError`` when it could not be written; then it was not accepted.
    public func accept(
        _ announcement: Announcement, digest: String, over channels: [ChannelFacts], named naming: Naming
    ) throws(StoreError) -> Acceptance {
        let body = try encoded(announcement)
        return try connection.write { () throws(StoreError) in
            if let earlier = try earlier(announcement, digest: digest, naming) { return earlier }
            let seq = try insert(announcement, digest: digest, body: body)
            ownPasses[seq] = 0
            try keepFiles(of: announcement, seq)
            for (position, facts) in channels.enumerated() {
                try insert(facts, of: announcement, seq, at: position)
            }
            return .accepted
        }
    }

    private func earlier(
        _ announcement: Announcement, digest: String, _ naming: Naming
    ) throws(StoreError) -> Acceptance? {
        let read = { (row: borrowing Row) throws(StoreError) in
            (
                Announcement.ID(valid: row.text(0)), AnnouncementState(rawValue: row.text(1)) ?? .planning,
                row.text(2)
            )
        }
        let same = try connection.first(
            "SELECT id, state, digest FROM announcements WHERE id = :id",
            ["id": .text(announcement.id.rawValue)],
            read)
        if let (id, state, known) = same { return known == digest ? .continues(id, state) : .conflict(id) }
        guard naming == .made else { return nil }
        let recent = try connection.first(
            """
            SELECT id, state, digest FROM announcements
            WHERE digest = :digest AND created_at BETWEEN :now - 86400000 AND :now + 86400000
            ORDER BY created_at DESC LIMIT 1
            """, ["digest": .text(digest), "now": .time(announcement.createdAt)], read)
        return recent.map { .continues($0.0, $0.1) }
    }

    private func insert(
        _ announcement: Announcement, digest: String, body: String
    ) throws(StoreError) -> Int64 {
        try connection.execute(
            """
            INSERT INTO announcements(id, state, digest, body, template, purpose, reach, once, rank, created_at, due,
              deadline, closes)
            VALUES (:id, 'planning', :digest, :body, :template, :purpose, :reach, :once, :rank, :created, :due,
              :deadline, (SELECT seq FROM announcements WHERE id = :closes))
            """,
            [
                "id": .text(announcement.id.rawValue), "digest": .text(digest), "body": .text(body),
                "template": .text(announcement.content.template),
                "purpose": .text(announcement.purpose.rawValue),
                "reach": .text(announcement.reach.rawValue), "once": .text(announcement.once.rawValue),
                "rank": .integer(Int64(announcement.priority.rank)),
                "created": .time(announcement.createdAt), "due": .time(announcement.due),
                "deadline": .time(orNull: announcement.expiry),
                "closes": .text(orNull: announcement.closes?.rawValue),
            ])
        return connection.lastInserted
    }

    private func insert(
        _ facts: ChannelFacts, of announcement: Announcement, _ seq: Int64, at position: Int
    ) throws(StoreError) {
        let within = announcement.within(over: facts)
        let afterUnknown = facts.afterUnknown ?? .standard(announcement.priority)
        try connection.execute(
            """
            INSERT INTO announcement_channels(
              announcement, channel, position, company, kind, repeats, after_unknown, within, settings)
            VALUES (:announcement, :channel, :position, :company, :kind, :repeats, :after, :within, :settings)
            """,
            [
                "announcement": .integer(seq), "channel": .text(facts.name.rawValue),
                "position": .integer(Int64(position)), "company": .text(facts.company),
                "kind": .text(orNull: facts.traits.audience.addressKind?.rawValue),
                "repeats": .integer(orNull: facts.repeats.map(Int64.init)),
                "after": .text(afterUnknown.rawValue), "within": .integer(within.milliseconds),
                "settings": .text(facts.settings),
            ])
    }

    // MARK: Reading

    /// The announcement as it was frozen, without the contents of its files.
    ///
    /// - Throws: ``StoreError/Code/notFound`` when there is none of this id.
    public func announcement(_ id: Announcement.ID) throws(StoreError) -> Announcement {
        let body = try connection.first(
            "SELECT body FROM announcements WHERE id = :id", ["id": .text(id.rawValue)]
        ) { (row: borrowing Row) throws(StoreError) in row.text(0) }
        guard let body else { throw try unknown(id) }
        do {
            return try JSONDecoder().decode(Announcement.self, from: Data(body.utf8))
        } catch {
            throw StoreError(.corrupt, path: path, "the announcement \(id) cannot be read; restore a backup")
        }
    }

    /// The announcements, latest first, at most `limit`.
    ///
    /// - Throws: a ``StoreError`` when the store cannot be read.
    public func announcements(limit: Int = 1000) throws(StoreError) -> [AnnouncementSummary] {
        try connection.rows(
            """
            SELECT id, template, state, pause_reason, rank, created_at, due, finished_at
            FROM announcements ORDER BY seq DESC LIMIT :limit
            """, ["limit": .integer(Int64(limit))]
        ) { (row: borrowing Row) throws(StoreError) in
            let rank = row.integer(4)
            return AnnouncementSummary(
                id: Announcement.ID(valid: row.text(0)), template: row.text(1),
                state: AnnouncementState(rawValue: row.text(2)) ?? .planning, pauseReason: row.text(3),
                priority: Priority.allCases.first { Int64($0.rank) == rank } ?? .normal,
                createdAt: row.time(5), due: row.time(6), finishedAt: row.optionalTime(7))
        }
    }

    /// The journal's number of `id`.
    func seq(_ id: Announcement.ID) throws(StoreError) -> Int64 {
        let seq = try connection.first(
            "SELECT seq FROM announcements WHERE id = :id", ["id": .text(id.rawValue)]
        ) { (row: borrowing Row) throws(StoreError) in row.integer(0) }
        guard let seq else { throw try unknown(id) }
        return seq
    }

    /// The error of an id that nobody has, with the nearest one that somebody has.
    func unknown(_ id: Announcement.ID) throws(StoreError) -> StoreError {
        let known = try announcements()
        let accepted = known.filter { $0.state != .planning }.prefix(3).map(\.id.rawValue)
        let latest = accepted.isEmpty ? "" : "; the latest are \(accepted.joined(separator: ", "))"
        let hint =
            NearestName.of(id.rawValue, in: known.map(\.id.rawValue)).map { "; did you mean \($0)?" }
            ?? latest
        let purged = try connection.first("SELECT value FROM meta WHERE name = 'purged_until'") {
            (row: borrowing Row) throws(StoreError) in
            "; what was over before \(TimeText.text(for: row.time(0), in: .gmt)) is purged"
        }
        return StoreError(.notFound, path: path, "holds no announcement \(id)\(hint)\(purged ?? "")")
    }

    private func encoded(_ announcement: Announcement) throws(StoreError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(announcement), as: UTF8.self)
        } catch {
            throw StoreError(
                .statementInvalid, path: path, "the announcement \(announcement.id) cannot be written as JSON"
            )
        }
    }
}
