public import Broadcast
public import Foundation

/// What a group of outcomes did.
public struct Settled: Sendable, Hashable {
    /// How many were written.
    public var written = 0
    /// Those that were not: another dispatcher had settled or claimed them meanwhile.
    public var stale: [Delivery.ID] = []
    /// Those whose request may leave now.
    public var begun: Set<Delivery.ID> = []
    /// The announcements that are finished by it.
    public var finished: [Announcement.ID] = []
}

extension Store {
    /// Writes a group of outcomes, all or none; each must have been claimed under `token`.
    ///
    /// Suppressions are part of it. What a later owner has taken over is not written, but told; only where that one has
    /// nothing but a doubt, the truth replaces it. `beginning` are claimed deliveries whose requests are to leave next.
    /// The pause in `note`, for which the channel's provider asked, is the present dispatcher's to write only.
    /// - Throws: a ``StoreError``; then none was written.
    public func settle(
        _ outcomes: [Outcome], beginning: [Delivery.ID] = [], note: HealthNote? = nil, token: Int64,
        now: Date
    ) throws(StoreError) -> Settled {
        if outcomes.isEmpty, beginning.isEmpty { return Settled() }
        return try connection.write { () throws(StoreError) in
            var settled = Settled()
            var tally = Tally()
            for id in beginning where try begin(id, token: token) { settled.begun.insert(id) }
            for outcome in outcomes {
                guard let move = try write(outcome, token: token, now: now) else {
                    settled.stale.append(outcome.id)
                    continue
                }
                settled.written += 1
                try follow(outcome, move, &tally, now: now)
            }
            try tally.write(to: connection)
            if let note, try holdsLease(token) { try write(pauseOf: note) }
            for seq in tally.announcements.sorted() {
                try skipIfCancelled(seq, now: now)
                if try finishIfDone(seq, now: now) { settled.finished.append(try id(seq)) }
            }
            return settled
        }
    }

    /// Marks a claimed delivery as one whose request may have left; false when it is another dispatcher's by now.
    private func begin(_ id: Delivery.ID, token: Int64) throws(StoreError) -> Bool {
        try connection.execute(
            """
            UPDATE deliveries SET begun = 1 WHERE id = :id AND state = 'sending' AND token = :token
              AND token = (SELECT token FROM lease)
            """, ["id": .integer(id), "token": .integer(token)]) == 1
    }

    /// Where a row stood, and where it stands.
    private struct Move {
        var old: Tally.Place
        var new: Tally.Place
    }

    private func write(_ outcome: Outcome, token: Int64, now: Date) throws(StoreError) -> Move? {
        let place = try connection.first(
            SettleUpdate.lookSQL, ["id": .integer(outcome.id), "token": .integer(token)]
        ) { (row: borrowing Row) throws(StoreError) in
            Tally.Place(
                announcement: row.integer(0), channel: row.text(1),
                state: DeliveryState(rawValue: row.text(2)) ?? .sending)
        }
        guard let place else { return nil }
        if place.state != .sending, try !mayReplace(place, with: outcome) { return nil }
        var move = Move(old: place, new: place)
        if case .accepted(let providerID, let answer) = outcome.result {
            try connection.execute(
                SettleUpdate.acceptedSQL,
                SettleUpdate.acceptedParameters(
                    id: outcome.id, providerID: providerID, answer: answer, now: now))
            move.new.state = .accepted
            return move
        }
        let update = SettleUpdate(outcome.result, now: now)
        move.new.state = update.state
        let isStranded = outcome.movesOn && update.state.isFinal
        try connection.execute(
            SettleUpdate.sql, update.parameters(id: outcome.id, isStranded: isStranded, now: now))
        return move
    }

    /// Whether a late word of its old owner's is better than the doubt in which its row stands.
    ///
    /// Under reach `first` the doubt may have led on already: then only a success is news.
    private func mayReplace(_ place: Tally.Place, with outcome: Outcome) throws(StoreError) -> Bool {
        let terms = try connection.first(
            "SELECT reach, state FROM announcements WHERE seq = :seq",
            ["seq": .integer(place.announcement)]
        ) { (row: borrowing Row) throws(StoreError) in
            (isFirst: row.text(0) == Reach.first.rawValue, isOver: row.text(1) == "finished")
        }
        switch outcome.result {
        case .accepted:
            try connection.execute(
                "UPDATE deliveries SET stranded = 0 WHERE stranded = 1 AND (id = :id OR leader = :id)",
                ["id": .integer(outcome.id)])
            return true
        case .unknown, .moved: return false
        case .refused, .expired: return terms?.isFirst == false
        case .deferred, .returned:
            guard terms?.isFirst == false, terms?.isOver == false else { return false }
            let expires = try connection.first(
                "SELECT expires FROM deliveries WHERE id = :id", ["id": .integer(outcome.id)]
            ) { (row: borrowing Row) throws(StoreError) in row.integer(0) }
            try lowerFirstExpiry(of: place.announcement, place.channel, to: expires ?? 0)
            return true
        }
    }

    private func follow(
        _ outcome: Outcome, _ move: Move, _ tally: inout Tally, now: Date
    ) throws(StoreError) {
        tally.move(1, from: move.old, to: move.new)
        if case .accepted = outcome.result { return }
        if case .moved(let address) = outcome.result { try self.move(outcome.id, to: address, now: now) }
        if let suppress = outcome.suppress { try write(suppress, for: outcome.id, now: now) }
        if outcome.movesOn, move.new.state.isFinal { try strandFollowers(of: outcome.id) }
    }

    /// Gives the contact the address that its provider named, unless it has got another one since the attempt.
    private func move(_ delivery: Int64, to address: Address, now: Date) throws(StoreError) {
        let kind = address.kind.rawValue
        try connection.execute(
            """
            UPDATE contacts SET \(kind) = :address, \(kind)_key = :key, revision = revision + 1, updated_at = :now
            WHERE seq = (SELECT contact FROM deliveries WHERE id = :id) AND \(kind) IS coalesce((
              SELECT r.\(kind) FROM deliveries d JOIN contact_revisions r
                ON r.contact = d.contact AND r.revision >= d.revision
              WHERE d.id = :id ORDER BY r.revision LIMIT 1), \(kind))
            """,
            [
                "address": .text(address.value), "key": .blob(key(of: address)), "now": .time(now),
                "id": .integer(delivery),
            ])
    }

    /// Suppresses the address that was tried, which the contact may have changed since.
    private func write(
        _ suppress: Outcome.Suppress, for delivery: Int64, now: Date
    ) throws(StoreError) {
        let target = try connection.first(
            """
            SELECT ac.kind, d.contact, d.revision, d.moved_to FROM deliveries d JOIN announcement_channels ac
              ON ac.announcement = d.announcement AND ac.channel = d.channel
            WHERE d.id = :id AND d.contact IS NOT NULL AND ac.kind IS NOT NULL
            """, ["id": .integer(delivery)]
        ) { (row: borrowing Row) throws(StoreError) in
            (
                kind: AddressKind(rawValue: row.text(0)), contact: row.integer(1), revision: row.integer(2),
                movedTo: row.optionalText(3)
            )
        }
        guard let target, let kind = target.kind else { return }
        let moved = target.movedTo.flatMap { Address(kind, canonical: $0) }
        let column = "\(kind.rawValue)_key"
        try connection.execute(
            """
            INSERT INTO suppressions(kind, key, extent, reason, source, since, proposed)
            SELECT :kind, key, :extent, :reason, :source, :now, :proposed FROM (
              SELECT coalesce(
                :moved,
                (SELECT \(column) FROM contact_revisions WHERE contact = :contact AND revision = :revision),
                (SELECT \(column) FROM contacts WHERE seq = :contact AND revision = :revision)) AS key)
            WHERE key IS NOT NULL ON CONFLICT DO NOTHING
            """,
            [
                "kind": .text(kind.rawValue), "extent": .text(suppress.extent.rawValue),
                "reason": .text(suppress.reason.rawValue), "source": .text(suppress.source),
                "now": .time(now), "moved": .blob(orNull: moved.map(key(of:))),
                "proposed": .flag(suppress.isProposed), "contact": .integer(target.contact),
                "revision": .integer(target.revision),
            ])
    }

    /// The id of the announcement numbered `seq`.
    func id(_ seq: Int64) throws(StoreError) -> Announcement.ID {
        let id = try connection.first(
            "SELECT id FROM announcements WHERE seq = :seq", ["seq": .integer(seq)]
        ) { (row: borrowing Row) throws(StoreError) in Announcement.ID(valid: row.text(0)) }
        guard let id else { throw StoreError(.notFound, path: path, "holds no announcement numbered \(seq)") }
        return id
    }
}
